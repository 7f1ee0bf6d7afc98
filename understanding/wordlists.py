"""The word lists of cues/spelling.yml, each read once."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CUES = Path(__file__).parent / "cues"
NO_CUES = ("_es", "spelling")  # ends of names of files with Spanish words, or misspelled ones
# Every value is text: in a list of words, "no" and "on" are words.
Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 (makes text, lists and mappings only)


@cache
def spelling() -> dict[str, Any]:
    data: dict[str, Any] = read(CUES / "spelling.yml")
    return data


@cache
def dark() -> frozenset[str]:
    """Words worth unmasking, none of which is harmless when somebody took the trouble to hide it."""
    return frozenset(spelling()["dark"])


@cache
def hidden() -> frozenset[str]:
    """Words that may stand beside a dark one in a disguise."""
    return dark() | frozenset(spelling()["beside_dark"])


@cache
def dark_part() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, dark()))))


@cache
def known() -> frozenset[str]:
    return hidden() | frozenset(spelling()["double_letters"])


@cache
def canonical() -> dict[str, str]:
    """Chat spelling or common misspelling -> the usual words."""
    return {**spelling()["chat"], **misspelled()}


@cache
def misspelled() -> dict[str, str]:
    """Common misspelling -> the usual words."""
    return {typed: right for right, wrong in spelling()["misspelled"].items() for typed in wrong.split()}


@cache
def key_words() -> dict[str, tuple[str, ...]]:
    """Every key word with one letter left out -> the key words it may have been."""
    left_out: dict[str, set[str]] = {}
    for word in spelling()["key_words"]:
        for variant in {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}:
            left_out.setdefault(variant, set()).add(word)
    return {variant: tuple(sorted(words)) for variant, words in left_out.items()}


@cache
def real_words() -> frozenset[str]:
    """Words that look like a misspelled key word and are not."""
    return frozenset(spelling()["look_alikes"]) | frozenset(spelling()["key_words"]) | hidden()


@cache
def cue_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """The English words of all cues and terms, and beginnings ("unaliv*") of such words."""
    files = [file for file in (*CUES.glob("*.yml"), *CUES.glob("terms/*.yml")) if not file.stem.endswith(NO_CUES)]
    text = "\n".join(file.read_text(encoding="utf-8").lower() for file in files)
    words = frozenset(re.findall(r"[a-z]+", text)) - canonical().keys()
    return words | real_words(), tuple(sorted(set(re.findall(r"([a-z]{4,})\*", text))))
