"""What can be told from a message's words alone: a short reply, a question, a contact detail, a follow-up. Pure."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
POLITE = ("thank", "say_goodbye", "greet")
LONGEST_REPLY = 12  # words; more than that is no short reply

_DETAIL = re.compile(r"\S@\S|\d(?:\D{0,2}\d){6,}")  # an e-mail address or a phone number
_QUESTION = re.compile(
    r"\?\s*$|^\W*(?:(?:and|so|but|also|wait|ok|okay|oh|well|hey|hi)\W+)?"
    r"(?:what|whats|when|where|why|who|whos|which|how|hows|do|does|did|is|isnt|are|can|could|would|will|should|may|am)\b",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    return bool(_QUESTION.search(text.strip())) or "?" in text


def holds_detail(text: str) -> bool:
    """Whether an e-mail address or a phone number is in it."""
    return bool(_DETAIL.search(text))


def reply_kind(text: str) -> str | None:
    """ "affirm", "deny", "skip" … when the whole message is one of the known short replies, or several of them.

    "yes thanks" is a yes and "no thank you, bye" a no; "ok thanks bye" and "hi, thanks" are only polite.
    """
    words = plain(text)
    if whole := _replies().get(words):
        return whole
    kinds = _kinds(tuple(words.split()[: LONGEST_REPLY + 1]))
    if not kinds:
        return None
    meant = [kind for kind in kinds if kind not in POLITE]
    if "say_goodbye" in kinds and "deny" not in meant:
        return "say_goodbye"
    if meant and words.split()[0] in ("ok", "okay", "k", "kk", "great", "perfect", "good") and "thank" in kinds:
        return "thank"
    if meant:
        return meant[0] if len(set(meant)) == 1 else None
    return "thank" if "thank" in kinds else kinds[0]


def _kinds(words: tuple[str, ...]) -> list[str]:
    """The kinds of the known replies that make up all of the words; none when some are left over."""
    if len(words) > LONGEST_REPLY:
        return []
    known = _replies()
    for size in range(len(words), 0, -1):
        kind = known.get(" ".join(words[:size]))
        if kind and size == len(words):
            return [kind]
        if kind and (rest := _kinds(words[size:])):
            return [kind, *rest]
    return []


def is_about(topic: str, text: str) -> bool:
    """Whether a text holds one of the words that topics.yml lists."""
    return bool(_topics()[topic].search(text))


def follow_up(text: str, last_answer: str | None) -> str | None:
    """The answer that "and after that?" asks for, right after another answer; None when the words stand for themselves."""
    if not last_answer:
        return None
    words = plain(text)
    for turn in _follow_ups():
        if turn["said"].fullmatch(words):
            answer: str | None = turn["answers"].get(last_answer) or turn["answers"].get("any")
            return answer
    return None


def plain(text: str) -> str:
    """Lower case, no punctuation, no stretched letters: "Yesss!!" is "yes"."""
    words = re.sub(r"[^\w\s/]", "", text.casefold().replace("_", " "))
    words = re.sub(r"([a-z])\1{2,}", r"\1", words)
    return " ".join(words.split())


@cache
def _topics() -> dict[str, re.Pattern[str]]:
    content = yaml.safe_load((HERE / "topics.yml").read_text(encoding="utf-8"))
    return {topic: re.compile(rf"\b(?:{_any_of(phrases)})\b", re.IGNORECASE) for topic, phrases in content.items()}


@cache
def _follow_ups() -> list[dict[str, Any]]:
    content: list[Mapping[str, Any]] = yaml.safe_load((HERE / "follow_ups.yml").read_text(encoding="utf-8"))
    return [{"said": re.compile(_any_of(one["said"])), "answers": one["answers"]} for one in content]


def _any_of(phrases: Sequence[str]) -> str:
    return "|".join(re.escape(phrase).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for phrase in phrases)


@cache
def _replies() -> dict[str, str]:
    content = yaml.load((HERE / "replies.yml").read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - strings only: "yes" is a word here
    known: dict[str, str] = {}
    for kind, phrases in content.items():
        for phrase in phrases:
            known.setdefault(plain(phrase), kind)
    return known
