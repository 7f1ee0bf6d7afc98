"""Handoffs: what joins, what pages, and who may do what with one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from frontdesk import conversations, handoffs
from frontdesk.database import Database
from frontdesk.errors import FrontdeskError
from frontdesk.model import (
    AuditEvent,
    Handoff,
    HandoffMessage,
    HandoffStatus,
    Kind,
    Mark,
    Notice,
    Priority,
    Role,
    StaffMember,
)

Pass = Callable[..., Handoff]


@pytest.fixture
def conversation_id(database: Database, now: datetime) -> int:
    with database.transaction() as session:
        return conversations.start(session, now)[0].id


@pytest.fixture
def pass_on(database: Database, now: datetime, conversation_id: int) -> Pass:
    """Passes a new message of the visitor on."""

    def passing(
        kind: Kind = Kind.BOOK,
        priority: Priority = Priority.NORMAL,
        *,
        at: datetime = now,
        due_in: timedelta = timedelta(hours=1),
        mark: Mark | None = None,
        role: Role | None = None,
    ) -> Handoff:
        with database.transaction() as session:
            message, _ = conversations.record_visitor(session, at, conversation_id, "words", client_id=None)
            return handoffs.pass_on(
                session,
                at,
                conversation_id=conversation_id,
                message_id=message.id,
                kind=kind,
                priority=priority,
                due_at=at + due_in,
                mark=mark,
                role=role,
            )

    return passing


def notice_kinds(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.scalars(select(Notice.kind)))


def actions(database: Database) -> list[tuple[str, str | None]]:
    with database.reading() as session:
        return [(e.action, e.subject) for e in session.scalars(select(AuditEvent).order_by(AuditEvent.id))]


def test_a_handoff_and_its_notice_are_written_together(database: Database, pass_on: Pass) -> None:
    handoff = pass_on(Kind.BOOK)

    assert handoff.status is HandoffStatus.NEW
    assert handoff.role is Role.FRONT_DESK
    assert notice_kinds(database) == ["handoff"]


@pytest.mark.parametrize("kind", [Kind.ELIGIBILITY, Kind.MEDICAL_ADVICE, Kind.CRISIS, Kind.EMERGENCY])
def test_a_clinicians_question_is_for_a_clinician(pass_on: Pass, kind: Kind) -> None:
    assert pass_on(kind).role is Role.CLINICIAN


def test_a_complaint_is_for_an_admin(pass_on: Pass) -> None:
    assert pass_on(Kind.HUMAN, role=Role.ADMIN).role is Role.ADMIN


def test_a_complaint_that_joins_what_waits_makes_it_an_admins(pass_on: Pass) -> None:
    pass_on(Kind.HUMAN)

    assert pass_on(Kind.HUMAN, role=Role.ADMIN).role is Role.ADMIN
    assert pass_on(Kind.HUMAN).role is Role.ADMIN


def test_later_messages_join_the_unresolved_handoff_of_their_kind(database: Database, pass_on: Pass) -> None:
    first = pass_on(Kind.ELIGIBILITY)
    second = pass_on(Kind.ELIGIBILITY)
    other = pass_on(Kind.BOOK)

    assert second.id == first.id != other.id
    with database.reading() as session:
        found = handoffs.by_reference(session, first.reference)
        assert found is not None
        assert len(found.messages) == 2


def test_a_later_message_only_raises_the_urgency(pass_on: Pass, now: datetime) -> None:
    pass_on(Kind.CRISIS, Priority.HIGH, mark=Mark.MENTIONED, due_in=timedelta(minutes=30))
    pass_on(Kind.CRISIS, Priority.URGENT, mark=Mark.NOW, due_in=timedelta(minutes=5))

    calmer = pass_on(Kind.CRISIS, Priority.NORMAL, mark=Mark.POSSIBLE, due_in=timedelta(days=1))

    assert (calmer.priority, calmer.mark) == (Priority.URGENT, Mark.NOW)
    assert calmer.due_at == now + timedelta(minutes=5)


def test_the_same_message_passed_on_again_changes_nothing(
    database: Database, pass_on: Pass, now: datetime, conversation_id: int
) -> None:
    handoff = pass_on(Kind.CRISIS, Priority.URGENT)
    with database.transaction() as session:
        message_id = session.scalars(select(HandoffMessage.message_id)).one()

    with database.transaction() as session:
        again = handoffs.pass_on(
            session,
            now + timedelta(minutes=30),
            conversation_id=conversation_id,
            message_id=message_id,
            kind=Kind.CRISIS,
            priority=Priority.URGENT,
            due_at=now,
        )

    assert again.id == handoff.id
    assert notice_kinds(database) == ["handoff", "page"]


def test_an_urgent_handoff_pages_again_only_after_ten_minutes(database: Database, pass_on: Pass, now: datetime) -> None:
    pass_on(Kind.CRISIS, Priority.URGENT)
    pass_on(Kind.CRISIS, Priority.URGENT, at=now + timedelta(minutes=9))
    assert notice_kinds(database).count("page") == 1

    pass_on(Kind.CRISIS, Priority.URGENT, at=now + timedelta(minutes=10))

    assert notice_kinds(database).count("page") == 2


def test_after_one_is_resolved_the_next_message_makes_a_new_one(
    database: Database, pass_on: Pass, carl: StaffMember, now: datetime
) -> None:
    first = pass_on(Kind.ELIGIBILITY)
    with database.transaction() as session:
        handoffs.resolve(session, now, first.id, carl)

    assert pass_on(Kind.ELIGIBILITY).id != first.id


def test_claiming_says_who_and_when(database: Database, pass_on: Pass, fay: StaffMember, now: datetime) -> None:
    handoff = pass_on()

    with database.transaction() as session:
        claimed = handoffs.claim(session, now, handoff.id, fay)

    assert (claimed.status, claimed.claimed_by_id, claimed.claimed_at) == (HandoffStatus.CLAIMED, fay.id, now)
    assert actions(database) == [("handoff.claim", f"handoff:{handoff.id}")]


def test_a_second_claim_by_the_same_person_changes_nothing(
    database: Database, pass_on: Pass, fay: StaffMember, now: datetime
) -> None:
    handoff = pass_on()

    for minutes in (0, 5):
        with database.transaction() as session:
            claimed = handoffs.claim(session, now + timedelta(minutes=minutes), handoff.id, fay)

    assert claimed.claimed_at == now
    assert len(actions(database)) == 1


def test_who_comes_second_is_told_who_has_it(
    database: Database, pass_on: Pass, fay: StaffMember, carl: StaffMember, now: datetime
) -> None:
    handoff = pass_on()
    with database.transaction() as session:
        handoffs.claim(session, now, handoff.id, carl)

    with pytest.raises(handoffs.HeldByAnother, match="Carl Clinician"), database.transaction() as session:
        handoffs.claim(session, now, handoff.id, fay)


def test_one_can_take_over_from_the_person_one_saw_but_from_nobody_else(
    database: Database, pass_on: Pass, ann: StaffMember, fay: StaffMember, carl: StaffMember, now: datetime
) -> None:
    handoff = pass_on()
    with database.transaction() as session:
        handoffs.claim(session, now, handoff.id, fay)

    with database.transaction() as session:
        taken = handoffs.claim(session, now, handoff.id, carl, seen_holder=fay.id)
    with pytest.raises(handoffs.HeldByAnother, match="Carl"), database.transaction() as session:
        handoffs.claim(session, now, handoff.id, ann, seen_holder=fay.id)

    assert taken.claimed_by_id == carl.id
    assert actions(database)[-1] == ("handoff.take_over", f"handoff:{handoff.id}")


def test_two_claims_at_the_same_moment_give_it_to_one(
    database: Database, pass_on: Pass, fay: StaffMember, carl: StaffMember, now: datetime
) -> None:
    handoff = pass_on()
    together = Barrier(2)

    def claim(member: StaffMember) -> str:
        together.wait()
        try:
            with database.transaction() as session:
                handoffs.claim(session, now, handoff.id, member)
        except handoffs.HeldByAnother as refusal:
            return str(refusal)
        return "claimed"

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(claim, [fay, carl]))

    assert sorted(outcomes, key=len)[0] == "claimed"
    assert "took this one before you" in sorted(outcomes, key=len)[1]
    assert len(actions(database)) == 1


def test_only_its_holder_puts_a_handoff_back(
    database: Database, pass_on: Pass, fay: StaffMember, carl: StaffMember, now: datetime
) -> None:
    handoff = pass_on()
    with database.transaction() as session:
        handoffs.claim(session, now, handoff.id, fay)

    with pytest.raises(handoffs.HeldByAnother), database.transaction() as session:
        handoffs.release(session, now, handoff.id, carl)
    with database.transaction() as session:
        back = handoffs.release(session, now, handoff.id, fay)

    assert (back.status, back.claimed_by_id) == (HandoffStatus.NEW, None)


@pytest.mark.parametrize(
    "kind", [Kind.CRISIS, Kind.EMERGENCY, Kind.POSSIBLE_DANGER, Kind.ELIGIBILITY, Kind.MEDICAL_ADVICE]
)
def test_the_front_desk_may_claim_but_not_finish_what_a_clinician_decides(
    database: Database, pass_on: Pass, fay: StaffMember, now: datetime, kind: Kind
) -> None:
    handoff = pass_on(kind)
    with database.transaction() as session:
        handoffs.claim(session, now, handoff.id, fay)

    with pytest.raises(handoffs.NeedsClinician), database.transaction() as session:
        handoffs.resolve(session, now, handoff.id, fay)


def test_a_clinician_and_an_admin_finish_what_a_clinician_decides(
    database: Database, pass_on: Pass, ann: StaffMember, carl: StaffMember, now: datetime
) -> None:
    for member, kind in ((ann, Kind.ELIGIBILITY), (carl, Kind.CRISIS)):
        handoff = pass_on(kind)
        with database.transaction() as session:
            done = handoffs.resolve(session, now, handoff.id, member)
        assert (done.status, done.resolved_by_id, done.resolved_at) == (HandoffStatus.RESOLVED, member.id, now)


def test_the_front_desk_finishes_a_booking(database: Database, pass_on: Pass, fay: StaffMember, now: datetime) -> None:
    handoff = pass_on(Kind.BOOK)

    with database.transaction() as session:
        assert handoffs.resolve(session, now, handoff.id, fay).status is HandoffStatus.RESOLVED


def test_what_another_holds_is_not_finished_behind_their_back(
    database: Database, pass_on: Pass, fay: StaffMember, carl: StaffMember, now: datetime
) -> None:
    handoff = pass_on(Kind.BOOK)
    with database.transaction() as session:
        handoffs.claim(session, now, handoff.id, carl)

    with pytest.raises(handoffs.HeldByAnother), database.transaction() as session:
        handoffs.resolve(session, now, handoff.id, fay)
    with database.transaction() as session:
        done = handoffs.resolve(session, now, handoff.id, fay, seen_holder=carl.id)

    assert done.status is HandoffStatus.RESOLVED


def test_what_is_done_cannot_be_claimed_but_opened_again(
    database: Database, pass_on: Pass, fay: StaffMember, now: datetime
) -> None:
    handoff = pass_on()
    with database.transaction() as session:
        handoffs.resolve(session, now, handoff.id, fay)

    with pytest.raises(handoffs.AlreadyResolved), database.transaction() as session:
        handoffs.claim(session, now, handoff.id, fay)
    with database.transaction() as session:
        again = handoffs.reopen(session, now, handoff.id, fay)

    assert (again.status, again.claimed_by_id, again.resolved_at) == (HandoffStatus.CLAIMED, fay.id, None)


def test_what_the_visitor_has_asked_again_since_is_not_opened_twice(
    database: Database, pass_on: Pass, fay: StaffMember, now: datetime
) -> None:
    old = pass_on()
    with database.transaction() as session:
        handoffs.resolve(session, now, old.id, fay)
    pass_on()

    with pytest.raises(handoffs.FollowedByAnother), database.transaction() as session:
        handoffs.reopen(session, now, old.id, fay)


def test_a_refused_deed_leaves_no_trace(database: Database, pass_on: Pass, fay: StaffMember, now: datetime) -> None:
    handoff = pass_on(Kind.ELIGIBILITY)

    with pytest.raises(FrontdeskError), database.transaction() as session:
        handoffs.resolve(session, now, handoff.id, fay)

    with database.reading() as session:
        assert session.scalar(select(func.count(AuditEvent.id))) == 0
