"""What the queue shows, in which order, and when it has changed."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from frontdesk import conversations, handoffs, inbox, takeover
from frontdesk.database import Database
from frontdesk.inbox import View
from frontdesk.model import Handoff, Kind, Mark, Notice, NoticeStatus, Priority, Role, StaffMember

Arrive = Callable[..., Handoff]


@pytest.fixture
def arrive(database: Database, now: datetime) -> Arrive:
    """A new conversation whose first message is passed on."""

    def arriving(
        kind: Kind = Kind.BOOK,
        priority: Priority = Priority.NORMAL,
        *,
        mark: Mark | None = None,
        due_in: int = 60,
        role: Role | None = None,
    ) -> Handoff:
        with database.transaction() as session:
            conversation, _ = conversations.start(session, now)
            message, _ = conversations.record_visitor(session, now, conversation.id, "first words", client_id=None)
            return handoffs.pass_on(
                session,
                now,
                conversation_id=conversation.id,
                message_id=message.id,
                kind=kind,
                priority=priority,
                due_at=now + timedelta(minutes=due_in),
                mark=mark,
                role=role,
            )

    return arriving


def queue(database: Database, view: View, staff: StaffMember) -> list[int]:
    with database.reading() as session:
        return [handoff.id for handoff in inbox.queue(session, view, staff)]


def test_urgent_comes_first_and_there_what_is_happening_now(
    database: Database, arrive: Arrive, fay: StaffMember
) -> None:
    later = arrive(Kind.BOOK, due_in=90)
    sooner = arrive(Kind.BOOK, due_in=30)
    possible = arrive(Kind.POSSIBLE_DANGER, Priority.HIGH, mark=Mark.POSSIBLE, due_in=600)
    after_treatment = arrive(Kind.MEDICAL_ADVICE, Priority.URGENT, due_in=1)
    mentioned = arrive(Kind.CRISIS, Priority.URGENT, mark=Mark.MENTIONED, due_in=5)
    at_once = arrive(Kind.CRISIS, Priority.URGENT, mark=Mark.NOW, due_in=50)

    expected = [at_once, mentioned, after_treatment, possible, sooner, later]
    assert queue(database, View.ALL, fay) == [handoff.id for handoff in expected]


def test_what_nobody_has_stands_above_what_somebody_has(
    database: Database, arrive: Arrive, fay: StaffMember, now: datetime
) -> None:
    first, second = arrive(due_in=10), arrive(due_in=20)

    with database.transaction() as session:
        handoffs.claim(session, now, first.id, fay)

    assert queue(database, View.ALL, fay) == [second.id, first.id]
    assert queue(database, View.MINE, fay) == [first.id]


def test_lists_of_a_role_hold_its_own_and_whatever_is_urgent(
    database: Database, arrive: Arrive, fay: StaffMember
) -> None:
    booking, question = arrive(Kind.BOOK), arrive(Kind.ELIGIBILITY)
    crisis = arrive(Kind.CRISIS, Priority.URGENT, mark=Mark.NOW)
    complaint = arrive(Kind.HUMAN, role=Role.ADMIN)

    assert queue(database, View.FRONT_DESK, fay) == [crisis.id, booking.id]
    assert queue(database, View.CLINICIAN, fay) == [crisis.id, question.id]
    assert queue(database, View.ADMIN, fay) == [crisis.id, complaint.id]
    assert queue(database, View.URGENT, fay) == [crisis.id]
    with database.reading() as session:
        assert inbox.counts(session, fay) == {
            View.ALL: 4,
            View.MINE: 0,
            View.URGENT: 1,
            View.CLINICIAN: 2,
            View.FRONT_DESK: 2,
            View.ADMIN: 2,
        }


def test_what_is_done_leaves_every_list_but_done(
    database: Database, arrive: Arrive, fay: StaffMember, now: datetime
) -> None:
    handoff = arrive()
    with database.transaction() as session:
        handoffs.claim(session, now, handoff.id, fay)
        handoffs.resolve(session, now, handoff.id, fay)

    assert queue(database, View.DONE, fay) == [handoff.id]
    assert queue(database, View.ALL, fay) == queue(database, View.MINE, fay) == []


def test_an_empty_queue_counts_nothing(database: Database, fay: StaffMember) -> None:
    with database.reading() as session:
        assert set(inbox.counts(session, fay).values()) == {0}
        assert inbox.urgent_new(session) == 0


def test_only_urgent_ones_that_nobody_has_are_counted_in_the_title(
    database: Database, arrive: Arrive, carl: StaffMember, now: datetime
) -> None:
    arrive(Kind.BOOK)
    arrive(Kind.EMERGENCY, Priority.URGENT)
    claimed = arrive(Kind.CRISIS, Priority.URGENT)

    with database.transaction() as session:
        handoffs.claim(session, now, claimed.id, carl)

    with database.reading() as session:
        assert inbox.urgent_new(session) == 1


def test_a_visitor_who_writes_again_after_all_is_done_does_not_wait_unseen(
    database: Database, arrive: Arrive, fay: StaffMember, carl: StaffMember, now: datetime
) -> None:
    handoff = arrive()
    with database.transaction() as session:
        takeover.reply(session, now, handoff.conversation_id, fay, "Done.", uuid.uuid4())
        handoffs.resolve(session, now, handoff.id, fay)
    with database.reading() as session:
        assert inbox.open_conversations(session, carl) == []
        assert [c.id for c in inbox.open_conversations(session, fay)] == [handoff.conversation_id]

    with database.transaction() as session:
        conversations.record_visitor(session, now, handoff.conversation_id, "wait, one more", client_id=None)

    with database.reading() as session:
        [waiting] = inbox.open_conversations(session, carl)
        assert inbox.awaiting_reply(session, [waiting]) == {handoff.conversation_id}
        assert inbox.latest_words(session, waiting.id) == "wait, one more"


def test_a_note_is_no_answer_to_the_visitor(
    database: Database, arrive: Arrive, fay: StaffMember, now: datetime
) -> None:
    handoff = arrive()
    with database.transaction() as session:
        conversation = takeover.take(session, now, handoff.conversation_id, fay)
        takeover.add_note(session, now, handoff.conversation_id, fay, "hm", uuid.uuid4())

    with database.reading() as session:
        assert inbox.awaiting_reply(session, [conversation]) == {conversation.id}


@pytest.mark.parametrize(
    ("status", "error", "is_undelivered"),
    [
        (NoticeStatus.FAILED, "refused", True),
        (NoticeStatus.WAITING, "refused", True),
        (NoticeStatus.WAITING, None, False),
        (NoticeStatus.SENT, "refused at first", False),
        (NoticeStatus.WITHDRAWN, "no address is set", False),
    ],
)
def test_a_notice_that_does_not_get_through_shows(
    database: Database, arrive: Arrive, status: NoticeStatus, error: str | None, is_undelivered: bool
) -> None:
    handoff = arrive()
    with database.transaction() as session:
        [notice] = inbox.notices_of(session, handoff.id)
        session.get_one(Notice, notice.id).status = status
        notice.error = error

    with database.reading() as session:
        assert inbox.undelivered(session, [handoff.id]) == ({handoff.id} if is_undelivered else set())


def test_the_version_changes_with_everything_the_pages_show(
    database: Database, arrive: Arrive, fay: StaffMember, now: datetime
) -> None:
    def version() -> str:
        with database.reading() as session:
            return inbox.version(session, handoff.conversation_id)

    handoff = arrive()
    seen = [version()]

    with database.transaction() as session:
        handoffs.claim(session, now, handoff.id, fay)
    seen.append(version())
    with database.transaction() as session:
        conversations.record_visitor(session, now, handoff.conversation_id, "more", client_id=None)
    seen.append(version())
    with database.transaction() as session:
        inbox.notices_of(session, handoff.id)[0].attempts = 1
    seen.append(version())
    arrive()
    seen.append(version())

    assert len(set(seen)) == len(seen)
    assert version() == seen[-1]
