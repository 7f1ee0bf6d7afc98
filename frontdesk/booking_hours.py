"""What staff publish: types of consultation, weekly hours, and exceptions. A change never touches what is booked."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from frontdesk import audit, cells
from frontdesk.errors import FrontdeskError
from frontdesk.hours import DAY_END, Span, Spans
from frontdesk.model import Consultation, ConsultationType, DayHours, StaffMember, WeeklyHours

GRID = cells.GRID.seconds // 60
LIMITS = {
    "minutes": range(GRID, 8 * 60 + 1),
    "buffer_minutes": range(4 * 60 + 1),
    "step_minutes": range(GRID, DAY_END + 1),
    "notice_minutes": range(30 * DAY_END + 1),
    "horizon_days": range(1, 366),
}


class OutOfRange(FrontdeskError):
    """One of these numbers is too small or too large."""


class OffGrid(FrontdeskError):
    """Times and lengths go in steps of five minutes."""


class Nameless(FrontdeskError):
    """A type of consultation needs a name and a place, neither of them long."""


class EndsBeforeItBegins(FrontdeskError):
    """Hours have to end after they begin, at midnight at the latest."""


class Overlapping(FrontdeskError):
    """These hours overlap others of the same person and type on that day."""


class HasLeft(FrontdeskError):
    """This person has no login any more, so nobody can be booked with them."""


@dataclass(frozen=True)
class Terms:
    """By which rules a type can be booked, as staff fill them in."""

    name: str
    minutes: int
    buffer_minutes: int
    step_minutes: int
    notice_minutes: int
    horizon_days: int
    needs_staff: bool
    place: str

    def check(self) -> None:
        if not (0 < len(self.name.strip()) <= 120 and 0 < len(self.place.strip()) <= 200):
            raise Nameless()
        if any(getattr(self, name) not in limits for name, limits in LIMITS.items()):
            raise OutOfRange()
        if any(value % GRID for value in (self.minutes, self.buffer_minutes, self.step_minutes)):
            raise OffGrid()


def types(session: Session) -> list[ConsultationType]:
    """All, also the inactive; those that can be booked come first."""
    return list(
        session.scalars(select(ConsultationType).order_by(ConsultationType.is_active.desc(), ConsultationType.id))
    )


def add_type(session: Session, now: datetime, by: StaffMember, terms: Terms) -> ConsultationType:
    terms.check()
    kind = ConsultationType(**asdict(terms), is_active=True, created_at=now)
    session.add(kind)
    session.flush()
    audit.record(session, now, "type.add", f"type:{kind.id}", by)
    return kind


def change_type(
    session: Session, now: datetime, by: StaffMember, type_id: int, terms: Terms, *, is_active: bool = True
) -> ConsultationType:
    """What is booked already keeps its length and its buffer."""
    terms.check()
    _stop_bookings(session)
    kind = session.get_one(ConsultationType, type_id)
    for name, value in asdict(terms).items():
        setattr(kind, name, value)
    kind.is_active = is_active
    audit.record(session, now, "type.change", f"type:{type_id}", by)
    session.flush()
    return kind


def remove_type(session: Session, now: datetime, by: StaffMember, type_id: int) -> None:
    """With its hours; one that was ever booked is made inactive and keeps them."""
    _stop_bookings(session)
    kind = session.get_one(ConsultationType, type_id)
    if session.scalar(select(exists().where(Consultation.type_id == type_id))):
        kind.is_active = False
    else:
        session.delete(kind)
    audit.record(session, now, "type.remove", f"type:{type_id}", by)
    session.flush()


def weekly(session: Session) -> list[WeeklyHours]:
    return list(
        session.scalars(select(WeeklyHours).order_by(WeeklyHours.weekday, WeeklyHours.start_minute, WeeklyHours.id))
    )


def add_weekly(
    session: Session, now: datetime, by: StaffMember, *, staff_id: int, type_id: int, weekday: int, span: Span
) -> WeeklyHours:
    if cells.lock_person(session, staff_id).disabled_at:
        raise HasLeft()
    _refuse_overlap(session, staff_id, type_id, weekday, span)
    hours = WeeklyHours(
        staff_id=staff_id, type_id=type_id, weekday=weekday, start_minute=span.start, end_minute=span.end
    )
    session.add(hours)
    session.flush()
    audit.record(session, now, "hours.add", f"staff:{staff_id}", by)
    return hours


def change_weekly(
    session: Session, now: datetime, by: StaffMember, hours_id: int, *, weekday: int, span: Span
) -> WeeklyHours:
    hours = session.get_one(WeeklyHours, hours_id)
    cells.lock_person(session, hours.staff_id)
    _refuse_overlap(session, hours.staff_id, hours.type_id, weekday, span, besides=hours_id)
    hours.weekday, hours.start_minute, hours.end_minute = weekday, span.start, span.end
    audit.record(session, now, "hours.change", f"staff:{hours.staff_id}", by)
    session.flush()
    return hours


def remove_weekly(session: Session, now: datetime, by: StaffMember, hours_id: int) -> None:
    hours = session.get_one(WeeklyHours, hours_id)
    cells.lock_person(session, hours.staff_id)
    session.delete(hours)
    audit.record(session, now, "hours.remove", f"staff:{hours.staff_id}", by)
    session.flush()


def days(session: Session, first: date) -> list[DayHours]:
    """The exceptions from that day on."""
    wanted = select(DayHours).where(DayHours.day >= first)
    return list(session.scalars(wanted.order_by(DayHours.day, DayHours.staff_id, DayHours.start_minute)))


def set_day(session: Session, now: datetime, by: StaffMember, *, day: date, staff_id: int | None, spans: Spans) -> None:
    """The hours of one day, in place of the weekly ones; none closes it. `staff_id` None: everybody."""
    _check(spans)
    _stop_bookings(session)
    _delete_day(session, day, staff_id)
    for span in spans or (None,):
        start, end = (span.start, span.end) if span else (None, None)
        session.add(DayHours(day=day, staff_id=staff_id, start_minute=start, end_minute=end))
    session.flush()
    audit.record(session, now, "day.set", f"day:{day}", by, {"staff": staff_id})


def clear_day(session: Session, now: datetime, by: StaffMember, *, day: date, staff_id: int | None) -> None:
    """Back to the weekly hours."""
    _stop_bookings(session)
    _delete_day(session, day, staff_id)
    audit.record(session, now, "day.clear", f"day:{day}", by, {"staff": staff_id})


def _delete_day(session: Session, day: date, staff_id: int | None) -> None:
    session.execute(delete(DayHours).where(DayHours.day == day, DayHours.staff_id.is_not_distinct_from(staff_id)))


def _refuse_overlap(
    session: Session, staff_id: int, type_id: int, weekday: int, span: Span, *, besides: int = 0
) -> None:
    if weekday not in range(7):
        raise OutOfRange()
    others = session.scalars(
        select(WeeklyHours).where(
            WeeklyHours.staff_id == staff_id,
            WeeklyHours.type_id == type_id,
            WeeklyHours.weekday == weekday,
            WeeklyHours.id != besides,
        )
    )
    _check([span, *(Span(other.start_minute, other.end_minute) for other in others)])


def _check(spans: Iterable[Span]) -> None:
    in_order = sorted(spans, key=lambda span: span.start)
    for span in in_order:
        if not 0 <= span.start < span.end <= DAY_END:
            raise EndsBeforeItBegins()
        if span.start % GRID or span.end % GRID:
            raise OffGrid()
    if any(later.start < earlier.end for earlier, later in pairwise(in_order)):
        raise Overlapping()


def _stop_bookings(session: Session) -> None:
    """Nobody's time is taken until this transaction ends, so what is booked fits the hours of that moment."""
    everybody = select(StaffMember.id).order_by(StaffMember.id)
    session.execute(everybody.with_for_update(key_share=True)).all()
