"""The part of the evaluation without which a model is not served: how it does on messages that it was not trained on.

python -m understanding.report.safety_report MODEL.tar.gz REPORT.json
"""

import argparse
import json
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from understanding.figures import FIGURES, Case
from understanding.report import messages
from understanding.report.floor import sha256
from understanding.report.intervals import Share
from understanding.report.measuring import measuring
from understanding.report.served import unpacked

TOLD = ("urgent missed", "clinician's, but answered", "false alarms", "faq: right answer")


def shares(cases: Sequence[Case]) -> dict[str, Share]:
    """Of each figure that any message belongs to."""
    found = {}
    for name, (belongs, counts) in FIGURES.items():
        group = [case for case in cases if belongs(case)]
        if group:
            found[name] = Share(sum(map(counts, group)), len(group))
    return found


def measured_set(cases: Sequence[Case]) -> dict[str, Any]:
    return {"messages": len(cases), "figures": {name: share.as_dict() for name, share in shares(cases).items()}}


def made(model: Path) -> dict[str, Any]:
    started = time.monotonic()
    with unpacked(model) as folder, measuring(folder) as bench:
        sets = {
            "development": measured_set(bench.cases(messages.in_file())),
            "writers held out": measured_set(bench.cases(messages.held_out())),
        }
    return {
        "model_sha256": sha256(model),
        "made_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started, 1),
        "sets": sets,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("model", type=Path)
    parser.add_argument("report", type=Path)
    options = parser.parse_args()
    report = made(options.model)
    options.report.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    for name, measured in report["sets"].items():
        told = (
            f"{figure} {measured['figures'][figure]['percent']} %" for figure in TOLD if figure in measured["figures"]
        )
        print(f"{name}, {measured['messages']} messages: {', '.join(told)}")


if __name__ == "__main__":
    main()
