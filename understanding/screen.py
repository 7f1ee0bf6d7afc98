"""The safety screen: is a message danger, or a clinician's question? Cues alone, or joined with what the model reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any, Literal

from understanding import normalise, wordlists
from understanding.cuebook import Hit, cuebook
from understanding.language import Language, has_spanish, language
from understanding.reading import CLINICIAN, URGENT, Reading

Urgent = Literal["crisis", "emergency"]
ClinicianRoute = Literal["eligibility", "medical_advice"]
FOREIGN = frozenset({"spanish", "other_language"})  # facets
THRESHOLDS = wordlists.CUES.parent / "thresholds.yml"


class Level(str, Enum):
    NONE = "none"  # nothing found
    POSSIBLE = "possible"  # the middle range: a check-in for danger, a question back for a clinician's
    CERTAIN = "certain"  # sure enough to route it


@dataclass(frozen=True)
class Thresholds:
    """What probability moves a level. Defaults are cautious: they hold until a calibration has been written."""

    certain: float = 0.85  # no cue needed
    certain_with_cue: float = 0.35  # beside a possible cue
    possible: float = 0.25  # no cue needed
    doubt_certain: float = 0.02  # below it a certain cue is only possible, unless it is firm
    doubt_possible: float = 0.01  # below it a possible cue is dropped


@dataclass(frozen=True)
class Verdict:
    danger: Level
    urgent: Urgent | None
    clinician: Level
    clinician_route: ClinicianRoute | None
    cues: tuple[str, ...] = ()
    facets: frozenset[str] = frozenset()
    scores: Mapping[str, float] = field(default_factory=dict)


def screen(text: str, reading: Reading | None = None) -> Verdict:
    """Judges one message; without a reading the cues alone decide."""
    spoken = language(text)
    hits = cue_hits(text, spoken)
    urgent_hits = _without_covered([hit for hit in hits if hit.cue.kind in URGENT])
    clinician_hits = [hit for hit in hits if hit.cue.kind in CLINICIAN]
    labels = reading.labels if reading else {}
    heard = reading if spoken == "en" else None  # the model knows English only; elsewhere the cues decide alone
    danger = _level(urgent_hits, heard.danger if heard else None, thresholds("danger"))
    clinician = _level(clinician_hits, heard.clinician if heard else None, thresholds("clinician"))
    return Verdict(
        danger=danger,
        urgent=_kind(danger, urgent_hits, labels, URGENT),
        clinician=clinician,
        clinician_route=_kind(clinician, clinician_hits, labels, CLINICIAN),
        cues=tuple(dict.fromkeys(hit.cue.id for hit in hits)),
        facets=_facets(hits, urgent_hits, "es" if spoken == "en" and has_spanish(text) else spoken),
        scores={"danger": reading.danger, "clinician": reading.clinician, "scope": reading.scope} if reading else {},
    )


def cue_hits(text: str, spoken: Language) -> list[Hit]:
    return cuebook().hits(normalise.words(text), spoken)


@cache
def thresholds(question: str) -> Thresholds:
    data: dict[str, Any] = wordlists.read(THRESHOLDS) if THRESHOLDS.exists() else {}
    wanted = data.get(question, {})
    return Thresholds(**{name: float(wanted[name]) for name in Thresholds.__dataclass_fields__ if name in wanted})


def _level(hits: Iterable[Hit], probability: float | None, limits: Thresholds) -> Level:
    levels = {hit.cue.level for hit in hits}
    if any(hit.cue.level == "certain" and (hit.cue.firm or FOREIGN & hit.cue.facets) for hit in hits):
        return Level.CERTAIN  # firm, or in a language that the model does not know
    cue = Level.CERTAIN if "certain" in levels else Level.POSSIBLE if "possible" in levels else Level.NONE
    if probability is None:
        return cue
    if probability >= limits.certain or cue is Level.POSSIBLE and probability >= limits.certain_with_cue:
        return Level.CERTAIN
    if cue is Level.CERTAIN:
        return Level.CERTAIN if probability >= limits.doubt_certain else Level.POSSIBLE
    if probability >= limits.possible or cue is Level.POSSIBLE and probability >= limits.doubt_possible:
        return Level.POSSIBLE
    return Level.NONE


def _kind(level: Level, hits: list[Hit], labels: Mapping[str, float], kinds: tuple[str, str]) -> Any:
    """Which of two routes: what the surest cues say, then the model; the cautious one when neither tells."""
    if level is Level.NONE:
        return None
    for wanted in ("certain", "possible"):
        found = {hit.cue.kind for hit in hits if hit.cue.level == wanted}
        if found:
            return max(found, key=lambda kind: (kind == "emergency", labels.get(kind, 0.0), kind == kinds[0]))
    return max(kinds, key=lambda kind: labels.get(kind, 0.0))


def _without_covered(hits: list[Hit]) -> list[Hit]:
    """ "not going to kill myself" is a denial, and not the "kill myself" within it."""
    covers = [hit.span for hit in hits if "mentioned" in hit.cue.facets]
    return [
        hit
        for hit in hits
        if "mentioned" in hit.cue.facets
        or not any(start <= hit.span[0] and hit.span[1] <= end for start, end in covers)
    ]


def _facets(hits: list[Hit], urgent_hits: list[Hit], spoken: Language) -> frozenset[str]:
    facets = {facet for hit in hits if hit.cue.kind not in URGENT for facet in hit.cue.facets}
    facets |= {facet for hit in urgent_hits for facet in hit.cue.facets}
    if "taken" in facets and any(hit.cue.kind == "crisis" and "mentioned" not in hit.cue.facets for hit in urgent_hits):
        facets.add("meant_harm")
    if any("mentioned" not in hit.cue.facets for hit in urgent_hits):
        facets.discard("mentioned")
    return frozenset(facets | ({"spanish"} if spoken == "es" else {"other_language"} if spoken == "other" else set()))
