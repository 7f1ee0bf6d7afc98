"""Times as staff say them."""

from datetime import UTC, datetime, timedelta

import pytest

from frontdesk import clinic
from frontdesk.config import ROOT
from frontdesk.web.staff_clock import Clock, span

NOW = datetime(2026, 3, 10, 19, 0, tzinfo=UTC)  # Tuesday, 3 pm in New York, two days after clocks went forward


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(NOW, clinic.load(ROOT / "clinic.yml"))


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (-1, "overdue 1 min"),
        (-20, "overdue 20 min"),
        (-95, "overdue 1 h 35 min"),
        (-60 * 30, "overdue 30 h"),
        (-60 * 24 * 3, "overdue 3 days"),
        (0, "due now"),
        (25, "due in 25 min"),
        (120, "due today at 5 pm"),
        (18 * 60, "due tomorrow at 9 am"),
        (6 * 24 * 60, "due Monday at 3 pm"),
        (8 * 24 * 60, "due Wednesday, March 18, at 3 pm"),
    ],
)
def test_when_something_is_due(clock: Clock, minutes: int, said: str) -> None:
    assert clock.due(NOW + timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 3, 10, 18, 5, tzinfo=UTC), "today at 2:05 pm"),
        (datetime(2026, 3, 10, 3, 59, tzinfo=UTC), "yesterday at 11:59 pm"),
        (datetime(2026, 3, 8, 6, 30, tzinfo=UTC), "Sunday, March 8, at 1:30 am"),
        (datetime(2026, 3, 8, 7, 30, tzinfo=UTC), "Sunday, March 8, at 3:30 am"),
    ],
)
def test_when_something_was_also_around_the_change_of_clocks(clock: Clock, at: datetime, said: str) -> None:
    assert clock.stamp(at) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=59), "less than 1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=5, minutes=40), "5 h"),
        (timedelta(hours=48), "2 days"),
    ],
)
def test_how_long_something_takes(length: timedelta, said: str) -> None:
    assert span(length) == said
