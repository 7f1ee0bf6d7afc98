"""How visitors may be reached: kept after consent, taken out again on refusal."""

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
    session.flush()
    return contact


def refuse(session: Session, conversation_id: int) -> None:
    """Takes e-mail addresses and phone numbers out of what the visitor has written so far.

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
        message.text = details.redacted(message.text, TAKEN_OUT)
