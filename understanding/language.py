"""Which language a message is most likely in: by its script, then by its commonest words."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Literal

from understanding import normalise, wordlists

Language = Literal["en", "es", "other"]
LETTER = re.compile(r"[^\W\d_]")
LONG = 4  # letters; a longer word tells more
MIXED = 0.3  # share of the Spanish from which English beside it counts
ENGLISH_WORDS = 2  # that no other language has among its commonest: one may be a slip or a name
OTHER_LATIN = 0x250  # letters from here on belong to other scripts
WORD = re.compile(r"[^\W\d_]+")
WRITTEN_ONLY_IN_SPANISH = re.compile("[¿¡ñÑ]")


@cache
def languages_of() -> dict[str, tuple[str, ...]]:
    """Each little word, and the languages that it is one of the commonest words of."""
    found: dict[str, tuple[str, ...]] = {}
    for name, words in _lists()["function_words"].items():
        for word in {normalise.fold(word) for word in words}:
            found[word] = (*found.get(word, ()), name)
    return found


@cache
def courtesies() -> frozenset[str]:
    """What many say before or behind a sentence of the other language."""
    return frozenset(_lists()["courtesies"])


def _lists() -> dict[str, Any]:
    lists: dict[str, Any] = wordlists.read(wordlists.CUES / "languages" / "function_words.yml")
    return lists


def language(text: str) -> Language:
    """English when in doubt, or when a good part of it is: English is what every route understands."""
    folded = normalise.fold(text)
    if not folded.isascii():
        letters = LETTER.findall(folded)
        if sum(ord(c) >= OTHER_LATIN for c in letters) * 2 > len(letters):
            return "other"
    tokens = WORD.findall(folded.replace("'", ""))
    scores = _scores(tokens)
    if WRITTEN_ONLY_IN_SPANISH.search(text):
        scores["es"] += 1
    if not scores:
        return "en"
    # One short word says nothing: "per", "w" and "em" are typed in English too.
    scores = Counter({name: score for name, score in scores.items() if score > 1 or name == "en"}) or Counter(en=1)
    best = max(scores, key=lambda name: (scores[name], name == "en", name == "es"))
    if best == "es" and _is_english_beside([token for token in tokens if token not in courtesies()]):
        return "en"
    return "en" if best == "en" else "es" if best == "es" else "other"


def _scores(tokens: Iterable[str]) -> Counter[str]:
    scores: Counter[str] = Counter()
    for token in tokens:
        for name in languages_of().get(token, ()):
            scores[name] += _weight(token)
    return scores


def _is_english_beside(tokens: Sequence[str]) -> bool:
    """Whether what stands beside the courtesies is English: "hola, can I get una cita for next week"."""
    english = [token for token in tokens if languages_of().get(token) == ("en",)]
    return len(english) >= ENGLISH_WORDS and sum(map(_weight, english)) >= MIXED * _scores(tokens)["es"]


def has_spanish(text: str) -> bool:
    """Whether somebody who writes English may well like to read Spanish, too."""
    tokens = WORD.findall(normalise.fold(text).replace("'", ""))
    return any(len(token) >= LONG and languages_of().get(token) == ("es",) for token in tokens)


def _weight(token: str) -> int:
    return 2 if len(token) >= LONG else 1
