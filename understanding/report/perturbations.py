"""The same messages as others would have typed them, to see how much of the understanding hangs on the typing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from understanding.figures import Case
from understanding.report.messages import Message

TEXTS = Path(__file__).with_name("perturbations.yml")
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
BESIDE = {key: row[max(0, n - 1) : n] + row[n + 1 : n + 2] for row in ROWS for n, key in enumerate(row)}
WORD = re.compile(r"[^\W\d_]{4,}")
MARKS = re.compile(r"[.,!?;:]+(?=\s|$)")
EVERY = 4  # word, of many typos


@dataclass(frozen=True)
class Perturbation:
    name: str
    how: str
    not_for: tuple[str, ...]
    change: Callable[[str, Random], str]

    def applied(self, message: Message) -> Message:
        """The same at every run."""
        return replace(message, text=self.change(message.text, Random(f"{self.name} {message.text}")))  # noqa: S311


@cache
def perturbations() -> tuple[Perturbation, ...]:
    content = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    return tuple(
        Perturbation(name, about["how"], tuple(about.get("not_for", ())), BY_NAME.get(name) or around(about))
        for name, about in content.items()
    )


def one_typo(text: str, chance: Random) -> str:
    words = list(WORD.finditer(text))
    return slipped(text, [chance.choice(words)], chance) if words else text


def many_typos(text: str, chance: Random) -> str:
    words = list(WORD.finditer(text))
    return slipped(text, words[chance.randrange(EVERY) :: EVERY] or words[:1], chance)


def slipped(text: str, words: Sequence[re.Match[str]], chance: Random) -> str:
    for word in reversed(words):
        text = text[: word.start()] + slip(word.group(), chance) + text[word.end() :]
    return text


def slip(word: str, chance: Random) -> str:
    """Swapped, dropped, doubled or neighbouring letters, never the first."""
    at = chance.randrange(1, len(word) - 1)
    here, after = word[at], word[at + 1]
    return chance.choice(
        [
            word[:at] + after + here + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + here + word[at:],
            word[:at] + chance.choice(BESIDE.get(here.lower(), here)) + word[at + 1 :],
        ]
    )


def lower(text: str, chance: Random) -> str:
    return text.lower()


def upper(text: str, chance: Random) -> str:
    return text.upper()


def without_marks(text: str, chance: Random) -> str:
    return MARKS.sub("", text)


def around(about: dict[str, Any]) -> Callable[[str, Random], str]:
    front, back, words = about.get("front", [""]), about.get("back", [""]), about.get("words", {})

    def change(text: str, chance: Random) -> str:
        swapped = re.sub(r"[^\W\d_]+", lambda found: words.get(found.group().lower(), found.group()), text)
        end = chance.choice(back)
        stop = "." if end[1:2].isupper() and swapped[-1:].isalnum() else ""  # a sentence of its own begins
        return chance.choice(front) + swapped + stop + end

    return change


BY_NAME = {
    "one typo": one_typo,
    "many typos": many_typos,
    "lower case": lower,
    "upper case": upper,
    "no punctuation": without_marks,
}


def turned(before: Sequence[Case], after: Sequence[Case]) -> tuple[int, int]:
    """Of the same messages: how many went wrong by it, and how many came right."""
    worse = sum(old.is_right and not new.is_right for old, new in zip(before, after))
    better = sum(new.is_right and not old.is_right for old, new in zip(before, after))
    return worse, better
