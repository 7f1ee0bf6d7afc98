"""What was taken for what."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from understanding.figures import SAME, Case
from understanding.reading import CLINICIAN
from understanding.report.intervals import Share

EXAMPLES = 4
ROUTES = (
    "crisis", "emergency", "distress", "eligibility", "medical_advice", "answer", "unanswered", "clarify", "book",
    "reschedule", "cancel_booking", "human", "privacy", "smalltalk", "out_of_scope",
)  # fmt: skip


def pairs(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Wrong routes and answers, the commonest first."""
    wrong: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        if not case.is_right:
            wrong.setdefault((case.expect[0], case.got), []).append(case)
    total = Counter(case.expect[0] for case in cases)
    return [
        {
            "expect": expect,
            "got": got,
            "count": len(found),
            "of": total[expect],
            "examples": [case.text for case in sorted(found, key=lambda case: len(case.text))[:EXAMPLES]],
        }
        for (expect, got), found in sorted(wrong.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def matrix(cases: Sequence[Case]) -> dict[str, dict[str, int]]:
    """Counts by the preferred route and the one taken; an acceptable one counts as the preferred."""
    counts = {route: dict.fromkeys(ROUTES, 0) for route in ROUTES}
    for case in cases:
        expect = _route(case.expect[0])
        is_same = case.is_right and not ({expect, _route(case.got)} <= set(CLINICIAN))
        got = expect if is_same else _route(case.got)
        if expect in counts and got in ROUTES:
            counts[expect][got] += 1
    return counts


def _route(expect: str) -> str:
    return SAME.get(expect, expect).split(":")[0]


def kinds(cases: Sequence[Case]) -> list[dict[str, Any]]:
    found = []
    for kind in sorted({case.kind for case in cases}):
        group = [case for case in cases if case.kind == kind]
        wrong = Counter(_route(case.got) for case in group if not case.is_right)
        right = Share(len(group) - sum(wrong.values()), len(group))
        found.append({"kind": kind, **right.as_dict(), "instead": wrong.most_common(3)})
    return found
