"""Writes thresholds.yml from what the model says of writers it has never read.

python -m understanding.calibrate

The model's figures are first made probabilities. Then the thresholds at which they, joined with the cues, decide are
searched for the least weighted sum of faults.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize, minimize_scalar

from understanding import dataset
from understanding.held_out import HeldOut
from understanding.probabilities import THRESHOLDS, Floats, logsumexp, odds, sigmoid, softmax
from understanding.reading import CLINICIAN, URGENT, Reading
from understanding.screen import Level, screen

COMMENT = """\
# Where the readings of the trained model turn into decisions. Written by understanding/calibrate.py.
# calibration: of the log-odds, slope * odds + shift; of the labels, logits / temperature.
# certain: no cue needed; certain_with_cue: beside a possible cue; possible: no cue needed;
# doubt_certain: below it a certain cue is only possible, unless it is firm; doubt_possible: below it a possible cue is
# dropped. curve: a threshold, and the shares (per cent) of the wanted messages missed and of the others caught there by
# the model alone. faults: shares missed, only possible, wrongly certain, wrongly possible, of model and cues together.
"""
GRID = {
    "certain": (0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9),
    "certain_with_cue": (0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6),
    "possible": (0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3),
    "doubt_certain": (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2),
    "doubt_possible": (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2),
}
# What a fault costs, in the order of `faults`; distress counts as neither for danger, danger as neither for a clinician's.
QUESTIONS = {
    "danger": (URGENT, ("distress",), (12.0, 2.0, 4.0, 1.5)),
    "clinician": (CLINICIAN, URGENT, (15.0, 1.5, 3.0, 0.8)),
}
NONE, POSSIBLE, CERTAIN, FIRM = range(4)


@dataclass(frozen=True)
class Asked:
    """One question over many messages: what cues and model say, and what is so."""

    cue: Floats
    probability: Floats
    wanted: Floats
    other: Floats


def cue_level(text: str, name: str) -> int:
    """What the cues alone say; FIRM is what no reading can talk down."""
    doubted = screen(text, Reading({}, danger=-1, clinician=-1, scope=0))
    if getattr(doubted, name) is Level.CERTAIN:
        return FIRM
    return {Level.NONE: NONE, Level.POSSIBLE: POSSIBLE, Level.CERTAIN: CERTAIN}[getattr(screen(text), name)]


def levels(asked: Asked, limits: dict[str, float]) -> Floats:
    """As screen.py decides it, for many messages at once."""
    p, cue = asked.probability, asked.cue
    certain = (cue == FIRM) | (p >= limits["certain"]) | ((cue == POSSIBLE) & (p >= limits["certain_with_cue"]))
    certain |= (cue == CERTAIN) & (p >= limits["doubt_certain"])
    possible = (cue == CERTAIN) | (p >= limits["possible"]) | ((cue == POSSIBLE) & (p >= limits["doubt_possible"]))
    return np.where(certain, CERTAIN, np.where(possible, POSSIBLE, NONE))


def faults(asked: Asked, limits: dict[str, float]) -> list[float]:
    """Shares: missed, only possible, wrongly certain, wrongly possible."""
    level = levels(asked, limits)
    pairs = ((asked.wanted, NONE), (asked.wanted, POSSIBLE), (asked.other, CERTAIN), (asked.other, POSSIBLE))
    return [float((level == kind)[group > 0].mean()) for group, kind in pairs]


def search(asked: Asked, costs: Sequence[float]) -> dict[str, float]:
    """One threshold after the other, until none can be bettered."""
    limits = {"certain": 0.7, "certain_with_cue": 0.3, "possible": 0.2, "doubt_certain": 0.02, "doubt_possible": 0.02}

    def cost(candidate: dict[str, float]) -> float:
        return float(np.dot(costs, faults(asked, candidate)))

    for _ in range(6):
        before = dict(limits)
        for name, values in GRID.items():
            limits = min(({**limits, name: value} for value in values), key=cost)
        if limits == before:
            break
    return limits


def platt(log_odds: Floats, wanted: Floats) -> list[float]:
    """Slope and shift that make log-odds true."""

    def loss(line: Floats) -> float:
        z = line[0] * log_odds + line[1]
        return float(np.mean(np.logaddexp(0, z) - wanted * z))

    return [round(float(one), 3) for one in minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x]


def temperature(found: HeldOut) -> float:
    classes = np.array([found.labels.index(example.label) for example in found.examples])
    rows = np.arange(len(classes))

    def loss(t: float) -> float:
        scaled = found.logits / t
        return float(np.mean(logsumexp(scaled) - scaled[rows, classes]))

    return round(float(minimize_scalar(loss, bounds=(0.2, 2), method="bounded").x), 3)


def answer_limits(found: HeldOut, t: float) -> dict[str, float]:
    """The least probability of an answer, and the lead over the next answer, at which it is given."""
    shares = softmax(found.logits / t)
    order = np.argsort(-shares, axis=1)[:, :2]
    rows = np.arange(len(shares))
    top, second = shares[rows, order[:, 0]], shares[rows, order[:, 1]]
    is_faq = np.array([label.startswith("faq/") for label in found.labels])
    truth = np.array([example.label for example in found.examples])
    right = np.array(found.labels)[order[:, 0]] == truth
    faq = np.char.startswith(truth, "faq/")
    rest = ~faq & ~np.isin(truth, (*URGENT, *CLINICIAN, "clarify"))

    def cost(answer: float, margin: float) -> float:
        given = is_faq[order[:, 0]] & (top >= answer) & ~(is_faq[order[:, 1]] & (top - second < margin))
        wrong, invented = (given & ~right)[faq].mean(), given[rest].mean()
        return float(1 - (given & right)[faq].mean() + 2 * wrong + 2.5 * invented)

    choices = [(a, m) for a in np.arange(0.2, 0.76, 0.05) for m in np.arange(0, 0.16, 0.05)]
    answer, margin = min(choices, key=lambda choice: cost(*choice))
    return {"answer": round(float(answer), 2), "margin": round(float(margin), 2), "interrupt": 0.6}


def question(found: HeldOut, name: str, line: Sequence[float]) -> Asked:
    group, spared, _ = QUESTIONS[name]
    labels = [example.label for example in found.examples]
    return Asked(
        cue=np.array([cue_level(example.text, name) for example in found.examples]),
        probability=sigmoid(line[0] * odds(found.labels, found.logits, group) + line[1]),
        wanted=np.array([float(label in group) for label in labels]),
        other=np.array([float(label not in (*group, *spared)) for label in labels]),
    )


def curve(asked: Asked) -> list[list[float]]:
    p = asked.probability
    return [
        [at, _percent((p < at)[asked.wanted > 0]), _percent((p >= at)[asked.other > 0])]
        for at in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
    ]


def _percent(hits: Floats) -> float:
    return round(100 * float(hits.mean()), 1)


def main() -> None:
    found = HeldOut.load(dataset.read())
    labels = [example.label for example in found.examples]
    lines = {
        name: platt(odds(found.labels, found.logits, group), np.array([float(label in group) for label in labels]))
        for name, (group, _, _) in QUESTIONS.items()
    }
    t = temperature(found)
    content: dict[str, Any] = {"calibration": {"temperature": t, **lines}, "answers": answer_limits(found, t)}
    for name, (_, _, costs) in QUESTIONS.items():
        asked = question(found, name, lines[name])
        limits = search(asked, costs)
        shares = [round(100 * share, 1) for share in faults(asked, limits)]
        content[name] = {**limits, "faults": shares, "curve": curve(asked)}
    text = yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=120)
    THRESHOLDS.write_text(COMMENT + text, encoding="utf-8")


if __name__ == "__main__":
    main()
