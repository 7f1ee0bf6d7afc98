"""Writes thresholds.yml from what the model says of writers it has never read.

python -m understanding.calibrate

The model's figures are first made probabilities. Then the thresholds at which they, joined with the cues, decide are
searched for the least weighted sum of faults, each fault being one that PRODUCT.md's bars count.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml
from scipy.optimize import minimize, minimize_scalar

from understanding import dataset
from understanding.held_out import HeldOut
from understanding.probabilities import THRESHOLDS, Calibration, Floats, logsumexp, odds, sigmoid
from understanding.reading import CLINICIAN, URGENT
from understanding.trial import Thresholds, Trial

COMMENT = """\
# Where the readings of the trained model turn into decisions. Written by understanding/calibrate.py.
# calibration: of the log-odds, slope * odds + shift; of the labels, logits / temperature.
# answers: the least probability of one, its least lead over the next, the least probability that interrupts a form.
# certain: no cue needed; certain_with_cue: beside a possible cue; possible: no cue needed;
# doubt_certain: below it a certain cue is only possible, unless it is firm; doubt_possible: below it a possible cue is
# dropped. curve: a threshold, and the shares (per cent) of the wanted messages missed and of the others caught there by
# the model alone. held_out: the bars' figures at these thresholds, in the usual mix of messages.
"""
SCREEN = {
    "certain": (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9),
    "certain_with_cue": (0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6),
    "possible": (0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3),
    "doubt_certain": (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2),
    "doubt_possible": (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3),
}
GRID = {
    "danger": SCREEN,
    "clinician": SCREEN,
    "answers": {
        "answer": (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7),
        "margin": (0.0, 0.05, 0.1, 0.15, 0.2, 0.3),
    },
}
START = {
    "danger": {
        "certain": 0.5,
        "certain_with_cue": 0.1,
        "possible": 0.08,
        "doubt_certain": 0.01,
        "doubt_possible": 0.05,
    },
    "clinician": {
        "certain": 0.35,
        "certain_with_cue": 0.15,
        "possible": 0.1,
        "doubt_certain": 0.05,
        "doubt_possible": 0.05,
    },
    "answers": {"answer": 0.35, "margin": 0.1, "interrupt": 0.6},
}
COSTS = {  # of one per cent
    "urgent missed": 12,
    "urgent, only checked in": 1,
    "false alarms": 1.5,
    "check-ins on others": 1.2,
    "clinician's, but answered": 16,
    "clinician's, asked back": 0.2,
    "clinician's, not handed": 8,
    "answered without an answer": 1.9,
    "faq: right answer": -1,
    "faq: wrong answer": 1.9,
    "all: acceptable route": -0.3,
}
GROUPS = {"danger": URGENT, "clinician": CLINICIAN}


def search(trial: Trial, costs: Mapping[str, float] = COSTS, start: Thresholds = START) -> dict[str, dict[str, float]]:
    """One threshold after the other, until none can be bettered."""
    best = {part: dict(limits) for part, limits in start.items()}

    def cost(candidate: Thresholds) -> float:
        return sum(costs.get(name, 0) * share for name, share in trial.shares(candidate).items())

    for _ in range(4):
        before = {part: dict(limits) for part, limits in best.items()}
        for part, limits in GRID.items():
            for name, values in limits.items():
                candidates = ({**best, part: {**best[part], name: value}} for value in (best[part][name], *values))
                best = min(candidates, key=cost)
        if best == before:
            break
    return best


def calibration(found: HeldOut) -> Calibration:
    labels = [example.label for example in found.examples]
    lines = {
        name: platt(odds(found.labels, found.logits, group), np.array([float(label in group) for label in labels]))
        for name, group in GROUPS.items()
    }
    return Calibration(temperature(found), **lines)


def platt(log_odds: Floats, wanted: Floats) -> tuple[float, float]:
    """Slope and shift that make log-odds true."""

    def loss(line: Floats) -> float:
        z = line[0] * log_odds + line[1]
        return float(np.mean(np.logaddexp(0, z) - wanted * z))

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return round(float(slope), 3), round(float(shift), 3)


def temperature(found: HeldOut) -> float:
    classes = np.array([found.labels.index(example.label) for example in found.examples])
    rows = np.arange(len(classes))

    def loss(t: float) -> float:
        scaled = found.logits / t
        return float(np.mean(logsumexp(scaled) - scaled[rows, classes]))

    return round(float(minimize_scalar(loss, bounds=(0.2, 2), method="bounded").x), 3)


def curve(found: HeldOut, group: Sequence[str], line: tuple[float, float]) -> list[list[float]]:
    p = sigmoid(line[0] * odds(found.labels, found.logits, group) + line[1])
    wanted = np.isin([example.label for example in found.examples], group)
    return [
        [at, _percent((p < at)[wanted]), _percent((p >= at)[~wanted])]
        for at in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
    ]


def _percent(hits: npt.NDArray[np.bool_]) -> float:
    return round(100 * float(hits.mean()), 1)


def main() -> None:
    found = HeldOut.load(dataset.read())
    known = calibration(found)
    trial = Trial(found, known)
    content: dict[str, Any] = {
        "calibration": {"temperature": known.temperature, **{name: list(getattr(known, name)) for name in GROUPS}}
    }
    content |= search(trial)
    content["held_out"] = {name: round(share, 1) for name, share in trial.shares(content).items()}
    for name, group in GROUPS.items():
        content[name] = {**content[name], "curve": curve(found, group, getattr(known, name))}
    text = yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=120)
    THRESHOLDS.write_text(COMMENT + text, encoding="utf-8")


if __name__ == "__main__":
    main()
