"""One visitor message from its arrival to the stored reply.

Saved first; then whoever has the conversation answers; then the reply is stored in one transaction with the route. When
Rasa does not answer in time the screen alone decides, a person gets the message, and a late result is added when it comes.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontdesk import conversations, handing_over, handoffs
from frontdesk.bot import Bot, BotDown, Said
from frontdesk.clinic import Clinic
from frontdesk.conversations import Reply
from frontdesk.database import Database
from frontdesk.handing_over import Plan
from frontdesk.model import Conversation, Handoff, HandoffMessage, Kind, Mark, Message, Priority, State
from frontdesk.texts import Texts
from understanding.language import language
from understanding.screen import Level, Verdict, screen

logger = logging.getLogger(__name__)

DARKER = 0.15  # how much the danger score has to rise for a second check-in
URGENT_ROUTES = ("crisis", "emergency")


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
    wants_check_in: bool = False


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
        self._now, self._limit, self._is_demonstration = now, limit, is_demonstration
        self._pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="rasa")
        self._locks: WeakValueDictionary[int, _Lock] = WeakValueDictionary()
        self._locks_guard = threading.Lock()

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def welcome(self, session: Session, conversation: Conversation) -> list[Message]:
        """The first message: what this is, who reads it, where help is."""
        reply = self._texts.reply("utter_welcome", self._values())
        return conversations.record_replies(session, self._now(), conversation.id, [reply], None)

    def take(
        self, conversation_id: int, text: str, *, client_id: str | None, button: Mapping[str, str] | None = None
    ) -> Outcome:
        """Saves the message and answers it. A repeat with the same client id gets the same reply."""
        with self._database.transaction() as session:
            message, _ = conversations.record_visitor(
                session,
                self._now(),
                conversation_id,
                text,
                client_id=client_id,
                command=button["command"] if button else None,
            )
            asked_about = conversations.current_offer(session, conversation_id).asked_about if button else None
        with self._lock(conversation_id):  # messages of one conversation are answered in the order they came
            with self._database.reading() as session:
                stored = session.get_one(Message, message.id)
                if stored.route:
                    return self._outcome(session, stored)
                conversation = session.get_one(Conversation, conversation_id)
            turn = self._answer(conversation, message, asked_about)
            return self._store(message, turn)

    def repeat_question(self, conversation_id: int, text: str, client_id: str | None) -> Outcome:
        """For a button that is no longer offered: the current question once more, with fresh buttons."""
        with self._database.transaction() as session:
            message, is_new = conversations.record_visitor(
                session, self._now(), conversation_id, text, client_id=client_id
            )
            if not is_new:
                return self._outcome(session, message)
            offer = conversations.current_offer(session, conversation_id)
            asked = session.get(Message, offer.asked_about) if offer.asked_about else None
            shown = [session.get_one(Message, n) for n in offer.message_ids]
            again = [Reply(m.text, m.response, tuple(m.buttons or ()), m.about) for m in shown]
            message.route = (asked.route if asked else None) or "smalltalk"
            replies = conversations.record_replies(session, self._now(), conversation_id, again, message)
            return Outcome(message, tuple(replies), None)

    def _lock(self, conversation_id: int) -> "_Lock":
        with self._locks_guard:
            return self._locks.setdefault(conversation_id, _Lock())

    def _answer(self, conversation: Conversation, message: Message, asked_about: int | None) -> _Turn:
        if conversation.state is State.OPEN:
            return self._beside_staff(message)
        future = self._pool.submit(
            self._bot.ask, conversation.key, *_rasa_text(message, asked_about)
        )
        try:
            return self._from_rasa(message, future.result(timeout=self._limit))
        except Late:
            logger.warning("Rasa was slower than the limit; message %s goes to a person.", message.id)
            future.add_done_callback(lambda late: self._deliver_late(message, late))
        except BotDown as down:
            logger.warning("Rasa gave no reply (%s); message %s goes to a person.", down, message.id)
        return self._without_rasa(message, asked_about)

    def _from_rasa(self, message: Message, said: list[Said]) -> _Turn:
        known = [s for s in said if s.response in self._texts]
        first = next((s for s in known if self._texts[s.response].route), None)
        if first is None or len(known) < len(said):
            raise BotDown("a reply without a route")
        understanding = first.understanding
        response = self._texts[first.response]
        expired = response.is_expired(self._clinic.local(self._now()).date())
        return _Turn(
            route="unanswered" if expired else str(response.route),
            answer=None if expired else response.answer,
            replies=self._render(message.conversation_id, known),
            verdict=understanding.get("verdict"),
            wants_check_in=bool(understanding.get("check_in")) and not message.command,
        )

    def _render(self, conversation_id: int, said: list[Said]) -> tuple[Reply, ...]:
        today = self._clinic.local(self._now()).date()
        values = self._values()
        with self._database.reading() as session:
            times = conversations.times_said(session, conversation_id)
        replies = []
        for one in said:
            name = "utter_unanswered" if self._texts[one.response].is_expired(today) else one.response
            options = tuple(one.understanding.get("options") or ()) if name == "utter_clarify" else ()
            given = {k: str(v) for k, v in one.values.items()}
            replies.append(self._texts.reply(name, values | given, times.get(name, 0), options))
            times[name] = times.get(name, 0) + 1
        return tuple(replies)

    def _values(self) -> dict[str, str]:
        now = self._now()
        values = self._clinic.values(now)
        is_open = self._clinic.is_open(now)
        if self._is_demonstration:  # never a fictional number where somebody may need help
            line = "utter_line_nobody_on_call"
        elif "on_call_phone" in values:
            line = "utter_line_on_call"
        else:
            line = "utter_line_open" if is_open else "utter_line_nobody_on_call"
        values["on_call_line"] = self._texts.reply(line, values).text
        values["after_hours_line"] = "" if is_open else values["on_call_line"]
        return values

    def _beside_staff(self, message: Message) -> _Turn:
        """Staff have the conversation: the bot says nothing but the urgent card."""
        verdict = screen(message.text)
        danger, urgent, facets = verdict.danger, verdict.urgent, verdict.facets
        explained = _explained(verdict)
        try:
            understanding = self._bot.parse(message.text, timeout=self._limit)
            explained = dict(understanding.get("verdict") or explained)
            danger = Level(explained["danger"])
            facets = frozenset(explained["facets"])
            if understanding.get("intent") in URGENT_ROUTES:
                urgent = understanding["intent"]
        except (BotDown, KeyError, ValueError):
            logger.warning("Rasa did not read message %s; the cues alone decide.", message.id)
        if danger is not Level.CERTAIN:
            return _Turn("human", (), verdict=explained, wants_check_in=danger is Level.POSSIBLE)
        planned = handing_over.plan(urgent or "crisis", facets, asks_danger=False)
        return replace(self._hand_over(message, planned), route="human", verdict=explained)

    def _without_rasa(self, message: Message, asked_about: int | None) -> _Turn:
        """The cues alone decide, and every message becomes a handoff."""
        verdict = screen(message.text)
        facets = set(verdict.facets) | ({"spanish"} if language(message.text) == "es" else set())
        pressed = (message.command or "").removeprefix("/")
        if pressed in handing_over.KINDS or pressed.startswith("danger_"):
            planned = handing_over.plan(pressed if pressed in handing_over.KINDS else "crisis", asks_danger=False)
            turn = self._hand_over(message, planned, asked_about)
            return replace(turn, verdict=_explained(verdict))
        if verdict.danger is Level.CERTAIN:
            planned = handing_over.plan(verdict.urgent or "crisis", facets, asks_danger=False)
        elif verdict.clinician is not Level.NONE:
            planned = handing_over.plan(verdict.clinician_route or "eligibility", facets)
        else:
            planned = Plan(Kind.FAILURE, Priority.NORMAL, None, None, ("utter_failure",))
        turn = self._hand_over(message, planned)
        return replace(turn, verdict=_explained(verdict), wants_check_in=verdict.danger is Level.POSSIBLE)

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
        replies = self._render(message.conversation_id, [Said(response) for response in planned.responses])
        route = next((self._texts[r].route for r in planned.responses if self._texts[r].route), None)
        return _Turn(str(route), replies)

    def _store(self, message: Message, turn: _Turn) -> Outcome:
        with self._database.transaction() as session:
            conversation = conversations.lock(session, message.conversation_id)
            stored = session.get_one(Message, message.id)
            replies = turn.replies
            if turn.wants_check_in and turn.route not in URGENT_ROUTES and _is_due(session, conversation, turn):
                self._check_in(session, conversation, stored)
                said = conversations.times_said(session, conversation.id).get("utter_check_in", 0)
                replies = (*replies, self._texts.reply("utter_check_in", self._values(), said))
                stored.check_in = True
            stored.route, stored.answer = turn.route, turn.answer
            stored.verdict = dict(turn.verdict) if turn.verdict else None
            conversations.record_replies(session, self._now(), conversation.id, replies, stored)
            return self._outcome(session, stored)

    def _check_in(self, session: Session, conversation: Conversation, message: Message) -> None:
        conversation.checked_in_at = self._now()
        possible = Plan(Kind.POSSIBLE_DANGER, Priority.HIGH, Mark.POSSIBLE, None, ())
        handing_over.hand_over(
            session, self._now(), self._clinic, possible, conversation_id=conversation.id, message_id=message.id
        )

    def _deliver_late(self, message: Message, late: "Future[list[Said]]") -> None:
        """Adds what Rasa said after the visitor was told that a person would answer."""
        if late.cancelled() or late.exception():
            return
        said = [s for s in late.result() if s.response in self._texts]
        replies = self._render(message.conversation_id, said)
        with self._database.transaction() as session:
            conversations.record_replies(session, self._now(), message.conversation_id, replies, message)

    def _outcome(self, session: Session, message: Message) -> Outcome:
        replies = conversations.replies_to(session, message.id)
        return Outcome(message, tuple(replies), _handoff_of(session, message))


class _Lock:
    """A lock that a weak dictionary can hold."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _rasa_text(message: Message, asked_about: int | None) -> tuple[str, dict[str, Any]]:
    """What Rasa gets: the words, or the command that a pressed button stands for."""
    metadata: dict[str, Any] = {"message_id": message.id}
    if not message.command:
        return message.text, metadata
    name, _, answer = message.command.removeprefix("/").partition("/")
    metadata |= {"command": True, "asked_about": asked_about}
    return f"/{name}", metadata | ({"answer": answer} if answer else {})


