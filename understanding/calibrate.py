"""Writes thresholds.yml from what the model says of writers it has never read, and of labelled files if any are named.

    python -m understanding.calibrate [FILE.jsonl …]

The heads' figures are first made probabilities (a slope and a shift each; a temperature for the labels). Then the
thresholds at which they, joined with the cues, decide are searched for the least weighted sum of faults.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize, minimize_scalar

from understanding import dataset, normalise
from understanding.classifier import THRESHOLDS, Floats, logsumexp, sigmoid
from understanding.cuebook import cuebook
from understanding.held_out import HeldOut
from understanding.reading import CLINICIAN, URGENT

COMMENT = """\
# Where the readings of the trained model turn into decisions. Written by understanding/calibrate.py; do not edit by hand.
# calibration: logit' = slope * logit + shift; labels' logits / temperature.
# certain: no cue needed; certain_with_cue: beside a possible cue; possible: no cue needed;
# doubt_certain: below it a certain cue is only possible, unless it is firm; doubt_possible: below it a possible cue is dropped.
# curve: threshold, share of the wanted messages missed, share of the others caught (model alone, writers held out, per cent).
"""
GRID = {
    "certain": (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95),
    "certain_with_cue": (0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6),
    "possible": (0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5),
    "doubt_certain": (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2),
    "doubt_possible": (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2),
}
# What a fault costs: missed, only possible, false alarm, possible on others (shares of the messages concerned).
COSTS = {"danger": (10.0, 1.0, 5.0, 1.5), "clinician": (10.0, 1.5, 3.0, 1.0)}
NONE, POSSIBLE, CERTAIN, FIRM = range(4)


@dataclass(frozen=True)
class Asked:
    """One question over many messages: what cues and model say, and what is so. `weight` evens out the sources."""

    cue: Floats
    probability: Floats
    wanted: Floats
    other: Floats
    weight: Floats


def cue_level(text: str, group: Sequence[str]) -> int:
    hits = [hit for hit in cuebook().hits(normalise.words(text)) if hit.cue.kind in group]
    if any(hit.cue.firm and hit.cue.level == "certain" for hit in hits):
        return FIRM
    levels = {hit.cue.level for hit in hits}
    return CERTAIN if "certain" in levels else POSSIBLE if "possible" in levels else NONE


def levels(asked: Asked, limits: dict[str, float]) -> Floats:
    """As screen.py decides it, for many messages at once."""
    p, cue = asked.probability, asked.cue
    certain = (cue == FIRM) | (p >= limits["certain"]) | ((cue == POSSIBLE) & (p >= limits["certain_with_cue"]))
    certain |= (cue == CERTAIN) & (p >= limits["doubt_certain"])
    possible = (cue == CERTAIN) | (p >= limits["possible"]) | ((cue == POSSIBLE) & (p >= limits["doubt_possible"]))
    return np.where(certain, CERTAIN, np.where(possible, POSSIBLE, NONE))


def faults(asked: Asked, limits: dict[str, float]) -> tuple[float, float, float, float]:
    """Shares: missed, only possible, false alarm, possible on others."""
    level = levels(asked, limits)
    wanted, other = asked.wanted * asked.weight, asked.other * asked.weight
    shares = [
        ((level == kind) * group).sum() / max(group.sum(), 1e-9)
        for group, kind in ((wanted, NONE), (wanted, POSSIBLE), (other, CERTAIN), (other, POSSIBLE))
    ]
    return shares[0], shares[1], shares[2], shares[3]


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


def platt(logits: Floats, wanted: Floats) -> tuple[float, float]:
    def loss(line: Floats) -> float:
        z = line[0] * logits + line[1]
        return float(np.mean(np.logaddexp(0, z) - wanted * z))

    found = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return round(float(found[0]), 3), round(float(found[1]), 3)


def temperature(found: HeldOut) -> float:
    place = {label: n for n, label in enumerate(found.labels)}
    classes = np.array([place[example.label] for example in found.examples])
    rows = np.arange(len(classes))

    def loss(t: float) -> float:
        scaled = found.logits / t
        return float(np.mean(logsumexp(scaled) - scaled[rows, classes]))

    return round(float(minimize_scalar(loss, bounds=(0.2, 2), method="bounded").x), 3)


def curve(probability: Floats, wanted: Floats, other: Floats) -> list[list[float]]:
    rows = []
    for at in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9):
        missed, caught = (probability[wanted > 0] < at).mean(), (probability[other > 0] >= at).mean()
        rows.append([at, round(100 * float(missed), 1), round(100 * float(caught), 1)])
    return rows


def asked_of(
    found: HeldOut, flag: int, line: tuple[float, float], group: Sequence[str], spared: Sequence[str]
) -> Asked:
    """`spared`: labels that may be caught or not without fault."""
    labels = [example.label for example in found.examples]
    return Asked(
        cue=np.array([cue_level(example.text, group) for example in found.examples]),
        probability=sigmoid(line[0] * found.flags[:, flag] + line[1]),
        wanted=np.array([float(label in group) for label in labels]),
        other=np.array([float(label not in group and label not in spared) for label in labels]),
        weight=np.ones(len(labels)),
    )


def joined(parts: Iterable[Asked]) -> Asked:
    """Each source weighs the same, however many messages it has."""
    kept = list(parts)
    columns = [
        np.concatenate([getattr(part, name) for part in kept]) for name in ("cue", "probability", "wanted", "other")
    ]
    return Asked(*columns, weight=np.concatenate([np.full(len(part.cue), 1 / len(part.cue)) for part in kept]))


def asked_of_file(
    rows: Sequence[dict[str, Any]],
    flags: Floats,
    flag: int,
    line: tuple[float, float],
    group: Sequence[str],
    spared: Sequence[str],
) -> Asked:
    expected = [row["expect"] for row in rows]
    return Asked(
        cue=np.array([cue_level(row["text"], group) for row in rows]),
        probability=sigmoid(line[0] * flags[:, flag] + line[1]),
        wanted=np.array(
            [float(set(routes) <= set(group) or routes[0] in group and group == CLINICIAN) for routes in expected]
        ),
        other=np.array([float(not set(routes) & {*group, *spared}) for routes in expected]),
        weight=np.ones(len(rows)),
    )


def answer_limits(found: HeldOut, t: float) -> dict[str, float]:
    """The least probability of an answer, and the lead over the next answer, at which it is given."""
    scaled = found.logits / t
    shares = np.exp(scaled - logsumexp(scaled)[:, None])
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
        return float(1 - (given & right)[faq].mean() + 2.5 * wrong + 2.5 * invented)

    choices = [(a, m) for a in np.arange(0.25, 0.76, 0.05) for m in np.arange(0, 0.31, 0.05)]
    answer, margin = min(choices, key=lambda choice: cost(*choice))
    return {"answer": round(float(answer), 2), "margin": round(float(margin), 2), "interrupt": 0.6}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", type=Path, nargs="*")
    files = parser.parse_args().files
    found = HeldOut.load(dataset.read())
    content: dict[str, Any] = {}
    lines: dict[str, tuple[float, float]] = {}
    labels = [example.label for example in found.examples]
    questions = (("danger", 0, URGENT, ("distress",)), ("clinician", 1, CLINICIAN, URGENT))
    for name, flag, group, _ in questions:
        lines[name] = platt(found.flags[:, flag], np.array([float(label in group) for label in labels]))
    t = temperature(found)
    answers = answer_limits(found, t)
    sources = read_files(files)
    for name, flag, group, spared in questions:
        own = asked_of(found, flag, lines[name], group, ())
        parts = [
            own,
            *(asked_of_file(rows, flags, flag, lines[name], group, spared if flag else ()) for rows, flags in sources),
        ]
        limits = search(joined(parts), COSTS[name])
        shares = {"writers held out": faults(own, limits)} | {
            file.name: faults(part, limits) for file, part in zip(files, parts[1:])
        }
        for source, share in shares.items():
            print(
                name,
                source,
                "missed, only possible, false, possible on others:",
                *(f"{100 * one:.1f}" for one in share),
            )
        content[name] = limits | {"curve": curve(own.probability, own.wanted, own.other)}
    content = {
        "calibration": {"temperature": t, **{name: list(line) for name, line in lines.items()}},
        "answers": answers,
        **content,
    }
    THRESHOLDS.write_text(
        COMMENT + yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=120), encoding="utf-8"
    )


def read_files(files: Sequence[Path]) -> list[tuple[list[dict[str, Any]], Floats]]:
    """Labelled messages and the flags of the shipped model, which has never seen them."""
    from understanding.evaluate import trained  # needs the encoder; without files it is not loaded

    if not files:
        return []
    classifier = trained()
    sources = []
    for file in files:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        sources.append((rows, classifier.heads.logits(classifier.encoder.encode([row["text"] for row in rows]))[1]))
    return sources


if __name__ == "__main__":
    main()
