"""What is replied to one visitor message: by Rasa, by the urgent card beside staff, or by the screen when Rasa is away."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from frontdesk import handing_over
from frontdesk.bot import Bot, BotDown, Said
from frontdesk.clinic import Clinic
from frontdesk.conversations import Reply
from frontdesk.database import Database
from frontdesk.handing_over import Plan
from frontdesk.model import Conversation, Kind, Message, Priority, State
from frontdesk.rendering import Rendering
from frontdesk.texts import Texts
from understanding.screen import Level, Verdict, screen

logger = logging.getLogger(__name__)

URGENT_ROUTES = ("crisis", "emergency")
WITHOUT_HANDOFF = ("answer", "unanswered", "clarify", "smalltalk", "out_of_scope")
LONGEST_FOR_RASA = 4000  # characters; longer ones come here only when the screen found danger in them


@dataclass(frozen=True)
class Draft:
    """A reply before it is stored."""

    route: str
    replies: tuple[Reply, ...]
    answer: str | None = None
    verdict: Mapping[str, Any] | None = None
    is_possible_danger: bool = False
    is_beside_staff: bool = False
    late: "Future[list[Said]] | None" = None  # what Rasa may still say


class Replying:
    """Writes handoffs, never messages: what it drafts is stored by `turns`."""

    def __init__(
        self,
        database: Database,
        bot: Bot,
        texts: Texts,
        clinic: Clinic,
        rendering: Rendering,
        *,
        now: Callable[[], datetime],
        limit: float,
    ) -> None:
        self._database, self._bot, self._texts, self._clinic = database, bot, texts, clinic
        self._rendering, self._now, self._limit = rendering, now, limit
        self._pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="rasa")

    def close(self, *, wait: bool = False) -> None:
        """`wait`: until the turns under way have ended, too; those that have not begun are dropped."""
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def reply(self, conversation: Conversation, message: Message, *, ask_rasa: bool) -> Draft:
        if conversation.state is State.OPEN:
            return self._beside_staff(message)
        if not ask_rasa or len(message.text) > LONGEST_FOR_RASA:
            return self._without_rasa(message)
        future = self._pool.submit(self._bot.ask, conversation.key, *_rasa_text(message))
        try:
            return self.from_rasa(message, future.result(timeout=self._limit))
        except Late:
            logger.warning("Rasa was slower than the limit; message %s goes to a person.", message.id)
            has_begun = not future.cancel()
            return replace(self._without_rasa(message), late=future if has_begun else None)
        except Exception as error:  # whatever broke, the message is saved and a person gets it
            why = error if isinstance(error, BotDown) else type(error).__name__
            logger.warning("Rasa gave no reply (%s); message %s goes to a person.", why, message.id)
        return self._without_rasa(message)

    def from_rasa(self, message: Message, said: list[Said]) -> Draft:
        known = [s for s in _with_further_answers(said) if s.response in self._texts]
        first = next((s for s in known if self._route(s)), None)
        if first is None or not {s.response for s in said} <= {s.response for s in known}:
            raise BotDown("a reply without a route")
        understanding = first.understanding
        response, route = self._texts[first.response], str(self._route(first))
        if not message.command and _is_overlooked(message.text, understanding.get("verdict"), route):
            raise BotDown("a reply beside the screen")
        is_expired = self._rendering.is_expired(first.response, self._now())
        return Draft(
            route="unanswered" if is_expired else route,
            answer=None if is_expired else response.answer,
            replies=self._render(message, known),
            verdict=understanding.get("verdict"),
            is_possible_danger=bool(understanding.get("check_in")) and not message.command,
        )

    def _route(self, said: Said) -> str | None:
        """That of its text; of words that several flows share, that of the flow whose action speaks."""
        return said.values.get("route") or self._texts[said.response].route

    def _beside_staff(self, message: Message) -> Draft:
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
            return Draft("human", (), verdict=explained, is_possible_danger=is_possible, is_beside_staff=True)
        turn = self._hand_over(message, planned)
        return replace(turn, route="human", verdict=explained, is_beside_staff=True)

    def _without_rasa(self, message: Message) -> Draft:
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

    def _hand_over(self, message: Message, planned: Plan, subject_id: int | None = None) -> Draft:
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
        return Draft(self.route_of(planned), replies)

    def route_of(self, planned: Plan) -> str:
        return next(str(self._texts[r].route) for r in planned.responses if self._texts[r].route)

    def _render(self, message: Message, said: list[Said]) -> tuple[Reply, ...]:
        with self._database.reading() as session:
            return self._rendering.replies(session, self._now(), message.conversation_id, said)


def _with_further_answers(said: list[Said]) -> list[Said]:
    """What was asked for in the same message stands right behind what Rasa says to the first of it."""
    also = [f"utter_faq/{answer}" for answer in said[0].understanding.get("also") or ()] if said else []
    given = {s.response for s in said}
    return [*said[:1], *(Said(answer) for answer in also if answer not in given), *said[1:]]


def _rasa_text(message: Message) -> tuple[str, dict[str, Any]]:
    """What Rasa gets: the words, and beside a pressed button's title what it stands for.

    Never Rasa's own "/command": it would pass by our components, and a visitor could write one.
    """
    metadata: dict[str, Any] = {"message_id": message.id}
    if message.command:
        name, _, answer = message.command.removeprefix("/").partition("/")
        metadata |= {"command": name, "answer": answer or None, "asked_about": message.in_reply_to_id}
    return message.text, metadata


def _is_overlooked(text: str, verdict: Mapping[str, Any] | None, route: str) -> bool:
    """True when the screen was sure and what Rasa did is something else: a rule went astray, or it read nothing."""
    judged = verdict or _explained(screen(text))
    if judged.get("danger") == Level.CERTAIN.value:
        return route not in URGENT_ROUTES
    return judged.get("clinician") == Level.CERTAIN.value and route in WITHOUT_HANDOFF


def _explained(verdict: Verdict) -> dict[str, Any]:
    return {
        "cues": list(verdict.cues),
        "facets": sorted(verdict.facets),
        "danger": verdict.danger.value,
        "clinician": verdict.clinician.value,
        "scores": dict(verdict.scores),
    }
