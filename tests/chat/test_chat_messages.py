"""The chat API, as PRODUCT.md promises it: a conversation, a message, its reply."""

import json
from datetime import datetime

import pytest
from sqlalchemy import text as sql

from tests.front_door import FrontDoor, Visitor, button


def test_a_conversation_starts_with_a_token_and_with_where_help_is(door: FrontDoor) -> None:
    started = door.client.post("/api/chat/conversations")

    assert started.status_code == 201
    assert len(started.json()["token"]) >= 32
    (first,) = started.json()["messages"]
    assert first["author"] == "bot"
    for promised in ("not a person and not a clinician", "saved", "staff read", "911", "988", "open until 5 pm"):
        assert promised in first["text"]


def test_tokens_are_random_and_only_their_hash_is_kept(door: FrontDoor) -> None:
    visitors = [door.visitor() for _ in range(5)]

    assert len({visitor.token for visitor in visitors}) == 5
    with door.database.reading() as session:
        kept = session.scalars(sql("SELECT token_hash FROM conversation")).all()
    assert not {visitor.token for visitor in visitors} & set(kept)


def test_nobody_reads_another_visitors_conversation(door: FrontDoor, ann: Visitor) -> None:
    ann.says("my secret question")

    bob = door.visitor()

    assert "secret" not in json.dumps(bob.reads())
    for guess in (str(ann.conversation_id), ann.token[:-1], ann.token.swapcase(), f"{ann.token} "):
        got = door.client.get("/api/chat/messages", headers={"Authorization": f"Bearer {guess}".strip()})
        assert got.status_code == (200 if guess.strip() == ann.token else 401)


def test_nobody_presses_a_button_of_another_visitor(door: FrontDoor, ann: Visitor) -> None:
    bob = door.visitor()

    refused = bob.post({"choice": button(ann.welcome, "Talk to a person")["choice"]})

    assert refused.status_code == 422
    assert door.bot.asked == []


def test_a_message_is_answered_with_route_answer_and_texts(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says("utter_faq/session_length")

    reply = ann.says("how long does it take")

    assert reply["route"] == "answer"
    assert reply["answer"] == "session_length"
    assert reply["handoff"] is None
    assert reply["check_in"] is False
    (message,) = reply["messages"]
    assert message.keys() >= {"id", "author", "text", "buttons", "at"}
    assert message["author"] == "bot"
    assert message["about"]["reviewed_by"] == "not yet reviewed"
    assert datetime.fromisoformat(message["at"]).tzinfo is not None


def test_the_answer_is_the_first_one_asked_and_only_with_route_answer(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says("utter_faq/hours", "utter_faq/location")
    door.bot.says("utter_eligibility", "utter_faq/hours")

    both = ann.says("when are you open and where")
    beside = ann.says("and can someone pregnant do it? and when are you open")

    assert (both["answer"], len(both["messages"])) == ("hours", 2)
    assert (beside["route"], beside["answer"], len(beside["messages"])) == ("eligibility", None, 2)


@pytest.mark.parametrize(
    "typed", ["/restart", " /restart", '\t /faq{"x": 1}', "/session_start", "/eligibility", "//", "/"]
)
def test_what_begins_with_a_slash_stays_words_and_is_stored_as_typed(door: FrontDoor, ann: Visitor, typed: str) -> None:
    ann.says(typed)

    (asked,) = door.bot.asked
    assert "command" not in asked.metadata
    assert ann.said() == [typed]


def test_a_text_is_stored_as_typed_but_for_what_no_database_keeps(door: FrontDoor, ann: Visitor) -> None:
    ann.says("  two\nlines \u200b and 🌱 ")
    ann.post(content=b'{"text": "zero \\u0000 byte"}')
    ann.post(content=b'{"text": "half a pair \\ud83d"}')

    assert ann.said() == ["  two\nlines \u200b and 🌱 ", "zero  byte", "half a pair \ufffd"]


def test_what_a_button_stands_for_never_leaves_the_server(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says("utter_unanswered")
    door.bot.says("utter_passed_on")

    replies = [ann.welcome, ann.says("what does it cost")]
    replies.append(ann.chooses(button(replies[1], "Yes, pass it on")))  # type: ignore[arg-type]
    replies.append(ann.reads())

    told = json.dumps(replies)
    assert "command" not in told
    assert "/pass_on" not in told
    assert "/leave_contact" not in told


def test_reading_after_an_id_gives_only_what_came_later(ann: Visitor) -> None:
    ann.says("one")
    last = ann.reads()[-1]["id"]
    ann.says("two")

    assert [m["text"] for m in ann.reads(after=last) if m["author"] == "visitor"] == ["two"]
    assert ann.reads(after=ann.reads()[-1]["id"]) == []


@pytest.mark.parametrize("after", ["-1", "x", "1.5", str(2**63), str(10**40)])
def test_an_impossible_id_to_read_after_is_refused(door: FrontDoor, ann: Visitor, after: str) -> None:
    for path in ("messages", "stream"):
        got = door.client.get(f"/api/chat/{path}", params={"after": after}, headers=ann.headers)
        assert got.status_code == 422
