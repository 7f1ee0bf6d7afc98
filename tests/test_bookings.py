"""Booking an opening, moving and cancelling it, and what staff do with it; also when many do so at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select

from frontdesk import booking_hours, consultations, contacts, diary, holds, openings, references
from frontdesk.clinic import Clinic
from frontdesk.consultations import Begun, Incomplete, NotFound, NotYet, Over, WithoutTime
from frontdesk.database import Database
from frontdesk.errors import FrontdeskError
from frontdesk.model import (
    AuditEvent,
    Cell,
    Consultation,
    ConsultationStatus,
    Contact,
    Conversation,
    Hold,
    StaffMember,
)
from frontdesk.openings import Gone, Opening
from tests.published import TERMS, clinic_in, disorder, hire, offer, visitor

WEDNESDAY = date(2026, 3, 11)  # the day after `now`
SOON = timedelta(minutes=1)


@pytest.fixture(scope="module")
def clinic() -> Clinic:
    return clinic_in()


@pytest.fixture
def nora(database: Database, now: datetime) -> StaffMember:
    """Offers half-hours with ten minutes after them, every quarter of an hour, from 9 to 12."""
    with database.transaction() as session:
        nora = hire(session, now, "Nora")
        offer(session, now, nora, buffer_minutes=10, step_minutes=15)
    return nora


@pytest.fixture
def vic(database: Database, now: datetime) -> Contact:
    with database.transaction() as session:
        return visitor(session, now)


def free(database: Database, now: datetime, clinic: Clinic) -> list[Opening]:
    with database.reading() as session:
        return openings.openings(session, now, clinic)


def hold(database: Database, now: datetime, clinic: Clinic, contact: Contact, opening: Opening) -> Hold:
    with database.transaction() as session:
        return holds.hold(session, now, clinic, contact.conversation_id, opening)


def book(
    database: Database, now: datetime, clinic: Clinic, contact: Contact, opening: Opening, form_key: str | None = None
) -> tuple[Consultation, bool]:
    with database.transaction() as session:
        given = session.get_one(Contact, contact.id)
        key = form_key or f"form of {contact.id}"
        return consultations.book(
            session, now, clinic, contact=given, form_key=key, opening=opening, wish="mornings", note="hello",
            patient_name="Ada", relation="daughter",
        )  # fmt: skip


def change(
    database: Database, consultation: Consultation, do: Callable[..., object], *given: object, **more: object
) -> Consultation:
    """Does it to the stored consultation, and gives that back as it is afterwards."""
    with database.transaction() as session:
        stored = session.get_one(Consultation, consultation.id)
        do(session, *[stored if one is consultation else one for one in given], **more)
        session.flush()
        return stored


def orderly(database: Database, now: datetime) -> bool:
    with database.reading() as session:
        return disorder(session, now) == []


def count(database: Database, table: type[Consultation] | type[Hold] | type[Cell]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# Booking


def test_an_opening_is_confirmed_at_once_with_all_that_was_said(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]

    booked, is_new = book(database, now, clinic, vic, nine)

    assert is_new
    assert (booked.status, booked.confirmed_at) == (ConsultationStatus.CONFIRMED, now)
    assert (booked.starts_at, booked.ends_at) == (nine.starts_at, nine.ends_at)
    assert (booked.staff_id, booked.type_id) == (nora.id, nine.type_id)
    assert (booked.wish, booked.note, booked.patient_name, booked.relation) == ("mornings", "hello", "Ada", "daughter")
    assert booked.sequence == 1
    assert references.parse(booked.reference) == booked.reference
    assert orderly(database, now)


def test_a_type_that_staff_confirm_first_takes_the_time_and_waits(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    with database.transaction() as session:
        kind = openings.types(session)[0]
        booking_hours.change_type(session, now, nora, kind.id, replace(TERMS, needs_staff=True))
    nine = free(database, now, clinic)[0]

    booked, _ = book(database, now, clinic, vic, nine)

    assert (booked.status, booked.confirmed_at) == (ConsultationStatus.REQUESTED, None)
    assert nine not in free(database, now, clinic)


def test_what_is_held_becomes_what_is_booked(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    hold(database, now, clinic, vic, nine)

    booked, _ = book(database, now + SOON, clinic, vic, nine)

    assert booked.starts_at == nine.starts_at
    assert count(database, Hold) == 0
    assert count(database, Cell) == 8
    assert orderly(database, now)


def test_another_time_than_the_held_one_is_booked_and_the_held_one_is_free(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine, quarter_past, *_ = free(database, now, clinic)
    hold(database, now, clinic, vic, nine)

    booked, _ = book(database, now + SOON, clinic, vic, quarter_past)

    assert booked.starts_at == quarter_past.starts_at
    assert (count(database, Hold), count(database, Cell)) == (0, 8)
    assert orderly(database, now)


def test_an_expired_hold_is_booked_when_nobody_has_taken_it(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    hold(database, now, clinic, vic, nine)

    booked, _ = book(database, now + timedelta(hours=1), clinic, vic, nine)

    assert booked.starts_at == nine.starts_at
    assert orderly(database, now)


def test_an_expired_hold_is_gone_when_somebody_has_taken_it_and_nothing_is_changed(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    hold(database, now, clinic, vic, nine)
    later = now + holds.LASTS
    with database.transaction() as session:
        other = visitor(session, now, "Wim")
    hold(database, later, clinic, other, nine)

    with database.transaction() as session:
        with pytest.raises(Gone):
            consultations.book(
                session, later, clinic, contact=session.get_one(Contact, vic.id), form_key="1", opening=nine
            )
        others = openings.nearest(session, later, clinic, nine)

    assert others
    assert count(database, Consultation) == 0
    assert orderly(database, later)


def test_what_another_visitor_holds_cannot_be_booked(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    with database.transaction() as session:
        other = visitor(session, now, "Wim")
    hold(database, now, clinic, other, nine)

    with pytest.raises(Gone):
        book(database, now + SOON, clinic, vic, nine)


@pytest.mark.parametrize("is_held", [True, False])
def test_the_minimum_notice_may_begin_while_it_is_held_and_not_otherwise(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact, is_held: bool
) -> None:
    with database.transaction() as session:
        kind = openings.types(session)[0]
        booking_hours.change_type(session, now, nora, kind.id, replace(TERMS, notice_minutes=120))
    nine = free(database, now, clinic)[0]
    last = nine.starts_at - timedelta(minutes=120)
    if is_held:
        hold(database, last, clinic, vic, nine)
        assert book(database, last + SOON, clinic, vic, nine)[1]
        return

    with pytest.raises(Gone):
        book(database, last + SOON, clinic, vic, nine)


def test_a_hold_that_has_expired_promises_nothing_about_the_notice(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    with database.transaction() as session:
        kind = openings.types(session)[0]
        booking_hours.change_type(session, now, nora, kind.id, replace(TERMS, notice_minutes=120))
    nine = free(database, now, clinic)[0]
    last = nine.starts_at - timedelta(minutes=120)
    hold(database, last, clinic, vic, nine)

    with pytest.raises(Gone):
        book(database, last + holds.LASTS, clinic, vic, nine)


def test_hours_that_are_taken_away_while_it_is_held_make_it_gone(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    hold(database, now, clinic, vic, nine)
    with database.transaction() as session:
        booking_hours.set_day(session, now, nora, day=WEDNESDAY, staff_id=None, spans=())

    with pytest.raises(Gone):
        book(database, now + SOON, clinic, vic, nine)


def test_when_the_person_leaves_while_it_is_held_another_who_is_free_takes_over(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    hold(database, now, clinic, vic, nine)
    with database.transaction() as session:
        otto = hire(session, now, "Otto")
        offer(session, now, otto, openings.types(session)[0])
        session.get_one(StaffMember, nora.id).disabled_at = now

    booked, _ = book(database, now + SOON, clinic, vic, nine)

    assert booked.staff_id == otto.id
    assert count(database, Hold) == 0
    assert orderly(database, now)


def test_one_filled_form_books_once_however_often_it_is_sent(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine, *_, last = free(database, now, clinic)
    first, _ = book(database, now, clinic, vic, nine)

    again, is_new = book(database, now + SOON, clinic, vic, nine)
    elsewhere, is_other_new = book(database, now + SOON, clinic, vic, last)

    assert (again.id, is_new) == (elsewhere.id, is_other_new) == (first.id, False)
    assert again.sequence == 1
    assert count(database, Consultation) == 1


def test_one_filled_form_sent_many_times_at_once_books_once(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    hold(database, now, clinic, vic, nine)

    with ThreadPoolExecutor() as pool:
        made = list(pool.map(lambda _: book(database, now, clinic, vic, nine), range(6)))

    assert sorted(is_new for _, is_new in made) == [False] * 5 + [True]
    assert len({booked.reference for booked, _ in made}) == 1
    assert orderly(database, now)


def test_nothing_is_booked_without_a_name_and_a_way_to_reach(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    with database.transaction() as session:
        session.get_one(Contact, vic.id).email = None

    with pytest.raises(Incomplete):
        book(database, now, clinic, vic, nine)

    assert (count(database, Consultation), count(database, Cell)) == (0, 0)


def test_a_conversation_that_is_erased_frees_what_it_had_booked(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    book(database, now, clinic, vic, nine)

    with database.transaction() as session:
        session.execute(delete(Conversation).where(Conversation.id == vic.conversation_id))

    assert free(database, now, clinic)[0] == nine


# Moving


def test_a_moved_consultation_frees_its_old_time_and_is_told(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine, *_, last = free(database, now, clinic)
    booked, _ = book(database, now, clinic, vic, nine)

    moved = change(database, booked, consultations.move, now + SOON, clinic, booked, last)

    assert (moved.starts_at, moved.ends_at, moved.sequence) == (last.starts_at, last.ends_at, 2)
    assert (moved.reference, moved.status, moved.confirmed_at) == (booked.reference, ConsultationStatus.CONFIRMED, now)
    assert free(database, now, clinic)[0] == nine
    assert orderly(database, now)


def test_a_consultation_may_move_by_less_than_its_length(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine, quarter_past, *_ = free(database, now, clinic)
    booked, _ = book(database, now, clinic, vic, nine)
    with database.reading() as session:
        assert quarter_past not in openings.openings(session, now, clinic)
        assert quarter_past in openings.openings(session, now, clinic, moving=booked.id)

    moved = change(database, booked, consultations.move, now, clinic, booked, quarter_past)

    assert moved.starts_at == quarter_past.starts_at
    assert orderly(database, now)


def test_a_move_to_what_is_gone_keeps_the_old_time(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine, *_, last = free(database, now, clinic)
    booked, _ = book(database, now, clinic, vic, nine)
    with database.transaction() as session:
        other = visitor(session, now, "Wim")
    book(database, now, clinic, other, last)

    with database.transaction() as session:
        stored = session.get_one(Consultation, booked.id)
        with pytest.raises(Gone):
            consultations.move(session, now, clinic, stored, last)
        with pytest.raises(Gone):
            consultations.move(session, now, clinic, stored, last, by_staff=nora)

    with database.reading() as session:
        stored = session.get_one(Consultation, booked.id)
        assert (stored.starts_at, stored.sequence) == (nine.starts_at, 1)
    assert orderly(database, now)


def test_a_move_takes_over_what_is_held_also_in_another_conversation(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine, *_, last = free(database, now, clinic)
    booked, _ = book(database, now, clinic, vic, nine)
    with database.transaction() as session:
        elsewhere = visitor(session, now)
    hold(database, now, clinic, elsewhere, last)
    with pytest.raises(Gone):
        change(database, booked, consultations.move, now, clinic, booked, last)

    moved = change(
        database, booked, consultations.move, now, clinic, booked, last, conversation_id=elsewhere.conversation_id
    )

    assert moved.starts_at == last.starts_at
    assert count(database, Hold) == 0
    assert orderly(database, now)


def test_moving_to_the_same_time_tells_nobody(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    booked, _ = book(database, now, clinic, vic, nine)

    moved = change(database, booked, consultations.move, now, clinic, booked, nine)

    assert (moved.starts_at, moved.sequence) == (nine.starts_at, 1)
    assert orderly(database, now)


def test_what_a_visitor_moves_waits_again_where_staff_confirm_and_what_staff_move_is_confirmed(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    with database.transaction() as session:
        kind = openings.types(session)[0]
        booking_hours.change_type(session, now, nora, kind.id, replace(TERMS, needs_staff=True))
    first, second, third, *_ = free(database, now, clinic)
    booked, _ = book(database, now, clinic, vic, first)

    moved = change(database, booked, consultations.move, now, clinic, booked, second, by_staff=nora)
    assert (moved.status, moved.confirmed_at) == (ConsultationStatus.CONFIRMED, now)
    moved = change(database, booked, consultations.move, now, clinic, booked, third)
    assert (moved.status, moved.confirmed_at) == (ConsultationStatus.REQUESTED, None)


def test_a_wish_gets_its_time_from_staff(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    with database.transaction() as session:
        given = session.get_one(Contact, vic.id)
        wished, _ = consultations.request(session, now, contact=given, form_key="w", wish="mornings", note=None)

    timed = change(database, wished, consultations.move, now, clinic, wished, nine, by_staff=nora)

    assert (timed.status, timed.starts_at, timed.staff_id) == (
        ConsultationStatus.CONFIRMED,
        nine.starts_at,
        nora.id,
    )
    assert orderly(database, now)


def test_staff_may_choose_any_free_time_of_a_person_and_a_visitor_only_openings(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    booked, _ = book(database, now, clinic, vic, nine)
    evening = Opening(nine.starts_at + timedelta(hours=11), nine.ends_at + timedelta(hours=11), nora.id, nine.type_id)

    with pytest.raises(Gone):
        change(database, booked, consultations.move, now, clinic, booked, evening)
    moved = change(database, booked, consultations.move, now, clinic, booked, evening, by_staff=nora)

    assert moved.starts_at == evening.starts_at
    assert orderly(database, now)


def test_nobody_is_moved_to_somebody_who_has_left(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    booked, _ = book(database, now, clinic, vic, nine)
    with database.transaction() as session:
        otto = hire(session, now, "Otto")
        otto.disabled_at = now

    with pytest.raises(Gone):
        change(
            database, booked, consultations.move, now, clinic, booked, replace(nine, staff_id=otto.id), by_staff=nora
        )


# Cancelling, and what staff do


def test_a_cancelled_consultation_frees_its_time_and_a_second_time_changes_nothing(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    booked, _ = book(database, now, clinic, vic, nine)

    for _ in range(2):
        cancelled = change(database, booked, consultations.cancel, now, booked)

    assert (cancelled.status, cancelled.sequence) == (ConsultationStatus.CANCELLED, 2)
    assert free(database, now, clinic)[0] == nine
    with pytest.raises(Over):
        change(database, booked, consultations.move, now, clinic, booked, nine)


def test_what_has_begun_is_changed_only_by_staff(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine, *_, last = free(database, now, clinic)
    booked, _ = book(database, now, clinic, vic, nine)
    begun = nine.starts_at

    with pytest.raises(Begun):
        change(database, booked, consultations.cancel, begun, booked)
    with pytest.raises(Begun):
        change(database, booked, consultations.move, begun, clinic, booked, last)
    moved = change(database, booked, consultations.move, begun, clinic, booked, last, by_staff=nora)
    assert moved.starts_at == last.starts_at


def test_staff_confirm_once_and_only_what_has_a_time(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    with database.transaction() as session:
        kind = openings.types(session)[0]
        booking_hours.change_type(session, now, nora, kind.id, replace(TERMS, needs_staff=True))
        given = session.get_one(Contact, vic.id)
        wished, _ = consultations.request(session, now, contact=given, form_key="w", wish="mornings", note=None)
    booked, _ = book(database, now, clinic, vic, free(database, now, clinic)[0])

    for later in (now + SOON, now + 2 * SOON):
        confirmed = change(database, booked, consultations.confirm, later, booked, nora)

    assert (confirmed.status, confirmed.confirmed_at, confirmed.sequence) == (
        ConsultationStatus.CONFIRMED,
        now + SOON,
        2,
    )
    with pytest.raises(WithoutTime):
        change(database, wished, consultations.confirm, now, wished, nora)


@pytest.mark.parametrize("mark", [consultations.mark_done, consultations.mark_missed])
def test_nothing_is_marked_before_it_has_begun_nor_after_it_was_cancelled(
    database: Database,
    now: datetime,
    clinic: Clinic,
    nora: StaffMember,
    vic: Contact,
    mark: Callable[..., None],
) -> None:
    nine = free(database, now, clinic)[0]
    booked, _ = book(database, now, clinic, vic, nine)
    with pytest.raises(NotYet):
        change(database, booked, mark, nine.starts_at - SOON, booked, nora)
    change(database, booked, consultations.cancel, now, booked)

    with pytest.raises(Over):
        change(database, booked, mark, nine.starts_at, booked, nora)


def test_a_slip_of_the_finger_can_be_mended(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    booked, _ = book(database, now, clinic, vic, nine)

    missed = change(database, booked, consultations.mark_missed, nine.ends_at, booked, nora)
    assert (missed.status, missed.sequence) == (ConsultationStatus.MISSED, 2)
    done = change(database, booked, consultations.mark_done, nine.ends_at, booked, nora)

    assert (done.status, done.sequence) == (ConsultationStatus.DONE, 2)
    for refused in (consultations.confirm, consultations.cancel):
        with pytest.raises(Over):
            change(database, booked, refused, nine.ends_at, booked, nora)
    assert orderly(database, now)


def test_what_staff_do_is_in_the_audit_trail_and_what_visitors_do_is_not(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine, *_, last = free(database, now, clinic)
    booked, _ = book(database, now, clinic, vic, nine)
    change(database, booked, consultations.move, now, clinic, booked, last)

    change(database, booked, consultations.move, now, clinic, booked, nine, by_staff=nora)
    change(database, booked, consultations.mark_missed, nine.ends_at, booked, nora)
    change(database, booked, consultations.mark_done, nine.ends_at, booked, nora)

    with database.reading() as session:
        wanted = select(AuditEvent).where(AuditEvent.subject == f"consultation:{booked.id}").order_by(AuditEvent.id)
        found = [(event.action, event.staff_id) for event in session.scalars(wanted)]
    assert found == [
        ("consultation.move", nora.id), ("consultation.missed", nora.id), ("consultation.done", nora.id),
    ]  # fmt: skip


# Finding


def test_a_consultation_is_found_by_its_reference_as_it_is_said_and_its_contact(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    with database.transaction() as session:
        contacts.keep(session, now, vic.conversation_id, name=None, email="Vic@X.org", phone="+12125550142")
    booked, _ = book(database, now, clinic, vic, free(database, now, clinic)[0])
    said = booked.reference.lower().replace("-", " ")

    with database.reading() as session:
        for given in ({"email": "VIC@x.org"}, {"email": " vic@x.org "}, {"phone": "+12125550142"}):
            assert consultations.find(session, said, **given).id == booked.id


def test_whatever_does_not_fit_the_refusal_is_the_same(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    booked, _ = book(database, now, clinic, vic, free(database, now, clinic)[0])
    refusals = set()

    with database.reading() as session:
        for reference, given in (
            (references.new(), {"email": "vic@x.org"}),
            ("nonsense", {"email": "vic@x.org"}),
            ("", {"email": "vic@x.org"}),
            (booked.reference, {"email": "wim@x.org"}),
            (booked.reference, {"email": ""}),
            (booked.reference, {"phone": "+12125550142"}),
            (booked.reference, {"phone": ""}),
            (booked.reference, {}),
        ):
            with pytest.raises(NotFound) as refused:
                consultations.find(session, reference, **given)
            refusals.add(str(refused.value))

    assert len(refusals) == 1


# At once


def test_two_staff_who_move_two_consultations_to_the_same_time_at_once_never_double_it(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    with database.transaction() as session:
        visitors = [visitor(session, now, f"Vic{number}") for number in range(4)]
    everything = free(database, now, clinic)
    booked = [book(database, now, clinic, who, everything[place * 3])[0] for place, who in enumerate(visitors)]

    for goal in (everything[-1], everything[-5], everything[-9]):
        with ThreadPoolExecutor() as pool:
            found = list(
                pool.map(
                    lambda one: outcome(change, database, one, consultations.move, now, clinic, one, goal, nora),  # noqa: B023
                    booked,
                )
            )

        assert sorted(found) == ["Gone", "Gone", "Gone", "done"]
        assert orderly(database, now)


def test_two_who_want_to_swap_their_times_at_once_neither_wait_in_a_circle_nor_lose_theirs(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    with database.transaction() as session:
        kind = openings.types(session)[0]
        otto = hire(session, now, "Otto")
        offer(session, now, otto, kind)
        visitors = [visitor(session, now, f"Vic{number}") for number in range(2)]
    nine = free(database, now, clinic)[0]
    times = [replace(nine, staff_id=nora.id), replace(nine, staff_id=otto.id)]
    booked = [book(database, now, clinic, who, time)[0] for who, time in zip(visitors, times)]

    for _ in range(5):
        with ThreadPoolExecutor() as pool:
            found = list(
                pool.map(
                    lambda pair: outcome(change, database, pair[0], consultations.move, now, clinic, *pair, nora),
                    zip(booked, reversed(times)),
                )
            )

        assert set(found) == {"Gone"}
        assert orderly(database, now)


def test_a_crowd_of_moves_bookings_and_cancellations_at_once_leaves_everything_in_order(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    with database.transaction() as session:
        kind = openings.types(session)[0]
        offer(session, now, hire(session, now, "Otto"), kind)
        visitors = [visitor(session, now, f"Vic{number}") for number in range(12)]
    with database.reading() as session:
        everything = [
            other
            for one in openings.openings(session, now, clinic, limit=8)
            for other in openings.at_that_moment(session, now, clinic, one)
        ]
    booked = [book(database, now, clinic, who, everything[place * 5 % 16])[0] for place, who in enumerate(visitors[:4])]

    def act(number: int) -> str:
        goal = everything[number * 7 % 16]
        if number % 3 == 0:
            return outcome(hold_and_book, database, now, clinic, visitors[4 + number // 3 % 8], goal)
        one = booked[number % 4]
        by_staff = nora if number % 3 == 1 else None
        return outcome(change, database, one, consultations.move, now, clinic, one, goal, by_staff)

    with ThreadPoolExecutor() as pool:
        found = list(pool.map(act, range(36)))

    assert set(found) <= {"done", "Gone"}
    assert "done" in found
    assert orderly(database, now)


def hold_and_book(database: Database, now: datetime, clinic: Clinic, who: Contact, opening: Opening) -> None:
    hold(database, now, clinic, who, opening)
    book(database, now, clinic, who, opening)


def outcome(do: Callable[..., object], *given: object) -> str:
    try:
        do(*given)
    except FrontdeskError as refusal:
        return type(refusal).__name__
    return "done"


def test_nobody_books_hours_that_are_just_being_taken_away(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine = free(database, now, clinic)[0]
    has_changed, found = threading.Event(), []

    def ask() -> None:
        has_changed.wait()
        found.append(outcome(book, database, now, clinic, vic, nine))

    asking = threading.Thread(target=ask)
    asking.start()
    with database.transaction() as session:
        booking_hours.set_day(session, now, nora, day=WEDNESDAY, staff_id=None, spans=())
        has_changed.set()
        time.sleep(0.3)  # the change is written and not committed: whoever books now has to wait for it
        waited = not found

    asking.join()
    assert waited
    assert found == ["Gone"]


def test_staff_who_change_hours_while_visitors_book_delete_nothing(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    with database.transaction() as session:
        visitors = [visitor(session, now, f"Vic{number}") for number in range(10)]
    everything = free(database, now, clinic)[::3]

    def act(number: int) -> str:
        if number % 3 == 0:
            return outcome(open_and_close, database, now, nora, number)
        return outcome(book, database, now, clinic, visitors[number % 10], everything[number % len(everything)])

    with ThreadPoolExecutor() as pool:
        found = list(pool.map(act, range(30)))

    assert set(found) <= {"done", "Gone"}
    assert count(database, Consultation) == len({n % 10 for n, one in enumerate(found) if n % 3 and one == "done"})
    assert orderly(database, now)


def open_and_close(database: Database, now: datetime, nora: StaffMember, number: int) -> None:
    with database.transaction() as session:
        if number % 2:
            booking_hours.set_day(session, now, nora, day=WEDNESDAY, staff_id=None, spans=())
        else:
            booking_hours.clear_day(session, now, nora, day=WEDNESDAY, staff_id=None)


def test_a_consultation_as_the_diary_reads_it_can_be_changed(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, vic: Contact
) -> None:
    nine, *_, last = free(database, now, clinic)
    book(database, now, clinic, vic, nine)

    with database.transaction() as session:
        (found,) = diary.between(session, now, last.ends_at)
        consultations.move(session, now, clinic, found, last)
        consultations.cancel(session, now, found)

    assert orderly(database, now)
