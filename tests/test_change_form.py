"""Moving and cancelling in the chat: what this conversation booked, and what is found by reference and contact."""

from datetime import datetime

import pytest
from sqlalchemy import select

from actions.change_form import MOST_TRIES, ActionSubmitChange
from frontdesk import consultations, conversations, references
from frontdesk import openings as free_times
from frontdesk.clinic import Clinic
from frontdesk.database import Database
from frontdesk.model import Consultation, ConsultationStatus, Contact, Handoff, Hold, Kind, StaffMember
from tests import published
from tests.scene import Form


@pytest.fixture
def form(acting: Database) -> Form:
    return Form(acting, "change_form", ActionSubmitChange())


@pytest.fixture
def nora(acting: Database, now: datetime) -> StaffMember:
    """Weekday mornings, half an hour each."""
    with acting.transaction() as session:
        nora = published.hire(session, now, "Nora")
        published.offer(session, now, nora)
        return nora


@pytest.fixture
def clinic() -> Clinic:
    return published.clinic_in()


def book(form: Form, now: datetime, clinic: Clinic, *, elsewhere: bool = False) -> str:
    """The first free time, here or in another conversation; the reference."""
    with form.database.transaction() as session:
        number = conversations.start(session, now)[0].id if elsewhere else form.conversation_id
        contact = Contact(conversation_id=number, name="Ann", email="ann@x.org", phone="+12125550188", consented_at=now)
        session.add(contact)
        session.flush()
        (first,) = free_times.openings(session, now, clinic, limit=1)
        return consultations.book(session, now, clinic, contact=contact, form_key="f", opening=first)[0].reference


def request(form: Form, now: datetime) -> str:
    with form.database.transaction() as session:
        contact = Contact(conversation_id=form.conversation_id, name="Ann", email="ann@x.org", consented_at=now)
        session.add(contact)
        session.flush()
        return consultations.request(session, now, contact=contact, form_key="f", wish="mornings", note=None)[
            0
        ].reference


def only(form: Form) -> Consultation:
    (consultation,) = form.all(Consultation)
    return consultation


def kinds(form: Form) -> list[Kind]:
    return [handoff.kind for handoff in form.all(Handoff)]


def test_what_was_booked_here_is_cancelled_after_a_yes(
    form: Form, nora: StaffMember, now: datetime, clinic: Clinic
) -> None:
    reference = book(form, now, clinic)

    assert form.start("cancel_booking", "cancel it") == ["utter_ask_cancel"]
    assert (form.responses[0]["reference"], form.responses[0]["when"]) == (reference, "Wednesday, March 11, at 9 am")
    assert form.presses("affirm") == ["utter_booking_cancelled"]

    assert only(form).status is ConsultationStatus.CANCELLED
    assert kinds(form) == [Kind.CANCEL_BOOKING]


def test_a_no_changes_nothing(form: Form, nora: StaffMember, now: datetime, clinic: Clinic) -> None:
    book(form, now, clinic)
    form.start("cancel_booking")

    assert form.presses("deny") == ["utter_booking_kept"]
    assert only(form).status is ConsultationStatus.CONFIRMED
    assert kinds(form) == []


def test_what_was_booked_here_is_moved_after_a_yes(
    form: Form, nora: StaffMember, now: datetime, clinic: Clinic
) -> None:
    book(form, now, clinic)

    assert form.start("reschedule", "i need another time") == ["utter_ask_booking_time"]
    assert form.presses_offered(1) == ["utter_opening_kept", "utter_ask_move"]
    assert form.responses[-1]["old_when"] == "Wednesday, March 11, at 9 am"
    assert form.presses("affirm") == ["utter_booking_moved"]

    moved = only(form)
    assert moved.starts_at is not None
    assert moved.starts_at.isoformat() == "2026-03-11T13:30:00+00:00"
    assert moved.status is ConsultationStatus.CONFIRMED
    assert form.all(Hold) == []


def test_another_time_may_be_asked_for_at_the_last_question(
    form: Form, nora: StaffMember, now: datetime, clinic: Clinic
) -> None:
    book(form, now, clinic)
    form.start("reschedule")
    form.presses_offered(1)

    assert form.presses("change/booking_time") == ["utter_ask_booking_time"]
    form.presses_offered(2)
    form.presses("deny")
    assert only(form).sequence == 1
    assert form.all(Hold) == []


def test_who_wants_to_cancel_after_all_while_moving_is_asked_about_that(
    form: Form, nora: StaffMember, now: datetime, clinic: Clinic
) -> None:
    book(form, now, clinic)
    form.start("reschedule")

    assert form.types("actually cancel it", "cancel_booking") == ["utter_ask_cancel"]
    assert form.presses("affirm") == ["utter_booking_cancelled"]
    assert only(form).status is ConsultationStatus.CANCELLED


