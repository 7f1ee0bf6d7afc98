"""Conversations and their messages."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from frontdesk import conversations
from frontdesk.conversations import Reply
from frontdesk.database import Database
from frontdesk.model import Author, Conversation

HELLO = Reply("Hello", "utter_greet")
YES_NO = Reply(
    "Sure?",
    "utter_ask",
    (
        {"title": "Yes, please!", "choice": "a1", "command": "/affirm"},
        {"title": "No", "choice": "a2", "command": "/deny"},
    ),
)


@pytest.fixture
def conversation(database: Database, now: datetime) -> Conversation:
    with database.transaction() as session:
        return conversations.start(session, now)[0]


def test_only_the_token_opens_a_conversation(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        conversation, token = conversations.start(session, now)
        conversations.start(session, now)

    with database.reading() as session:
        found = conversations.by_token(session, token)
        assert found is not None
        assert found.id == conversation.id
        assert conversations.by_token(session, token[:-1]) is None
        assert token not in (conversation.key, conversation.token_hash)


def test_a_retry_with_the_same_client_id_stores_one_message(
    database: Database, now: datetime, conversation: Conversation
) -> None:
    client_id = str(uuid.uuid4())

    with database.transaction() as session:
        first, is_new = conversations.record_visitor(session, now, conversation.id, "hi", client_id=client_id)
    with database.transaction() as session:
        again, is_new_again = conversations.record_visitor(session, now, conversation.id, "hi", client_id=client_id)

    assert (is_new, is_new_again) == (True, False)
    assert again.id == first.id


def test_one_client_id_may_be_used_in_two_conversations(
    database: Database, now: datetime, conversation: Conversation
) -> None:
    client_id = str(uuid.uuid4())
    with database.transaction() as session:
        other, _ = conversations.start(session, now)
        conversations.record_visitor(session, now, conversation.id, "hi", client_id=client_id)

        _, is_new = conversations.record_visitor(session, now, other.id, "hi", client_id=client_id)

    assert is_new


def test_words_are_stored_as_typed(database: Database, now: datetime, conversation: Conversation) -> None:
    typed = "  /restart \n ünïcode 🙂 'quoted' \\"

    with database.transaction() as session:
        conversations.record_visitor(session, now, conversation.id, typed, client_id=None)

    with database.reading() as session:
        assert [m.text for m in conversations.transcript(session, conversation.id)] == [typed]


def test_ids_rise_in_the_order_of_the_commits_also_when_all_write_at_once(
    database: Database, now: datetime, conversation: Conversation
) -> None:
    def write(number: int) -> tuple[int, list[int]]:
        with database.transaction() as session:
            stored, _ = conversations.record_visitor(session, now, conversation.id, str(number), client_id=None)
            return stored.id, [m.id for m in conversations.transcript(session, conversation.id)]

    with ThreadPoolExecutor(4) as threads:
        written = sorted(threads.map(write, range(12)))

    everything = [own for own, _ in written]
    for own, visible in written:  # nothing with a lower id came to light later
        assert visible == [id for id in everything if id <= own]


def test_a_reply_is_tied_to_the_message_it_answers(
    database: Database, now: datetime, conversation: Conversation
) -> None:
    with database.transaction() as session:
        asked, _ = conversations.record_visitor(session, now, conversation.id, "hi", client_id=None)
        conversations.record_replies(session, now, conversation.id, [HELLO, YES_NO], asked)

    with database.reading() as session:
        assert [m.text for m in conversations.replies_to(session, asked.id)] == ["Hello", "Sure?"]
        after = conversations.transcript(session, conversation.id, after=asked.id)
        assert [m.author for m in after] == [Author.BOT, Author.BOT]


def test_it_is_known_how_often_each_text_was_said(
    database: Database, now: datetime, conversation: Conversation
) -> None:
    with database.transaction() as session:
        conversations.record_replies(session, now, conversation.id, [HELLO, HELLO, YES_NO], None)

    with database.reading() as session:
        assert conversations.times_said(session, conversation.id) == {"utter_greet": 2, "utter_ask": 1}


def test_choices_end_when_newer_ones_are_offered(database: Database, now: datetime, conversation: Conversation) -> None:
    newer = Reply("Which?", "utter_which", ({"title": "This", "choice": "b1", "command": "/this"},))
    with database.transaction() as session:
        conversations.record_replies(session, now, conversation.id, [YES_NO], None)
        conversations.record_replies(session, now, conversation.id, [newer, HELLO], None)

    with database.reading() as session:
        newest = conversations.find_choice(session, conversation.id, "b1")
        stale = conversations.find_choice(session, conversation.id, "a1")

        assert newest is not None
        assert stale is not None
        assert (newest.is_current, stale.is_current) == (True, False)
        assert (stale.title, stale.command) == ("Yes, please!", "/affirm")
        assert conversations.find_choice(session, conversation.id, "c1") is None


def test_a_button_of_another_conversation_is_not_found(
    database: Database, now: datetime, conversation: Conversation
) -> None:
    with database.transaction() as session:
        other, _ = conversations.start(session, now)
        conversations.record_replies(session, now, conversation.id, [YES_NO], None)

    with database.reading() as session:
        assert conversations.find_choice(session, other.id, "a1") is None


def test_all_buttons_of_one_answer_count_together(
    database: Database, now: datetime, conversation: Conversation
) -> None:
    also = Reply("Or?", "utter_or", ({"title": "Back", "choice": "b1", "command": "/back"},))
    with database.transaction() as session:
        asked, _ = conversations.record_visitor(session, now, conversation.id, "hi", client_id=None)
        conversations.record_replies(session, now, conversation.id, [YES_NO, also], asked)

    with database.reading() as session:
        offer = conversations.current_offer(session, conversation.id)

    assert [button["choice"] for button in offer.buttons] == ["a1", "a2", "b1"]
    assert offer.asked_about == asked.id


@pytest.mark.parametrize("typed", ["yes please", "YES, PLEASE", " Yes  please! "])
def test_a_typed_title_is_found_whatever_its_case_and_points(
    database: Database, now: datetime, conversation: Conversation, typed: str
) -> None:
    with database.transaction() as session:
        conversations.record_replies(session, now, conversation.id, [YES_NO], None)

    with database.reading() as session:
        button = conversations.current_offer(session, conversation.id).titled(typed)

    assert button is not None
    assert button.command == "/affirm"


@pytest.mark.parametrize(("typed", "command"), [("yeah sure", "/affirm"), ("Yes.", "/affirm"), ("nope", "/deny")])
def test_a_plain_yes_or_no_is_the_only_button_that_begins_so(
    database: Database, now: datetime, conversation: Conversation, typed: str, command: str
) -> None:
    with database.transaction() as session:
        conversations.record_replies(session, now, conversation.id, [YES_NO], None)

    with database.reading() as session:
        button = conversations.current_offer(session, conversation.id).titled(typed)

    assert button is not None
    assert button.command == command


def test_a_plain_yes_means_nothing_once_something_else_was_said_or_two_questions_are_open(
    database: Database, now: datetime, conversation: Conversation
) -> None:
    with database.transaction() as session:
        first = conversations.record_visitor(
            session, now, conversation.id, "book me, what is the price", client_id=None
        )[0]
        conversations.record_replies(session, now, conversation.id, [YES_NO, YES_NO], first)

    with database.transaction() as session:
        assert conversations.current_offer(session, conversation.id).titled("yes") is None
        asked = conversations.record_visitor(session, now, conversation.id, "how long is it", client_id=None)[0]
        conversations.record_replies(session, now, conversation.id, [YES_NO], asked)
        later = conversations.record_visitor(session, now, conversation.id, "and the hours?", client_id=None)[0]
        conversations.record_replies(session, now, conversation.id, [Reply("Nine to five.")], later)

    with database.reading() as session:
        assert conversations.current_offer(session, conversation.id).titled("yes") is None
        assert conversations.current_offer(session, conversation.id).titled("yes please") is not None


@pytest.mark.parametrize("typed", ["maybe", "", "!!", "yes please do tell me more"])
def test_other_words_are_not_taken_for_a_title(
    database: Database, now: datetime, conversation: Conversation, typed: str
) -> None:
    with database.transaction() as session:
        conversations.record_replies(session, now, conversation.id, [YES_NO], None)

    with database.reading() as session:
        assert conversations.current_offer(session, conversation.id).titled(typed) is None
