"""The chat API as its tests use it: a web process without a network, a clock that a test moves, and visitors."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from httpx import Response
from sqlalchemy import select
from sqlalchemy import text as sql

from frontdesk import conversations
from frontdesk.config import Settings
from frontdesk.database import Database
from frontdesk.model import Handoff, HandoffMessage, Kind, Message, Notice
from frontdesk.web import create_app
from tests.fake_bot import FakeBot

PHONE = "(212) 555-0142"
CRISIS = "I want to kill myself"
EMERGENCY = "I took too many pills"
ELIGIBILITY = "can I do it pregnant?"

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would rather have httpx2, which does the same here
    from starlette.testclient import TestClient


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class FrontDoor:
    def __init__(self, database: Database, bot: FakeBot, clock: Clock, var: Path, **settings: Any) -> None:
        self.database, self.bot, self.clock = database, bot, clock
        address = database.engine.url.render_as_string(hide_password=False)
        self.settings = Settings(**{"database_url": address, "var": var, "limits": "relaxed", **settings})
        self.app = create_app(self.settings, now=clock, bot=bot)
        self.client = TestClient(self.app, raise_server_exceptions=False)

    def visitor(self) -> "Visitor":
        started = self.client.post("/api/chat/conversations")
        assert started.status_code == 201, started.text
        return Visitor(self, started.json()["token"], started.json()["messages"])

    def handoffs(self, kind: Kind | None = None) -> list[Handoff]:
        with self.database.reading() as session:
            found = list(session.scalars(select(Handoff).order_by(Handoff.id)))
        return [handoff for handoff in found if kind in (None, handoff.kind)]

    def words_of(self, handoff: Handoff) -> list[str]:
        """The visitor's messages that a handoff passes on."""
        with self.database.reading() as session:
            joined = HandoffMessage.message_id == Message.id
            wanted = select(Message.text).join(HandoffMessage, joined).where(HandoffMessage.handoff_id == handoff.id)
            return list(session.scalars(wanted.order_by(Message.id)))

    def pages(self) -> int:
        with self.database.reading() as session:
            return len(list(session.scalars(select(Notice).where(Notice.kind == "page"))))

    def stored(self, message_id: int) -> Message:
        with self.database.reading() as session:
            return session.get_one(Message, message_id)

    def close(self) -> None:
        self.app.state.turns.close()
        self.app.state.database.close()


@dataclass(frozen=True)
class Visitor:
    door: FrontDoor
    token: str
    welcome: list[dict[str, Any]]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def conversation_id(self) -> int:
        return self.door.stored(self.welcome[0]["id"]).conversation_id

    def post(self, body: Any = None, **options: Any) -> Response:
        given = {"json": body} if body is not None else {}
        return self.door.client.post("/api/chat/messages", headers=self.headers, **given, **options)

    def send(self, body: dict[str, Any]) -> dict[str, Any]:
        answered = self.post(body)
        assert answered.status_code == 200, answered.text
        reply: dict[str, Any] = answered.json()
        return reply

    def says(self, text: str, client_id: str | None = None) -> dict[str, Any]:
        return self.send({"text": text, "client_id": client_id or str(uuid4())})

    def chooses(self, button: dict[str, str], client_id: str | None = None) -> dict[str, Any]:
        return self.send({"choice": button["choice"], "client_id": client_id or str(uuid4())})

    def reads(self, after: int = 0) -> list[dict[str, Any]]:
        got = self.door.client.get("/api/chat/messages", params={"after": after}, headers=self.headers)
        assert got.status_code == 200, got.text
        messages: list[dict[str, Any]] = got.json()["messages"]
        return messages

    def said(self) -> list[str]:
        """The visitor's own words, as they are stored."""
        return [message["text"] for message in self.reads() if message["author"] == "visitor"]


def text_of(reply: dict[str, Any]) -> str:
    return "\n".join(message["text"] for message in reply["messages"])


def button(reply: dict[str, Any] | list[dict[str, Any]], title: str) -> dict[str, str]:
    messages = reply["messages"] if isinstance(reply, dict) else reply
    return next(b for message in messages for b in message["buttons"] if b["title"] == title)


Make = Callable[..., FrontDoor]


@contextmanager
def broken(database: Database) -> Iterator[None]:
    """No message can be read or written meanwhile."""
    break_it(database)
    yield
    with database.engine.begin() as connection:
        connection.execute(sql("ALTER TABLE message_gone RENAME TO message"))


def break_it(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(sql("ALTER TABLE message RENAME TO message_gone"))


def leave_unanswered(door: FrontDoor, ann: Visitor, words: str, client_id: str | None = None) -> int:
    """What a process leaves that is killed after saving a message and before its reply."""
    with door.database.transaction() as session:
        message, _ = conversations.record_visitor(
            session, door.clock(), ann.conversation_id, words, client_id=client_id
        )
    return message.id


def assert_helps(answered: object, status: int) -> None:
    assert answered.status_code == status, answered.text  # type: ignore[attr-defined]
    error = answered.json()["error"]  # type: ignore[attr-defined]
    assert error["code"]
    for help_ in (PHONE, "988", "911"):
        assert help_ in error["message"]


def open_to_staff(door: FrontDoor, ann: Visitor) -> None:
    with door.database.transaction() as session:
        conversation = conversations.lock(session, ann.conversation_id)
        conversation.state = conversations.State.OPEN
