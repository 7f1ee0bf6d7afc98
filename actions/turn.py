"""One turn as an action sees it: what was said, what it was taken as, and the front desk to act on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from rasa_sdk import Tracker
from sqlalchemy import select
from sqlalchemy.orm import Session

from frontdesk import clinic as clinics
from frontdesk import handing_over
from frontdesk.clinic import Clinic
from frontdesk.config import Settings
from frontdesk.database import Database
from frontdesk.handing_over import Plan
from frontdesk.model import Conversation, Handoff


@cache
def settings() -> Settings:
    return Settings()


@cache
def database() -> Database:
    return Database(settings().database)


@cache
def clinic() -> Clinic:
    return clinics.load(settings().clinic)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Turn:
    tracker: Tracker

    @property
    def _latest(self) -> Mapping[str, Any]:
        latest: Mapping[str, Any] = self.tracker.latest_message or {}
        return latest

    @property
    def text(self) -> str:
        return str(self._latest.get("text") or "")

    @property
    def intent(self) -> str:
        return str((self._latest.get("intent") or {}).get("name"))

    @property
    def is_button(self) -> bool:
        return bool(self._metadata.get("command"))

    @property
    def chosen(self) -> str:
        """What stands behind a button beside its intent: a time, a field, a type."""
        return str(self.understanding.get("answer") or "")

    @property
    def understanding(self) -> Mapping[str, Any]:
        return self._latest.get("understanding") or {}

    @property
    def verdict(self) -> Mapping[str, Any]:
        return self.understanding.get("verdict") or {}

    @property
    def facets(self) -> frozenset[str]:
        return frozenset(self.verdict.get("facets") or ())

    @property
    def _metadata(self) -> Mapping[str, Any]:
        return self._latest.get("metadata") or {}

    @property
    def message_id(self) -> int | None:
        """Our id of the visitor's message; None in Rasa's own shell, where nothing is stored."""
        given = self._metadata.get("message_id")
        return int(given) if given is not None else None

    @property
    def subject_id(self) -> int | None:
        """The message that is meant: for a button the one its question was about."""
        given = self._metadata.get("asked_about")
        return int(given) if given is not None and self.is_button else self.message_id

    @property
    def active_loop(self) -> str | None:
        return (self.tracker.active_loop or {}).get("name")

    def slot(self, name: str) -> Any:
        return self.tracker.get_slot(name)

    def conversation(self, session: Session) -> Conversation:
        return session.scalars(select(Conversation).where(Conversation.key == self.tracker.sender_id)).one()

    def hand_over(self, session: Session, planned: Plan, message_id: int | None = None) -> Handoff:
        """Of this message, when no other is named."""
        return handing_over.hand_over(
            session,
            now(),
            clinic(),
            planned,
            conversation_id=self.conversation(session).id,
            message_id=message_id or self.message_id,
        )

    def is_answered_already(self) -> bool:
        """True when Rasa comes back to the form after another action took this message."""
        for event in reversed(self.tracker.events):
            if event["event"] == "user":
                return False
            own = ("action_listen", "action_extract_slots", "action_session_start", self.active_loop)
            if event["event"] == "action" and event["name"] not in own:
                return True
        return False

    def earlier(self) -> Iterator[Mapping[str, Any]]:
        """The visitor's messages before this one as Rasa keeps them, the latest first."""
        said = [event for event in self.tracker.events if event["event"] == "user"]
        yield from reversed(said[:-1])

    def has_spoken_spanish(self) -> bool:
        facets = self.facets | {facet for event in self.earlier() for facet in _facets(event)}
        return "spanish" in facets


def _facets(event: Mapping[str, Any]) -> list[str]:
    understanding = (event.get("parse_data") or {}).get("understanding") or {}
    return list((understanding.get("verdict") or {}).get("facets") or ())
