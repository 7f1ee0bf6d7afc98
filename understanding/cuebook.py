"""The cue files, compiled once, and what of them a message holds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from understanding import terms, wordlists
from understanding.language import Language
from understanding.phrases import Lists, Phrase, compile_phrase
from understanding.terms import Span

MOST_PLACES = 20  # of one cue in one message


@dataclass(frozen=True)
class Cue:
    id: str
    kind: str  # crisis, emergency, eligibility, medical_advice; or facet: says something about the message, nothing about danger
    level: str  # certain or possible
    firm: bool  # the model's scores cannot lower it
    facets: frozenset[str]
    phrases: tuple[Phrase, ...]
    unless: tuple[Phrase, ...]  # where one of these overlaps a phrase found, the phrase does not count
    absent: tuple[Phrase, ...]  # one of these anywhere, and the cue does not count
    also: tuple[Phrase, ...]  # if any are given, one of them must be somewhere in the message
    language: str  # "" when the words count in a message of any language
    fires: tuple[str, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Hit:
    cue: Cue
    span: Span


class Cuebook:
    def __init__(self, cues: Iterable[Cue], idioms: Iterable[Phrase]) -> None:
        self.cues = tuple(cues)
        self.idioms = Index((phrase, "") for phrase in idioms)
        self.by_id = {cue.id: cue for cue in self.cues}
        self.index = Index((phrase, cue.id) for cue in self.cues for phrase in cue.phrases)

    def hits(self, text: str, spoken: Language = "en") -> list[Hit]:
        """Every cue that the text holds, once a place; text in usual spelling, see normalise.words."""
        tagged = terms.tagged(text)
        places: dict[str, list[Span]] = {}
        for cue_id, span in self.index.found(tagged):
            places.setdefault(cue_id, []).append(span)
        if not places:
            return []
        idioms = [span for _, span in self.idioms.found(tagged)]
        hits = []
        for cue_id, spans in places.items():
            cue = self.by_id[cue_id]
            if _applies(cue, tagged, spoken):
                harmless = [*idioms, *(span for phrase in cue.unless for span in tagged.spans(phrase))]
                hits += [
                    Hit(cue, span)
                    for span in spans[:MOST_PLACES]
                    if not any(_overlap(span, other) for other in harmless)
                ]
        return hits


class Index:
    """Phrases by a word that each must hold, so that a message is only compared with those it may match."""

    def __init__(self, phrases: Iterable[tuple[Phrase, str]]) -> None:
        self.by_word: dict[str, list[tuple[Phrase, str]]] = {}
        self.by_beginning: dict[str, list[tuple[Phrase, str]]] = {}
        for phrase, owner in phrases:
            for anchor in phrase.anchors:
                where = self.by_beginning if anchor.endswith("*") else self.by_word
                where.setdefault(anchor.removesuffix("*"), []).append((phrase, owner))
        self.lengths = sorted({len(beginning) for beginning in self.by_beginning})

    def found(self, text: terms.Tagged) -> Iterator[tuple[str, Span]]:
        seen: set[int] = set()
        for candidate in self._candidates(text.vocabulary):
            phrase, owner = candidate
            if id(phrase) not in seen:
                seen.add(id(phrase))
                for span in text.spans(phrase):
                    yield owner, span

    def _candidates(self, vocabulary: frozenset[str]) -> Iterator[tuple[Phrase, str]]:
        for word in vocabulary:
            yield from self.by_word.get(word, ())
            for length in self.lengths:
                if length > len(word):
                    break
                yield from self.by_beginning.get(word[:length], ())


def _applies(cue: Cue, text: terms.Tagged, spoken: Language) -> bool:
    return cue.language in ("", spoken) and not text.holds(cue.absent) and (not cue.also or text.holds(cue.also))


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def load(folder: Path = wordlists.CUES) -> Cuebook:
    files = [wordlists.read(path) for path in sorted(folder.glob("*.yml")) if path.name != "spelling.yml"]
    lists = Lists({name: texts for data in files for name, texts in data.get("lists", {}).items()})
    cues = [_cue(data, entry, lists) for data in files for entry in data.get("cues", ())]
    idioms = [compile_phrase(text, lists) for data in files for text in data.get("idioms", ())]
    return Cuebook(cues, idioms)


def _cue(data: Mapping[str, Any], entry: Mapping[str, Any], lists: Lists) -> Cue:
    def phrases(key: str) -> tuple[Phrase, ...]:
        return tuple(compile_phrase(str(text), lists) for text in entry.get(key, ()))

    return Cue(
        id=f"{data['group']}:{entry['id']}",
        kind=entry.get("kind", data["kind"]),
        level=entry.get("level", data.get("level", "certain")),
        firm=entry.get("firm", data.get("firm", "false")) == "true",
        facets=frozenset(data.get("facets", ())) | frozenset(entry.get("facets", ())),
        phrases=phrases("any"),
        unless=phrases("unless"),
        absent=phrases("absent"),
        also=phrases("also"),
        language=data.get("only", ""),
        fires=tuple(entry["fires"]),
        silent=tuple(entry["silent"]),
    )


@cache
def cuebook() -> Cuebook:
    return load()
