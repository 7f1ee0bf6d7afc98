"""Names of conditions, medicines, substances and life situations, found in a text and marked by their kind."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, islice

from understanding import normalise, wordlists
from understanding.phrases import Phrase
from understanding.spelling import one_slip

SHORTEST_REPAIRED = 7
MOST_PLACES = 20
Span = tuple[int, int]
Terms = dict[str, list[tuple[tuple[str, ...], str]]]


@dataclass(frozen=True)
class Tagged:
    """A text in usual spelling, and again with each term as one word, its kind: "am i ok on <medicine>"."""

    plain: str
    marked: str
    origin: tuple[int, ...]  # for each marked word, the plain word it begins at
    vocabulary: frozenset[str]

    @cached_property
    def plain_starts(self) -> list[int]:
        return _word_starts(self.plain)

    @cached_property
    def marked_starts(self) -> list[int]:
        return _word_starts(self.marked)

    def spans(self, phrase: Phrase) -> Iterator[Span]:
        """Where the phrase is, in plain words from and to; the first places only, which is all that can matter."""
        if not phrase.holds_term:
            for found in islice(phrase.regex.finditer(self.plain), MOST_PLACES):
                yield _words(self.plain_starts, found)
        else:
            for found in islice(phrase.regex.finditer(self.marked), MOST_PLACES):
                first, end = _words(self.marked_starts, found)
                yield self.origin[first], self.origin[end]

    def holds(self, phrases: Iterable[Phrase]) -> bool:
        return any(phrase.regex.search(self.marked if phrase.holds_term else self.plain) for phrase in phrases)


def _word_starts(text: str) -> list[int]:
    return list(accumulate((len(word) + 1 for word in text.split()), initial=1))


def _words(starts: list[int], found: re.Match[str]) -> Span:
    return bisect_right(starts, found.start() + 1) - 1, bisect_right(starts, max(found.end() - 1, 1))


def tagged(text: str) -> Tagged:
    plain = text.split()
    marked: list[str] = []
    origin: list[int] = []
    at = 0
    while at < len(plain):
        kind, length = _longest_term(plain, at)
        marked.append(kind or plain[at])
        origin.append(at)
        at += length
    return Tagged(
        text, f" {' '.join(marked)} ", (*origin, len(plain), len(plain)), frozenset(plain) | frozenset(marked)
    )


def _longest_term(words: list[str], at: int) -> tuple[str | None, int]:
    word = words[at]
    for term, kind in terms().get(word) or terms().get(_meant(word), []):
        length = len(term)
        if length == 1 or tuple(words[at + 1 : at + length]) == term[1:]:
            return kind, length
    return None, 1


@cache
def terms() -> Terms:
    """First word -> the terms that begin with it, longest first."""
    found: Terms = {}
    for path in sorted((wordlists.CUES / "terms").glob("*.yml")):
        for kind, names in wordlists.read(path)["terms"].items():
            for name in names:
                split = tuple(normalise.words(str(name)).split())
                found.setdefault(split[0], []).append((split, f"<{kind}>"))
    for same_start in found.values():
        same_start.sort(key=lambda term: -len(term[0]))
    return found


@cache
def _left_out() -> dict[str, set[str]]:
    variants: dict[str, set[str]] = {}
    for first, same_start in terms().items():
        if len(first) >= SHORTEST_REPAIRED and any(len(term) == 1 for term, _ in same_start):
            for i in range(len(first)):
                variants.setdefault(first[:i] + first[i + 1 :], set()).add(first)
    return variants


@cache
def _look_alikes() -> frozenset[str]:
    files = (wordlists.CUES / "terms").glob("*.yml")
    return frozenset(word for path in files for word in wordlists.read(path).get("look_alikes", ()))


def _meant(word: str) -> str:
    """The one long name that a word misses by a letter, else the word."""
    if len(word) < SHORTEST_REPAIRED - 1 or len(word) > 30 or not word.isalpha() or word in _look_alikes():
        return word
    near = {*_left_out().get(word, ())}
    for i in range(len(word)):
        shorter = word[:i] + word[i + 1 :]
        near.update(_left_out().get(shorter, ()))
        if shorter in terms():
            near.add(shorter)
    near = {name for name in near if name[0] == word[0] and len(name) >= SHORTEST_REPAIRED and one_slip(word, name)}
    return near.pop() if len(near) == 1 else word
