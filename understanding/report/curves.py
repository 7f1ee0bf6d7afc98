"""Missed against false alarms at every threshold, for the model alone and for model and cues together."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from understanding.figures import Case
from understanding.language import language
from understanding.levels import CERTAIN, POSSIBLE, Asked, cue_level, levels
from understanding.probabilities import Floats, sigmoid
from understanding.reading import CLINICIAN, URGENT
from understanding.report.measuring import Outcome
from understanding.screen import thresholds

AT = tuple(np.round(sigmoid(np.linspace(-7, 5, 49)), 5).tolist())
Group = Callable[[Case], bool]
QUESTIONS: dict[str, tuple[Group, Group]] = {  # whom it is about, and whom it must not be taken for
    "danger": (lambda case: case.is_urgent, lambda case: case.is_calm),
    "clinician": (lambda case: case.is_clinicians, lambda case: not {*case.expect} & {*CLINICIAN, *URGENT}),
}


def curves(question: str, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Per line the points [threshold, missed, false] in per cent. English messages only: elsewhere cues decide alone."""
    asked = _asked(question, [outcome for outcome in outcomes if language(outcome.case.text) == "en"])
    chosen = asdict(thresholds(question))
    lines = {
        "model alone": [_point(at, asked.probability >= at, asked) for at in AT],
        "routed": [_point(at, levels(asked, _moved(chosen, "certain", at)) >= CERTAIN, asked) for at in AT],
        "at least asked": [_point(at, levels(asked, _moved(chosen, "possible", at)) >= POSSIBLE, asked) for at in AT],
    }
    level = levels(asked, chosen)
    marked = {
        "model alone": _point(chosen["certain"], asked.probability >= chosen["certain"], asked),
        "routed": _point(chosen["certain"], level >= CERTAIN, asked),
        "at least asked": _point(chosen["possible"], level >= POSSIBLE, asked),
    }
    return {"lines": lines, "chosen": marked, "wanted": int(asked.wanted.sum()), "other": int(asked.other.sum())}


def _asked(question: str, outcomes: Sequence[Outcome]) -> Asked:
    wanted, other = QUESTIONS[question]
    return Asked(
        cue=np.array([cue_level(outcome.case.text, question) for outcome in outcomes]),
        probability=np.array([getattr(outcome, question) for outcome in outcomes]),
        wanted=np.array([float(wanted(outcome.case)) for outcome in outcomes]),
        other=np.array([float(other(outcome.case)) for outcome in outcomes]),
    )


def _moved(chosen: dict[str, float], name: str, at: float) -> dict[str, float]:
    """The other thresholds follow where they would contradict this one."""
    least = "certain_with_cue" if name == "certain" else "doubt_possible"
    return {**chosen, name: at, least: min(chosen[least], at)}


def _point(at: float, caught: Floats, asked: Asked) -> list[float]:
    missed, false = 1 - caught[asked.wanted > 0].mean(), caught[asked.other > 0].mean()
    return [at, round(100 * float(missed), 2), round(100 * float(false), 2)]
