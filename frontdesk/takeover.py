"""Staff in a conversation: taking it, replying, notes, and giving it back to the assistant."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontdesk import audit, conversations
from frontdesk.errors import FrontdeskError
from frontdesk.model import Author, Conversation, Handoff, HandoffStatus, Message, StaffMember, State

LONGEST_TEXT = 4000  # characters


class TakenByAnother(FrontdeskError):
    """Somebody else has this conversation now."""


class EmptyText(FrontdeskError):
    """There is nothing to send yet. Please write something first."""


class TextTooLong(FrontdeskError):
    """That is longer than 4000 characters. Please send it in two parts."""


class HandoffsUnresolved(FrontdeskError):
    """Something in this conversation is still to be done. Please finish that first, then close it."""


def take(
    session: Session, now: datetime, conversation_id: int, staff: StaffMember, *, seen_holder: int | None = None
) -> Conversation:
    """The staff member answers from now on and the bot is silent.

    Takes it over only from the one whom the staff member saw holding it.
    """
    conversation = conversations.lock(session, conversation_id)
    if _is_held_by(conversation, staff):
        return conversation
    _refuse_if_held_by_another(conversation, staff, seen_holder)
    action = "conversation.take_over" if conversation.assigned_to_id else "conversation.take"
    conversation.state, conversation.assigned_to_id = State.OPEN, staff.id
    audit.record(session, now, action, f"conversation:{conversation_id}", staff)
    return conversation


def hand_back(
    session: Session, now: datetime, conversation_id: int, staff: StaffMember, *, seen_holder: int | None = None
) -> Conversation:
    """The bot answers again."""
    conversation = conversations.lock(session, conversation_id)
    if conversation.state is State.OPEN:
        _refuse_if_held_by_another(conversation, staff, seen_holder)
        conversation.state, conversation.assigned_to_id = State.PENDING, None
        audit.record(session, now, "conversation.hand_back", f"conversation:{conversation_id}", staff)
    return conversation


def resolve(
    session: Session, now: datetime, conversation_id: int, staff: StaffMember, *, seen_holder: int | None = None
) -> Conversation:
    """Closes a conversation in which nothing is left to do; what the visitor writes later goes to the bot."""
    conversation = conversations.lock(session, conversation_id)
    if conversation.state is State.RESOLVED:
        return conversation
    _refuse_if_held_by_another(conversation, staff, seen_holder)
    if _has_unresolved(session, conversation_id):
        raise HandoffsUnresolved()
    conversation.state, conversation.assigned_to_id = State.RESOLVED, None
    audit.record(session, now, "conversation.resolve", f"conversation:{conversation_id}", staff)
    return conversation


def reply(
    session: Session, now: datetime, conversation_id: int, staff: StaffMember, text: str, form_id: uuid.UUID
) -> Message:
    """What the visitor sees. Writing it takes the conversation: two voices at once would confuse.

    The same text from the same form is stored once, however often it is sent.
    """
    written = _checked(text)
    conversations.lock(session, conversation_id)
    if known := _sent_before(session, conversation_id, form_id, written):
        return known
    take(session, now, conversation_id, staff)
    audit.record(session, now, "conversation.reply", f"conversation:{conversation_id}", staff)
    return _store(session, now, conversation_id, staff, written, form_id, Author.STAFF)


def add_note(
    session: Session, now: datetime, conversation_id: int, staff: StaffMember, text: str, form_id: uuid.UUID
) -> Message:
    """A note that only staff see; who answers stays as it is. Stored once, like a reply."""
    written = _checked(text)
    conversations.lock(session, conversation_id)
    if known := _sent_before(session, conversation_id, form_id, written):
        return known
    audit.record(session, now, "conversation.note", f"conversation:{conversation_id}", staff)
    return _store(session, now, conversation_id, staff, written, form_id, Author.NOTE)


def _checked(text: str) -> str:
    written = text.replace("\r\n", "\n").strip()  # browsers send forms with CRLF
    if not written:
        raise EmptyText()
    if len(written) > LONGEST_TEXT:
        raise TextTooLong()
    return written


def _sent_before(session: Session, conversation_id: int, form_id: uuid.UUID, text: str) -> Message | None:
    return session.scalar(
        select(Message).where(
            Message.conversation_id == conversation_id, Message.client_id == _client_id(form_id, text)
        )
    )


def _client_id(form_id: uuid.UUID, text: str) -> str:
    # with the text in it: a page come back to by the browser's Back sends new words with an old form
    return str(uuid.uuid5(form_id, text))


def _store(
    session: Session,
    now: datetime,
    conversation_id: int,
    staff: StaffMember,
    text: str,
    form_id: uuid.UUID,
    author: Author,
) -> Message:
    message = Message(
        conversation_id=conversation_id,
        author=author,
        text=text,
        at=now,
        staff_id=staff.id,
        client_id=_client_id(form_id, text),
    )
    session.add(message)
    session.flush()
    return message


def _is_held_by(conversation: Conversation, staff: StaffMember) -> bool:
    return conversation.state is State.OPEN and conversation.assigned_to_id == staff.id


def _refuse_if_held_by_another(conversation: Conversation, staff: StaffMember, seen_holder: int | None) -> None:
    holder = conversation.assigned_to
    if conversation.state is State.OPEN and holder and holder.id not in (staff.id, seen_holder):
        raise TakenByAnother(f"{holder.name} has this conversation now. You can take it over below.")


def _has_unresolved(session: Session, conversation_id: int) -> bool:
    unresolved = select(Handoff.id).where(
        Handoff.conversation_id == conversation_id, Handoff.status != HandoffStatus.RESOLVED
    )
    return session.scalar(unresolved.limit(1)) is not None
