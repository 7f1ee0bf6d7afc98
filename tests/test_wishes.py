"""Wished times as people type them, against lists that were written before the parser."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from frontdesk import wishes
from frontdesk.hours import date_words, time_words
from frontdesk.windows import Window
from frontdesk.wishes import Wish

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 11, 23, 10, tzinfo=NEW_YORK)
BEFORE_AUTUMN_CHANGE = datetime(2026, 10, 30, 16, 20, tzinfo=NEW_YORK)
BEFORE_SPRING_CHANGE = datetime(2027, 3, 11, 9, 15, tzinfo=NEW_YORK)
HORIZON = 14  # days
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HERE = Path(__file__).parent


def listed(name: str) -> list[str]:
    found: list[str] = yaml.load((HERE / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return found


def understood() -> list[tuple[str, datetime, list[str]]]:
    return [
        (wish["said"], datetime.fromisoformat(part["now"]).replace(tzinfo=NEW_YORK), wish["means"])
        for part in yaml.load((HERE / "wishes_100.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        for wish in part["wishes"]
    ]


def weekdays(written: str) -> set[int]:
    found: set[int] = set()
    for part in written.split(","):
        first, _, last = part.partition("-")
        found |= set(range(DAYS.index(first), DAYS.index(last or first) + 1))
    return found


def moment(day: date, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    wall = datetime.combine(day + timedelta(days=hour // 24), time(hour % 24, minute), NEW_YORK)
    return wall.astimezone(UTC)


def meant(lines: list[str], now: datetime) -> list[Window]:
    """The windows that the list's own words stand for."""
    spans: list[tuple[datetime, datetime]] = []
    for line in lines:
        days, only, hours = re.fullmatch(r"(\S+)(?: ([a-z,-]+))?(?: ([\d:]+-[\d:]+))?", line).groups()  # type: ignore[union-attr]
        first, last = now.date(), now.date() + timedelta(days=HORIZON)
        if days != "every":
            first, last = (date.fromisoformat(day) for day in (days.split("..") * 2)[:2])
        start, end = (hours or "00:00-24:00").split("-")
        for ahead in range((last - first).days + 1):
            day = first + timedelta(days=ahead)
            if not only or day.weekday() in weekdays(only):
                spans.append((max(moment(day, start), now), moment(day, end)))
    joined: list[Window] = []
    for begin, end_of_it in sorted(spans):
        if joined and begin <= joined[-1].end:
            joined[-1] = Window(joined[-1].start, max(end_of_it, joined[-1].end))
        elif begin < end_of_it:
            joined.append(Window(begin, end_of_it))
    return joined


def read(text: str, now: datetime = MONDAY) -> Wish:
    found = wishes.read(text, now, horizon=HORIZON)
    assert found, text
    return found


@pytest.mark.parametrize(("said", "now", "means"), understood())
def test_a_wish_is_understood(said: str, now: datetime, means: list[str]) -> None:
    found = read(said, now)

    assert list(found.windows) == meant(means, now)
    assert not found.partial


@pytest.mark.parametrize(("said", "now", "means"), understood())
def test_what_is_said_again_means_the_same(said: str, now: datetime, means: list[str]) -> None:
    again = read(wishes.spoken(read(said, now), now), now)

    assert list(again.windows) == meant(means, now)
    assert not again.partial


@pytest.mark.parametrize("said", listed("wishes_hard.yml"))
def test_what_is_not_understood_to_the_end_does_not_look_sure(said: str) -> None:
    found = wishes.read(said, MONDAY)

    assert found is None or found.partial


@pytest.mark.parametrize("said", listed("wishes_none.yml"))
def test_what_holds_no_wish_is_none(said: str) -> None:
    assert wishes.read(said, MONDAY) is None


@pytest.mark.parametrize("wish", listed("wishes_spoken.yml"), ids=lambda wish: wish["said"])
def test_a_wish_is_said_again_in_dates_and_times(wish: dict[str, str]) -> None:
    found = read(wish["said"])

    assert wishes.spoken(found, MONDAY) == wish["spoken"]
    assert read(wishes.spoken(found, MONDAY)).windows == found.windows


def test_the_lists_are_long_enough_to_mean_something() -> None:
    said = [said for said, _, _ in understood()]

    assert len(set(said)) >= 100
    assert len({now for _, now, _ in understood()}) == 3


@pytest.mark.parametrize(
    ("said", "now", "hours"), [("sunday", BEFORE_AUTUMN_CHANGE, 25), ("sunday", BEFORE_SPRING_CHANGE, 23)]
)
def test_a_day_on_which_the_clocks_change_is_whole(said: str, now: datetime, hours: int) -> None:
    (window,) = read(said, now).windows

    assert window.end.astimezone(UTC) - window.start.astimezone(UTC) == timedelta(hours=hours)


def test_a_time_that_has_passed_is_asked_about() -> None:
    found = read("today at 8 am")

    assert (found.windows, found.partial) == ((), True)


def test_the_horizon_is_where_open_wishes_end() -> None:
    near = wishes.read("any weekday morning", MONDAY, horizon=7)
    far = wishes.read("any weekday morning", MONDAY, horizon=60)

    assert near
    assert far
    assert len(near.windows) == 6
    assert far.windows[-1].end - MONDAY > timedelta(days=55)


