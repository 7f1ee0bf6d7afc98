"""What a change of a booking puts into the outbox, when a reminder is due, and what no longer holds when it is sent."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from frontdesk import consultations, contacts, conversations, handoffs, openings, outbox, visitor_notices
from frontdesk.clinic import Clinic
from frontdesk.config import ROOT
from frontdesk.database import Database
from frontdesk.model import (
    Author,
    Consultation,
    ConsultationType,
    Contact,
    Kind,
    Message,
    Notice,
    NoticeStatus,
    Priority,
    StaffMember,
)
from frontdesk.texts import Texts
from frontdesk.visitor_notices import SEND, Fate
from tests import published

CLINIC = published.clinic_in()
TEXTS = Texts.load(ROOT / "data")
DAY = timedelta(days=1)
CLAIMED_LONG_AGO = timedelta(days=60)


@pytest.fixture
def kind(database: Database, now: datetime) -> ConsultationType:
    with database.transaction() as session:
        return published.offer(session, now, published.hire(session, now, "Dana"))


def book(database: Database, now: datetime, kind: ConsultationType, number: int = -1) -> Consultation:
    """One of the free times of the next weeks; the last unless another is named."""
    with database.transaction() as session:
        contact = published.visitor(session, now)
        opening = openings.openings(session, now, CLINIC, kind=kind)[number]
        key = f"form {contact.id}"
        return consultations.book(session, now, CLINIC, contact=contact, form_key=key, opening=opening)[0]


def move(database: Database, now: datetime, booked: Consultation, by_staff: StaffMember | None = None) -> None:
    with database.transaction() as session:
        mine = session.get_one(Consultation, booked.id)
        opening = openings.openings(session, now, CLINIC)[-3]
        consultations.move(session, now, CLINIC, mine, opening, by_staff)


def change(
    database: Database,
    now: datetime,
    booked: Consultation,
    deed: Callable[..., None],
    by_staff: StaffMember | None = None,
) -> None:
    with database.transaction() as session:
        deed(session, now, session.get_one(Consultation, booked.id), by_staff)


def notices(database: Database, *audiences: str) -> list[tuple[str, str, NoticeStatus]]:
    with database.reading() as session:
        found = session.scalars(select(Notice).where(Notice.consultation_id.is_not(None)).order_by(Notice.key)).all()
    return [(n.audience, n.kind, n.status) for n in found if n.audience in (audiences or (n.audience,))]


def waiting(database: Database, *audiences: str) -> set[tuple[str, str]]:
    return {
        (audience, kind) for audience, kind, status in notices(database, *audiences) if status is NoticeStatus.WAITING
    }


def one(database: Database, kind: str) -> Notice:
    with database.reading() as session:
        latest = select(Notice).where(Notice.kind == kind, Notice.status == NoticeStatus.WAITING)
        return session.scalars(latest.order_by(Notice.created_at.desc())).first() or pytest.fail(f"no {kind}")


def fate(database: Database, notice: Notice, now: datetime) -> Fate:
    with database.reading() as session:
        consultation = session.get(Consultation, notice.consultation_id)
        return visitor_notices.fate(notice, consultation, now, CLINIC)


def said(database: Database, booked: Consultation) -> list[Message]:
    with database.reading() as session:
        found = conversations.transcript(session, booked.conversation_id)
        return [message for message in found if message.author is Author.BOT]


def tell_in_chat(database: Database, now: datetime) -> None:
    while True:
        with database.transaction() as session:
            notice = outbox.claim(session, now, outbox.CHAT)
        if notice is None:
            return
        with database.transaction() as session:
            visitor_notices.tell_in_chat(session, now, notice, TEXTS, CLINIC)


def test_a_booking_puts_a_confirmation_a_reminder_and_a_notice_to_staff(
    database: Database, now: datetime, kind: ConsultationType
) -> None:
    book(database, now, kind)

    assert waiting(database) == {("visitor", "confirmed"), ("visitor", "reminder"), ("staff", "booked")}


def test_a_booking_that_does_not_happen_leaves_no_notice(
    database: Database, now: datetime, kind: ConsultationType
) -> None:
    with suppress(KeyError), database.transaction() as session:
        contact = published.visitor(session, now)
        opening = openings.openings(session, now, CLINIC, kind=kind, limit=1)[0]
        consultations.book(session, now, CLINIC, contact=contact, form_key="form", opening=opening)
        raise KeyError

    assert notices(database) == []


def test_sending_a_form_twice_puts_its_notices_once(database: Database, now: datetime, kind: ConsultationType) -> None:
    booked = book(database, now, kind)
    with database.transaction() as session:
        contact = session.get_one(Contact, booked.contact_id)
        opening = openings.openings(session, now, CLINIC, kind=kind)[-1]

        consultations.book(session, now, CLINIC, contact=contact, form_key=booked.form_key, opening=opening)

    assert len(notices(database)) == 3


def test_a_move_withdraws_what_was_not_sent_and_writes_it_anew(
    database: Database, now: datetime, kind: ConsultationType
) -> None:
    booked = book(database, now, kind)

    move(database, now, booked)

    assert waiting(database, "visitor") == {("visitor", "moved"), ("visitor", "reminder")}
    gone = [kind for _, kind, status in notices(database, "visitor") if status is NoticeStatus.WITHDRAWN]
    assert sorted(gone) == ["confirmed", "reminder"]


def test_a_cancelled_booking_has_no_reminder(database: Database, now: datetime, kind: ConsultationType) -> None:
    booked = book(database, now, kind)

    change(database, now, booked, consultations.cancel)

    assert waiting(database, "visitor") == {("visitor", "cancelled")}


def test_a_request_that_staff_confirm_has_a_reminder_only_from_then_on(
    database: Database, now: datetime, fay: StaffMember
) -> None:
    with database.transaction() as session:
        kind = published.offer(session, now, published.hire(session, now, "Dana"), needs_staff=True)
    booked = book(database, now, kind)
    requested = waiting(database, "visitor")

    change(database, now, booked, consultations.confirm, fay)

    assert requested == {("visitor", "requested")}
    assert waiting(database, "visitor") == {("visitor", "confirmed"), ("visitor", "reminder")}


def test_what_staff_do_is_told_in_the_chat_and_not_to_staff(
    database: Database, now: datetime, kind: ConsultationType, fay: StaffMember
) -> None:
    booked = book(database, now, kind)

    move(database, now, booked, fay)
    tell_in_chat(database, now)
    change(database, now, booked, consultations.cancel, fay)
    tell_in_chat(database, now)

    assert [message.response for message in said(database, booked)] == ["utter_staff_moved", "utter_staff_cancelled"]
    assert booked.reference in said(database, booked)[0].text
    assert [kind for _, kind, _ in notices(database, "staff")] == ["booked"]


def test_what_the_visitor_does_is_not_told_to_them_in_the_chat(
    database: Database, now: datetime, kind: ConsultationType
) -> None:
    booked = book(database, now, kind)

    move(database, now, booked)
    tell_in_chat(database, now)

    assert said(database, booked) == []


def test_the_chat_hears_of_a_change_once_though_two_notifiers_tell_it(
    database: Database, now: datetime, kind: ConsultationType, fay: StaffMember
) -> None:
    booked = book(database, now, kind)
    move(database, now, booked, fay)
    with database.transaction() as session:
        notice = outbox.claim(session, now, outbox.CHAT)
    assert notice is not None

    for _ in range(2):
        with database.transaction() as session:
            visitor_notices.tell_in_chat(session, now, notice, TEXTS, CLINIC)

    assert len(said(database, booked)) == 1


def test_a_visitor_who_can_only_be_called_gets_nothing_but_the_chat(
    database: Database, now: datetime, kind: ConsultationType, fay: StaffMember
) -> None:
    with database.transaction() as session:
        conversation, _ = conversations.start(session, now)
        contact = contacts.keep(session, now, conversation.id, name="Vic", email=None, phone="+12125550187")
        opening = openings.openings(session, now, CLINIC, kind=kind)[-1]
        booked, _ = consultations.book(session, now, CLINIC, contact=contact, form_key="form", opening=opening)

    change(database, now, booked, consultations.cancel, fay)

    assert notices(database, "visitor") == []
    assert waiting(database, "chat") == {("chat", "cancelled")}


@pytest.mark.parametrize(
    ("starts", "due"),
    [
        ("2026-03-20 14:30", "2026-03-19 14:30"),
        ("2026-03-20 08:00", "2026-03-19 09:00"),
        ("2026-03-20 00:30", "2026-03-19 09:00"),
        ("2026-03-20 20:15", "2026-03-19 19:00"),
        ("2026-03-08 12:00", "2026-03-07 12:00"),  # clocks go forward in between
        ("2026-11-01 12:00", "2026-10-31 12:00"),  # and back
    ],
)
def test_a_reminder_is_due_at_the_same_time_of_the_day_before_but_not_in_the_night(starts: str, due: str) -> None:
    starts_at = datetime.fromisoformat(starts).replace(tzinfo=CLINIC.zone).astimezone(UTC)

    found = CLINIC.local(visitor_notices.reminder_at(CLINIC, starts_at))

    assert f"{found:%Y-%m-%d %H:%M}" == due


def test_a_reminder_that_is_looked_at_too_early_waits_until_it_is_due(
    database: Database, now: datetime, kind: ConsultationType
) -> None:
    booked = book(database, now, kind)
    assert booked.starts_at is not None
    notice, due_at = one(database, "reminder"), visitor_notices.reminder_at(CLINIC, booked.starts_at)

    assert notice.next_at <= due_at
    assert fate(database, notice, notice.next_at) == Fate(later=due_at)
    assert fate(database, notice, due_at) == SEND


def test_nobody_is_reminded_of_what_they_booked_a_moment_before(
    database: Database, now: datetime, kind: ConsultationType
) -> None:
    booked = book(database, now, kind, 0)
    assert booked.starts_at is not None
    assert booked.starts_at - now < DAY

    notice = one(database, "reminder")

    assert fate(database, notice, now) == Fate(reason=visitor_notices.BOOKED_LATE)


def test_a_reminder_that_could_not_be_sent_by_day_waits_for_the_morning(
    database: Database, now: datetime, kind: ConsultationType
) -> None:
    booked = book(database, now, kind)
    assert booked.starts_at is not None
    notice = one(database, "reminder")
    at_night = visitor_notices.reminder_at(CLINIC, booked.starts_at).replace(hour=3) + DAY

    found = fate(database, notice, at_night)

    assert found.later is None or CLINIC.local(found.later).hour == 9
    assert found != SEND


def test_a_notice_of_an_earlier_change_is_not_sent_even_if_it_was_claimed_meanwhile(
    database: Database, now: datetime, kind: ConsultationType
) -> None:
    booked = book(database, now, kind)
    with database.transaction() as session:
        claimed = outbox.claim(session, now, outbox.VISITOR)
    assert claimed is not None

    move(database, now, booked)

    assert fate(database, claimed, now) == Fate(reason=visitor_notices.CHANGED)


def test_a_confirmation_of_what_has_begun_is_not_sent(
    database: Database, now: datetime, kind: ConsultationType
) -> None:
    booked = book(database, now, kind)
    assert booked.starts_at is not None

    assert fate(database, one(database, "confirmed"), booked.starts_at) == Fate(reason=visitor_notices.BEGUN)


def test_a_missed_one_is_told_an_hour_later_unless_that_was_a_slip(
    database: Database, now: datetime, kind: ConsultationType, fay: StaffMember
) -> None:
    booked = book(database, now, kind, 0)
    assert booked.ends_at is not None
    after = booked.ends_at + timedelta(minutes=5)
    change(database, after, booked, consultations.mark_missed, fay)
    notice = one(database, "missed")
    before = fate(database, notice, notice.next_at)

    change(database, after, booked, consultations.mark_done, fay)

    assert notice.next_at == after + visitor_notices.MISSED_WAITS
    assert before == SEND
    assert fate(database, notice, notice.next_at) == Fate(reason=visitor_notices.CHANGED)
    assert notices(database, "chat") == []


def test_staff_get_one_notice_when_a_handoff_is_made_with_the_booking(
    database: Database, now: datetime, kind: ConsultationType
) -> None:
    alone = book(database, now, kind)
    beside = book(database, now, kind, -2)
    with database.transaction() as session:
        consultations.cancel(session, now, session.get_one(Consultation, alone.id))
        handoffs.pass_on(
            session, now, conversation_id=beside.conversation_id, message_id=None, kind=Kind.BOOK,
            priority=Priority.NORMAL, due_at=now,
        )  # fmt: skip

    with database.reading() as session:
        found = session.scalars(
            select(Notice).where(Notice.audience == outbox.STAFF, Notice.consultation_id.is_not(None))
        )
        told = {(n.consultation_id, n.kind): visitor_notices.is_told_by_handoff(session, n) for n in found}

    assert told == {(alone.id, "booked"): False, (alone.id, "cancelled"): False, (beside.id, "booked"): True}


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from sqlalchemy import event
from sqlalchemy.orm import Session
from frontdesk import consultations, outbox
from frontdesk.database import Database
from frontdesk.model import Consultation
database, moment = Database(sys.argv[1]), sys.argv[3]
put = outbox.put
def killed(*given, **named):
    if moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    put(*given, **named)
    given[0].flush()
    if moment == "between":
        os.kill(os.getpid(), signal.SIGKILL)
outbox.put = killed
with database.transaction() as session:
    consultations.cancel(session, datetime.now(UTC), session.get_one(Consultation, int(sys.argv[2])))
    if moment == "before the commit":
        os.kill(os.getpid(), signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    ("moment", "happened"),
    [("before", False), ("between", False), ("before the commit", False), ("after the commit", True)],
)
def test_a_kill_between_the_change_and_its_notice_leaves_neither_or_both(
    database: Database, now: datetime, kind: ConsultationType, moment: str, happened: bool
) -> None:
    now = datetime.now(UTC)
    booked = book(database, now, kind)
    url = database.engine.url.render_as_string(hide_password=False)

    ended = subprocess.run([sys.executable, "-c", KILLED, url, str(booked.id), moment], cwd=ROOT, env=dict(os.environ))

    assert ended.returncode == -signal.SIGKILL
    with database.reading() as session:
        status = session.get_one(Consultation, booked.id).status.value
    assert (status == "cancelled") == happened
    assert (("visitor", "cancelled") in waiting(database)) == happened
    assert (("visitor", "reminder") in waiting(database)) != happened


def test_the_clinic_s_clock_counts_wherever_the_clinic_is() -> None:
    elsewhere: Clinic = published.clinic_in("Asia/Kolkata")
    starts_at = datetime(2026, 3, 20, 4, 30, tzinfo=UTC)  # 10 am there

    assert visitor_notices.reminder_at(elsewhere, starts_at) == starts_at - DAY
    assert visitor_notices.when(elsewhere, starts_at).startswith("Friday, March 20, at 10 am")
