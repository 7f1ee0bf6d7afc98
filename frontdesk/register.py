"""What staff look up about consultations: the lists, one by its reference, who did what to it, what is being booked."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from frontdesk import outbox, references
from frontdesk.conversations import lock
from frontdesk.errors import FrontdeskError
from frontdesk.model import (
    AuditEvent,
    Consultation,
    ConsultationStatus,
    Contact,
    Hold,
    Notice,
    NoticeStatus,
    StaffMember,
)

LONGEST_LIST = 200  # consultations shown at once
_WHOLE = (joinedload(Consultation.contact), joinedload(Consultation.type), joinedload(Consultation.staff))


class ChangedMeanwhile(FrontdeskError):
    """The visitor has changed this consultation meanwhile. Nothing was done: please look at it again below."""


class Shelf(Enum):
    """Where staff look for a consultation."""

    WAITING = "waiting"  #: to be confirmed, or to be given a time
    COMING = "coming"
    PAST = "past"  #: the latest first
    CANCELLED = "cancelled"  #: what was cancelled last, first


@dataclass(frozen=True)
class Deed:
    """Who did what to a consultation; without a name it was the visitor, or nobody knows any more."""

    at: datetime
    action: str
    name: str | None


def on(session: Session, now: datetime, shelf: Shelf) -> list[Consultation]:
    order = {
        Shelf.WAITING: (Consultation.created_at, Consultation.id),
        Shelf.COMING: (Consultation.starts_at, Consultation.id),
        Shelf.PAST: (Consultation.starts_at.desc(), Consultation.id.desc()),
        Shelf.CANCELLED: (Consultation.updated_at.desc(), Consultation.id.desc()),
    }[shelf]
    wanted = select(Consultation).where(_stands_on(shelf, now)).options(*_WHOLE).order_by(*order)
    return list(session.scalars(wanted.limit(LONGEST_LIST)))


def counts(session: Session, now: datetime) -> dict[Shelf, int]:
    sums = [func.count(case((_stands_on(shelf, now), Consultation.id))) for shelf in Shelf]
    return dict(zip(Shelf, session.execute(select(*sums)).one(), strict=True))


def waiting_count(session: Session) -> int:
    """How many wait for staff: to be confirmed, or to be given a time."""
    return session.scalar(select(func.count()).where(Consultation.status == ConsultationStatus.REQUESTED)) or 0


def _stands_on(shelf: Shelf, now: datetime) -> ColumnElement[bool]:
    is_confirmed = Consultation.status == ConsultationStatus.CONFIRMED
    was_held = Consultation.status.in_((ConsultationStatus.DONE, ConsultationStatus.MISSED))
    return {
        Shelf.WAITING: Consultation.status == ConsultationStatus.REQUESTED,
        Shelf.COMING: and_(is_confirmed, Consultation.ends_at > now),
        Shelf.PAST: or_(was_held, and_(is_confirmed, Consultation.ends_at <= now)),
        Shelf.CANCELLED: Consultation.status == ConsultationStatus.CANCELLED,
    }[shelf]


def search(session: Session, typed: str) -> list[Consultation]:
    """By reference, or by a part of the contact's or the patient's name, accents or not; the latest first."""
    written, wanted = references.parse(typed), _plain(typed)
    rows = session.execute(
        select(Consultation.id, Consultation.reference, Contact.name, Consultation.patient_name)
        .join(Contact, Consultation.contact_id == Contact.id)
        .order_by(Consultation.id.desc())
    )
    found = [
        key
        for key, reference, *names in rows
        if reference == written or (wanted and any(wanted in _plain(name) for name in names if name))
    ]
    return _whole(session, found[:LONGEST_LIST])


def _plain(name: str) -> str:
    """In small letters without accents: SQLite knows neither, and on the phone nobody spells them."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("’", "'"))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


def _whole(session: Session, keys: Collection[int]) -> list[Consultation]:
    wanted = select(Consultation).where(Consultation.id.in_(keys)).options(*_WHOLE)
    return list(session.scalars(wanted.order_by(Consultation.id.desc())))


def by_reference(session: Session, reference: str) -> Consultation | None:
    wanted = select(Consultation).where(Consultation.reference == references.parse(reference))
    return session.scalar(wanted.options(*_WHOLE))


def as_seen(session: Session, consultation_id: int, seen: str, deed: str) -> Consultation:
    """Locks a consultation that is as the staff member saw it. The same deed done twice is no change to complain of."""
    consultation = session.get_one(Consultation, consultation_id)
    lock(session, consultation.conversation_id)
    session.refresh(consultation)
    last = next(iter(history(session, consultation_id)), None)
    is_same_deed = last is not None and last.action == f"consultation.{deed}"
    if mark(consultation) != seen and not is_same_deed:
        if last and last.name and last.at >= consultation.updated_at:
            raise ChangedMeanwhile(
                f"{last.name} has changed this consultation meanwhile. Nothing was done: please look at it again below."
            )
        raise ChangedMeanwhile()
    return consultation


def mark(consultation: Consultation) -> str:
    """Differs after every change; in forms, so that nobody acts on what they have not seen."""
    return f"{consultation.sequence}-{consultation.updated_at.timestamp():.6f}"


def history(session: Session, consultation_id: int) -> list[Deed]:
    """What staff did to it, from the audit trail; the latest first."""
    rows = session.execute(
        select(AuditEvent.at, AuditEvent.action, StaffMember.name)
        .outerjoin(StaffMember, AuditEvent.staff_id == StaffMember.id)
        .where(AuditEvent.subject == f"consultation:{consultation_id}")
        .order_by(AuditEvent.id.desc())
    )
    return [Deed(at, action, name) for at, action, name in rows]


def notices_of(session: Session, consultation_id: int) -> list[Notice]:
    """What the visitor was, is or will be told of it, the latest first; what was withdrawn is left out."""
    wanted = select(Notice).where(
        Notice.consultation_id == consultation_id,
        Notice.audience.in_((outbox.VISITOR, outbox.CHAT)),
        Notice.status != NoticeStatus.WITHDRAWN,
    )
    return list(session.scalars(wanted.order_by(Notice.created_at.desc(), Notice.key)))


def people(session: Session) -> list[StaffMember]:
    """Who can be booked with: everybody who can log in."""
    return list(
        session.scalars(select(StaffMember).where(StaffMember.disabled_at.is_(None)).order_by(StaffMember.name))
    )


def held_between(session: Session, now: datetime, start: datetime, end: datetime) -> list[Hold]:
    """What visitors are just booking."""
    wanted = select(Hold).where(Hold.expires_at > now, Hold.starts_at >= start, Hold.starts_at < end)
    return list(session.scalars(wanted.order_by(Hold.starts_at, Hold.id)))
