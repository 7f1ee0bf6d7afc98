"""Consultations: what visitors book."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontdesk import references
from frontdesk.conversations import lock
from frontdesk.errors import FrontdeskError
from frontdesk.model import Consultation, ConsultationStatus, Contact

OPEN = (ConsultationStatus.REQUESTED, ConsultationStatus.CONFIRMED)


class Incomplete(FrontdeskError):
    """A name and a phone number or e-mail are needed."""


def request(
    session: Session,
    now: datetime,
    *,
    contact: Contact,
    form_key: str,
    wish: str | None,
    note: str | None,
) -> tuple[Consultation, bool]:
    """Requests a consultation. False beside the known one when this form was sent before."""
    if not contact.name or not (contact.email or contact.phone):
        raise Incomplete()
    lock(session, contact.conversation_id)
    known = session.scalar(select(Consultation).where(Consultation.form_key == form_key))
    if known:
        return known, False
    consultation = Consultation(
        reference=references.new(),
        conversation_id=contact.conversation_id,
        contact_id=contact.id,
        form_key=form_key,
        status=ConsultationStatus.REQUESTED,
        wish=wish,
        note=note,
        created_at=now,
        updated_at=now,
    )
    session.add(consultation)
    session.flush()
    return consultation, True


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


def cancel(session: Session, now: datetime, consultation: Consultation) -> None:
    if consultation.status in OPEN:
        consultation.status, consultation.updated_at = ConsultationStatus.CANCELLED, now
        session.flush()
