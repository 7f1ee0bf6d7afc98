"""Staff in a conversation: who answers, replies, notes."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from sqlalchemy import func, select

from frontdesk import conversations, handoffs, takeover
from frontdesk.database import Database
from frontdesk.model import AuditEvent, Author, Conversation, Kind, Message, Priority, StaffMember, State


@pytest.fixture
def conversation_id(database: Database, now: datetime) -> int:
    with database.transaction() as session:
        return conversations.start(session, now)[0].id


def reply(
    database: Database, now: datetime, conversation_id: int, staff: StaffMember, text: str, form: uuid.UUID
) -> int:
    with database.transaction() as session:
        return takeover.reply(session, now, conversation_id, staff, text, form).id


def read(database: Database, conversation_id: int) -> Conversation:
    with database.reading() as session:
        return session.get_one(Conversation, conversation_id)


def count(database: Database) -> int | None:
    with database.reading() as session:
        return session.scalar(select(func.count(Message.id)))


def test_a_reply_reaches_the_visitor_and_takes_the_conversation(
    database: Database, fay: StaffMember, now: datetime, conversation_id: int
) -> None:
    reply(database, now, conversation_id, fay, " Hello, \r\nthis is Fay.\r\n", uuid.uuid4())

    conversation = read(database, conversation_id)
    assert (conversation.state, conversation.assigned_to_id) == (State.OPEN, fay.id)
    with database.reading() as session:
        [seen] = conversations.transcript(session, conversation_id)
        assert (seen.text, seen.author) == ("Hello, \nthis is Fay.", Author.STAFF)
        assert conversations.shown_author(seen) == "Fay Frontdesk"


def test_a_clinician_is_shown_as_one(
    database: Database, carl: StaffMember, now: datetime, conversation_id: int
) -> None:
    reply(database, now, conversation_id, carl, "Hello", uuid.uuid4())

    with database.reading() as session:
        [seen] = conversations.transcript(session, conversation_id)
        assert conversations.shown_author(seen) == "Carl Clinician, clinician"


def test_the_same_reply_from_the_same_form_is_stored_once(
    database: Database, fay: StaffMember, now: datetime, conversation_id: int
) -> None:
    form = uuid.uuid4()

    first = reply(database, now, conversation_id, fay, "Hello", form)
    again = reply(database, now, conversation_id, fay, "Hello", form)

    assert again == first
    assert count(database) == 1


def test_two_clicks_at_the_same_moment_send_once(
    database: Database, fay: StaffMember, now: datetime, conversation_id: int
) -> None:
    form, together = uuid.uuid4(), Barrier(2)

    def click(_: int) -> int:
        together.wait()
        return reply(database, now, conversation_id, fay, "Hello", form)

    with ThreadPoolExecutor(2) as threads:
        ids = set(threads.map(click, range(2)))

    assert len(ids) == 1
    assert count(database) == 1


def test_other_words_from_a_page_come_back_to_are_sent_as_well(
    database: Database, fay: StaffMember, now: datetime, conversation_id: int
) -> None:
    form = uuid.uuid4()

    reply(database, now, conversation_id, fay, "Hello", form)
    reply(database, now, conversation_id, fay, "One more thing", form)

    assert count(database) == 2


def test_a_note_is_for_staff_and_leaves_the_assistant_answering(
    database: Database, fay: StaffMember, now: datetime, conversation_id: int
) -> None:
    with database.transaction() as session:
        takeover.add_note(session, now, conversation_id, fay, "Call back on Monday", uuid.uuid4())

    assert read(database, conversation_id).state is State.PENDING
    with database.reading() as session:
        assert conversations.transcript(session, conversation_id) == []
        assert len(conversations.transcript(session, conversation_id, with_notes=True)) == 1


@pytest.mark.parametrize(("text", "refusal"), [(" \r\n ", takeover.EmptyText), ("x" * 4001, takeover.TextTooLong)])
def test_nothing_and_too_much_are_refused(
    database: Database,
    fay: StaffMember,
    now: datetime,
    conversation_id: int,
    text: str,
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        reply(database, now, conversation_id, fay, text, uuid.uuid4())

    assert read(database, conversation_id).state is State.PENDING


def test_a_reply_into_anothers_conversation_is_refused_until_it_is_taken_over(
    database: Database, fay: StaffMember, carl: StaffMember, now: datetime, conversation_id: int
) -> None:
    reply(database, now, conversation_id, carl, "I am here", uuid.uuid4())

    with pytest.raises(takeover.TakenByAnother, match="Carl Clinician"):
        reply(database, now, conversation_id, fay, "Me too", uuid.uuid4())
    with database.transaction() as session:
        takeover.take(session, now, conversation_id, fay, seen_holder=carl.id)
    reply(database, now, conversation_id, fay, "Me too", uuid.uuid4())

    assert count(database) == 2


def test_handing_back_lets_the_assistant_answer(
    database: Database, fay: StaffMember, now: datetime, conversation_id: int
) -> None:
    reply(database, now, conversation_id, fay, "Hello", uuid.uuid4())

    with database.transaction() as session:
        takeover.hand_back(session, now, conversation_id, fay)

    conversation = read(database, conversation_id)
    assert (conversation.state, conversation.assigned_to_id) == (State.PENDING, None)


def test_a_conversation_with_something_left_to_do_is_not_closed(
    database: Database, fay: StaffMember, now: datetime, conversation_id: int
) -> None:
    with database.transaction() as session:
        handoff = handoffs.pass_on(
            session,
            now,
            conversation_id=conversation_id,
            message_id=None,
            kind=Kind.BOOK,
            priority=Priority.NORMAL,
            due_at=now,
        )

    with pytest.raises(takeover.HandoffsUnresolved), database.transaction() as session:
        takeover.resolve(session, now, conversation_id, fay)
    with database.transaction() as session:
        handoffs.resolve(session, now, handoff.id, fay)
        takeover.resolve(session, now, conversation_id, fay)

    assert read(database, conversation_id).state is State.RESOLVED


def test_a_visitor_who_writes_after_the_end_talks_to_the_assistant(
    database: Database, fay: StaffMember, now: datetime, conversation_id: int
) -> None:
    with database.transaction() as session:
        takeover.resolve(session, now, conversation_id, fay)

    with database.transaction() as session:
        conversations.record_visitor(session, now, conversation_id, "one more thing", client_id=None)

    assert read(database, conversation_id).state is State.PENDING


def test_every_deed_is_in_the_audit_trail_without_a_word_of_anybody(
    database: Database, fay: StaffMember, now: datetime, conversation_id: int
) -> None:
    with database.transaction() as session:
        takeover.reply(session, now, conversation_id, fay, "private words", uuid.uuid4())
        takeover.add_note(session, now, conversation_id, fay, "private words", uuid.uuid4())
        takeover.hand_back(session, now, conversation_id, fay)
        takeover.resolve(session, now, conversation_id, fay)

    with database.reading() as session:
        events = list(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))
    assert [event.action.removeprefix("conversation.") for event in events] == [
        "take",
        "reply",
        "note",
        "hand_back",
        "resolve",
    ]
    assert {(event.staff_id, event.subject) for event in events} == {(fay.id, f"conversation:{conversation_id}")}
    assert not any("private" in repr(event.detail) for event in events)
