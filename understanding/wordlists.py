"""The word lists of cues/spelling.yml, each read once."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CUES = Path(__file__).parent / "cues"
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
    chat: dict[str, str] = dict(spelling()["chat"])
    for right, wrong in spelling()["misspelled"].items():
        chat.update(dict.fromkeys(wrong.split(), right))
    return chat


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
