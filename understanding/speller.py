"""Slips of the fingers mended by the words that visitors use, for the model alone: stored and screened are the words as typed.

A word that the encoder, the cues or the training text know stays, and so does a name. Another that is one letter away from a
usual word of the training text is read as that word, the commonest when there are several.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from understanding import wordlists
from understanding.encoder_input import encoder_input
from understanding.language import languages_of
from understanding.spelling import one_slip

WORD = re.compile(r"(?<![\w'’])[A-Za-z]{4,24}(?![\w'’])")
KNOWN, USUAL = 2, 4  # times that a word stands in the training text
SLIP_OF, SLIP_LETTERS = 30, 6  # a longer word of the text is a slip of one that stands there so many times as often
SAME_START, SWAPPED = 5, 3  # how much likelier than other slips: the first letter is right, two letters are swapped


class Speller:
    def __init__(self, counts: Mapping[str, int], whole_words: Iterable[str]) -> None:
        """`counts`: the words of the training text. `whole_words`: those that the encoder has in one piece."""
        listed = wordlists.misspelled()
        self._counts = {word: n for word, n in counts.items() if n >= KNOWN and word not in listed}
        cue_words, self._beginnings = wordlists.cue_words()
        self._kept = cue_words.union(whole_words, languages_of())

    def mended(self, text: str) -> str:
        is_loud = text.isupper()
        return WORD.sub(
            lambda found: found.group() if not is_loud and _is_name(found) else self._word(found.group()), text
        )

    def _word(self, typed: str) -> str:
        word = typed.lower()
        if word in self._kept or word.startswith(self._beginnings):
            return typed
        meant = wordlists.misspelled().get(word) or self._nearest(word)
        if meant is None or word in self._counts and not self._is_slip_of(meant, word):
            return typed
        return meant

    def _is_slip_of(self, meant: str, known: str) -> bool:
        """Writers slip too, and some more than once."""
        often = self._counts.get(meant, 0) >= SLIP_OF * self._counts[known]
        return often and len(known) >= SLIP_LETTERS and known[0] == meant[0]

    def _nearest(self, word: str) -> str | None:
        near = set(self._left_out.get(word, ()))
        for i in range(len(word)):
            near.update(self._left_out.get(word[:i] + word[i + 1 :], ()))
        meant = [usual for usual in near if one_slip(word, usual) and not _other_ending(word, usual)]
        return max(sorted(meant), key=lambda usual: self._likelihood(word, usual), default=None)

    def _likelihood(self, typed: str, meant: str) -> int:
        same_start = SAME_START if typed[0] == meant[0] else 1
        return self._counts[meant] * same_start * (SWAPPED if sorted(typed) == sorted(meant) else 1)

    @cached_property
    def _left_out(self) -> dict[str, list[str]]:
        """Every usual word, whole and with one letter left out -> the words it may have been."""
        found: dict[str, list[str]] = {}
        for word, count in self._counts.items():
            if count >= USUAL and word.isascii() and len(word) >= 4:
                for variant in {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}:
                    found.setdefault(variant, []).append(word)
        return found

    def save(self, file: Path) -> None:
        file.write_text(json.dumps(self._counts), encoding="utf-8")

    @classmethod
    def load(cls, file: Path, whole_words: Iterable[str]) -> "Speller":
        return cls(json.loads(file.read_text(encoding="utf-8")), whole_words)


def fit(texts: Iterable[str], whole_words: Iterable[str]) -> Speller:
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(re.findall(r"\w+", encoder_input(text).lower()))
    return Speller(counts, whole_words)


def _other_ending(typed: str, meant: str) -> bool:
    """ "ravers" is no slip for "raves" or "raver": a letter more at the end, or an s less, makes another word."""
    return typed[:-1] == meant or typed == meant[:-1] and meant[-1] == "s"


def _is_name(found: re.Match[str]) -> bool:
    """A capital within a sentence."""
    before = found.string[max(0, found.start() - 3) : found.start()].rstrip()
    return found.group().istitle() and before[-1:] not in ("", ".", "!", "?", ":")
