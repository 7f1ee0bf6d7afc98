"""Whether a probability means what it says: of the messages given 30 %, are 30 of 100 so?"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from understanding.report.curves import QUESTIONS
from understanding.report.intervals import Share
from understanding.report.measuring import Outcome

EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
LEAST = 8  # messages that a point of the picture needs


def reliability(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    pairs = {
        name: [
            (getattr(outcome, name), wanted(outcome.case))
            for outcome in outcomes
            if wanted(outcome.case) or other(outcome.case)
        ]
        for name, (wanted, other) in QUESTIONS.items()
    }
    pairs["label"] = [(outcome.share, route_of(outcome.label) in outcome.case.expect) for outcome in outcomes]
    return {name: _measured(found) for name, found in pairs.items()}


def route_of(label: str) -> str:
    route, _, detail = label.partition("/")
    return f"answer:{detail}" if route == "faq" else route


def _measured(pairs: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    points, off = [], 0.0
    for low, high in pairwise(EDGES):
        group = [(said, so) for said, so in pairs if low <= said < high or said == high == 1.0]
        if group:
            said, share = sum(said for said, _ in group) / len(group), Share(sum(so for _, so in group), len(group))
            off += abs(100 * said - share.percent) * len(group) / len(pairs)
            points.append({"said": round(100 * said, 2), **share.as_dict()})
    return {"points": [point for point in points if point["of"] >= LEAST], "off_by": round(off, 2)}
