"""Which language a message is most likely in: by its script, then by its commonest words."""

import re
from collections import Counter
from functools import cache
from typing import Literal

from understanding import normalise, wordlists

Language = Literal["en", "es", "other"]
LETTER = re.compile(r"[^\W\d_]")
LONG = 4  # letters; a longer word tells more
OTHER_LATIN = 0x250  # letters from here on belong to other scripts
WORD = re.compile(r"[^\W\d_]+")
WRITTEN_ONLY_IN_SPANISH = re.compile("[¿¡ñÑ]")


@cache
def languages_of() -> dict[str, tuple[str, ...]]:
    """Each little word, and the languages that it is one of the commonest words of."""
    lists: dict[str, list[str]] = wordlists.read(wordlists.CUES / "languages" / "function_words.yml")["function_words"]
    found: dict[str, tuple[str, ...]] = {}
    for name, words in lists.items():
        for word in {normalise.fold(word) for word in words}:
            found[word] = (*found.get(word, ()), name)
    return found


def language(text: str) -> Language:
    """English when in doubt: English is what most visitors write and what every route understands."""
    folded = normalise.fold(text)
    if not folded.isascii():
        letters = LETTER.findall(folded)
        if sum(ord(c) >= OTHER_LATIN for c in letters) * 2 > len(letters):
            return "other"
    words = languages_of()
    scores: Counter[str] = Counter()
    for token in WORD.findall(folded.replace("'", "")):
        for name in words.get(token, ()):
            scores[name] += 2 if len(token) >= LONG else 1
    if WRITTEN_ONLY_IN_SPANISH.search(text):
        scores["es"] += 1
    if not scores:
        return "en"
    # One short word says nothing: "per", "w" and "em" are typed in English too.
    scores = Counter({name: score for name, score in scores.items() if score > 1 or name == "en"}) or Counter(en=1)
    best = max(scores, key=lambda name: (scores[name], name == "en", name == "es"))
    return "en" if best == "en" else "es" if best == "es" else "other"