def _handoff_of(session: Session, message: Message) -> str | None:
    """The reference of the handoff that this message is part of; an urgent one first."""
    found = session.scalars(
        select(Handoff).join(HandoffMessage).where(HandoffMessage.message_id == message.id).order_by(Handoff.id)
    )
    ranked = sorted(found, key=lambda handoff: handoff.kind is Kind.POSSIBLE_DANGER)
    return ranked[0].reference if ranked else None


def _is_due(session: Session, conversation: Conversation, turn: _Turn) -> bool:
    """The check-in comes once in a conversation, unless the words get darker."""
    if conversation.checked_in_at is None:
        return True
    if handoffs.has_unresolved(session, conversation.id, Kind.CRISIS):
        return False
    earlier = session.scalars(
        select(Message.verdict).where(Message.conversation_id == conversation.id, Message.check_in)
    )
    darkest = max((_danger(verdict) for verdict in earlier), default=0.0)
    return _danger(turn.verdict) > darkest + DARKER


def _danger(verdict: Mapping[str, Any] | None) -> float:
    return float(((verdict or {}).get("scores") or {}).get("danger", 0.0))


def _explained(verdict: Verdict) -> dict[str, Any]:
    return {
        "cues": list(verdict.cues),
        "facets": sorted(verdict.facets),
        "danger": verdict.danger.value,
        "clinician": verdict.clinician.value,
        "scores": dict(verdict.scores),
    }
