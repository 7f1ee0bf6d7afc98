"""Whatever is sent to the chat API, it answers with a reply or a refusal, never with a failure of its own."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from frontdesk.database import Database
from tests.fake_bot import FakeBot
from tests.front_door import Clock, FrontDoor, Visitor

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# with halves of surrogate pairs, control characters and zero bytes
TEXT = st.text(st.characters(codec=None), max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
BODY = st.fixed_dictionaries(
    {}, optional={"text": JSON | TEXT, "choice": JSON | TEXT, "client_id": JSON | st.uuids().map(str)}
)


@pytest.fixture
def ann(database: Database, now: datetime, tmp_path: Path) -> Iterator[Visitor]:
    door = FrontDoor(database, FakeBot(), Clock(now), tmp_path)
    yield door.visitor()
    door.close()


def assert_replies_or_refuses(answered: Any) -> None:
    content = answered.json()
    if answered.status_code == 200:
        assert content["route"]
    else:
        assert answered.status_code in (400, 413, 422)
        assert "988" in content["error"]["message"]


@MANY
@given(body=BODY)
@example(body={"text": "\ud800"})
@example(body={"text": "\x00"})
@example(body={"text": "hi", "client_id": "\ud800"})
@example(body={"choice": True})
def test_random_messages(ann: Visitor, body: dict[str, Any]) -> None:
    assert_replies_or_refuses(ann.post(content=json.dumps(body)))


@MANY
@given(body=JSON)
def test_random_json(ann: Visitor, body: Any) -> None:
    assert_replies_or_refuses(ann.post(content=json.dumps(body)))


@MANY
@given(body=st.binary(max_size=200) | st.binary(max_size=50).map(lambda part: b'{"text": "' + part + b'"}'))
def test_random_bytes(ann: Visitor, body: bytes) -> None:
    assert_replies_or_refuses(ann.post(content=body))


@MANY
@given(part=TEXT, fill=st.sampled_from(["a", "\\", '"', "\\u00", "é", "{", "\n"]))
def test_random_bodies_that_are_too_large(ann: Visitor, part: str, fill: str) -> None:
    body = f'{{"text": {json.dumps(part)[:-1]}' + fill * (260_000 // len(fill))

    assert_replies_or_refuses(ann.post(content=body.encode("utf-8", "replace")))


@MANY
@given(token=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60))
def test_random_tokens(ann: Visitor, token: str) -> None:
    answered = ann.door.client.get("/api/chat/messages", headers={"Authorization": f"Bearer {token}".encode("latin-1")})

    assert answered.status_code == 401


@MANY
@given(text=TEXT.filter(str.strip))
def test_every_stored_text_can_be_read_again(ann: Visitor, text: str) -> None:
    answered = ann.post(content=json.dumps({"text": text}))

    if answered.status_code == 200:
        stored = ann.door.stored(answered.json()["message_id"])
        assert ann.reads(after=stored.id - 1)[0]["text"] == stored.text
        kept = "".join(c for c in text if c not in "\x00\ufffd" and not 0xD800 <= ord(c) < 0xE000)
        assert stored.text.replace("\ufffd", "") == kept
