"""Openings: free times that staff have published. Worked out from hours and cells, never stored.

What is offered and what is accepted come from the same function here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontdesk import cells, schedules
from frontdesk.clinic import Clinic
from frontdesk.errors import FrontdeskError
from frontdesk.hours import MINUTE
from frontdesk.model import ConsultationType, StaffMember, WeeklyHours
from frontdesk.schedules import Schedule
from frontdesk.windows import Window

DAYS_AT_ONCE = 7  # so many days' cells are read in one go
DAY = timedelta(days=1)
AROUND = (DAY, DAY * 7, DAY * 366)  # where the nearest are looked for, in turn


class Gone(FrontdeskError):
    """This time is not free any more."""


@dataclass(frozen=True)
class Opening:
    starts_at: datetime
    ends_at: datetime
    staff_id: int
    type_id: int


def openings(
    session: Session,
    now: datetime,
    clinic: Clinic,
    *,
    kind: ConsultationType | None = None,
    windows: Sequence[Window] | None = None,
    limit: int | None = None,
    besides: int | None = None,
    moving: int | None = None,
) -> list[Opening]:
    """The next free times, one for each moment and type even when several people are free then.

    A window is about when a consultation begins. `besides`: a conversation whose own hold counts as free; `moving`: a
    consultation whose own time does.
    """
    found = _free(session, now, clinic, kind.id if kind else None, windows, besides, moving)
    moments = (_least_busy(list(group)) for _, group in groupby(found, key=lambda one: moment(one.opening)))
    return list(islice(moments, limit))


def of_everybody(
    session: Session,
    now: datetime,
    clinic: Clinic,
    *,
    kind: ConsultationType | None = None,
    windows: Sequence[Window] | None = None,
    moving: int | None = None,
) -> list[Opening]:
    """The same free times as staff look at them: at each moment with every person who is free then."""
    return [one.opening for one in _free(session, now, clinic, kind.id if kind else None, windows, None, moving)]


def is_open(
    session: Session,
    now: datetime,
    clinic: Clinic,
    opening: Opening,
    besides: int | None = None,
    moving: int | None = None,
) -> bool:
    """Whether this very opening, with this person, could be offered now."""
    return opening in at_that_moment(session, now, clinic, opening, besides, moving)


def at_that_moment(
    session: Session,
    now: datetime,
    clinic: Clinic,
    opening: Opening,
    besides: int | None = None,
    moving: int | None = None,
) -> list[Opening]:
    """With everybody who is free then: first the person of the opening, then whoever is least busy that day."""
    windows = [Window(opening.starts_at, opening.starts_at + MINUTE)]
    found = _free(session, now, clinic, opening.type_id, windows, besides, moving)
    same = [one for one in found if moment(one.opening) == moment(opening)]
    same.sort(key=lambda one: (one.opening.staff_id != opening.staff_id, one.busy, one.opening.staff_id))
    return [one.opening for one in same]


def nearest(
    session: Session,
    now: datetime,
    clinic: Clinic,
    opening: Opening,
    *,
    limit: int = 3,
    besides: int | None = None,
    moving: int | None = None,
) -> list[Opening]:
    """The free times of that type that lie nearest to one that is gone, in the order of time."""
    kind = session.get_one(ConsultationType, opening.type_id)
    found: list[Opening] = []
    for reach in AROUND:
        around = [Window(opening.starts_at - reach, opening.starts_at + reach)]
        found = openings(session, now, clinic, kind=kind, windows=around, besides=besides, moving=moving)
        if len(found) >= limit:
            break
    found.sort(key=lambda one: abs(one.starts_at - opening.starts_at))
    return sorted(found[:limit], key=lambda one: one.starts_at)


def types(session: Session) -> list[ConsultationType]:
    """What somebody has hours for."""
    offered = select(WeeklyHours.type_id).join(StaffMember).where(StaffMember.disabled_at.is_(None))
    active = select(ConsultationType).where(ConsultationType.is_active, ConsultationType.id.in_(offered))
    return list(session.scalars(active.order_by(ConsultationType.id)))


@dataclass(frozen=True)
class _Rules:
    """Of one type, as they stand in the database now (and not in an object read earlier)."""

    type_id: int
    lasts: timedelta
    kept_free: timedelta
    step: timedelta
    earliest: datetime
    last_day: date


@dataclass(frozen=True)
class _Free:
    opening: Opening
    busy: int  # cells of the person's that are taken that day


def _free(
    session: Session,
    now: datetime,
    clinic: Clinic,
    type_id: int | None,
    windows: Sequence[Window] | None,
    besides: int | None,
    moving: int | None,
) -> Iterator[_Free]:
    """Of every person, in the order of time; a few days are read at once, as far as the caller goes."""
    rules = _rules(session, now, clinic, type_id)
    if not rules:
        return
    today = clinic.local(now).date()
    ahead = (max(rule.last_day for rule in rules.values()) - today).days
    days = [day for day in (today + timedelta(n) for n in range(ahead + 1)) if _is_wanted(day, clinic, windows)]
    if not days:
        return
    schedule = schedules.read(session, clinic, days[0], days[-1])
    for first in range(0, len(days), DAYS_AT_ONCE):
        wanted = [
            opening
            for day in days[first : first + DAYS_AT_ONCE]
            for opening in _published(schedule, day, rules)
            if windows is None or any(opening.starts_at in window for window in windows)
        ]
        yield from _not_taken(session, now, clinic, wanted, rules, besides, moving)


def _rules(session: Session, now: datetime, clinic: Clinic, type_id: int | None) -> dict[int, _Rules]:
    today = clinic.local(now).date()
    columns = select(
        ConsultationType.id,
        ConsultationType.minutes,
        ConsultationType.buffer_minutes,
        ConsultationType.step_minutes,
        ConsultationType.notice_minutes,
        ConsultationType.horizon_days,
    ).where(ConsultationType.is_active)
    if type_id is not None:
        columns = columns.where(ConsultationType.id == type_id)
    return {
        key: _Rules(key, MINUTE * lasts, MINUTE * kept_free, MINUTE * step, now + MINUTE * notice, today + DAY * days)
        for key, lasts, kept_free, step, notice, days in session.execute(columns)
    }


def _is_wanted(day: date, clinic: Clinic, windows: Sequence[Window] | None) -> bool:
    begin, end = (datetime.combine(day + DAY * n, time(), clinic.zone).astimezone(UTC) for n in (0, 1))
    return windows is None or any(window.touches(begin, end) for window in windows)


def _published(schedule: Schedule, day: date, rules: dict[int, _Rules]) -> list[Opening]:
    """What hours, notice and horizon allow on a day, taken or not."""
    found = []
    for offer in schedule.on(day):
        rule = rules.get(offer.type_id)
        if rule is None or day > rule.last_day:
            continue
        starts_at = offer.time.start
        while starts_at + rule.lasts <= offer.time.end:
            if starts_at >= rule.earliest:
                found.append(Opening(starts_at, starts_at + rule.lasts, offer.staff_id, offer.type_id))
            starts_at += rule.step
    return sorted(set(found), key=lambda one: (*moment(one), one.staff_id))


def _not_taken(
    session: Session,
    now: datetime,
    clinic: Clinic,
    wanted: list[Opening],
    rules: dict[int, _Rules],
    besides: int | None,
    moving: int | None,
) -> Iterator[_Free]:
    if not wanted:
        return
    grids = [cells.grid(one.starts_at, one.ends_at + rules[one.type_id].kept_free) for one in wanted]
    reach = min(grid[0] for grid in grids), max(grid[-1] for grid in grids) + cells.GRID
    people = {one.staff_id for one in wanted}
    taken = cells.taken(session, now, people, *reach, besides=besides, moving=moving)
    busy = Counter((staff_id, clinic.local(begin).date()) for staff_id, begin in taken)
    for opening, grid in zip(wanted, grids):
        if not any((opening.staff_id, begin) in taken for begin in grid):
            yield _Free(opening, busy[opening.staff_id, clinic.local(opening.starts_at).date()])


def moment(opening: Opening) -> tuple[datetime, int, datetime]:
    return opening.starts_at, opening.type_id, opening.ends_at


def _least_busy(group: list[_Free]) -> Opening:
    return min(group, key=lambda one: (one.busy, one.opening.staff_id)).opening
