"""The small language that cues are written in, and what it compiles to.

kill (myself|me)        one of several
end [my] life           may be missing
suicid*                 words that begin so
want .. die             up to three words between; "...." up to eight; never across the end of a sentence
{family}                one of a named list of the cue files
<condition>             a term of cues/terms/*.yml
# is a number, also one with a unit
^ is the start of a sentence, $ its end; ^^ and $$ those of the message; ? a question mark
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from understanding import normalise

GAPS = {"..": 3, "....": 8}
TOKEN = re.compile(r"\s*(\^\^|\$\$|\^|\$|\?|#|\.{4}|\.{2}|[()\[\]|]|\{\w+\}|<\w+>|[^\s()\[\]|{}<>?$^#]+)")
# Words so common that looking for them first saves nothing.
COMMON_WORDS = """
a about all am an and any are as at be because been but by can could day did do does doctor for from get go
going had has have he help her him his how i if in is it just know like me more my no not now of on one or our
out over she should so some take than that the them then there they this time to today until up us want was we
were what when where which who why will with would you your after before ketamine treatment infusion session
medicine medicines
"""
COMMON = frozenset(COMMON_WORDS.split())


@dataclass(frozen=True)
class Piece:
    pattern: str
    anchors: frozenset[str] | None = None  # one of these words is in every text that matches; "x*" a beginning


class Lists:
    """Named lists of alternatives, each compiled once."""

    def __init__(self, texts: Mapping[str, list[str]]) -> None:
        self.texts = texts
        self.pieces: dict[str, Piece] = {}

    def piece(self, name: str) -> Piece:
        if name not in self.pieces:
            if name not in self.texts:
                raise BadPhrase(f"no list {name}")
            self.pieces[name] = any_of([_Reader(text, self).alternatives(None) for text in self.texts[name]])
        return self.pieces[name]


@dataclass(frozen=True)
class Phrase:
    text: str
    pattern: str
    anchors: frozenset[str]

    @cached_property
    def holds_term(self) -> bool:
        return bool(re.search(r"<\w+> ", self.pattern))

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(self.pattern)


class BadPhrase(ValueError):
    """A phrase of a cue file that cannot be read."""


def compile_phrase(text: str, lists: Lists) -> Phrase:
    reader = _Reader(text, lists)
    piece = reader.alternatives(end=None)
    if piece.anchors is None:
        raise BadPhrase(f"nothing to look for in {text!r}")
    return Phrase(text, " " + piece.pattern, piece.anchors)


class _Reader:
    def __init__(self, text: str, lists: Lists) -> None:
        self.text, self.lists = text, lists
        self.tokens = TOKEN.findall(text)
        if "".join(self.tokens) != re.sub(r"\s", "", text):
            raise BadPhrase(text)
        self.at = 0

    def alternatives(self, end: str | None) -> Piece:
        options = [self.sequence()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            options.append(self.sequence())
        if end is None and self.at < len(self.tokens) or end is not None and not self.take(end):
            raise BadPhrase(self.text)
        return any_of(options)

    def take(self, token: str) -> bool:
        found = self.at < len(self.tokens) and self.tokens[self.at] == token
        self.at += found
        return found

    def sequence(self) -> Piece:
        pieces: list[Piece] = []
        while self.at < len(self.tokens) and self.tokens[self.at] not in ("|", ")", "]"):
            pieces.extend(self.piece())
        return Piece("".join(p.pattern for p in pieces), best_anchors([p.anchors for p in pieces]))

    def piece(self) -> list[Piece]:
        token = self.tokens[self.at]
        self.at += 1
        special: dict[str, Callable[[], Piece]] = {
            "(": lambda: self.alternatives(")"),
            "[": lambda: Piece(f"(?:{self.alternatives(']').pattern})?"),
            "^^": lambda: Piece(r"(?<=\A )"),
            "$$": lambda: Piece(r"(?=(?:[.?] )*\Z)"),
            "^": lambda: Piece(r"(?:(?<=\A )|(?<= [.?] ))"),
            "$": lambda: Piece(r"(?=[.?] |\Z)"),
            "?": lambda: Piece(r"\? ", frozenset("?")),
            "#": lambda: Piece(r"\d+[^ ]* "),
        }
        if token in special:
            return [special[token]()]
        if token in GAPS:
            return [Piece(rf"(?:[^ .?]+ ){{0,{GAPS[token]}}}?")]
        if token.startswith("{"):
            return [self.lists.piece(token[1:-1])]
        if token.startswith("<"):
            return [Piece(re.escape(token) + " ", frozenset([token]))]
        return self.literal(token)

    def literal(self, first: str) -> list[Piece]:
        """Neighbouring plain words are brought to their usual spelling together, as the message's are."""
        run = [first]
        while (
            self.at < len(self.tokens)
            and re.fullmatch(r"[^()\[\]|{}<>?$^#]+", self.tokens[self.at])
            and self.tokens[self.at] not in GAPS
        ):
            run.append(self.tokens[self.at])
            self.at += 1
        pieces = []
        for part in re.split(r"(\S+\*)", " ".join(run)):
            if part.endswith("*"):
                pieces.append(Piece(re.escape(part[:-1]) + r"[^ ]* ", frozenset([part])))
            else:
                pieces.extend(Piece(re.escape(w) + " ", frozenset([w])) for w in _usual(part))
        if not pieces:
            raise BadPhrase(f"{run} in {self.text!r} is dropped from messages")
        return pieces


@cache
def _usual(words: str) -> list[str]:
    return normalise.words(words, repair=False).split()


def any_of(options: list[Piece]) -> Piece:
    if len(options) == 1:
        return options[0]
    anchors = [o.anchors for o in options]
    together = None if None in anchors else frozenset().union(*(a for a in anchors if a))
    return Piece("(?:" + "|".join(o.pattern for o in options) + ")", together)


def best_anchors(choices: list[frozenset[str] | None]) -> frozenset[str] | None:
    """The part of a phrase that the fewest messages hold."""
    possible = [c for c in choices if c]
    return min(possible, key=lambda c: (sum(w in COMMON for w in c), len(c)), default=None)
