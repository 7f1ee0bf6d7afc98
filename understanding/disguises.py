"""Words hidden from a filter: s p a c e d, l33t, gluedtogether, streeetched. Undone only into words of the hidden list."""

import re
from functools import cache

from understanding import wordlists

SPACED = re.compile(r"(?<![^\W_])(?:[^\W_!@$€*][ .\-_*~|/,]{1,3}|[!@$€][ .\-_~|/,]{1,3}){2,}[^\W_](?![^\W_])")
GAP = re.compile(r"[ .\-_*~|/,]+")
WORD_GAP = re.compile(r" {2,}|\s/\s")
SYMBOLS = {
    "0": "o",
    "1": "i",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "8": "b",
    "!": "i",
    "@": "a",
    "$": "s",
    "€": "e",
    "|": "l",
    "+": "t",
}
READINGS = tuple(str.maketrans(SYMBOLS | {"1": one, "!": one}) for one in "il")
EDGES = ".,?;:()[]{}\"'“”‘’…-_~"
RUN = re.compile(r"(\w)\1{2,}")
LONGEST_GLUED = 60


def join_spaced(text: str) -> str:
    """ "s u i c i d e" and "k.i.l.l" as words; other runs of single letters stay as they are."""
    return SPACED.sub(_joined, text)


def _joined(found: re.Match[str]) -> str:
    run = found.group()
    if WORD_GAP.search(run):
        return " ".join(GAP.sub("", part) for part in WORD_GAP.split(run))
    letters = GAP.sub("", run)[:LONGEST_GLUED]
    for reading in READINGS:
        split = _split(letters.translate(reading))
        if split:
            return split
    return run


def undo(chunk: str) -> str:
    """One chunk between spaces, with digits, symbols and blanks read as letters when that gives a hidden word."""
    if chunk.isalpha():
        glued = 6 < len(chunk) < LONGEST_GLUED and wordlists.dark_part().search(chunk)
        return glued and _split(chunk) or chunk
    core = chunk.strip(EDGES)
    if len(core) > 2 and not core.isalpha():
        bare = core.rstrip("!*")
        for text in (core, bare):
            found = _decoded(text) if len(text) > 2 else None
            if found:
                return chunk.replace(text, found)
    return chunk


def _decoded(core: str) -> str | None:
    if not any(c.isalpha() for c in core) or core.isalpha() or len(core) > LONGEST_GLUED:
        return None
    for reading in READINGS:
        text = core.translate(reading)
        if text in wordlists.hidden():
            return text
        if text.isalpha() and (split := _split(text)):
            return split
    blanks = re.sub(r"[*#.\-_%&]", ".", core.translate(READINGS[0]))
    if "." in blanks and sum(c.isalpha() for c in blanks) >= 2 and re.fullmatch(r"[a-z.]+", blanks):
        same = [w for w in wordlists.dark() if len(w) == len(blanks) and re.fullmatch(blanks, w)]
        if same:
            return same[0]
        shorter = blanks.replace(".", "")
        return shorter if shorter in wordlists.dark() else None
    return None


@cache
def _longest() -> int:
    return max(map(len, wordlists.hidden()))


def _split(letters: str) -> str | None:
    """Letters without spaces as words of the hidden list, if all of it is such words and one of them is dark."""
    if letters in wordlists.dark():
        return letters
    best: list[list[str] | None] = [[]] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _longest()), end):
            before, word = best[start], letters[start:end]
            if (
                before is not None
                and word in wordlists.hidden()
                and (best[end] is None or len(before) < len(best[end] or []))
            ):
                best[end] = [*before, word]
    found = best[-1]
    return " ".join(found) if found and len(found) > 1 and any(w in wordlists.dark() for w in found) else None


def unstretch(token: str) -> str:
    """ "myselfff" as "myself": a letter three times or more is read twice when that is a word, else once."""
    if not RUN.search(token) or token.isdigit():
        return token
    twice = RUN.sub(r"\1\1", token)
    once = RUN.sub(r"\1", token)
    return twice if twice in wordlists.known() and once not in wordlists.known() else once
