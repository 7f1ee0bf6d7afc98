"""When staff offer consultations: their weekly hours, the exceptions, and the days on which the clinic is closed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontdesk.clinic import Clinic
from frontdesk.hours import OpenTime, Span, Spans, open_times
from frontdesk.model import Consultation, ConsultationType, DayHours, StaffMember, WeeklyHours

EVERYBODY = None  # the staff id of exceptions that hold for all


@dataclass(frozen=True)
class Offer:
    """One person's time for one type of consultation."""

    staff_id: int
    type_id: int
    time: OpenTime


@dataclass(frozen=True)
class Schedule:
    """What was published when it was read; exceptions only from the first to the last day asked for."""

    clinic: Clinic
    weekly: dict[tuple[int, int], dict[int, list[Span]]]  # by person and type, then by weekday
    exceptions: dict[tuple[date, int | None], Spans]  # by day and person

    @property
    def weekdays(self) -> frozenset[int]:
        return frozenset(weekday for days in self.weekly.values() for weekday in days)

    def covers(self, day: date, consultation: Consultation) -> bool:
        """Whether a booked time still lies within the hours of its day."""
        return any(
            (offer.staff_id, offer.type_id) == (consultation.staff_id, consultation.type_id)
            and consultation.starts_at is not None
            and consultation.ends_at is not None
            and offer.time.start <= consultation.starts_at
            and consultation.ends_at <= offer.time.end
            for offer in self.on(day)
        )

    def on(self, day: date) -> Iterator[Offer]:
        for staff_id, type_id in self.weekly:
            for time in open_times(day, self.spans(day, staff_id, type_id), self.clinic.zone):
                yield Offer(staff_id, type_id, time)

    def spans(self, day: date, staff_id: int, type_id: int) -> Spans:
        """The hours by the clock on the wall. A person's own exception goes before one for everybody."""
        for whose in (staff_id, EVERYBODY):
            if (day, whose) in self.exceptions:
                return self.exceptions[day, whose] if self._offers(staff_id, type_id, day.weekday()) else ()
        usual = self.weekly.get((staff_id, type_id), {}).get(day.weekday(), ())
        off = self.clinic.day_off(day) if usual else None
        if off:
            return tuple(_common(usual, off.spans))
        return () if usual and self.clinic.holiday(day) else tuple(usual)

    def _offers(self, staff_id: int, type_id: int, weekday: int) -> bool:
        """An exception is for what the person offers on that weekday; on a day without hours, for all they offer."""
        own = {kind for person, kind in self.weekly if person == staff_id}
        of_the_day = {kind for kind in own if self.weekly[staff_id, kind].get(weekday)}
        return type_id in (of_the_day or own)


def _common(some: Iterable[Span], others: Spans) -> Iterator[Span]:
    for one in some:
        for other in others:
            start, end = max(one.start, other.start), min(one.end, other.end)
            if start < end:
                yield Span(start, end)


def read(session: Session, clinic: Clinic, first: date, last: date) -> Schedule:
    """Of everybody who can log in and every active type. Read as columns, so never an old copy of the session's."""
    weekly: dict[tuple[int, int], dict[int, list[Span]]] = {}
    rows = session.execute(
        select(
            WeeklyHours.staff_id,
            WeeklyHours.type_id,
            WeeklyHours.weekday,
            WeeklyHours.start_minute,
            WeeklyHours.end_minute,
        )
        .join(StaffMember)
        .join(ConsultationType)
        .where(StaffMember.disabled_at.is_(None), ConsultationType.is_active)
        .order_by(WeeklyHours.start_minute, WeeklyHours.id)
    )
    for staff_id, type_id, weekday, start, end in rows:
        days = weekly.setdefault((staff_id, type_id), {})
        days.setdefault(weekday, []).append(Span(start, end))
    return Schedule(clinic, weekly, _exceptions(session, first, last))


def _exceptions(session: Session, first: date, last: date) -> dict[tuple[date, int | None], Spans]:
    found: dict[tuple[date, int | None], Spans] = {}
    rows = session.execute(
        select(DayHours.day, DayHours.staff_id, DayHours.start_minute, DayHours.end_minute)
        .where(DayHours.day.between(first, last))
        .order_by(DayHours.start_minute, DayHours.id)
    )
    for day, staff_id, start, end in rows:
        spans = found.setdefault((day, staff_id), ())
        if start is not None and end is not None:
            found[day, staff_id] = (*spans, Span(start, end))
    return found
