import numpy as np
import pytest

from understanding import calibrate
from understanding.figures import Case, figures
from understanding.reading import Reading
from understanding.screen import Level, screen, thresholds

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
LEVELS = {Level.NONE: calibrate.NONE, Level.POSSIBLE: calibrate.POSSIBLE, Level.CERTAIN: calibrate.CERTAIN}


@pytest.mark.parametrize("probability", [0.0, 0.03, 0.2, 0.5, 0.97])
def test_thresholds_are_searched_by_the_rule_that_the_screen_decides_by(probability: float) -> None:
    reading = Reading({}, danger=probability, clinician=probability, scope=0.0)
    verdicts = [screen(text, reading) for text in TEXTS]

    for name in calibrate.QUESTIONS:
        cue = np.array([calibrate.cue_level(text, name) for text in TEXTS])
        asked = calibrate.Asked(cue, np.full(len(TEXTS), probability), cue, cue)
        limits = {limit: getattr(thresholds(name), limit) for limit in calibrate.GRID}

        assert list(calibrate.levels(asked, limits)) == [LEVELS[getattr(verdict, name)] for verdict in verdicts]


def test_the_search_finds_the_gap_between_wanted_and_others() -> None:
    probability = np.array([0.01] * 50 + [0.65] * 50)
    wanted = probability > 0.5
    asked = calibrate.Asked(np.zeros(100), probability, wanted * 1.0, ~wanted * 1.0)

    limits = calibrate.search(asked, (10, 1, 5, 1))

    assert calibrate.faults(asked, limits) == [0, 0, 0, 0]


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
