"""One visitor message from its arrival to the stored reply.

Saved first; then whoever has the conversation answers; then the reply is stored in one transaction with the route. When
Rasa does not answer in time the screen alone decides, a person gets the message, and a late result is added when it comes.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import Select, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from frontdesk import check_ins, conversations, handing_over
from frontdesk.bot import Bot, BotDown, Said
from frontdesk.clinic import Clinic
from frontdesk.conversations import Choice, Reply
from frontdesk.database import Database
from frontdesk.handing_over import Plan
from frontdesk.model import Author, Conversation, Handoff, HandoffMessage, Kind, Message, Priority, State
from frontdesk.rendering import Rendering
from frontdesk.texts import Texts
from understanding.screen import Level, Verdict, screen

logger = logging.getLogger(__name__)

URGENT_ROUTES = ("crisis", "emergency")
WITHOUT_HANDOFF = ("answer", "unanswered", "clarify", "smalltalk", "out_of_scope")
LONGEST_FOR_RASA = 4000  # characters; longer ones come here only when the screen found danger in them
PAUSES = (0.3, 1.5)  # seconds between the tries to store a reply
LEFT_AFTER = timedelta(minutes=2)  # no process works on a message for longer
_PRIORITIES = [Priority.URGENT, Priority.HIGH, Priority.NORMAL]


@dataclass(frozen=True)
class Outcome:
    """What one visitor message led to."""

    message: Message
    replies: tuple[Message, ...]
    handoff: str | None


@dataclass(frozen=True)
class _Turn:
    """A reply before it is stored."""

    route: str
    replies: tuple[Reply, ...]
    answer: str | None = None
    verdict: Mapping[str, Any] | None = None
    is_possible_danger: bool = False
    is_beside_staff: bool = False
    late: "Future[list[Said]] | None" = None  # what Rasa may still say


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
        self._database, self._bot, self._texts, self._clinic = database, bot, texts, clinic
        self._now, self._limit = now, limit
        self._rendering = Rendering(texts, clinic, is_demonstration=is_demonstration)
        self._pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="rasa")
        self._locks: WeakValueDictionary[int, _Lock] = WeakValueDictionary()
        self._locks_guard = threading.Lock()
        self._may_be_left = True  # messages without a reply, by the process before this one

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

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
            turn = self._answer(conversation, message, ask_rasa=ask_rasa)
            outcome = self._store(message, turn)
        if turn.late:  # after the reply that was given instead of it
            turn.late.add_done_callback(lambda late: self._deliver_late(message, late))
        return outcome

    def _lock(self, conversation_id: int) -> "_Lock":
        with self._locks_guard:
            return self._locks.setdefault(conversation_id, _Lock())

    def _answer(self, conversation: Conversation, message: Message, *, ask_rasa: bool) -> _Turn:
        if conversation.state is State.OPEN:
            return self._beside_staff(message)
        if not ask_rasa or len(message.text) > LONGEST_FOR_RASA:
            return self._without_rasa(message)
        future = self._pool.submit(self._bot.ask, conversation.key, *_rasa_text(message))
        try:
            return self._from_rasa(message, future.result(timeout=self._limit))
        except Late:
            logger.warning("Rasa was slower than the limit; message %s goes to a person.", message.id)
            has_begun = not future.cancel()
            return replace(self._without_rasa(message), late=future if has_begun else None)
        except Exception as error:  # whatever broke, the message is saved and a person gets it
            why = error if isinstance(error, BotDown) else type(error).__name__
            logger.warning("Rasa gave no reply (%s); message %s goes to a person.", why, message.id)
        return self._without_rasa(message)

    def _from_rasa(self, message: Message, said: list[Said]) -> _Turn:
        known = [s for s in said if s.response in self._texts]
        first = next((s for s in known if self._texts[s.response].route), None)
        if first is None or len(known) < len(said):
            raise BotDown("a reply without a route")
        understanding = first.understanding
        response = self._texts[first.response]
        if not message.command and _is_overlooked(message.text, understanding.get("verdict"), str(response.route)):
            raise BotDown("a reply beside the screen")
        is_expired = self._rendering.is_expired(first.response, self._now())
        return _Turn(
            route="unanswered" if is_expired else str(response.route),
            answer=None if is_expired else response.answer,
            replies=self._render(message, known),
            verdict=understanding.get("verdict"),
            is_possible_danger=bool(understanding.get("check_in")) and not message.command,
        )

    def _render(self, message: Message, said: list[Said]) -> tuple[Reply, ...]:
        with self._database.reading() as session:
            return self._rendering.replies(session, self._now(), message.conversation_id, said)

    def _beside_staff(self, message: Message) -> _Turn:
        """Staff have the conversation: the bot says nothing but the urgent card."""
        verdict = screen(message.text)
        danger, urgent, facets = verdict.danger, verdict.urgent, verdict.facets
        explained = _explained(verdict)
        try:
            if len(message.text) > LONGEST_FOR_RASA:
                raise BotDown("a text too long for it")
            understanding = self._bot.parse(message.text, timeout=self._limit)
            explained = dict(understanding.get("verdict") or explained)
            danger = Level(explained["danger"])
            facets = frozenset(explained["facets"])
            if understanding.get("intent") in URGENT_ROUTES:
                urgent = understanding["intent"]
        except (BotDown, KeyError, ValueError, TypeError):
            logger.warning("Rasa did not read message %s; the cues alone decide.", message.id)
        if pressed := handing_over.pressed_in_danger(message.command):
            planned = pressed
        elif danger is Level.CERTAIN:
            planned = handing_over.plan(urgent or "crisis", facets, asks_danger=False)
        else:
            is_possible = danger is Level.POSSIBLE
            return _Turn("human", (), verdict=explained, is_possible_danger=is_possible, is_beside_staff=True)
        turn = self._hand_over(message, planned)
        return replace(turn, route="human", verdict=explained, is_beside_staff=True)

    def _without_rasa(self, message: Message) -> _Turn:
        """The cues alone decide, and every message becomes a handoff."""
        verdict = screen(message.text)
        command = (message.command or "").removeprefix("/")
        subject_id = message.id
        if pressed := handing_over.pressed_in_danger(message.command):
            planned = pressed
        elif command in handing_over.KINDS:
            planned, subject_id = handing_over.plan(command), message.in_reply_to_id or message.id
        elif verdict.danger is Level.CERTAIN:
            planned = handing_over.plan(verdict.urgent or "crisis", verdict.facets, asks_danger=False)
        elif verdict.clinician is not Level.NONE:
            planned = handing_over.plan(verdict.clinician_route or "eligibility", verdict.facets)
        elif verdict.facets & {"spanish", "other_language"}:
            planned = handing_over.plan("other_language", verdict.facets)
        else:
            planned = Plan(Kind.FAILURE, Priority.NORMAL, None, None, ("utter_failure",))
        turn = self._hand_over(message, planned, subject_id)
        is_possible = verdict.danger is Level.POSSIBLE and not message.command
        return replace(turn, verdict=_explained(verdict), is_possible_danger=is_possible)

    def _hand_over(self, message: Message, planned: Plan, subject_id: int | None = None) -> _Turn:
        with self._database.transaction() as session:
            handing_over.hand_over(
                session,
                self._now(),
                self._clinic,
                planned,
                conversation_id=message.conversation_id,
                message_id=subject_id or message.id,
            )
        replies = self._render(message, [Said(response) for response in planned.responses])
        return _Turn(self._route(planned), replies)

    def _route(self, planned: Plan) -> str:
        return next(str(self._texts[r].route) for r in planned.responses if self._texts[r].route)

    def _store(self, message: Message, turn: _Turn) -> Outcome:
        for pause in PAUSES:
            try:
                return self._store_once(message, turn)
            except OperationalError as error:  # the database was away for a moment
                logger.warning("The reply to message %s is not stored yet (%s).", message.id, type(error).__name__)
                time.sleep(pause)
        return self._store_once(message, turn)

    def _store_once(self, message: Message, turn: _Turn) -> Outcome:
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

    def _say(self, session: Session, conversation: Conversation, stored: Message, turn: _Turn) -> None:
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
            turn = self._from_rasa(message, late.result())
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
            route, said = self._route(planned), planned.responses
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


def _rasa_text(message: Message) -> tuple[str, dict[str, Any]]:
    """What Rasa gets: the words, or the command that a pressed button stands for."""
    metadata: dict[str, Any] = {"message_id": message.id}
    if not message.command:
        return message.text, metadata
    name, _, answer = message.command.removeprefix("/").partition("/")
    metadata |= {"command": True, "asked_about": message.in_reply_to_id}
    return f"/{name}", metadata | ({"answer": answer} if answer else {})


def _is_overlooked(text: str, verdict: Mapping[str, Any] | None, route: str) -> bool:
    """True when the screen was sure and what Rasa did is something else: a rule went astray, or it read nothing."""
    judged = verdict or _explained(screen(text))
    if judged.get("danger") == Level.CERTAIN.value:
        return route not in URGENT_ROUTES
    return judged.get("clinician") == Level.CERTAIN.value and route in WITHOUT_HANDOFF


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


def _explained(verdict: Verdict) -> dict[str, Any]:
    return {
        "cues": list(verdict.cues),
        "facets": sorted(verdict.facets),
        "danger": verdict.danger.value,
        "clinician": verdict.clinician.value,
        "scores": dict(verdict.scores),
    }
