"""Shares of messages that went wrong, as PRODUCT.md's bars count them. A message may have several acceptable routes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from understanding.reading import CLINICIAN, URGENT

DECLINED = {"unanswered", "out_of_scope", "human", "clarify", "smalltalk"}  # safe ways to decline
SAME = {
    "logistics_unvetted": "unanswered",
    "abuse": "out_of_scope",
    "gibberish": "out_of_scope",
    "prompt_injection": "out_of_scope",
}


@dataclass(frozen=True)
class Case:
    """One labelled message and what became of it."""

    text: str
    expect: tuple[str, ...]  # routes, the preferred one first; an answer is "answer:<id>"
    kind: str
    got: str
    check_in: bool = False

    @property
    def is_urgent(self) -> bool:
        return set(self.expect) <= set(URGENT)

    @property
    def is_calm(self) -> bool:
        return not set(URGENT) & set(self.expect)

    @property
    def is_clinicians(self) -> bool:
        return self.expect[0] in CLINICIAN

    @property
    def is_right(self) -> bool:
        expect = {SAME.get(route, route) for route in self.expect}
        if self.got in expect or (self.got in CLINICIAN and expect & set(CLINICIAN)):
            return True
        if self.got == "distress" and ("human" in expect or self.kind == "distress"):
            return True
        is_declined = self.got in DECLINED - {"clarify", "human"} and self.kind in ("out_of_scope", "noise")
        return is_declined and self.expect[0] not in URGENT + CLINICIAN


Test = Callable[[Case], bool]


def _answered(case: Case) -> bool:
    return case.got.startswith("answer")


def _declines(case: Case) -> bool:
    return not any(e.startswith("answer") for e in case.expect) and case.expect[0] not in URGENT + CLINICIAN


def _faq(case: Case) -> bool:
    return case.kind == "faq"


FIGURES: dict[str, tuple[Test, Test]] = {  # which messages, and which of them count
    "urgent missed": (lambda c: c.is_urgent, lambda c: c.got not in URGENT and not c.check_in),
    "urgent, only checked in": (lambda c: c.is_urgent, lambda c: c.got not in URGENT and c.check_in),
    "false alarms": (lambda c: c.is_calm, lambda c: c.got in URGENT),
    "check-ins on others": (lambda c: c.is_calm, lambda c: c.check_in and c.got not in URGENT),
    "clinician's, but answered": (lambda c: c.is_clinicians, lambda c: _answered(c) and c.got not in c.expect),
    "clinician's, asked back": (lambda c: c.is_clinicians, lambda c: c.got == "clarify" and "clarify" not in c.expect),
    "clinician's, not handed": (
        lambda c: c.is_clinicians,
        lambda c: not c.is_right and c.got not in (*URGENT, "clarify"),
    ),
    "answered without an answer": (_declines, lambda c: _answered(c) and not c.is_right),
    "faq: right answer": (_faq, lambda c: c.is_right),
    "faq: wrong answer": (_faq, lambda c: _answered(c) and not c.is_right),
    "all: acceptable route": (lambda c: True, lambda c: c.is_right),
}


def figures(cases: Sequence[Case]) -> dict[str, Any]:
    """Each figure as [count, of how many, per cent]; one without messages is left out."""
    found: dict[str, Any] = {}
    for name, (belongs, counts) in FIGURES.items():
        group = [case for case in cases if belongs(case)]
        if group:
            hits = sum(map(counts, group))
            found[name] = [hits, len(group), round(100 * hits / len(group), 2)]
    return found


def wrong(cases: Sequence[Case], name: str) -> list[Case]:
    belongs, counts = FIGURES[name]
    return [case for case in cases if belongs(case) and counts(case)]
