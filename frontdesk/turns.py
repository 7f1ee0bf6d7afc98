"""One visitor message from its arrival to the stored reply.

Saved first; then whoever has the conversation answers; then the reply is stored in one transaction with the route. When
Rasa does not answer in time the screen alone decides, a person gets the message, and a late result is added when it comes.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from sqlalchemy import Select, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from frontdesk import check_ins, conversations, handing_over
from frontdesk.bot import Bot, Said
from frontdesk.clinic import Clinic
from frontdesk.conversations import Choice
from frontdesk.database import Database
from frontdesk.model import Author, Conversation, Handoff, HandoffMessage, Kind, Message, Priority, State
from frontdesk.rendering import Rendering
from frontdesk.replying import URGENT_ROUTES, Draft, Replying
from frontdesk.texts import Texts
from understanding.screen import Level, screen

logger = logging.getLogger(__name__)

PAUSES = (0.3, 1.5)  # seconds between the tries to store a reply
LEFT_AFTER = timedelta(minutes=2)  # no process works on a message for longer
_PRIORITIES = [Priority.URGENT, Priority.HIGH, Priority.NORMAL]


@dataclass(frozen=True)
class Outcome:
    """What one visitor message led to."""

    message: Message
    replies: tuple[Message, ...]
    handoff: str | None


class Turns:
    def __init__(
        self,
        database: Database,
        bot: Bot,
        texts: Texts,
        clinic: Clinic,
        *,
        now: Callable[[], datetime],
        limit: float,
        is_demonstration: bool,
    ) -> None:
        self._database, self._texts, self._clinic, self._now = database, texts, clinic, now
        self._rendering = Rendering(texts, clinic, is_demonstration=is_demonstration)
        self._replying = Replying(database, bot, texts, clinic, self._rendering, now=now, limit=limit)
        self._locks: WeakValueDictionary[int, _Lock] = WeakValueDictionary()
        self._locks_guard = threading.Lock()
        self._may_be_left = True  # messages without a reply, by the process before this one

    def close(self, *, wait: bool = False) -> None:
        self._replying.close(wait=wait)

    def welcome(self, session: Session, conversation: Conversation) -> list[Message]:
        """The first message: what this is, who reads it, where help is."""
        reply = self._texts.reply("utter_welcome", self._rendering.values(self._now()))
        return conversations.record_replies(session, self._now(), conversation.id, [reply], None)

    def take(self, conversation_id: int, text: str, *, client_id: str | None, pressed: Choice | None = None) -> Outcome:
        """Saves the message and answers it. A repeat with the same client id gets the same reply."""
        with self._database.transaction() as session:
            message, _ = conversations.record_visitor(
                session, self._now(), conversation_id, text, client_id=client_id, pressed=pressed
            )
        try:
            return self._finish(message)
        except SQLAlchemyError as error:
            logger.error("Message %s is saved, but not its reply (%s).", message.id, type(error).__name__)
            self._may_be_left = True
            return self._unstored(message)

    def repeat_question(self, conversation_id: int, pressed: Choice, client_id: str | None) -> Outcome:
        """For a button that is no longer offered: the current question once more."""
        with self._database.transaction() as session:
            if conversations.lock(session, conversation_id).state is not State.OPEN:
                message, is_new = conversations.record_visitor(
                    session, self._now(), conversation_id, pressed.title, client_id=client_id
                )
                if is_new:
                    return self._ask_again(session, message)
        return self.take(conversation_id, pressed.title, client_id=client_id)

    def _ask_again(self, session: Session, message: Message) -> Outcome:
        offer = conversations.current_offer(session, message.conversation_id)
        asked = session.get(Message, offer.asked_about) if offer.asked_about else None
        shown = [session.get_one(Message, number) for number in offer.message_ids]
        again = [self._rendering.again(session, self._now(), question) for question in shown]
        message.route = (asked.route if asked else None) or "smalltalk"
        message.in_reply_to_id = offer.asked_about
        replies = conversations.record_replies(session, self._now(), message.conversation_id, again, message)
        return Outcome(message, tuple(replies), None)

    def pick_up(self) -> None:
        """Hands to a person what was saved but left without a reply: the process was killed, or the database gone."""
        if not self._may_be_left:
            return
        with self._database.reading() as session:
            unanswered = list(
                session.scalars(select(Message).where(Message.author == Author.VISITOR, Message.route.is_(None)))
            )
        left = [message for message in unanswered if message.at < self._now() - LEFT_AFTER]
        for message in left:
            logger.warning("Message %s was left without a reply; it goes to a person.", message.id)
            self._finish(message, ask_rasa=False)  # it may have had the message already
        self._may_be_left = len(unanswered) > len(left)

    def _finish(self, message: Message, *, ask_rasa: bool = True) -> Outcome:
        with self._lock(message.conversation_id):  # messages of one conversation are answered in the order they came
            with self._database.reading() as session:
                message = session.get_one(Message, message.id)
                if message.route:
                    return _outcome(session, message)
                conversation = session.get_one(Conversation, message.conversation_id)
            turn = self._replying.reply(conversation, message, ask_rasa=ask_rasa)
            outcome = self._store(message, turn)
        if turn.late:  # after the reply that was given instead of it
            turn.late.add_done_callback(lambda late: self._deliver_late(message, late))
        return outcome

    def _lock(self, conversation_id: int) -> "_Lock":
        with self._locks_guard:
            return self._locks.setdefault(conversation_id, _Lock())

    def _store(self, message: Message, turn: Draft) -> Outcome:
        for pause in PAUSES:
            try:
                return self._store_once(message, turn)
            except OperationalError as error:  # the database was away for a moment
                logger.warning("The reply to message %s is not stored yet (%s).", message.id, type(error).__name__)
                time.sleep(pause)
        return self._store_once(message, turn)

    def _store_once(self, message: Message, turn: Draft) -> Outcome:
        with self._database.transaction() as session:
            conversation = conversations.lock(session, message.conversation_id)
            stored = session.get_one(Message, message.id)
            if stored.route:  # another process has answered it meanwhile
                return _outcome(session, stored)
            if conversation.state is State.OPEN and not turn.is_beside_staff and turn.route not in URGENT_ROUTES:
                turn = replace(turn, route="human", answer=None, replies=(), is_beside_staff=True)  # taken meanwhile
            stored.route, stored.answer = turn.route, turn.answer
            stored.verdict = dict(turn.verdict) if turn.verdict else None
            self._say(session, conversation, stored, turn)
            return _outcome(session, stored)

    def _say(self, session: Session, conversation: Conversation, stored: Message, turn: Draft) -> None:
        replies = turn.replies
        if turn.is_possible_danger and turn.route not in URGENT_ROUTES:
            check_ins.hand_over(session, self._now(), self._clinic, stored)
            if not turn.is_beside_staff and check_ins.is_due(session, conversation, turn.verdict):
                line = self._rendering.replies(session, self._now(), conversation.id, [Said("utter_check_in")])
                replies = (*replies, *line)
                stored.check_in, conversation.checked_in_at = True, self._now()
        conversations.record_replies(session, self._now(), conversation.id, replies, stored)

    def _deliver_late(self, message: Message, late: "Future[list[Said]]") -> None:
        """Adds what Rasa said after the visitor was told that a person would answer. The route stays as it was told."""
        try:
            turn = self._replying.from_rasa(message, late.result())
            with self._database.transaction() as session:
                conversation = conversations.lock(session, message.conversation_id)
                if conversation.state is State.OPEN and turn.route not in URGENT_ROUTES:
                    return
                self._say(session, conversation, session.get_one(Message, message.id), turn)
        except Exception as error:  # a person has the message in any case
            logger.warning("Nothing came late for message %s (%s).", message.id, type(error).__name__)

    def _unstored(self, message: Message) -> Outcome:
        """When the message is saved and the database is gone before the reply: what can be said without it."""
        verdict = screen(message.text)
        route: str = "human"
        said: tuple[str, ...] = ("utter_saved_only",)
        if verdict.danger is Level.CERTAIN:
            planned = handing_over.plan(verdict.urgent or "crisis", verdict.facets, asks_danger=False)
            route, said = self._replying.route_of(planned), planned.responses
        elif verdict.clinician is not Level.NONE:
            route = verdict.clinician_route or "eligibility"
        texts = [self._texts.reply(response, self._rendering.values(self._now())).text for response in said]
        replies = [
            # an id that no stored message ever has: this one is shown, and never read again
            Message(id=message.id + number / 100, author=Author.BOT, text=text, at=self._now())
            for number, text in enumerate(texts, start=1)
        ]
        message.route = route
        return Outcome(message, tuple(replies), None)


class _Lock:
    """A lock that a weak dictionary can hold."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _outcome(session: Session, message: Message) -> Outcome:
    replies = conversations.replies_to(session, message.id)
    return Outcome(message, tuple(replies), _handoff_of(session, message))


def _handoff_of(session: Session, message: Message) -> str | None:
    """The reference of the handoff that this message, or the button pressed with it, is part of; an urgent one first."""
    found = list(session.scalars(_handoffs_with(message.id)))
    kind = handing_over.KINDS.get((message.command or "").removeprefix("/"))
    if kind and message.in_reply_to_id:
        found += session.scalars(_handoffs_with(message.in_reply_to_id).where(Handoff.kind == kind))
    ranked = sorted(
        found, key=lambda handoff: (handoff.kind is Kind.POSSIBLE_DANGER, _PRIORITIES.index(handoff.priority))
    )
    return ranked[0].reference if ranked else None


def _handoffs_with(message_id: int) -> Select[Handoff]:
    return select(Handoff).join(HandoffMessage).where(HandoffMessage.message_id == message_id).order_by(Handoff.id)
