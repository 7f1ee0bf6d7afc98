"""Giving a consultation a time, or another one: the openings to choose from, and any other time a person has free."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.orm import Session

from frontdesk import booking_hours, openings, register, weeks
from frontdesk.clinic import Clinic
from frontdesk.consultations import OPEN
from frontdesk.errors import FrontdeskError
from frontdesk.model import Consultation, ConsultationType
from frontdesk.openings import Opening
from frontdesk.web import staff_pages
from frontdesk.web.auth import SignedIn
from frontdesk.web.consultations_page import way_to
from frontdesk.windows import Window

DAYS_SHOWN = 7
FURTHEST = timedelta(days=366)


class NothingChosen(FrontdeskError):
    """Please choose a time first."""


class NoSuchTime(FrontdeskError):
    """Please give a day and a time. On the night the clocks change, some times do not exist."""


class InThePast(FrontdeskError):
    """This time is over already. Please choose one to come."""


class TooFar(FrontdeskError):
    """This day is more than a year away. Please check the date."""


@dataclass(frozen=True)
class Wanted:
    """The form as it was sent, or as it is first shown."""

    kind: str = ""
    opening: str = ""
    person: str = ""
    day: str = ""
    at: str = ""
    first: str = ""  # the day from which openings are shown
    is_own: bool = False  # another time than those that are published


Text = Annotated[str, Form()]


def typed(
    kind: Text = "",
    opening: Text = "",
    person: Text = "",
    day: Text = "",
    at: Text = "",
    first: Text = "",
    own: Text = "",
) -> Wanted:
    return Wanted(kind, opening, person, day, at, first, bool(own))


def chosen(session: Session, now: datetime, clinic: Clinic, wanted: Wanted) -> Opening:
    found = _own_time(session, clinic, wanted) if wanted.is_own else _published(session, wanted)
    if found.starts_at <= now:
        raise InThePast()
    if found.starts_at - now > FURTHEST:
        raise TooFar()
    return found


def _published(session: Session, wanted: Wanted) -> Opening:
    """`2026-03-17T13:00:00+00:00/3/1`: the moment, with whom, and of which type."""
    try:
        moment, person, kind = wanted.opening.split("/")
        return _opening(session, datetime.fromisoformat(moment).astimezone(UTC), int(person), int(kind))
    except ValueError:
        raise NothingChosen() from None


def _own_time(session: Session, clinic: Clinic, wanted: Wanted) -> Opening:
    try:
        wall = datetime.combine(date.fromisoformat(wanted.day), time.fromisoformat(wanted.at))
        moment = wall.replace(tzinfo=clinic.zone).astimezone(UTC)
        person, kind = int(wanted.person), int(wanted.kind)
    except (ValueError, OverflowError):
        raise NoSuchTime() from None
    if clinic.local(moment).replace(tzinfo=None) != wall:
        raise NoSuchTime()
    if wall.minute % booking_hours.GRID or wall.second:
        raise booking_hours.OffGrid()
    return _opening(session, moment, person, kind)


def _opening(session: Session, starts_at: datetime, staff_id: int, type_id: int) -> Opening:
    kind = session.get(ConsultationType, type_id)
    if kind is None or staff_id not in {one.id for one in register.people(session)}:
        raise NothingChosen()
    return Opening(starts_at, starts_at + timedelta(minutes=kind.minutes), staff_id, type_id)


def show(
    request: Request,
    session: Session,
    who: SignedIn,
    found: Consultation,
    wanted: Wanted,
    alert: str = "",
    status: int = 200,
) -> Response:
    now, clinic = staff_pages.now(request), staff_pages.clinic(request)
    types = [kind for kind in booking_hours.types(session) if kind.is_active or kind.id == found.type_id]
    kind = _kind(types, wanted.kind) or _kind(types, str(found.type_id)) or next(iter(types), None)
    today = clinic.local(now).date()
    asked = _day(wanted.first)
    first = max(asked, today) if asked else _first_free(session, now, clinic, kind, found) or today
    free = _free(session, now, clinic, kind, first, found) if kind else []
    return staff_pages.page(
        request,
        "consultation_time",
        status=status,
        who=who,
        section="consultations",
        alert=alert,
        c=found,
        mark=register.mark(found),
        is_open=found.status in OPEN,
        types=types,
        kind=kind,
        people=register.people(session),
        names={one.id: one.name for one in register.people(session)},
        days=_by_day(clinic, free),
        first=first,
        earlier=max(first - timedelta(DAYS_SHOWN), today) if first > today else None,
        later=first + timedelta(DAYS_SHOWN),
        wanted=wanted if wanted.person or not found.staff_id else replace(wanted, person=str(found.staff_id)),
        way=way_to(request, found.contact),
    )


def _kind(types: list[ConsultationType], written: str) -> ConsultationType | None:
    return next((kind for kind in types if str(kind.id) == written), None)


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if day.year in weeks.YEARS else None


def _first_free(
    session: Session, now: datetime, clinic: Clinic, kind: ConsultationType | None, found: Consultation
) -> date | None:
    """The first day with anything to choose, so that nobody has to turn pages to find it."""
    free = openings.openings(session, now, clinic, kind=kind, limit=1, moving=found.id) if kind else []
    return clinic.local(free[0].starts_at).date() if free else None


def _free(
    session: Session, now: datetime, clinic: Clinic, kind: ConsultationType, first: date, found: Consultation
) -> list[Opening]:
    begin = weeks.midnight(clinic, first)
    windows = [Window(begin, weeks.midnight(clinic, first + timedelta(DAYS_SHOWN)))]
    free = openings.of_everybody(session, now, clinic, kind=kind, windows=windows, moving=found.id)
    return [one for one in free if one.starts_at != found.starts_at or one.staff_id != found.staff_id]


def _by_day(clinic: Clinic, free: list[Opening]) -> dict[date, list[Opening]]:
    days: dict[date, list[Opening]] = {}
    for one in free:
        days.setdefault(clinic.local(one.starts_at).date(), []).append(one)
    return days
