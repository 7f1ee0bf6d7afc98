"""What staff see of the days to come: consultations, those that no longer fit, and days they may want to close."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from frontdesk import clinic_checks, schedules
from frontdesk.clinic import HORIZON, Clinic
from frontdesk.consultations import OPEN
from frontdesk.model import Consultation, ConsultationStatus

_WHOLE = (joinedload(Consultation.contact), joinedload(Consultation.type), joinedload(Consultation.staff))


@dataclass(frozen=True)
class Proposal:
    """A public holiday on which staff would have hours, and about which they have said nothing yet."""

    day: date
    name: str
    is_closed: bool  # clinic.yml closes it already, so only keeping it open would need a word


def between(session: Session, start: datetime, end: datetime) -> list[Consultation]:
    """Those that begin then and are not cancelled."""
    wanted = select(Consultation).where(
        Consultation.starts_at >= start,
        Consultation.starts_at < end,
        Consultation.status != ConsultationStatus.CANCELLED,
    )
    return list(session.scalars(wanted.options(*_WHOLE).order_by(Consultation.starts_at, Consultation.id)))


def outside_hours(session: Session, now: datetime, clinic: Clinic) -> list[Consultation]:
    """Those to come that are booked at times which are not published any more. They stand until staff move them."""
    wanted = select(Consultation).where(Consultation.starts_at >= now, Consultation.status.in_(OPEN))
    coming = session.scalars(wanted.options(*_WHOLE).order_by(Consultation.starts_at, Consultation.id)).all()
    days = [clinic.local(one.starts_at).date() for one in coming if one.starts_at]
    schedule = schedules.read(session, clinic, min(days), max(days)) if days else None
    return [one for one, day in zip(coming, days) if schedule and not schedule.covers(day, one)]


def proposals(session: Session, now: datetime, clinic: Clinic) -> list[Proposal]:
    """The public holidays of the next year, from the `holidays` library."""
    today = clinic.local(now).date()
    schedule = schedules.read(session, clinic, today, today + timedelta(HORIZON))
    calendar = clinic_checks.public_holidays(clinic.country, clinic.holidays.state)
    return [
        Proposal(day, name.removesuffix(" (observed)"), clinic.spans_on(day) == () or clinic.holiday(day) is not None)
        for day in (today + timedelta(ahead) for ahead in range(HORIZON))
        for name in calendar.get_list(day)[:1]
        if day.weekday() in schedule.weekdays and (day, schedules.EVERYBODY) not in schedule.exceptions
    ]
