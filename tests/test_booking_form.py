"""The booking form: every way through it, as Rasa runs it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from actions import turn
from actions.booking import ActionSubmitBooking
from actions.booking_form import ValidateBookingForm
from frontdesk import consultations, holds
from frontdesk.database import Database
from frontdesk.model import (
    Consultation,
    ConsultationStatus,
    Contact,
    Handoff,
    Hold,
    Kind,
)
from frontdesk.openings import openings as openings_now
from tests import published
from tests.scene import Form, Scene

FILLED = {
    "form_key": "form:1",
    "contact_consent": True,
    "booking_for": "me",
    "contact_name": "Ann Lee",
    "contact_email": "ann@example.org",
    "contact_reach": "ann@example.org",
    "booking_wish": "tuesday",
    "booking_note": "",
    "booking_confirmed": True,
}


@pytest.fixture
def scene(acting: Database) -> Scene:
    return Scene(acting)


@pytest.fixture
def form(acting: Database) -> Form:
    return Form(acting, "booking_form", ActionSubmitBooking())


@pytest.fixture
def openings(acting: Database, now: datetime) -> None:
    """Weekday mornings, half an hour each."""
    with acting.transaction() as session:
        published.offer(session, now, published.hire(session, now, "Nora"))


def to_the_time(form: Form) -> list[str]:
    form.start("book", "book me please")
    form.presses("affirm")
    form.presses("for_me")
    form.types("Ann Lee")
    return form.types("ann@example.org")


# what one message tells


def test_the_form_reads_all_details_of_its_first_message(scene: Scene) -> None:
    slots = scene.run(ValidateBookingForm(), "book", "book me, I'm Ann Lee, ann@example.org, mornings please")

    assert slots["contact_name"] == "Ann Lee"
    assert slots["contact_reach"] == "ann@example.org"
    assert slots["booking_wish"].startswith("mornings")
    assert slots["form_key"]


def test_a_question_inside_the_form_is_left_to_its_rule_and_its_details_are_kept(scene: Scene) -> None:
    scene.loop, scene.slots = "booking_form", {"requested_slot": "contact_reach"}

    slots = scene.run(ValidateBookingForm(), "eligibility", "my email is r@example.org, can I do it pregnant?")

    assert slots["contact_email"] == "r@example.org"
    assert scene.events[-1]["event"] == "action_execution_rejected"


def test_a_time_in_a_question_is_no_wish(scene: Scene) -> None:
    scene.loop, scene.slots = "booking_form", {"requested_slot": "booking_wish"}

    assert scene.run(ValidateBookingForm(), "faq", "when are you open on saturday?") == {}


@pytest.mark.parametrize(
    ("requested", "intent", "text", "expected", "said"),
    [
        ("contact_consent", "affirm", "yes", {"contact_consent": True}, []),
        ("contact_consent", "deny", "no", {"contact_consent": False, "requested_slot": None}, []),
        ("contact_consent", "inform", "hm well", {"contact_consent": None}, ["utter_consent_unclear"]),
        ("booking_for", "inform", "it's for me", {"booking_for": "me", "patient_name": ""}, []),
        ("booking_for", "inform", "hm", {"booking_for": None}, ["utter_choice_unclear"]),
        ("contact_name", "inform", "what time is it", {"contact_name": None}, ["utter_name_unclear"]),
        ("contact_name", "inform", "Nguyễn Thị Mai", {"contact_name": "Nguyễn Thị Mai"}, []),
        ("contact_reach", "inform", "a@gmail.con", {"contact_reach": None}, ["utter_email_suggestion"]),
        ("contact_reach", "inform", "12345", {"contact_reach": None}, ["utter_phone_unclear"]),
        ("contact_reach", "inform", "my sister knows", {"contact_reach": None}, ["utter_reach_unclear"]),
        ("contact_preferred", "inform", "call me", {"contact_preferred": "phone"}, []),
        ("contact_voicemail", "deny", "no", {"contact_voicemail": False}, []),
        ("contact_texts", "affirm", "yes", {"contact_texts": True}, []),
        ("contact_texts", "skip", "skip", {"contact_texts": ""}, []),
        ("booking_wish", "skip", "any time", {"booking_wish": ""}, []),
        ("booking_note", "deny", "no", {"booking_note": ""}, []),
        ("booking_confirmed", "affirm", "yes", {"booking_confirmed": True}, []),
        ("booking_confirmed", "deny", "no", {"booking_confirmed": None, "booking_change": True}, []),
        ("booking_confirmed", "inform", "the name is wrong", {"contact_name": None, "booking_confirmed": None}, []),
    ],
)
def test_each_question_of_the_form(
    scene: Scene, requested: str, intent: str, text: str, expected: dict[str, Any], said: list[str]
) -> None:
    scene.loop, scene.slots = "booking_form", {"requested_slot": requested}

    slots = scene.run(ValidateBookingForm(), intent, text)

    assert {name: value for name, value in slots.items() if name in expected} == expected
    assert scene.said() == said


def test_a_yes_to_another_question_is_no_consent(scene: Scene) -> None:
    scene.loop, scene.slots = "booking_form", {"requested_slot": "contact_consent"}
    scene.before = ["book", "unanswered", "affirm"]

    slots = scene.run(ValidateBookingForm(), "affirm", "yes")

    assert slots == {"contact_consent": None}
    assert scene.said() == ["utter_consent_unclear"]


def test_a_correction_is_taken_at_any_question(scene: Scene) -> None:
    scene.loop = "booking_form"
    scene.slots = {"requested_slot": "booking_note", "contact_email": "old@example.org", "booking_type": ""}

    slots = scene.run(ValidateBookingForm(), "inform", "actually my email is new@example.org")

    assert slots["contact_reach"] == "new@example.org"
    assert slots["booking_note"] is None


def test_back_asks_the_last_question_that_was_answered(scene: Scene) -> None:
    scene.loop = "booking_form"
    scene.slots = {
        "requested_slot": "booking_wish", "contact_consent": True, "contact_reach": "a@x.org", "booking_time": "",
        "booking_type": "",
    }  # fmt: skip

    slots = scene.run(ValidateBookingForm(), "back", "back")

    assert (slots["contact_reach"], slots["booking_wish"]) == (None, None)


def test_a_health_note_goes_to_a_clinician_and_stays_in_the_note(scene: Scene) -> None:
    scene.loop, scene.slots = "booking_form", {"requested_slot": "booking_note"}
    verdict = {"clinician": "certain", "facets": []}

    slots = scene.run(ValidateBookingForm(), "inform", "I have bipolar disorder", verdict=verdict)

    assert slots["booking_note"] == "I have bipolar disorder"
    assert [handoff.kind for handoff in scene.all(Handoff)] == [Kind.ELIGIBILITY]
    assert scene.said() == ["utter_note_passed_on"]


def test_somebody_who_comes_back_after_an_hour_is_asked_whether_to_go_on(form: Form, now: datetime) -> None:
    form.start("book")
    form.presses("affirm")
    form.before, form.said_at = ["book", "inform"], now.timestamp()

    with time_machine.travel(now + timedelta(minutes=59), tick=False):
        assert "utter_back_in_form" not in form.types("hm")
    with time_machine.travel(now + timedelta(minutes=61), tick=False):
        assert form.types("for me")[0] == "utter_back_in_form"
    assert form.slots["booking_for"] == "me"


# where no times are published


def test_without_published_times_a_wish_is_sent_and_no_time_is_promised(form: Form) -> None:
    assert to_the_time(form) == ["utter_ask_booking_form_booking_wish"]
    assert form.types("tuesday or so") == ["utter_ask_booking_form_booking_note"]
    assert form.types("no", "deny") == ["utter_confirm_request"]
    assert form.presses("affirm") == ["utter_booking_requested"]

    (consultation,) = form.all(Consultation)
    assert (consultation.status, consultation.starts_at) == (ConsultationStatus.REQUESTED, None)
    assert consultation.wish == "tuesday or so"
    assert [handoff.kind for handoff in form.all(Handoff)] == [Kind.BOOK]


def test_a_filled_form_sent_twice_books_once(scene: Scene) -> None:
    scene.slots = dict(FILLED)

    scene.run(ActionSubmitBooking(), "affirm", "yes")
    first = scene.responses[0]["reference"]
    scene.run(ActionSubmitBooking(), "affirm", "yes")

    assert len(scene.all(Consultation)) == 1
    assert scene.said() == ["utter_booking_already_requested"]
    assert scene.responses[0]["reference"] == first


@pytest.mark.parametrize("missing", ["contact_name", "contact_email", "contact_consent", "booking_confirmed"])
def test_an_incomplete_form_books_nothing(scene: Scene, missing: str) -> None:
    scene.slots = {**FILLED, missing: None}

    scene.run(ActionSubmitBooking(), "affirm", "yes")

    assert scene.all(Consultation) == []
    assert scene.all(Contact) == []
    assert scene.said() == ["utter_booking_incomplete"]


def test_without_consent_nothing_is_kept(scene: Scene) -> None:
    scene.slots = {**FILLED, "contact_consent": False}

    scene.run(ActionSubmitBooking(), "deny", "no")

    assert scene.all(Contact) == []
    assert scene.said() == ["utter_consent_refused"]


# published times


def test_the_nearest_times_are_offered_and_the_one_picked_is_kept_and_booked(form: Form, openings: None) -> None:
    assert to_the_time(form) == ["utter_ask_booking_time"]
    assert [title for title, _ in form.responses[-1]["offered"]] == [
        "Wed, Mar 11, 9 am",
        "Wed, Mar 11, 9:30 am",
        "Wed, Mar 11, 10 am",
        "Wed, Mar 11, 10:30 am",
    ]

    assert form.presses_offered(1) == ["utter_opening_kept", "utter_ask_booking_form_booking_note"]
    assert len(form.all(Hold)) == 1
    assert form.presses("skip") == ["utter_confirm_booking"]
    assert form.responses[-1]["booking_when"] == "Wednesday, March 11, at 9:30 am"
    assert form.presses("affirm") == ["utter_booking_booked"]

    (consultation,) = form.all(Consultation)
    assert consultation.status is ConsultationStatus.CONFIRMED
    assert consultation.starts_at.isoformat() == "2026-03-11T13:30:00+00:00"
    assert form.all(Hold) == []


def test_later_times_and_another_day_go_on_from_what_was_shown(form: Form, openings: None) -> None:
    to_the_time(form)

    form.presses("later")
    assert [title for title, _ in form.responses[-1]["offered"]][:2] == ["Wed, Mar 11, 11 am", "Wed, Mar 11, 11:30 am"]
    form.presses("another_day")
    assert form.responses[-1]["offered"][0][0] == "Fri, Mar 13, 9 am"


@pytest.mark.parametrize(
    ("said", "intent", "when"),
    [
        ("the second one please", "inform", "Wednesday, March 11, at 9:30 am"),
        ("10 am works", "inform", "Wednesday, March 11, at 10 am"),
        ("the last one", "inform", "Wednesday, March 11, at 10:30 am"),
    ],
)
def test_an_offered_time_may_be_named(form: Form, openings: None, said: str, intent: str, when: str) -> None:
    to_the_time(form)

    assert form.types(said, intent)[0] == "utter_opening_kept"
    assert form.responses[0]["when"] == when


def test_a_wish_is_looked_for_and_read_back(form: Form, openings: None) -> None:
    to_the_time(form)

    assert form.types("friday after 10") == ["utter_openings_as_wished", "utter_ask_booking_time"]
    assert "Friday, March 13" in form.responses[0]["wish_words"]
    assert form.responses[1]["offered"][0][0] == "Fri, Mar 13, 10 am"


@pytest.mark.parametrize("said", ["mar 20 at 10:30", "can we do mar 20 at 10:30?", "i could do march 20th, 10:30 am"])
def test_day_and_hour_of_a_wish_are_both_looked_for(form: Form, openings: None, said: str) -> None:
    to_the_time(form)

    form.types(said)

    assert [title for title, _ in form.responses[-1]["offered"]] == ["Fri, Mar 20, 10:30 am"]


def test_a_wish_told_at_the_beginning_is_looked_for_first(form: Form, openings: None) -> None:
    form.start("book", "can i book something next monday, ann@example.org")
    form.presses("affirm")
    form.presses("for_me")

    assert form.types("Ann Lee") == ["utter_openings_as_wished", "utter_ask_booking_time"]
    assert form.responses[1]["offered"][0][0] == "Mon, Mar 16, 9 am"


def test_where_nothing_fits_the_wish_the_nearest_are_offered(form: Form, openings: None) -> None:
    to_the_time(form)

    assert form.types("saturday morning") == ["utter_openings_nothing_then", "utter_ask_booking_time"]
    assert form.responses[1]["offered"]


def test_what_is_no_time_is_asked_again(form: Form, openings: None) -> None:
    to_the_time(form)

    assert form.types("hmm let me see")[0] == "utter_wish_unclear"
    assert form.asked == "booking_time"


def test_who_can_take_none_of_the_times_says_what_would_suit(form: Form, openings: None) -> None:
    to_the_time(form)

    assert form.presses("no_time_suits") == ["utter_ask_booking_form_booking_wish"]
    assert form.types("sunday nights") == ["utter_ask_booking_form_booking_note"]
    form.presses("skip")
    assert form.presses("affirm") == ["utter_booking_requested"]


def somebody_else_takes(form: Form, now: datetime, starts_at: str) -> None:
    with form.database.transaction() as session:
        contact = published.visitor(session, now)
        clinic = turn.clinic()
        free = openings_now(session, now, clinic)
        wanted = next(opening for opening in free if opening.starts_at.isoformat() == starts_at)
        consultations.book(session, now, clinic, contact=contact, form_key="other", opening=wanted)


def test_when_the_picked_time_is_gone_the_nearest_are_offered(form: Form, openings: None, now: datetime) -> None:
    to_the_time(form)
    somebody_else_takes(form, now, "2026-03-11T13:30:00+00:00")

    assert form.presses_offered(1) == ["utter_opening_gone", "utter_ask_booking_time"]
    assert "Wed, Mar 11, 9:30 am" not in [title for title, _ in form.responses[-1]["offered"]]


def test_when_the_hold_ran_out_and_the_time_is_gone_nothing_else_is_lost(
    form: Form, openings: None, now: datetime
) -> None:
    to_the_time(form)
    form.presses_offered(1)
    form.types("I use a wheelchair")
    late = now + holds.LASTS + timedelta(minutes=1)
    with time_machine.travel(late, tick=False):
        somebody_else_takes(form, late, "2026-03-11T13:30:00+00:00")

        assert form.presses("affirm") == ["utter_opening_gone", "utter_ask_booking_time"]
        assert form.presses_offered(0) == ["utter_opening_kept", "utter_confirm_booking"]
        assert form.presses("affirm") == ["utter_booking_booked"]
    mine = [c for c in form.all(Consultation) if c.form_key != "other"]
    assert [c.note for c in mine] == ["I use a wheelchair"]


def test_a_hold_that_ran_out_is_no_loss_while_the_time_is_free(form: Form, openings: None, now: datetime) -> None:
    to_the_time(form)
    form.presses_offered(0)
    form.presses("skip")

    with time_machine.travel(now + timedelta(minutes=30), tick=False):
        assert form.presses("affirm") == ["utter_booking_booked"]


# the summary


FIELDS = {
    "booking_time": "utter_ask_booking_time",
    "contact_name": "utter_ask_booking_form_contact_name",
    "contact_reach": "utter_ask_booking_form_contact_reach",
    "booking_for": "utter_ask_booking_form_booking_for",
    "booking_note": "utter_ask_booking_form_booking_note",
}


@pytest.mark.parametrize("field", FIELDS)
def test_every_part_can_be_changed_at_the_summary(form: Form, openings: None, field: str) -> None:
    to_the_time(form)
    form.presses_offered(0)
    form.presses("skip")

    assert form.presses("change") == ["utter_ask_what_to_change"]
    assert form.presses(f"change/{field}")[-1] == FIELDS[field]


def test_who_finds_nothing_to_change_is_read_back_the_same(form: Form, openings: None) -> None:
    to_the_time(form)
    form.presses_offered(0)
    form.presses("skip")

    assert form.types("hm") == ["utter_confirm_unclear", "utter_ask_what_to_change"]
    assert form.presses("change/nothing") == ["utter_confirm_booking"]


def test_another_time_at_the_summary_is_looked_for(form: Form, openings: None) -> None:
    to_the_time(form)
    form.presses_offered(0)
    form.presses("skip")

    assert form.types("rather friday") == ["utter_openings_as_wished", "utter_ask_booking_time"]


# somebody else, and how to reach people


def test_a_consultation_for_somebody_else_has_both_names(form: Form) -> None:
    form.start("book", "i want to book for my mom")
    assert form.presses("affirm") == ["utter_ask_booking_form_patient_name"]
    assert form.types("Ruth Lee") == ["utter_ask_caller_name"]
    form.types("Ann Lee")
    form.types("ann@example.org")
    form.types("any time", "skip")
    form.presses("skip")
    assert form.responses[-1]["booking_patient"].startswith("Ruth Lee")
    form.presses("affirm")

    (consultation,) = form.all(Consultation)
    (contact,) = form.all(Contact)
    assert (consultation.patient_name, contact.name) == ("Ruth Lee", "Ann Lee")
    assert consultation.relation


def test_with_phone_and_email_it_is_asked_which_is_better_and_about_voicemail(form: Form) -> None:
    form.start("book")
    form.presses("affirm")
    form.presses("for_me")
    form.types("Ann Lee")

    assert form.types("ann@example.org, 212 555 0188") == ["utter_ask_booking_form_contact_preferred"]
    assert form.presses("prefer_phone") == ["utter_ask_booking_form_contact_voicemail"]
    assert form.presses("deny") == ["utter_ask_booking_form_booking_wish"]
    form.presses("skip")
    form.presses("skip")
    form.presses("affirm")

    (contact,) = form.all(Contact)
    assert (contact.preferred, contact.may_leave_voicemail, contact.texts_agreed_at) == ("phone", False, None)


def test_a_phone_that_is_given_late_is_asked_about_like_any_other(form: Form) -> None:
    form.start("book")
    form.presses("affirm")
    form.presses("for_me")
    form.types("Ann Lee")
    form.types("ann@example.org")
    form.presses("skip")
    form.presses("skip")

    assert form.types("actually my phone is 212-555-0188") == ["utter_ask_booking_form_contact_preferred"]
    assert form.presses("prefer_phone") == ["utter_ask_booking_form_contact_voicemail"]
    assert form.presses("deny") == ["utter_confirm_request"]


def test_what_need_not_be_asked_is_known_also_after_a_question(scene: Scene) -> None:
    scene.loop, scene.slots = "booking_form", {"requested_slot": "contact_reach"}

    slots = scene.run(ValidateBookingForm(), "eligibility", "my email is r@example.org, can I do it pregnant?")

    assert (slots["contact_preferred"], slots["contact_voicemail"]) == ("", "")


@pytest.fixture
def texting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FRONTDESK_TEXT_URL", "json://127.0.0.1:9")
    turn.settings.cache_clear()
    yield
    turn.settings.cache_clear()


@pytest.mark.parametrize(("pressed", "agrees"), [("affirm", True), ("deny", False)])
def test_texts_are_asked_about_by_themselves_and_only_a_yes_is_a_yes(
    form: Form, texting: None, pressed: str, agrees: bool
) -> None:
    form.start("book")
    form.presses("affirm")
    form.presses("for_me")
    form.types("Ann Lee")
    form.types("212 555 0188")

    assert form.presses("affirm") == ["utter_ask_booking_form_contact_texts"]
    form.presses(pressed)
    form.presses("skip")
    form.presses("skip")
    form.presses("affirm")

    (contact,) = form.all(Contact)
    assert bool(contact.texts_agreed_at) is agrees
    assert contact.may_leave_voicemail is True


def test_stopping_gives_back_what_was_kept(form: Form, openings: None) -> None:
    from actions.stop_form import ActionStopForm

    to_the_time(form)
    form.presses_offered(0)

    slots = form.run(ActionStopForm(), "stop", "stop")

    assert form.all(Hold) == []
    assert form.said() == ["utter_stopped"]
    assert slots["contact_name"] is None
