"""What the chat API refuses, and the help that stands in every refusal."""

import json

import pytest

from tests.front_door import FrontDoor, Make, Visitor, assert_helps, button


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"\xff\xfe", 400),
        (b'{"text": "a"', 400),
        (b"[" * 100_000, 400),
        (b'{"text": ' + b"9" * 5000 + b"}", 400),
        (b"[]", 422),
        (b"null", 422),
        (b"{}", 422),
        (b'{"text": null}', 422),
        (b'{"text": ""}', 422),
        (b'{"text": " \\u0000\\n"}', 422),
        (b'{"text": "\\u3000"}', 422),
        (b'{"text": 5}', 422),
        (b'{"text": ["a"]}', 422),
        (b'{"text": "a", "choice": "b"}', 422),
        (b'{"text": "a", "client_id": "not a uuid"}', 422),
        (b'{"text": "a", "client_id": {"a": 1}}', 422),
        (json.dumps({"text": "a" * 4001}).encode(), 413),
        (json.dumps({"text": "a" * 300_000}).encode(), 413),
        (b'{"nothing": "' + b"a" * 300_000, 413),
    ],
)
def test_a_body_that_is_no_message_is_refused_with_where_help_is(ann: Visitor, body: bytes, status: int) -> None:
    assert_helps(ann.post(content=body), status)
    assert ann.said() == []


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer nobody", "Bearer \xe4", "nonsense"]
)
@pytest.mark.parametrize(("method", "path"), [("POST", "messages"), ("GET", "messages"), ("GET", "stream")])
def test_without_a_known_token_nothing_is_done(door: FrontDoor, header: str | None, method: str, path: str) -> None:
    headers = {"Authorization": header.encode("latin-1")} if header is not None else {}

    refused = door.client.request(method, f"/api/chat/{path}", headers=headers, content=b'{"text": "hi"}')

    assert_helps(refused, 401)


def test_an_address_that_is_not_there_says_where_help_is(door: FrontDoor) -> None:
    assert_helps(door.client.get("/api/chat/nothing"), 404)
    assert_helps(door.client.delete("/api/chat/messages"), 405)


def test_an_expired_token_is_refused_after_30_days_without_a_message(door: FrontDoor, ann: Visitor) -> None:
    door.clock.move(days=29)
    ann.says("still here")
    door.clock.move(days=30)

    assert_helps(ann.post({"text": "hello again"}), 401)
    assert_helps(ann.post({"choice": button(ann.welcome, "Talk to a person")["choice"]}), 401)
    assert_helps(door.client.get("/api/chat/messages", headers=ann.headers), 401)
    assert_helps(door.client.get("/api/chat/stream", headers=ann.headers), 401)


def test_too_many_messages_are_refused_with_when_to_try_again(make: Make) -> None:
    door = make(limits="normal")
    ann = door.visitor()
    for number in range(20):
        ann.says(f"message {number}")

    refused = ann.post({"text": "one more"})

    assert_helps(refused, 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert_helps(ann.post({"choice": button(ann.welcome, "Talk to a person")["choice"]}), 429)
    assert door.visitor().says("another visitor")["route"] == "smalltalk"


def test_too_many_conversations_of_one_address_are_refused(make: Make) -> None:
    door = make(limits="normal")
    for _ in range(60):
        door.visitor()

    assert_helps(door.client.post("/api/chat/conversations"), 429)


def test_relaxed_limits_limit_nothing_and_say_so(door: FrontDoor, ann: Visitor) -> None:
    for number in range(25):
        ann.says(f"message {number}")

    assert "lifted" in door.client.get("/readyz").json()["warning"]


def test_answers_of_the_api_are_not_kept_by_caches_and_carry_the_safety_headers(door: FrontDoor) -> None:
    for answered in (door.client.post("/api/chat/conversations"), door.client.get("/api/chat/messages")):
        assert answered.headers["Cache-Control"] == "no-store"
        assert answered.headers["X-Content-Type-Options"] == "nosniff"


def test_only_allowed_origins_may_use_the_api_from_a_browser(make: Make) -> None:
    door = make(allowed_origins=("https://clinic.example",))

    allowed, other = (
        door.client.post("/api/chat/conversations", headers={"Origin": origin})
        for origin in ("https://clinic.example", "https://evil.example")
    )

    assert allowed.headers["Access-Control-Allow-Origin"] == "https://clinic.example"
    assert "Access-Control-Allow-Origin" not in other.headers


def test_health_tells_that_the_process_lives_whatever_else_is_down(door: FrontDoor) -> None:
    door.bot.is_up = False

    assert door.client.get("/healthz").status_code == 200
    ready = door.client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["parts"]["rasa"] == "down"
    assert ready.json()["parts"]["database"] == "ready"
