"""How visitors may be reached: kept after consent, taken out again on refusal."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from frontdesk import details
from frontdesk.conversations import lock
from frontdesk.model import Author, Consultation, Contact, Message

TAKEN_OUT = "[taken out]"


def keep(
    session: Session,
    now: datetime,
    conversation_id: int,
    *,
    name: str | None,
    email: str | None,
    phone: str | None,
    preferred: str | None = None,
    may_leave_voicemail: bool | None = None,
    safe_hours: str | None = None,
    agrees_to_texts: bool | None = None,
) -> Contact:
    """One contact a conversation; what is given later replaces what was given before."""
    lock(session, conversation_id)
    contact = session.scalar(select(Contact).where(Contact.conversation_id == conversation_id))
    if contact is None:
        contact = Contact(conversation_id=conversation_id, consented_at=now)
        session.add(contact)
    contact.name = name or contact.name
    contact.email = email or contact.email
    contact.phone = phone or contact.phone
    contact.preferred = preferred or contact.preferred
    contact.safe_hours = safe_hours or contact.safe_hours
    if may_leave_voicemail is not None:
        contact.may_leave_voicemail = may_leave_voicemail
    if agrees_to_texts:
        contact.texts_agreed_at, contact.texts_stopped_at = now, None
    elif agrees_to_texts is False:
        contact.texts_agreed_at = None
    session.flush()
    return contact


def may_text(contact: Contact) -> bool:
    return bool(contact.phone and contact.texts_agreed_at and not contact.texts_stopped_at)


def way(contact: Contact) -> str | None:
    """How the visitor is written to: "email" or "text"; None when they can only be called."""
    if may_text(contact) and (contact.preferred in ("text", "phone") or not contact.email):
        return "text"
    return "email" if contact.email else None


def stop_texts(session: Session, now: datetime, conversation_id: int) -> bool:
    """Ends texts at once, to everybody with the conversation's number. False when none were agreed to."""
    lock(session, conversation_id)
    own = session.scalar(select(Contact).where(Contact.conversation_id == conversation_id))
    if own is None or own.phone is None:
        return False
    agreed = list(
        session.scalars(select(Contact).where(Contact.phone == own.phone, Contact.texts_agreed_at.is_not(None)))
    )
    for contact in agreed:
        contact.texts_stopped_at = contact.texts_stopped_at or now
    session.flush()
    return bool(agreed)


def refuse(session: Session, conversation_id: int, names: Sequence[str] = ()) -> None:
    """Takes e-mail addresses, phone numbers and these names out of what the visitor has written so far.

    A contact that was kept earlier goes as well, unless a consultation hangs on it.
    """
    lock(session, conversation_id)
    typed = session.scalars(
        select(Message).where(Message.conversation_id == conversation_id, Message.author == Author.VISITOR)
    )
    contact = session.scalar(select(Contact).where(Contact.conversation_id == conversation_id))
    if contact and not session.scalar(select(exists().where(Consultation.contact_id == contact.id))):
        session.delete(contact)
    for message in typed:
        message.text = details.redacted(message.text, TAKEN_OUT, names)
