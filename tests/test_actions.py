"""The actions as Rasa calls them: a tracker in, events and response names out, and what is written meanwhile."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import func, select

from actions import turn
from actions.booking import ActionCancelBooking, ActionSubmitBooking, ActionSubmitContact
from actions.danger import ActionDangerReply, ActionResume
from actions.forms import ValidateBookingForm, ValidateContactForm
from actions.hand_over import ActionHandOver
from frontdesk import conversations
from frontdesk.database import Database
from frontdesk.model import (
    Consultation,
    ConsultationStatus,
    Contact,
    Handoff,
    Kind,
    Mark,
    Message,
    Notice,
    Priority,
)

FILLED = {
    "form_key": "form:1",
    "contact_consent": True,
    "contact_name": "Ann Lee",
    "contact_email": "ann@example.org",
    "contact_reach": "ann@example.org",
    "booking_wish": "tuesday",
    "booking_note": "",
    "booking_confirmed": True,
}


class Scene:
    """One visitor's message, as the tracker of a turn holds it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            conversation, _ = conversations.start(session, turn.now())
            self.key, self.conversation_id = conversation.key, conversation.id
        self.slots: dict[str, Any] = {}
        self.loop: str | None = None
        self.responses: list[dict[str, Any]] = []
        self.before: list[str] = ["book"]  # intents of the visitor's messages, this one last

    def says(self, text: str) -> int:
        with self.database.transaction() as session:
            message, _ = conversations.record_visitor(session, turn.now(), self.conversation_id, text, client_id=None)
            return message.id

    def run(
        self, action: Action, intent: str, text: str = "…", message_id: int | None = None, **more: Any
    ) -> dict[str, Any]:
        """The slots that the action set; what it said is in `responses`."""
        number = message_id or self.says(text)
        latest = {
            "text": text,
            "intent": {"name": intent},
            "metadata": {"message_id": number, **more.pop("metadata", {})},
            "understanding": more,
        }
        loop = {"name": self.loop} if self.loop else {}
        events = [{"event": "user", "parse_data": {"intent": {"name": name}}} for name in self.before]
        tracker = Tracker(self.key, dict(self.slots), latest, events, False, None, loop, "action_listen")
        dispatcher = CollectingDispatcher()
        self.events = asyncio.run(action.run(dispatcher, tracker, {}))
        self.responses = dispatcher.messages
        return {event["name"]: event["value"] for event in self.events if event["event"] == "slot"}

    def said(self) -> list[str]:
        return [message["response"] for message in self.responses]

    def all(self, table: Any) -> list[Any]:
        with self.database.reading() as session:
            return list(session.scalars(select(table)))


