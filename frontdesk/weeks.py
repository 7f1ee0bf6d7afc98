"""A week of the clinic as staff look at it: what is booked, being booked, free or closed, day by day."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from frontdesk import diary, openings, register, schedules
from frontdesk.clinic import Clinic
from frontdesk.hours import Spans, spans_words
from frontdesk.model import Consultation, ConsultationType, Hold
from frontdesk.openings import Opening
from frontdesk.schedules import EVERYBODY, Schedule
from frontdesk.windows import Window

YEARS = range(2000, 2101)
WORKDAYS = 5
_WRITTEN = re.compile(r"(\d{4})-W(\d\d)")


@dataclass(frozen=True)
class Week:
    """From Monday to Sunday."""

    monday: date

    @classmethod
    def of(cls, day: date) -> "Week":
        return cls(day - timedelta(day.weekday()))

    @classmethod
    def parse(cls, written: str) -> "Week | None":
        """`2026-W48`; None when that is no week."""
        match = _WRITTEN.fullmatch(written)
        if not match or int(match[1]) not in YEARS:
            return None
        try:
            return cls(date.fromisocalendar(int(match[1]), int(match[2]), 1))
        except ValueError:
            return None

    def __str__(self) -> str:
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    def other(self, ahead: int) -> "Week":
        return Week(self.monday + timedelta(weeks=ahead))

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(n) for n in range(7)]


@dataclass(frozen=True)
class FreeTimes:
    """Free times of one person and type that follow each other."""

    starts_at: datetime
    ends_at: datetime
    staff_id: int
    type_id: int
    count: int


@dataclass(frozen=True)
class Exceptional:
    """Why a day is unlike other such weekdays, for everybody or for one person."""

    staff_id: int | None
    spans: Spans
    why: str  # empty when staff set it

    def __str__(self) -> str:
        return spans_words(self.spans)


Entry = Consultation | Hold | FreeTimes


@dataclass(frozen=True)
class Day:
    date: date
    entries: list[Entry]  # in the order of time
    exceptional: list[Exceptional]
    clocks_change: bool
    has_hours: bool

    @property
    def is_closed(self) -> bool:
        return any(one.staff_id is EVERYBODY and not one.spans for one in self.exceptional)


def read(session: Session, now: datetime, clinic: Clinic, week: Week, staff_id: int | None = None) -> list[Day]:
    """All of it, or what is one person's; weekend days only when there is something on them."""
    start, end = (midnight(clinic, week.monday + timedelta(n)) for n in (0, 7))
    schedule = schedules.read(session, clinic, week.days[0], week.days[-1])
    free = openings.of_everybody(session, now, clinic, windows=[Window(start, end)])
    entries: list[Entry] = [
        *diary.between(session, start, end),
        *register.held_between(session, now, start, end),
        *together(session, clinic, free),
    ]
    own = [one for one in entries if staff_id is None or one.staff_id == staff_id]
    own.sort(key=lambda one: (one.starts_at or start, isinstance(one, FreeTimes), one.staff_id or 0))
    days = [_day(clinic, schedule, day, own, staff_id) for day in week.days]
    return [day for day in days if day.date.weekday() < WORKDAYS or day.entries or day.exceptional or day.has_hours]


def midnight(clinic: Clinic, day: date) -> datetime:
    """When the day begins at the clinic, in UTC."""
    return datetime.combine(day, time(), clinic.zone).astimezone(UTC)


def _day(clinic: Clinic, schedule: Schedule, day: date, entries: Iterable[Entry], staff_id: int | None) -> Day:
    return Day(
        day,
        [one for one in entries if one.starts_at and clinic.local(one.starts_at).date() == day],
        [one for one in _exceptional(clinic, schedule, day) if staff_id is None or one.staff_id in (None, staff_id)],
        midnight(clinic, day + timedelta(1)) - midnight(clinic, day) != timedelta(1),
        day.weekday() in schedule.weekdays,
    )


def _exceptional(clinic: Clinic, schedule: Schedule, day: date) -> Iterator[Exceptional]:
    off, holiday = clinic.day_off(day), clinic.holiday(day)
    if (day, EVERYBODY) in schedule.exceptions:
        yield Exceptional(EVERYBODY, schedule.exceptions[day, EVERYBODY], off.why if off else holiday or "")
    elif off:
        yield Exceptional(EVERYBODY, off.spans, off.why)
    elif holiday and day.weekday() in schedule.weekdays:
        yield Exceptional(EVERYBODY, (), holiday)
    for (other, person), spans in schedule.exceptions.items():
        if other == day and person is not EVERYBODY:
            yield Exceptional(person, spans, "")


def together(session: Session, clinic: Clinic, free: Iterable[Opening]) -> list[FreeTimes]:
    """What follows each other without a gap in one line: nobody reads forty times of five minutes."""
    runs: dict[tuple[int, int], list[FreeTimes]] = {}
    latest: dict[tuple[int, int], datetime] = {}
    for one in free:
        whose = one.staff_id, one.type_id
        own = runs.setdefault(whose, [])
        step = timedelta(minutes=session.get_one(ConsultationType, one.type_id).step_minutes)
        if own and one.starts_at - latest[whose] == step and _is_same_day(clinic, own[-1].starts_at, one.starts_at):
            own[-1] = replace(own[-1], ends_at=one.ends_at, count=own[-1].count + 1)
        else:
            own.append(FreeTimes(one.starts_at, one.ends_at, *whose, count=1))
        latest[whose] = one.starts_at
    return [run for own in runs.values() for run in own]


def _is_same_day(clinic: Clinic, one: datetime, other: datetime) -> bool:
    return clinic.local(one).date() == clinic.local(other).date()
