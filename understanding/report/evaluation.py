"""Everything the evaluation's page tells, as plain data: the same is written as JSON."""

import os
import platform
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from understanding import dataset
from understanding.figures import FIGURES, Case, wrong
from understanding.probabilities import Calibration
from understanding.report import confusions, messages
from understanding.report.curves import QUESTIONS, curves
from understanding.report.measuring import Measuring, Outcome, measuring
from understanding.report.messages import Message
from understanding.report.perturbations import perturbations, turned
from understanding.report.reliability import reliability
from understanding.report.safety_report import measured_set
from understanding.report.served import unpacked
from understanding.report.variants import READ_ANEW, VARIANTS

DEVELOPMENT, HELD_OUT = "development", "writers held out"
NOT_FAULTS = ("faq: right answer", "all: acceptable route")
Tell = Callable[[str], None]


def evaluated(model: Path, tell: Tell) -> dict[str, Any]:
    started = time.monotonic()
    with unpacked(model) as folder, measuring(folder) as bench:
        tell("Reading the messages")
        plain = messages.in_file()
        sets = {DEVELOPMENT: bench.read(plain), HELD_OUT: messages.held_out()}
        outcomes = {name: bench.outcomes(group) for name, group in sets.items()}
        tell("Leaving out one part after the other")
        parts = [{"part": name, **of_variant(bench, name, sets, plain)} for name in VARIANTS]
        tell("Typing the messages in other ways")
        typed = perturbed(bench, plain, outcomes[DEVELOPMENT])
        uncalibrated = {
            DEVELOPMENT: bench.outcomes(plain, "without calibration"),
            HELD_OUT: bench.outcomes(messages.held_out(Calibration())),
        }
    tell("Drawing conclusions")
    return {
        "model": model.name,
        "made_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "training": about_training([*sets[DEVELOPMENT]]),
        "sets": {name: of_set(found, sets[name]) for name, found in outcomes.items()},
        "curves": {q: {name: curves(q, found) for name, found in outcomes.items()} for q in QUESTIONS},
        "reliability": {
            name: {"calibrated": reliability(found), "uncalibrated": reliability(uncalibrated[name])}
            for name, found in outcomes.items()
        },
        "parts": parts,
        "perturbations": typed,
        "seconds": round(time.monotonic() - started),
    }


def of_set(outcomes: Sequence[Outcome], group: Sequence[Message]) -> dict[str, Any]:
    cases = [outcome.case for outcome in outcomes]
    writers = sorted({message.writer for message in group} - {0})
    return {
        **measured_set(cases),
        "kinds": confusions.kinds(cases),
        "confusions": confusions.pairs(cases),
        "matrix": confusions.matrix(cases),
        "faults": {name: [as_fault(case) for case in wrong(cases, name)] for name in FIGURES if name not in NOT_FAULTS},
        "writers": [
            {"writer": writer, **measured_set([case for case, one in zip(cases, group) if one.writer == writer])}
            for writer in writers
        ],
    }


def as_fault(case: Case) -> dict[str, str]:
    return {"text": case.text, "expect": case.expect[0], "got": case.got}


def of_variant(bench: Measuring, name: str, sets: dict[str, list[Message]], plain: Sequence[Message]) -> dict[str, Any]:
    """Writers held out were read once: what reads them otherwise is measured on the development set only."""
    if name not in READ_ANEW:
        return {group: measured_set(bench.cases(read, name)) for group, read in sets.items()}
    found = {DEVELOPMENT: measured_set(bench.cases(plain, name))}
    if name == "without calibration":
        found[HELD_OUT] = measured_set(bench.cases(messages.held_out(Calibration())))
    return found


def perturbed(bench: Measuring, plain: Sequence[Message], before: Sequence[Outcome]) -> list[dict[str, Any]]:
    found = []
    for one in perturbations():
        pairs = [(m, outcome.case) for m, outcome in zip(plain, before) if m.kind not in one.not_for]
        changed = [one.applied(message) for message, _ in pairs]
        old, new = [case for _, case in pairs], bench.cases(changed)
        worse, better = turned(old, new)
        example = max(changed, key=lambda message: (30 < len(message.text) < 110, message.kind == "faq"))
        found.append(
            {
                "how": one.name,
                "what": one.how,
                "example": example.text,
                "before": measured_set(old),
                "after": measured_set(new),
                "worse": worse,
                "better": better,
            }
        )
    return found


def about_training(measured: Sequence[Message]) -> dict[str, Any]:
    examples = dataset.read()
    known = {" ".join(example.text.lower().split()) for example in examples}
    return {
        "texts": len(examples),
        "labels": len({example.label for example in examples}),
        "writers": len({example.writer for example in examples}),
        "also_measured": sum(" ".join(message.text.lower().split()) in known for message in measured),
    }