@pytest.fixture
def scene(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", str(sqlite_database.engine.url))
    turn.database.cache_clear()
    yield Scene(sqlite_database)
    turn.database().close()
    turn.database.cache_clear()


def test_a_handoff_is_written_before_its_response_names_it(scene: Scene) -> None:
    scene.run(ActionHandOver(), "eligibility", "lithium ok?")

    (handoff,) = scene.all(Handoff)
    assert (handoff.kind, handoff.priority) == (Kind.ELIGIBILITY, Priority.NORMAL)
    assert scene.said() == ["utter_eligibility"]
    assert scene.responses[0]["handoff"] == handoff.reference


def test_the_same_message_handed_over_twice_makes_one_handoff_and_one_page(scene: Scene) -> None:
    number = scene.says("i want to die")

    scene.run(ActionHandOver(), "crisis", message_id=number)
    scene.run(ActionHandOver(), "crisis", message_id=number)

    assert len(scene.all(Handoff)) == 1
    assert sorted(notice.audience for notice in scene.all(Notice)) == ["on_call", "staff"]


def test_a_crisis_leaves_the_form_and_keeps_its_details(scene: Scene) -> None:
    scene.loop, scene.slots = "booking_form", {"contact_name": "Ann"}

    slots = scene.run(ActionHandOver(), "crisis", "i want to die")

    assert {"event": "active_loop", "timestamp": None, "name": None} in scene.events
    assert slots == {"danger": "crisis", "requested_slot": None, "paused_form": "booking_form"}
    assert scene.said() == ["utter_crisis", "utter_ask_danger"]


def test_a_crisis_that_was_only_mentioned_is_marked_so_until_a_yes(scene: Scene) -> None:
    scene.run(ActionHandOver(), "crisis", "i lost my brother to suicide", verdict={"facets": ["mentioned"]})
    mentioned = scene.all(Handoff)[0]
    scene.slots = {"danger": "crisis"}
    scene.run(ActionDangerReply(), "danger_yes", "yes")

    assert mentioned.mark is Mark.MENTIONED
    assert scene.all(Handoff)[0].mark is Mark.NOW
    assert scene.said() == ["utter_danger_yes"]


@pytest.mark.parametrize("intent", ["danger_no", "danger_unclear"])
def test_no_reply_lowers_the_priority_of_a_crisis(scene: Scene, intent: str) -> None:
    scene.run(ActionHandOver(), "crisis", "i want to die")
    scene.slots = {"danger": "crisis", "paused_form": "booking_form"}

    scene.run(ActionDangerReply(), intent, "no")

    (handoff,) = scene.all(Handoff)
    assert (handoff.priority, handoff.mark) == (Priority.URGENT, Mark.NOW)
    assert scene.said() == [f"utter_{intent}", "utter_resume_offer"]


def test_going_back_to_a_paused_booking_ends_the_crisis_talk(scene: Scene) -> None:
    assert scene.run(ActionResume(), "resume") == {"paused_form": None, "danger": None}


def test_a_pressed_button_hands_over_the_message_its_question_was_about(scene: Scene) -> None:
    about = scene.says("does it mix with blood pressure pills")
    metadata = {"command": True, "asked_about": about}

    scene.run(ActionHandOver(), "about_someone", "Me or someone I know", metadata=metadata)

    with scene.database.reading() as session:
        handoff = session.scalars(select(Handoff)).one()
        assert [message.text for message in handoff.messages] == ["does it mix with blood pressure pills"]


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


@pytest.mark.parametrize(
    ("requested", "intent", "text", "expected", "said"),
    [
        ("contact_consent", "affirm", "yes", {"contact_consent": True}, []),
        ("contact_consent", "deny", "no", {"contact_consent": False, "requested_slot": None}, []),
        ("contact_consent", "inform", "hm well", {"contact_consent": None}, ["utter_consent_unclear"]),
        ("contact_name", "inform", "what time is it", {"contact_name": None}, ["utter_name_unclear"]),
        ("contact_name", "inform", "Nguyễn Thị Mai", {"contact_name": "Nguyễn Thị Mai"}, []),
        ("contact_reach", "inform", "a@gmail.con", {"contact_reach": None}, ["utter_email_suggestion"]),
        ("contact_reach", "inform", "12345", {"contact_reach": None}, ["utter_phone_unclear"]),
        ("contact_reach", "inform", "my sister knows", {"contact_reach": None}, ["utter_reach_unclear"]),
        ("booking_wish", "skip", "any time", {"booking_wish": ""}, []),
        ("booking_wish", "inform", "when the kids are at school", {"booking_wish": "when the kids are at school"}, []),
        ("booking_note", "deny", "no", {"booking_note": ""}, []),
        ("booking_confirmed", "affirm", "yes", {"booking_confirmed": True}, []),
        ("booking_confirmed", "deny", "no", {"booking_confirmed": None}, ["utter_confirm_unclear"]),
        ("booking_confirmed", "inform", "the name is wrong", {"contact_name": None, "booking_confirmed": None}, []),
    ],
)
def test_each_question_of_the_form(
    scene: Scene, requested: str, intent: str, text: str, expected: dict[str, Any], said: list[str]
) -> None:
    scene.loop, scene.slots = "booking_form", {"requested_slot": requested}

    slots = scene.run(ValidateBookingForm(), intent, text)

    assert slots == expected
    assert scene.said() == said


def test_a_yes_to_another_question_is_no_consent(scene: Scene) -> None:
    scene.loop, scene.slots = "booking_form", {"requested_slot": "contact_consent"}
    scene.before = ["book", "unanswered", "affirm"]

    slots = scene.run(ValidateBookingForm(), "affirm", "yes")

    assert slots == {"contact_consent": None}
    assert scene.said() == ["utter_consent_unclear"]


def test_a_correction_is_taken_at_any_question(scene: Scene) -> None:
    scene.loop = "booking_form"
    scene.slots = {"requested_slot": "booking_note", "contact_email": "old@example.org"}

    slots = scene.run(ValidateBookingForm(), "inform", "actually my email is new@example.org")

    assert slots == {"contact_email": "new@example.org", "contact_reach": "new@example.org", "booking_note": None}


def test_back_asks_the_question_before_again(scene: Scene) -> None:
    scene.loop, scene.slots = "booking_form", {"requested_slot": "booking_wish"}

    assert scene.run(ValidateBookingForm(), "back", "back") == {"contact_reach": None, "booking_wish": None}


def test_a_health_note_goes_to_a_clinician_and_stays_in_the_note(scene: Scene) -> None:
    scene.loop, scene.slots = "booking_form", {"requested_slot": "booking_note"}
    verdict = {"clinician": "certain", "facets": []}

    slots = scene.run(ValidateBookingForm(), "inform", "I have bipolar disorder", verdict=verdict)

    assert slots == {"booking_note": "I have bipolar disorder"}
    assert [handoff.kind for handoff in scene.all(Handoff)] == [Kind.ELIGIBILITY]
    assert scene.said() == ["utter_note_passed_on"]


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


def test_a_refusal_keeps_no_contact_and_takes_details_out_of_what_was_typed(scene: Scene) -> None:
    scene.says("book me, my number is 212 555 0188")
    scene.slots = {**FILLED, "contact_consent": False}

    slots = scene.run(ActionSubmitBooking(), "deny", "no")

    assert scene.all(Contact) == []
    assert not any("0188" in message.text for message in scene.all(Message))
    assert slots["contact_name"] is None
    assert scene.said() == ["utter_consent_refused"]


def test_contact_details_join_the_handoff_that_waits(scene: Scene) -> None:
    scene.run(ActionHandOver(), "eligibility", "lithium ok?")
    scene.slots = dict(FILLED)

    scene.run(ActionSubmitContact(), "inform", "ann@example.org")

    (contact,) = scene.all(Contact)
    assert (contact.name, contact.email) == ("Ann Lee", "ann@example.org")
    assert len(scene.all(Handoff)) == 1


def test_the_contact_form_lets_the_name_be_skipped(scene: Scene) -> None:
    scene.loop, scene.slots = "contact_form", {"requested_slot": "contact_name"}

    assert scene.run(ValidateContactForm(), "skip", "skip") == {"contact_name": ""}


def test_a_booking_of_this_conversation_is_cancelled_after_a_yes(scene: Scene) -> None:
    scene.slots = dict(FILLED)
    scene.run(ActionSubmitBooking(), "affirm", "yes")

    scene.run(ActionCancelBooking(), "cancel_booking", "cancel it")
    asked = scene.said()
    scene.run(ActionCancelBooking(), "cancel_yes", "Yes, cancel it")

    assert asked == ["utter_ask_cancel_booking"]
    assert scene.all(Consultation)[0].status is ConsultationStatus.CANCELLED
    assert scene.said() == ["utter_booking_cancelled"]


def test_a_booking_made_elsewhere_is_passed_to_the_front_desk(scene: Scene) -> None:
    scene.run(ActionCancelBooking(), "cancel_booking", "cancel my appointment on monday")

    assert scene.said() == ["utter_cancel_booking"]
    with scene.database.reading() as session:
        assert session.scalar(select(func.count()).where(Handoff.kind == Kind.CANCEL_BOOKING)) == 1
