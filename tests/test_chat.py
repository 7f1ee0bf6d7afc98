"""The chat API, as PRODUCT.md promises it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from frontdesk import conversations
from frontdesk.bot import Said
from frontdesk.database import Database, is_postgresql
from frontdesk.model import Kind, Mark, Message, Priority
from tests.fake_bot import FakeBot
from tests.front_door import Clock, FrontDoor, Visitor, button, text_of

PHONE = "(212) 555-0142"
CRISIS = "I want to kill myself"
EMERGENCY = "I took too many pills"
ELIGIBILITY = "can I do it pregnant?"
CHECK_IN = Said("utter_faq/hours", {}, {"check_in": True, "verdict": {"scores": {"danger": 0.3}}})

Make = Callable[..., FrontDoor]


@pytest.fixture
def make(database: Database, now: datetime, tmp_path: Path) -> Iterator[Make]:
    made: list[FrontDoor] = []

    def build(**settings: object) -> FrontDoor:
        made.append(FrontDoor(database, FakeBot(), Clock(now), tmp_path, **settings))
        return made[-1]

    yield build
    for door in made:
        door.close()


@pytest.fixture
def door(make: Make) -> FrontDoor:
    return make()


@pytest.fixture
def ann(door: FrontDoor) -> Visitor:
    return door.visitor()


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


# Conversations and their tokens


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


# One message


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


# Safe retries


def test_a_retry_gets_the_same_reply_and_does_nothing_twice(door: FrontDoor, ann: Visitor) -> None:
    client_id = str(uuid4())
    door.bot.says("utter_faq/hours")

    first = ann.says("when are you open", client_id)
    second = ann.says("when are you open", client_id.upper())

    assert first == second
    assert len(door.bot.asked) == 1
    assert ann.said() == ["when are you open"]


def test_a_retry_of_a_choice_gets_the_same_reply_though_other_choices_came(door: FrontDoor, ann: Visitor) -> None:
    client_id = str(uuid4())
    door.bot.says("utter_unanswered")
    talk = button(ann.welcome, "Talk to a person")

    first = ann.chooses(talk, client_id)
    second = ann.chooses(talk, client_id)

    assert first == second
    assert len(door.bot.asked) == 1


def test_a_retry_is_answered_when_the_first_try_died_between_save_and_reply(door: FrontDoor, ann: Visitor) -> None:
    client_id = str(uuid4())
    saved = leave_unanswered(door, ann, "when are you open", client_id)
    door.bot.says("utter_faq/hours")

    reply = ann.says("when are you open", client_id)

    assert reply["message_id"] == saved
    assert reply["answer"] == "hours"
    assert ann.said() == ["when are you open"]


def test_the_same_message_twice_at_once_is_answered_once(door: FrontDoor, ann: Visitor) -> None:
    client_id = str(uuid4())
    go_on = door.bot.holds("utter_faq/hours")
    with ThreadPoolExecutor() as pool:
        sent = [pool.submit(ann.says, "when are you open", client_id) for _ in range(4)]
        threading.Timer(0.3, go_on.set).start()
        replies = [one.result() for one in sent]

    assert all(reply == replies[0] for reply in replies)
    assert len(door.bot.asked) == 1
    assert ann.said() == ["when are you open"]


def test_the_same_message_in_two_processes_is_answered_once(make: Make) -> None:
    one, other = make(), make()
    ann = one.visitor()
    same = Visitor(other, ann.token, ann.welcome)
    client_id = str(uuid4())
    go_on = [one.bot.holds("utter_faq/hours"), other.bot.holds("utter_faq/hours")]
    with ThreadPoolExecutor() as pool:
        sent = [pool.submit(visitor.says, "when are you open", client_id) for visitor in (ann, same)]
        threading.Timer(0.3, lambda: [event.set() for event in go_on]).start()
        replies = [one.result() for one in sent]

    assert replies[0] == replies[1]
    assert [message["author"] for message in ann.reads()] == ["bot", "visitor", "bot"]


def test_messages_of_one_conversation_are_answered_in_the_order_they_came(door: FrontDoor, ann: Visitor) -> None:
    go_on = door.bot.holds("utter_faq/hours")
    door.bot.says("utter_faq/location")
    with ThreadPoolExecutor() as pool:
        first = pool.submit(ann.says, "when are you open")
        while not door.bot.asked:
            pass
        second = pool.submit(ann.says, "where are you")
        threading.Timer(0.2, go_on.set).start()

    assert (first.result()["answer"], second.result()["answer"]) == ("hours", "location")
    assert [asked.text for asked in door.bot.asked] == ["when are you open", "where are you"]


def test_ids_rise_in_the_order_of_the_commits_so_that_a_reader_misses_nothing(make: Make) -> None:
    doors = [make() for _ in range(3)]
    ann = doors[0].visitor()
    is_over = threading.Event()

    def write(door: FrontDoor) -> None:
        for number in range(6):
            Visitor(door, ann.token, ann.welcome).says(f"message {number}")

    def follow() -> list[int]:
        seen: list[int] = []
        while True:
            was_over = is_over.is_set()
            new = [message["id"] for message in ann.reads(after=max(seen, default=0))]
            seen += new
            if was_over and not new:
                return seen
            time.sleep(0.01)  # a reader that never rests would leave the writers no time on a small machine

    with ThreadPoolExecutor() as pool:
        followed = pool.submit(follow)
        try:
            for writing in [pool.submit(write, door) for door in doors]:
                writing.result(timeout=120)
        finally:
            is_over.set()  # also when a writer failed: the reader would wait for ever

    assert followed.result() == [message["id"] for message in ann.reads()]
    assert len(followed.result()) == 1 + 3 * 6 * 2


# Choices


def test_a_choice_reaches_rasa_as_the_command_it_stands_for(door: FrontDoor, ann: Visitor) -> None:
    ann.chooses(button(ann.welcome, "What is ketamine infusion?"))

    (asked,) = door.bot.asked
    assert not asked.text.startswith("/")
    assert asked.metadata["command"] == "faq"
    assert asked.metadata["answer"] == "what_is_it"
    assert ann.said() == ["What is ketamine infusion?"]


def test_a_choice_says_which_words_its_question_was_about(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says("utter_unanswered")
    asked = ann.says("what does it cost")

    ann.chooses(button(asked, "Yes, pass it on"))

    assert door.bot.asked[-1].metadata["asked_about"] == asked["message_id"]


def test_pressing_pass_it_on_gives_the_reference_of_what_was_passed_on(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says("utter_unanswered")
    asked = ann.says("what does it cost")
    door.bot.fails(RuntimeError())  # then the front door passes it on itself

    pressed = ann.chooses(button(asked, "Yes, pass it on"))

    (handoff,) = door.handoffs(Kind.UNANSWERED)
    assert pressed["handoff"] == handoff.reference
    assert door.words_of(handoff) == ["what does it cost"]


def test_choices_end_when_newer_ones_are_offered_and_a_stale_one_repeats_the_question(
    door: FrontDoor, ann: Visitor
) -> None:
    door.bot.says("utter_unanswered")
    question = ann.says("what does it cost")

    stale = ann.chooses(button(ann.welcome, "Book a consultation"))

    assert stale["route"] == "unanswered"
    assert [b["title"] for b in stale["messages"][0]["buttons"]] == ["Yes, pass it on", "No, thanks"]
    assert text_of(stale) != text_of(question)
    assert len(door.bot.asked) == 1
    ann.chooses(button(stale, "Yes, pass it on"))
    assert door.bot.asked[-1].metadata["command"] == "pass_on"
    assert door.bot.asked[-1].metadata["asked_about"] == question["message_id"]


def test_only_choices_that_still_count_are_shown_to_a_reader(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says("utter_unanswered")
    ann.says("what does it cost")

    read = ann.reads()

    assert read[0]["buttons"] == []
    assert len(read[-1]["buttons"]) == 2


def test_choices_stay_open_while_no_newer_ones_are_offered(door: FrontDoor, ann: Visitor) -> None:
    ann.says("hello")

    ann.chooses(button(ann.welcome, "Book a consultation"))

    assert door.bot.asked[-1].metadata["command"] == "book"


@pytest.mark.parametrize("choice", ["nonsense", "", 7, [], {"a": 1}, "\ud800"])
def test_an_unknown_choice_is_refused(ann: Visitor, choice: object) -> None:
    refused = ann.post(content=json.dumps({"choice": choice}))

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "choice_unknown"


@pytest.mark.parametrize("typed", ["Book a consultation", "  book a CONSULTATION! "])
def test_a_typed_title_counts_as_the_choice(door: FrontDoor, ann: Visitor, typed: str) -> None:
    ann.says(typed)

    assert door.bot.asked[0].metadata["command"] == "book"
    assert ann.said() == [typed]


def test_a_typed_title_of_a_stale_choice_is_words(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says("utter_unanswered")
    ann.says("what does it cost")

    ann.says("Book a consultation")

    assert "command" not in door.bot.asked[-1].metadata


def test_a_screened_text_is_never_taken_for_a_title(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says(Said("utter_clarify", {}, {"options": ["hours"]}))
    asked = ann.says("hm")
    with door.database.transaction() as session:  # a button that says what would be screened
        message = session.get_one(Message, asked["messages"][0]["id"])
        message.buttons = [{"title": CRISIS, "choice": "x", "command": "/no_thanks"}]

    reply = ann.says(CRISIS)

    assert "command" not in door.bot.asked[-1].metadata
    assert reply["route"] == "crisis"


# Reading


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


# Errors


def assert_helps(answered: object, status: int) -> None:
    assert answered.status_code == status, answered.text  # type: ignore[attr-defined]
    error = answered.json()["error"]  # type: ignore[attr-defined]
    assert error["code"]
    for help_ in (PHONE, "988", "911"):
        assert help_ in error["message"]


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


# Neither limits nor length nor age stop a call for help


@pytest.mark.parametrize(("words", "kind"), [(CRISIS, Kind.CRISIS), (EMERGENCY, Kind.EMERGENCY)])
def test_limits_do_not_stop_a_call_for_help(make: Make, words: str, kind: Kind) -> None:
    door = make(limits="normal")
    ann = door.visitor()
    door.bot.usual = RuntimeError()
    for number in range(20):
        ann.says(f"message {number}")

    replies = [ann.says(words) for _ in range(3)]

    assert {reply["route"] for reply in replies} == {kind.value}
    assert len(door.handoffs(kind)) == 1
    assert door.pages() == 1


@pytest.mark.parametrize("length", [4_100, 60_000, 400_000])
def test_length_does_not_stop_a_call_for_help(door: FrontDoor, ann: Visitor, length: int) -> None:
    words = f"{CRISIS}. " + "and so on " * (length // 10)

    reply = ann.says(words)

    assert reply["route"] == "crisis"
    (handoff,) = door.handoffs(Kind.CRISIS)
    assert door.words_of(handoff)[0].startswith(CRISIS)
    assert "988" in text_of(reply)


def test_danger_at_the_end_of_an_over_long_text_is_found(door: FrontDoor, ann: Visitor) -> None:
    reply = ann.says("and so on " * 500 + CRISIS)

    assert reply["route"] == "crisis"


def test_an_expired_token_does_not_stop_a_call_for_help(door: FrontDoor, ann: Visitor) -> None:
    door.clock.move(days=100)
    door.bot.fails(RuntimeError())

    reply = ann.says(CRISIS)

    assert reply["route"] == "crisis"
    assert len(door.handoffs(Kind.CRISIS)) == 1


@pytest.mark.parametrize("then", ["newer choices", "an expired token", "staff", "Rasa down"])
def test_the_button_for_help_now_never_comes_too_late(door: FrontDoor, ann: Visitor, then: str) -> None:
    door.bot.says(CHECK_IN)
    help_now = button(ann.says("some nights are long"), "I need help now")
    if then == "newer choices":
        door.bot.says("utter_unanswered")
        ann.says("what does it cost")
    elif then == "an expired token":
        door.clock.move(days=100)
    elif then == "staff":
        open_to_staff(door, ann)
    door.bot.usual = RuntimeError()

    reply = ann.chooses(help_now)

    (handoff,) = door.handoffs(Kind.CRISIS)
    assert (handoff.priority, handoff.mark) == (Priority.URGENT, Mark.NOW)
    assert reply["handoff"] == handoff.reference
    assert reply["route"] == ("human" if then == "staff" else "crisis")
    assert "988" in text_of(reply)
    assert "911" in text_of(reply)
    assert door.pages() == 1


def open_to_staff(door: FrontDoor, ann: Visitor) -> None:
    with door.database.transaction() as session:
        conversation = conversations.lock(session, ann.conversation_id)
        conversation.state = conversations.State.OPEN


# 503 only when the message could not be saved


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


# Nothing of what visitors write is logged


def test_no_log_holds_a_visitors_words(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    needle = "xylophone-needle"
    door = make(turn_limit=0.1)
    ann = door.visitor()
    door.bot.fails(RuntimeError(needle))
    ann.says(f"{needle} one")
    go_on = door.bot.holds("utter_faq/hours")
    ann.says(f"{needle} two")
    go_on.set()
    door.bot.says("utter_not_known_here")
    ann.says(f"{needle} three")
    with broken(door.database):
        ann.post({"text": f"{needle} four"})
        ann.post({"choice": needle})
    ann.post(content=f'{{"text": "{needle}'.encode())
    ann.post({"text": needle * 1000})
    ann.post({"text": "a", "client_id": needle})
    open_to_staff(door, ann)
    door.bot.understanding = RuntimeError(needle)
    ann.post({"text": f"{needle} {CRISIS}"})

    assert "goes to a person" in caplog.text
    assert "refused a request" in caplog.text
    assert needle not in caplog.text
    assert ann.token not in caplog.text


def test_errors_of_the_database_hold_no_visitors_words(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.transaction() as session:
        session.execute(sql("INSERT INTO no_such_table VALUES (:words)"), {"words": "xylophone-needle"})

    assert "xylophone-needle" not in str(caught.value)


# Headers


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