def test_a_date_beyond_the_horizon_is_understood_all_the_same() -> None:
    (window,) = read("march 15 at 2 pm").windows

    assert window.start == datetime(2027, 3, 15, 14, tzinfo=NEW_YORK)


def test_the_clinics_zone_counts_and_not_that_of_the_time_given() -> None:
    late = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)  # still Monday in New York

    found = wishes.read("tomorrow at 3 pm", late, zone=NEW_YORK)

    assert found
    assert found.windows[0].start == datetime(2026, 11, 24, 15, tzinfo=NEW_YORK)


def test_the_clinics_own_zone_may_be_named_and_no_other() -> None:
    assert not read("tomorrow at 3 pm eastern").partial
    assert read("tomorrow at 3 pm pacific").partial


def test_dates_are_read_as_people_of_the_country_write_them() -> None:
    london = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/London"))

    found = wishes.read("4/12", london, country="GB")

    assert found
    assert found.windows[0].start.date() == date(2026, 12, 4)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        wishes.read("tomorrow", MONDAY.replace(tzinfo=None))


VOCABULARY = (
    "monday", "tuesdays", "wed", "next", "this", "last", "tomorrow", "today", "week", "weekend", "month",
    "december", "dec", "3", "3rd", "12/3", "10", "2:30", "pm", "am", "noon", "morning", "evenings", "after",
    "before", "between", "and", "or", "but", "not", "except", "any", "anytime", "the", "of", "in", "from", "to",
    "until", "by", "around", "at", "first", "thing", "asap", "two", "weeks", "days", "thanksgiving", "christmas",
    "can't", "don't", "works", "bad", "prefer", "only", ",", ".", "?", "-", "/", "15", "31", "99", "midnight",
    "half", "past", "quarter", "every", "other", "if", "lunch", "work", "i", "my", "son", "is", "sessions",
    "early", "late", "end", "beginning", "available", "so", "like", "a", "for", "on", "was", "had", "new", "year",
    "2026",
)  # fmt: skip
ZONES = st.sampled_from(["America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]).map(
    ZoneInfo
)
NOWS = st.builds(
    lambda moment, zone: moment.astimezone(zone),
    st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    ZONES,
)


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(VOCABULARY), max_size=14).map(" ".join)), NOWS)
@settings(deadline=None, max_examples=400)
@example("\ud800", MONDAY)
@example("1" * 3000, MONDAY)
@example("feb 29", datetime(2028, 2, 29, 12, tzinfo=NEW_YORK))
def test_whatever_is_typed_windows_lie_ahead_in_order_and_apart(text: str, now: datetime) -> None:
    found = wishes.read(text, now)

    if found is None:
        return
    assert all(window.end > now and window.start >= now and window.start < window.end for window in found.windows)
    assert all(earlier.end < later.start for earlier, later in pairwise(found.windows))
    assert found.partial == (bool(found.unread) or not found.windows)
    assert wishes.spoken(found, now)


@given(st.lists(st.sampled_from(VOCABULARY), max_size=8).map(" ".join), NOWS)
@settings(deadline=None, max_examples=300, derandomize=True)
def test_what_was_understood_can_be_said_and_understood_again(text: str, now: datetime) -> None:
    found = wishes.read(text, now)

    if found is None or found.partial:
        return
    again = wishes.read(wishes.spoken(found, now), now)
    assert again
    assert (again.windows, again.unread) == (found.windows, ())


def spelled_out(day: date, minutes: int) -> Iterator[str]:
    clock = f"{minutes // 60 % 12 or 12}:{minutes % 60:02} {'am' if minutes < 720 else 'pm'}"
    month = f"{day:%B}"
    yield f"{date_words(day)}, {day.year}, at {clock}"
    yield f"{clock} on {month[:3]} {day.day}, {day.year}"
    yield f"{day.month}/{day.day}/{day.year} at {clock}"
    yield f"{day.isoformat()} {minutes // 60}:{minutes % 60:02}"


@given(NOWS, st.integers(1, 350), st.integers(1, 95).map(lambda quarters: quarters * 15), st.integers(0, 3))
@settings(deadline=None, max_examples=200)
def test_a_date_spelled_out_is_that_date_and_is_said_so(now: datetime, ahead: int, minutes: int, form: int) -> None:
    day = now.date() + timedelta(days=ahead)
    wall = datetime.combine(day, time(minutes // 60, minutes % 60), now.tzinfo)
    text = list(spelled_out(day, minutes))[form]

    found = wishes.read(text, now)

    if minutes < 13 * 60 and form == 3:  # 9:30 may be either half of the day
        return
    assert found
    moment = wall.astimezone(UTC)
    is_skipped = moment.astimezone(now.tzinfo).replace(tzinfo=None) != wall.replace(tzinfo=None)
    assert found.windows or is_skipped
    assert all(window.start.astimezone(UTC) == moment for window in found.windows) or is_skipped
    assert date_words(day) in wishes.spoken(found, now)
    assert time_words(wall) in wishes.spoken(found, now)


@given(NOWS, st.integers(0, 320))
@settings(deadline=None, max_examples=150)
def test_a_date_without_its_year_is_the_next_one(now: datetime, ahead: int) -> None:
    day = now.date() + timedelta(days=ahead)

    found = wishes.read(f"{day:%B} {day.day}", now)

    assert found
    assert found.windows[0].start.astimezone(now.tzinfo).date() == day
