"""Which language a message is most likely in: by its script, then by its commonest words."""

import re
import unicodedata
from functools import cache
from typing import Literal

from understanding import normalise, wordlists

Language = Literal["en", "es", "other"]
LETTER = re.compile(r"[^\W\d_]")
OTHER_LATIN = 0x250  # letters from here on belong to other scripts
WRITTEN_ONLY_IN_SPANISH = re.compile("[¿¡ñ]")


@cache
def function_words() -> dict[str, frozenset[str]]:
    lists: dict[str, list[str]] = wordlists.read(wordlists.CUES / "languages" / "function_words.yml")["function_words"]
    return {name: frozenset(normalise.fold(word) for word in words) for name, words in lists.items()}


def language(text: str) -> Language:
    """English when in doubt: English is what most visitors write and what every route understands."""
    folded = normalise.fold(text)
    letters = LETTER.findall(folded)
    if sum(ord(c) >= OTHER_LATIN for c in letters) * 2 > len(letters):
        return "other"
    tokens = re.findall(r"[^\W\d_]+", folded.replace("'", ""))
    scores = {name: sum(token in words for token in tokens) for name, words in function_words().items()}
    if WRITTEN_ONLY_IN_SPANISH.search(unicodedata.normalize("NFC", text.lower())):
        scores["es"] += 1
    best = max(scores, key=lambda name: (scores[name], name == "en", name == "es"))
    if not scores[best] or best == "en":
        return "en"
    return "es" if best == "es" else "other"
