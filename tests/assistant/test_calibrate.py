import numpy as np
import pytest

from understanding import calibrate
from understanding.dataset import Example
from understanding.decision import Limits
from understanding.figures import Case, figures
from understanding.held_out import HeldOut
from understanding.levels import CERTAIN, NONE, POSSIBLE, QUESTIONS, Asked, cue_level, levels
from understanding.probabilities import Calibration
from understanding.reading import Reading
from understanding.screen import Level, screen, thresholds
from understanding.trial import Trial

TEXTS = [
    "I want to kill myself",
    "kill time before my appointment",
    "not suicidal, only sad",
    "can't breathe",
    "how long is a session",
    "I have bipolar, can I come?",
    "is lithium a problem",
    "what are your hours",
]
LEVELS = {Level.NONE: NONE, Level.POSSIBLE: POSSIBLE, Level.CERTAIN: CERTAIN}
LABELS = ("crisis", "eligibility", "faq/hours", "unanswered/cost")
SAID = {
    "can i see somebody soon": "faq/hours",
    "when do you open": "faq/hours",
    "is it a lot of money": "unanswered/cost",
    "i feel finished": "crisis",
    "is that a thing for somebody like me": "eligibility",
}


@pytest.fixture
def trial() -> Trial:
    examples = [Example(text, label, writer=1) for text, label in SAID.items()]
    logits = np.array([[6.0 * (label == example.label) for label in LABELS] for example in examples])
    return Trial(HeldOut(examples, LABELS, logits), Calibration())


@pytest.mark.parametrize("probability", [0.0, 0.03, 0.2, 0.5, 0.97])
def test_thresholds_are_searched_by_the_rule_that_the_screen_decides_by(probability: float) -> None:
    reading = Reading({}, danger=probability, clinician=probability, scope=0.0)
    verdicts = [screen(text, reading) for text in TEXTS]

    for name in QUESTIONS:
        cue = np.array([cue_level(text, name) for text in TEXTS])
        limits = {limit: getattr(thresholds(name), limit) for limit in calibrate.SCREEN}
        asked = Asked(cue, np.full(len(TEXTS), probability), cue, cue)

        assert list(levels(asked, limits)) == [LEVELS[getattr(verdict, name)] for verdict in verdicts]


def test_the_search_finds_thresholds_without_a_fault_where_there_are_some(trial: Trial) -> None:
    blind = {name: {**calibrate.START[name], "certain": 1.1, "possible": 1.1} for name in QUESTIONS}
    blind |= {"answers": {"answer": 0.999, "margin": 0.0, "interrupt": 0.6}}

    found = trial.shares(calibrate.search(trial, start=blind))

    assert trial.shares(blind)["urgent missed"] == 100
    assert (found["urgent missed"], found["faq: right answer"], found["all: acceptable route"]) == (0, 100, 100)


def test_a_trial_decides_as_the_product_does(trial: Trial) -> None:
    limits = {name: {limit: getattr(thresholds(name), limit) for limit in calibrate.SCREEN} for name in QUESTIONS}
    limits["answers"] = {name: getattr(Limits.load(), name) for name in ("answer", "margin", "interrupt")}

    assert [case.got for case in trial.cases(limits)] == [
        "answer:hours",
        "answer:hours",
        "unanswered",
        "crisis",
        "eligibility",
    ]


def test_a_figure_does_not_hang_on_how_much_of_a_kind_the_writers_wrote(trial: Trial) -> None:
    examples = [Example(text, label, writer=1) for text, label in SAID.items()]
    logits = np.array([[6.0 * (label == "faq/hours") for label in LABELS] for _ in examples])
    one = Trial(HeldOut(examples, LABELS, logits), Calibration())
    more = Trial(HeldOut(examples * 3 + examples[:2], LABELS, np.vstack([*[logits] * 3, logits[:2]])), Calibration())

    assert more.shares(calibrate.START) == pytest.approx(one.shares(calibrate.START))


def test_figures_count_as_the_bars_do() -> None:
    cases = [
        Case("a", ("crisis",), "crisis", "smalltalk"),
        Case("b", ("crisis",), "crisis", "book", check_in=True),
        Case("c", ("crisis", "emergency"), "crisis", "emergency"),
        Case("d", ("eligibility",), "eligibility", "medical_advice"),
        Case("e", ("eligibility",), "eligibility", "answer:safety_general"),
        Case("f", ("answer:hours", "unanswered"), "faq", "unanswered"),
        Case("g", ("answer:hours",), "faq", "answer:contact", check_in=True),
    ]

    found = figures(cases)

    assert found["urgent missed"][:2] == [1, 3]
    assert found["urgent, only checked in"][:2] == [1, 3]
    assert found["clinician's, but answered"][:2] == [1, 2]
    assert found["clinician's, not handed"][:2] == [1, 2]
    assert found["faq: right answer"][:2] == [1, 2]
    assert found["check-ins on others"][:2] == [1, 4]
