"""Conversations and their messages."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontdesk.model import Author, Conversation, Message, Role, State
from understanding.utterances import reply_kind

YES_OR_NO = {"affirm": "yes", "deny": "no"}


@dataclass(frozen=True)
class Reply:
    """One message of the bot, rendered."""

    text: str
    response: str | None = None
    buttons: tuple[dict[str, str], ...] = ()  # {"title", "choice", "command"}
    about: dict[str, Any] | None = None  # an answer's source and review
    route: str | None = None  # None: that of the reply before it


def start(session: Session, now: datetime) -> tuple[Conversation, str]:
    """A new conversation and the only copy of its token."""
    token = secrets.token_urlsafe(32)
    conversation = Conversation(key=secrets.token_hex(16), token_hash=_hash(token), created_at=now, last_visitor_at=now)
    session.add(conversation)
    session.flush()
    return conversation, token


def by_token(session: Session, token: str) -> Conversation | None:
    return session.scalar(select(Conversation).where(Conversation.token_hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()  # tokens are random: a slow hash would add nothing


def lock(session: Session, conversation_id: int) -> Conversation:
    """Whoever writes messages locks first, so that ids rise in the order of the commits."""
    return session.get_one(Conversation, conversation_id, with_for_update=True)


def record_visitor(
    session: Session,
    now: datetime,
    conversation_id: int,
    text: str,
    *,
    client_id: str | None,
    pressed: "Choice | None" = None,
) -> tuple[Message, bool]:
    """Stores what the visitor wrote. False beside the stored message when this client id was seen before."""
    conversation = lock(session, conversation_id)
    if client_id and (known := _by_client_id(session, conversation_id, client_id)):
        return known, False
    message = Message(
        conversation_id=conversation_id,
        author=Author.VISITOR,
        text=text,
        at=now,
        client_id=client_id,
        command=pressed.command if pressed else None,
        in_reply_to_id=pressed.asked_about if pressed else None,
    )
    session.add(message)
    conversation.last_visitor_at = now
    if conversation.state is State.RESOLVED:
        conversation.state = State.PENDING
    session.flush()
    return message, True


def _by_client_id(session: Session, conversation_id: int, client_id: str) -> Message | None:
    return session.scalar(
        select(Message).where(Message.conversation_id == conversation_id, Message.client_id == client_id)
    )


def record_replies(
    session: Session, now: datetime, conversation_id: int, replies: Iterable[Reply], in_reply_to: Message | None
) -> list[Message]:
    lock(session, conversation_id)
    messages: list[Message] = []
    for reply in replies:
        message = Message(
            conversation_id=conversation_id,
            author=Author.BOT,
            text=reply.text,
            at=now,
            response=reply.response,
            buttons=list(reply.buttons) or None,
            about=reply.about,
            route=reply.route or (messages[-1].route if messages else None),
            in_reply_to_id=in_reply_to.id if in_reply_to else None,
        )
        session.add(message)
        session.flush()  # one by one: a bulk insert may give the ids in another order
        messages.append(message)
    return messages


def replies_to(session: Session, message_id: int) -> list[Message]:
    wanted = select(Message).where(Message.in_reply_to_id == message_id, Message.author == Author.BOT)
    return list(session.scalars(wanted.order_by(Message.id)))


def transcript(session: Session, conversation_id: int, *, after: int = 0, with_notes: bool = False) -> list[Message]:
    wanted = select(Message).where(Message.conversation_id == conversation_id, Message.id > after)
    if not with_notes:
        wanted = wanted.where(Message.author != Author.NOTE)
    return list(session.scalars(wanted.order_by(Message.id)))


def latest_message_id(session: Session) -> int:
    """0 when there is none; what a stream compares to know whether anything is new."""
    return session.scalar(select(func.max(Message.id))) or 0


def times_said(session: Session, conversation_id: int) -> dict[str, int]:
    """How often each response was given in this conversation, so that the words can change."""
    rows = session.execute(
        select(Message.response, func.count())
        .where(Message.conversation_id == conversation_id, Message.response.is_not(None))
        .group_by(Message.response)
    )
    return {str(response): count for response, count in rows}


@dataclass(frozen=True)
class Choice:
    """A button that the visitor pressed, or whose title was typed."""

    title: str
    command: str
    asked_about: int | None  # the visitor's message that its question was about
    is_current: bool = True


@dataclass(frozen=True)
class Offer:
    """The buttons that count now, and the visitor's message they were about."""

    buttons: tuple[dict[str, str], ...]
    message_ids: tuple[int, ...]
    asked_about: int | None
    is_latest: bool = False  # nothing was said since

    def titled(self, text: str) -> Choice | None:
        """The button whose title was typed, or the only one that begins with the plain yes or no that was."""
        words = _plain(text)
        found = [b for b in self.buttons if words and _plain(b["title"]) == words]
        if not found and self.is_latest and (word := YES_OR_NO.get(reply_kind(text) or "")):
            found = [b for b in self.buttons if _plain(b["title"]).split()[:1] == [word]]
            found = found if len(found) == 1 else []
        return next((Choice(b["title"], b["command"], self.asked_about) for b in found), None)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def current_offer(session: Session, conversation_id: int) -> Offer:
    """Choices end when newer ones are offered: only those of the latest reply that had any count."""
    latest = session.scalar(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.buttons.is_not(None))
        .order_by(Message.id.desc())
        .limit(1)
    )
    if latest is None:
        return Offer((), (), None)
    together = [latest]
    if latest.in_reply_to_id:
        together = [m for m in replies_to(session, latest.in_reply_to_id) if m.buttons]
    buttons = tuple(button for message in together for button in message.buttons or ())
    shown = tuple(message.id for message in together)
    last = session.scalar(
        select(func.max(Message.id)).where(
            Message.conversation_id == conversation_id, Message.author.in_((Author.BOT, Author.STAFF))
        )
    )
    said_last = session.get(Message, last) if last else None
    is_latest = said_last is not None and (said_last.id in shown or said_last.in_reply_to_id == latest.in_reply_to_id)
    return Offer(buttons, shown, _asked_about(session, latest), is_latest)


def find_choice(session: Session, conversation_id: int, choice: str) -> Choice | None:
    """A button by its id, also one of an earlier reply, which no longer counts."""
    current = current_offer(session, conversation_id).message_ids
    offers = session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.buttons.is_not(None))
        .order_by(Message.id.desc())
    )
    for message in offers:
        for button in message.buttons or ():
            if button["choice"] == choice:
                about = _asked_about(session, message)
                return Choice(button["title"], button["command"], about, message.id in current)
    return None


def _asked_about(session: Session, question: Message) -> int | None:
    """What a question was about: the visitor's words before it, and not a button pressed on the way."""
    before = session.get(Message, question.in_reply_to_id) if question.in_reply_to_id else None
    return (before.in_reply_to_id or before.id) if before else None


def shown_author(message: Message) -> str:
    """Who speaks, in the visitor's eyes."""
    if message.author is Author.STAFF and message.staff:
        return message.staff.name if message.staff.role is not Role.CLINICIAN else f"{message.staff.name}, clinician"
    return message.author.value