def test_a_wish_while_moving_is_looked_for_also_when_it_is_read_as_a_wish_to_move(
    form: Form, nora: StaffMember, now: datetime, clinic: Clinic
) -> None:
    book(form, now, clinic)
    form.start("reschedule")

    assert form.types("friday at 10 instead", "reschedule") == ["utter_openings_as_wished", "utter_ask_booking_time"]
    assert [title for title, _ in form.responses[-1]["offered"]] == ["Fri, Mar 13, 10 am"]


def test_a_request_gets_its_first_time(form: Form, nora: StaffMember, now: datetime) -> None:
    request(form, now)

    form.start("reschedule")
    assert form.presses_offered(0) == ["utter_opening_kept", "utter_ask_first_time"]
    assert form.presses("affirm") == ["utter_booking_moved"]
    assert only(form).status is ConsultationStatus.CONFIRMED


def test_where_no_times_are_published_the_wish_goes_to_the_front_desk(form: Form, now: datetime) -> None:
    request(form, now)

    assert form.start("reschedule") == ["utter_reschedule"]
    assert kinds(form) == [Kind.RESCHEDULE]


def test_what_was_booked_elsewhere_needs_reference_and_contact_and_is_heard_at_once(
    form: Form, nora: StaffMember, now: datetime, clinic: Clinic
) -> None:
    reference = book(form, now, clinic, elsewhere=True)

    assert form.start("cancel_booking", "cancel my appointment") == ["utter_ask_reference"]
    assert kinds(form) == [Kind.CANCEL_BOOKING]
    assert form.responses[0]["route"] == "cancel_booking"
    assert form.types(reference.lower()) == ["utter_ask_reference_contact"]
    assert form.types("(212) 555-0188") == ["utter_ask_cancel"]
    form.presses("affirm")

    assert only(form).status is ConsultationStatus.CANCELLED


def test_a_reference_in_the_first_message_is_not_asked_for(
    form: Form, nora: StaffMember, now: datetime, clinic: Clinic
) -> None:
    reference = book(form, now, clinic, elsewhere=True)

    assert form.start("reschedule", f"move {reference} please") == ["utter_ask_reference_contact"]


def test_a_wrong_contact_finds_nothing_and_after_some_tries_the_front_desk_takes_it(
    form: Form, nora: StaffMember, now: datetime, clinic: Clinic
) -> None:
    reference = book(form, now, clinic, elsewhere=True)
    form.start("cancel_booking", "cancel it")

    for _ in range(MOST_TRIES - 1):
        form.types(reference)
        assert form.types("bob@x.org") == ["utter_booking_not_found", "utter_ask_reference"]
    form.types(reference)
    assert form.types("bob@x.org") == ["utter_find_ended"]

    assert only(form).status is ConsultationStatus.CONFIRMED
    assert kinds(form) == [Kind.CANCEL_BOOKING]


def test_nobody_learns_which_references_exist(form: Form, nora: StaffMember, now: datetime, clinic: Clinic) -> None:
    reference = book(form, now, clinic, elsewhere=True)
    form.start("cancel_booking")

    form.types(references.new())
    unknown = form.types("ann@x.org")
    form.types(reference)
    assert form.types("bob@x.org") == unknown


@pytest.mark.parametrize("typed", [True, False])
def test_who_has_no_reference_is_left_to_the_front_desk(form: Form, now: datetime, typed: bool) -> None:
    form.start("reschedule")

    assert (form.types("i lost it") if typed else form.presses("skip")) == ["utter_without_reference"]
    assert form.responses[0]["route"] == "reschedule"
    assert kinds(form) == [Kind.RESCHEDULE]


def test_what_is_no_reference_is_asked_again(form: Form, now: datetime) -> None:
    form.start("cancel_booking")

    assert form.types("it was thursday") == ["utter_reference_unclear", "utter_ask_reference"]


def test_a_time_that_went_meanwhile_moves_nothing(form: Form, nora: StaffMember, now: datetime, clinic: Clinic) -> None:
    book(form, now, clinic)
    form.start("reschedule")
    with form.database.transaction() as session:
        other = published.visitor(session, now)
        second = free_times.openings(session, now, clinic, limit=1)[0]
        consultations.book(session, now, clinic, contact=other, form_key="other", opening=second)

    assert form.presses_offered(1) == ["utter_opening_gone", "utter_ask_booking_time"]
    with form.database.reading() as session:
        mine = session.scalars(select(Consultation).where(Consultation.form_key == "f")).one()
        assert mine.sequence == 1
