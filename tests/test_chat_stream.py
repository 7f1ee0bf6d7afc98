"""The stream of the chat API, over a real connection."""

import json
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import fastapi.routing
import httpx
import pytest
import uvicorn
from sqlalchemy import text as sql

from frontdesk import conversations, takeover
from frontdesk.database import Database
from frontdesk.model import Role, StaffMember
from frontdesk.web.__main__ import Server
from tests.fake_bot import FakeBot
from tests.front_door import Clock, FrontDoor, Visitor


class Served:
    """A front door with a port."""

    def __init__(self, door: FrontDoor) -> None:
        self.door = door
        config = uvicorn.Config(door.app, port=0, log_level="warning", ws="none", timeout_graceful_shutdown=5)
        self.server = Server(config)
        self._thread = threading.Thread(target=self.server.run, daemon=True)
        self._thread.start()
        while not self.server.started:
            time.sleep(0.02)
        self.origin = f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    def stop(self) -> float:
        """How many seconds it took."""
        begun = time.monotonic()
        self.server.handle_exit(signal.SIGTERM, None)
        self._thread.join(timeout=20)
        assert not self._thread.is_alive()
        return time.monotonic() - begun

    @contextmanager
    def listening(self, visitor: Visitor, last: int | None = None) -> Iterator[Iterator[dict[str, Any]]]:
        headers = visitor.headers | ({"Last-Event-ID": str(last)} if last is not None else {})
        with httpx.stream("GET", f"{self.origin}/api/chat/stream", headers=headers, timeout=10) as response:
            assert response.status_code == 200
            assert response.headers["Content-Type"].startswith("text/event-stream")
            yield events(response.iter_lines())


def events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    event: dict[str, Any] = {}
    for line in lines:
        if not line:
            if event:
                yield event
            event = {}
        else:
            name, _, value = line.partition(": ")
            event[name or "comment"] = json.loads(value) if name == "data" else value


@pytest.fixture
def served(sqlite_database: Database, now: datetime, tmp_path: Path) -> Iterator[Served]:
    served = Served(FrontDoor(sqlite_database, FakeBot(), Clock(now), tmp_path))
    yield served
    if not served.server.should_exit:
        served.stop()


@pytest.fixture
def ann(served: Served) -> Visitor:
    return served.door.visitor()


@pytest.fixture
def fay(sqlite_database: Database, now: datetime) -> StaffMember:
    member = StaffMember(
        name="Fay", email="fay@pmcheal.example", role=Role.FRONT_DESK, password_hash="-", created_at=now
    )
    with sqlite_database.transaction() as session:
        session.add(member)
    return member


def test_a_stream_begins_with_who_answers_and_everything_said_so_far(served: Served, ann: Visitor) -> None:
    ann.says("hello")

    with served.listening(ann) as heard:
        first, *messages = [next(heard) for _ in range(4)]

    assert (first["event"], first["data"]) == ("state", {"answered_by": "bot"})
    assert [message["event"] for message in messages] == ["message"] * 3
    assert [message["data"]["author"] for message in messages] == ["bot", "visitor", "bot"]
    assert [int(message["id"]) for message in messages] == [message["data"]["id"] for message in messages]


def test_a_stream_goes_on_after_the_last_event_that_was_seen(served: Served, ann: Visitor) -> None:
    seen = ann.says("one")["messages"][-1]["id"]
    ann.says("two")

    with served.listening(ann, seen) as heard:
        _, message, _ = [next(heard) for _ in range(3)]

    assert message["data"]["text"] == "two"


def test_a_reply_of_staff_arrives_with_who_answers_now(served: Served, ann: Visitor, fay: StaffMember) -> None:
    seen = ann.says("is anybody there")["messages"][-1]["id"]
    door = served.door
    with served.listening(ann, seen) as heard:
        next(heard)
        with door.database.transaction() as session:
            takeover.add_note(session, door.clock(), ann.conversation_id, fay, "a note for us", uuid.uuid4())
            takeover.reply(session, door.clock(), ann.conversation_id, fay, "Yes, I am Fay.", uuid.uuid4())

        state, message = next(heard), next(heard)

    assert state["data"] == {"answered_by": "staff"}
    assert message["data"]["author"] == "staff"
    assert (message["data"]["name"], message["data"]["text"]) == ("Fay", "Yes, I am Fay.")


def test_a_stream_waits_while_the_database_is_away(served: Served, ann: Visitor) -> None:
    door = served.door
    with served.listening(ann, ann.welcome[-1]["id"]) as heard:
        next(heard)
        with door.database.engine.begin() as connection:
            connection.execute(sql("ALTER TABLE message RENAME TO message_gone"))
        time.sleep(1)
        with door.database.engine.begin() as connection:
            connection.execute(sql("ALTER TABLE message_gone RENAME TO message"))
        ann.says("still here")

        assert next(heard)["data"]["text"] == "still here"


def test_a_stream_ends_when_its_conversation_is_erased(served: Served, ann: Visitor) -> None:
    with served.listening(ann) as heard:
        next(heard)
        with served.door.database.transaction() as session:
            session.delete(conversations.lock(session, ann.conversation_id))

        assert [event["event"] for event in heard] in ([], ["message"])


def test_an_idle_stream_is_kept_alive(served: Served, ann: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.2)
    headers = ann.headers | {"Last-Event-ID": str(ann.welcome[-1]["id"])}

    with httpx.stream("GET", f"{served.origin}/api/chat/stream", headers=headers, timeout=10) as response:
        lines = response.iter_lines()

        assert any(line.startswith(":") for line in (next(lines) for _ in range(8)))


def test_open_streams_end_at_shutdown(served: Served, ann: Visitor) -> None:
    ended = threading.Event()

    def listen() -> None:
        with served.listening(ann) as heard:
            for _ in heard:
                pass
        ended.set()

    listeners = [threading.Thread(target=listen) for _ in range(3)]
    for listener in listeners:
        listener.start()
    time.sleep(1)

    assert served.stop() < 5
    for listener in listeners:
        listener.join(timeout=5)
    assert ended.is_set()
    assert isinstance(served.door.bot, FakeBot)
    assert served.door.bot.is_closed
