"""A database or a process that fails: 503 only when the message could not be saved."""

from uuid import uuid4

import pytest
from sqlalchemy import text as sql

from frontdesk.bot import Said
from frontdesk.database import is_postgresql
from frontdesk.model import Kind
from tests.front_door import (
    CRISIS,
    ELIGIBILITY,
    EMERGENCY,
    PHONE,
    FrontDoor,
    Visitor,
    assert_helps,
    break_it,
    broken,
    button,
    leave_unanswered,
    text_of,
)


def test_what_cannot_be_saved_is_refused_and_can_be_sent_again(door: FrontDoor, ann: Visitor) -> None:
    client_id = str(uuid4())
    with broken(door.database):
        refused = ann.post({"text": "when are you open", "client_id": client_id})
        begun = door.client.post("/api/chat/conversations")

    assert_helps(refused, 503)
    assert_helps(begun, 503)
    assert "could not be saved" in refused.json()["error"]["message"]
    assert door.bot.asked == []
    door.bot.says("utter_faq/hours")
    assert ann.says("when are you open", client_id)["answer"] == "hours"
    assert ann.said() == ["when are you open"]


def test_a_choice_that_cannot_be_saved_is_refused(door: FrontDoor, ann: Visitor) -> None:
    with broken(door.database):
        refused = ann.post({"choice": button(ann.welcome, "Talk to a person")["choice"]})

    assert_helps(refused, 503)


@pytest.mark.parametrize(
    ("words", "route", "said"),
    [
        (CRISIS, "crisis", "988"),
        (EMERGENCY, "emergency", "911"),
        (ELIGIBILITY, "eligibility", PHONE),
        ("hi", "human", PHONE),
    ],
)
def test_a_database_that_fails_after_the_saving_is_no_503_and_the_message_is_not_lost(
    door: FrontDoor, ann: Visitor, words: str, route: str, said: str
) -> None:
    def fail(_: object) -> list[Said]:
        break_it(door.database)
        return [Said("utter_smalltalk")]

    door.bot.turns.append(fail)
    client_id = str(uuid4())

    reply = ann.says(words, client_id)

    assert reply["route"] == route
    assert reply["handoff"] is None
    assert said in text_of(reply)
    assert "passed" not in text_of(reply)
    with door.database.engine.begin() as connection:
        connection.execute(sql("ALTER TABLE message_gone RENAME TO message"))
    door.bot.fails(RuntimeError())
    again = ann.says(words, client_id)
    assert again["handoff"] is not None
    assert ann.said() == [words]


def test_a_database_that_restarts_during_a_turn_costs_nothing(door: FrontDoor, ann: Visitor) -> None:
    if not is_postgresql(door.database.engine):
        pytest.skip("SQLite has no server")

    def restart(_: object) -> list[Said]:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        with door.database.engine.connect() as connection:
            connection.execute(sql(others))
        return [Said("utter_faq/hours")]

    door.bot.turns.append(restart)

    assert ann.says("when are you open")["answer"] == "hours"


@pytest.mark.parametrize(("words", "kind"), [("when are you open", Kind.FAILURE), (CRISIS, Kind.CRISIS)])
def test_what_a_killed_process_left_unanswered_goes_to_a_person(
    door: FrontDoor, ann: Visitor, words: str, kind: Kind
) -> None:
    leave_unanswered(door, ann, words)
    door.clock.move(minutes=3)

    door.app.state.turns.pick_up()
    door.app.state.turns.pick_up()

    (handoff,) = door.handoffs()
    assert handoff.kind is kind
    assert door.words_of(handoff) == [words]
    assert ann.reads()[-1]["author"] == "bot"
    assert door.bot.asked == []


def test_what_is_still_being_answered_is_not_picked_up(door: FrontDoor, ann: Visitor) -> None:
    leave_unanswered(door, ann, "when are you open")

    door.app.state.turns.pick_up()

    assert door.handoffs() == []
