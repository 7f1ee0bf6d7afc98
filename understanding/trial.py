"""What becomes of the messages of held-out writers under thresholds that are tried: screened, routed and counted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from understanding.decision import Context, Limits
from understanding.figures import FIGURES, Case
from understanding.held_out import HeldOut
from understanding.language import Language, language
from understanding.levels import NAMES, QUESTIONS, Asked, cue_level, levels
from understanding.probabilities import Calibration, Floats
from understanding.reading import Reading
from understanding.report.judging import route_of
from understanding.report.messages import labelled
from understanding.router import decide
from understanding.screen import Level, Verdict, screen

# How often visitors send what; the writers held out wrote more of some, and a share must not hang on that.
MIX = {
    "faq": 28.0,
    "eligibility": 17,
    "crisis": 14,
    "unanswered": 9,
    "emergency": 6,
    "out_of_scope": 6,
    "medical_advice": 5,
    "human": 4,
    "smalltalk": 3,
    "book": 2,
    "distress": 1.5,
    "reschedule": 1.5,
    "cancel_booking": 1.5,
    "privacy": 1,
}
RARE = 0.2

Thresholds = Mapping[str, Mapping[str, float]]  # as in thresholds.yml: of danger, clinician, answers


@dataclass(frozen=True)
class Screened:
    """A message, what the model reads in it, and the verdict on it if every question were certain."""

    case: Case
    reading: Reading
    language: Language
    verdict: Verdict

    def judged(self, danger: Level, clinician: Level, limits: Limits) -> Case:
        verdict = replace(
            self.verdict,
            danger=danger,
            urgent=self.verdict.urgent if danger is not Level.NONE else None,
            clinician=clinician,
            clinician_route=self.verdict.clinician_route if clinician is not Level.NONE else None,
        )
        decision = decide(self.case.text, verdict, self.reading, Context(), language=self.language, limits=limits)
        return replace(self.case, got=route_of(decision), check_in=decision.check_in)


class Trial:
    def __init__(self, found: HeldOut, calibration: Calibration) -> None:
        routes = [example.label.split("/")[0] for example in found.examples]
        often = Counter(routes)
        self._weights = np.array([MIX.get(route, RARE) / often[route] for route in routes])
        self._messages = [
            _screened(labelled(example, reading).expect, labelled(example).kind, example.text, reading)
            for example, reading in zip(found.examples, found.readings(calibration))
        ]
        self._is_heard = np.array([message.language == "en" for message in self._messages])
        self._asked = {name: self._ask(name) for name in QUESTIONS}
        self._belongs = np.array([[belongs(m.case) for belongs, _ in FIGURES.values()] for m in self._messages])
        self._hits: dict[tuple[int, int, int, Limits], list[bool]] = {}  # of each message, by what was decided before

    def cases(self, thresholds: Thresholds) -> list[Case]:
        limits = Limits(**thresholds["answers"])
        return [self._messages[n].judged(NAMES[d], NAMES[c], limits) for n, d, c in self._found(thresholds)]

    def shares(self, thresholds: Thresholds) -> dict[str, float]:
        """Of each figure, in per cent, as if visitors wrote in the usual mix."""
        limits = Limits(**thresholds["answers"])
        hits = self._belongs & np.array([self._counted(*found, limits) for found in self._found(thresholds)])
        all_weights = self._weights @ self._belongs
        return {
            name: float(100 * weight / whole)
            for name, weight, whole in zip(FIGURES, self._weights @ hits, all_weights)
            if whole
        }

    def _found(self, thresholds: Thresholds) -> Iterator[tuple[int, int, int]]:
        """Each message's number, and the levels of danger and clinician's."""
        danger, clinician = (self._levels(name, thresholds[name]) for name in QUESTIONS)
        return zip(range(len(self._messages)), danger.tolist(), clinician.tolist())

    def _counted(self, n: int, danger: int, clinician: int, limits: Limits) -> list[bool]:
        key = (n, danger, clinician, limits)
        if key not in self._hits:
            case = self._messages[n].judged(NAMES[danger], NAMES[clinician], limits)
            self._hits[key] = [counts(case) for _, counts in FIGURES.values()]
        return self._hits[key]

    def _ask(self, name: str) -> Asked:
        nobody = np.zeros(len(self._messages))
        return Asked(
            cue=np.array([cue_level(message.case.text, name) for message in self._messages]),
            probability=np.array([getattr(message.reading, name) for message in self._messages]),
            wanted=nobody,
            other=nobody,
        )

    def _levels(self, name: str, limits: Mapping[str, float]) -> Floats:
        """Where the model does not know the language, the cues decide alone."""
        asked = self._asked[name]
        return np.where(self._is_heard, levels(asked, limits), asked.cue).astype(int)


def _screened(expect: tuple[str, ...], kind: str, text: str, reading: Reading) -> Screened:
    verdict = screen(text, replace(reading, danger=1.0, clinician=1.0))
    return Screened(Case(text, expect, kind, got=""), reading, language(text), verdict)
