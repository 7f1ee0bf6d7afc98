"""One turn as an action sees it: what was said, what it was taken as, and the front desk to act on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from rasa_sdk import Tracker
from sqlalchemy import select
from sqlalchemy.orm import Session

from frontdesk import clinic as clinics
from frontdesk.clinic import Clinic
from frontdesk.config import Settings
from frontdesk.database import Database
from frontdesk.model import Conversation

FORM_SLOTS = (
    "form_key",
    "contact_consent",
    "contact_name",
    "contact_email",
    "contact_phone",
    "contact_reach",
    "booking_wish",
    "booking_note",
    "booking_confirmed",
)


@cache
def database() -> Database:
    return Database(Settings().database)


@cache
def clinic() -> Clinic:
    return clinics.load(Settings().clinic)


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

    def conversation(self, session: Session) -> Conversation:
        return session.scalars(select(Conversation).where(Conversation.key == self.tracker.sender_id)).one()

    def is_answered_already(self) -> bool:
        """True when Rasa comes back to the form after another action took this message."""
        for event in reversed(self.tracker.events):
            if event["event"] == "user":
                return False
            own = ("action_listen", "action_extract_slots", "action_session_start", self.active_loop)
            if event["event"] == "action" and event["name"] not in own:
                return True
        return False

    @property
    def active_loop(self) -> str | None:
        return (self.tracker.active_loop or {}).get("name")
