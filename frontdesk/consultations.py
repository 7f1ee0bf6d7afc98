"""Consultations: what visitors book."""

from datetime import datetime
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontdesk import audit, cells, holds, references, taking, visitor_notices
from frontdesk.clinic import Clinic
from frontdesk.conversations import lock
from frontdesk.errors import FrontdeskError
from frontdesk.model import Consultation, ConsultationStatus, ConsultationType, Contact, Hold, StaffMember
from frontdesk.openings import Opening

OPEN = (ConsultationStatus.REQUESTED, ConsultationStatus.CONFIRMED)


class Incomplete(FrontdeskError):
    """A name and a phone number or e-mail are needed."""


class NotFound(FrontdeskError):
    """No consultation has this reference and this contact."""


class Over(FrontdeskError):
    """This consultation is cancelled or over, so it cannot be changed any more."""


class Begun(FrontdeskError):
    """This consultation has begun, so only staff can change it now."""


class NotYet(FrontdeskError):
    """This consultation has not begun yet."""


class WithoutTime(FrontdeskError):
    """Nobody has given this consultation a time yet."""


class Change(Enum):
    """What the visitor is told of."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    MISSED = "missed"


def request(
    session: Session,
    now: datetime,
    *,
    contact: Contact,
    form_key: str,
    wish: str | None,
    note: str | None,
    patient_name: str | None = None,
    relation: str | None = None,
) -> tuple[Consultation, bool]:
    """Requests a consultation without a time. False beside the known one when this form was sent before."""
    if known := _known(session, contact, form_key):
        return known, False
    consultation = _new(now, contact, form_key, wish=wish, note=note, patient_name=patient_name, relation=relation)
    session.add(consultation)
    session.flush()
    _tell(session, now, consultation, Change.REQUESTED)
    return consultation, True


def book(
    session: Session,
    now: datetime,
    clinic: Clinic,
    *,
    contact: Contact,
    form_key: str,
    opening: Opening,
    wish: str | None = None,
    note: str | None = None,
    patient_name: str | None = None,
    relation: str | None = None,
) -> tuple[Consultation, bool]:
    """Books an opening: confirmed, or requested when staff confirm its type first. Takes over what is held.

    False beside the known one when this form was sent before. Raises Gone, with nothing changed.
    """
    if known := _known(session, contact, form_key):
        return known, False
    held = holds.lock_own(session, contact.conversation_id)

    def write(free: Opening) -> Consultation:
        consultation = _new(now, contact, form_key, wish=wish, note=note, patient_name=patient_name, relation=relation)
        _set_time(session, now, consultation, free)
        session.add(consultation)
        session.flush()
        return consultation

    consultation = taking.take(
        session, now, clinic, opening, write, conversation_id=contact.conversation_id, held=held, promised=True
    )
    _let_go(session, held)
    _tell(session, now, consultation, _first_change(consultation))
    return consultation, True


def _first_change(consultation: Consultation) -> Change:
    return Change.CONFIRMED if consultation.status is ConsultationStatus.CONFIRMED else Change.REQUESTED


def _known(session: Session, contact: Contact, form_key: str) -> Consultation | None:
    """What this form has booked already; locks the conversation, so that no other does so meanwhile."""
    if not contact.name or not (contact.email or contact.phone):
        raise Incomplete()
    lock(session, contact.conversation_id)
    return session.scalar(select(Consultation).where(Consultation.form_key == form_key))


def _new(now: datetime, contact: Contact, form_key: str, **said: str | None) -> Consultation:
    return Consultation(
        reference=references.new(),
        conversation_id=contact.conversation_id,
        contact_id=contact.id,
        form_key=form_key,
        status=ConsultationStatus.REQUESTED,
        sequence=0,
        created_at=now,
        updated_at=now,
        **said,
    )


def _set_time(
    session: Session, now: datetime, consultation: Consultation, opening: Opening, by_staff: StaffMember | None = None
) -> None:
    kind = session.get_one(ConsultationType, opening.type_id, populate_existing=True)
    waits = kind.needs_staff and by_staff is None
    consultation.type_id, consultation.staff_id = opening.type_id, opening.staff_id
    consultation.starts_at, consultation.ends_at = opening.starts_at, opening.ends_at
    consultation.status = ConsultationStatus.REQUESTED if waits else ConsultationStatus.CONFIRMED
    consultation.confirmed_at = None if waits else (consultation.confirmed_at or now)
    consultation.updated_at = now


def move(
    session: Session,
    now: datetime,
    clinic: Clinic,
    consultation: Consultation,
    opening: Opening,
    by_staff: StaffMember | None = None,
    *,
    conversation_id: int | None = None,
) -> None:
    """Gives a consultation another time, or its first one; the old one is kept until the new one is taken.

    Staff may choose any time that the person has free, a visitor only openings. `conversation_id`: where the visitor
    moves it, when that is another conversation than the one it was booked in; its hold is taken over. Raises Gone.
    """
    held = _lock(session, consultation, conversation_id)
    _refuse_unless_open(now, consultation, by_staff)
    if _has_time(consultation, opening, by_staff):
        return
    is_first = consultation.starts_at is None

    def write(free: Opening) -> Consultation:
        _set_time(session, now, consultation, free, by_staff)
        session.flush()
        return consultation

    if by_staff:
        taking.take_for_staff(session, now, opening, write)
    else:
        holder = conversation_id or consultation.conversation_id
        taking.take(
            session, now, clinic, opening, write,
            conversation_id=holder, held=held, promised=True, moving=consultation.id,
        )  # fmt: skip
        _let_go(session, held)
    _record(session, now, "move", consultation, by_staff)
    _tell(session, now, consultation, _first_change(consultation) if is_first else Change.MOVED, by_staff)


def _has_time(consultation: Consultation, opening: Opening, by_staff: StaffMember | None) -> bool:
    """Whether it is then already; a visitor does not choose the person."""
    same = (consultation.starts_at, consultation.ends_at, consultation.type_id)
    is_person = by_staff is None or consultation.staff_id == opening.staff_id
    return is_person and same == (opening.starts_at, opening.ends_at, opening.type_id)


def cancel(session: Session, now: datetime, consultation: Consultation, by_staff: StaffMember | None = None) -> None:
    """Cancels and frees the time; a second time changes nothing."""
    _lock(session, consultation)
    if consultation.status is ConsultationStatus.CANCELLED:
        return
    _refuse_unless_open(now, consultation, by_staff)
    consultation.status, consultation.updated_at = ConsultationStatus.CANCELLED, now
    session.flush()
    cells.free(session, consultation)
    _record(session, now, "cancel", consultation, by_staff)
    _tell(session, now, consultation, Change.CANCELLED, by_staff)


def confirm(session: Session, now: datetime, consultation: Consultation, by_staff: StaffMember | None = None) -> None:
    """Staff agree to the time that was asked for; a second time changes nothing."""
    _lock(session, consultation)
    _refuse_unless_open(now, consultation, by_staff)
    if consultation.starts_at is None:
        raise WithoutTime()
    if consultation.status is ConsultationStatus.CONFIRMED:
        return
    consultation.status, consultation.confirmed_at, consultation.updated_at = ConsultationStatus.CONFIRMED, now, now
    _record(session, now, "confirm", consultation, by_staff)
    _tell(session, now, consultation, Change.CONFIRMED, by_staff)


def mark_done(session: Session, now: datetime, consultation: Consultation, by_staff: StaffMember | None = None) -> None:
    """It has taken place. Also what was marked as missed by a slip of the finger."""
    _mark(session, now, consultation, ConsultationStatus.DONE, by_staff)


def mark_missed(
    session: Session, now: datetime, consultation: Consultation, by_staff: StaffMember | None = None
) -> None:
    """The visitor did not come. Also what was marked as done by a slip of the finger."""
    if _mark(session, now, consultation, ConsultationStatus.MISSED, by_staff):
        _tell(session, now, consultation, Change.MISSED, by_staff)


def _mark(
    session: Session,
    now: datetime,
    consultation: Consultation,
    status: ConsultationStatus,
    by_staff: StaffMember | None,
) -> bool:
    _lock(session, consultation)
    if consultation.status is ConsultationStatus.CANCELLED:
        raise Over()
    if consultation.starts_at and now < consultation.starts_at:
        raise NotYet()
    if consultation.status is status:
        return False
    consultation.status, consultation.updated_at = status, now
    _record(session, now, status.value, consultation, by_staff)
    return True


def find(session: Session, reference: str, *, email: str | None = None, phone: str | None = None) -> Consultation:
    """By a reference as somebody says it, and the contact it was booked with: the e-mail, or the phone in E.164.

    Raises the same NotFound whatever does not fit.
    """
    written = references.parse(reference)
    found = session.scalar(select(Consultation).where(Consultation.reference == written)) if written else None
    contact = found.contact if found else None
    if found is None or contact is None or not (_is_same(email, contact.email) or _is_same(phone, contact.phone)):
        raise NotFound()
    return found


def _is_same(given: str | None, kept: str | None) -> bool:
    return bool(given and kept) and str(given).strip().casefold() == str(kept).strip().casefold()


def open_one(session: Session, conversation_id: int) -> Consultation | None:
    """The latest that is neither cancelled nor over."""
    return session.scalar(
        select(Consultation)
        .where(Consultation.conversation_id == conversation_id, Consultation.status.in_(OPEN))
        .order_by(Consultation.id.desc())
        .limit(1)
    )


def of_conversation(session: Session, conversation_id: int) -> list[Consultation]:
    return list(
        session.scalars(
            select(Consultation).where(Consultation.conversation_id == conversation_id).order_by(Consultation.id)
        )
    )


def _lock(session: Session, consultation: Consultation, conversation_id: int | None = None) -> Hold | None:
    """In the order that `cells` asks for; what is read afterwards is as it stands. The hold of the conversation."""
    holder = conversation_id or consultation.conversation_id
    for locked in sorted({consultation.conversation_id, holder}):
        lock(session, locked)
    held = holds.lock_own(session, holder)
    session.refresh(consultation, with_for_update={"of": Consultation})  # and not what it was read together with
    return held


def _let_go(session: Session, held: Hold | None) -> None:
    if held:
        session.delete(held)
        session.flush()


def _refuse_unless_open(now: datetime, consultation: Consultation, by_staff: StaffMember | None) -> None:
    if consultation.status not in OPEN:
        raise Over()
    if by_staff is None and consultation.starts_at and consultation.starts_at <= now:
        raise Begun()


def _record(
    session: Session, now: datetime, deed: str, consultation: Consultation, by_staff: StaffMember | None
) -> None:
    if by_staff:
        audit.record(session, now, f"consultation.{deed}", f"consultation:{consultation.id}", by_staff)


def _tell(
    session: Session, now: datetime, consultation: Consultation, change: Change, by_staff: StaffMember | None = None
) -> None:
    """Every change that the visitor is told of goes through here."""
    consultation.sequence += 1
    session.flush()
    visitor_notices.tell(session, now, consultation, change.value, by_staff=by_staff is not None)
