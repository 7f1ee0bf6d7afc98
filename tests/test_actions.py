"""Handing over, danger, contact details and privacy as Rasa calls them, and what is written meanwhile."""

import pytest
from sqlalchemy import select

from actions import turn
from actions.contact_form import ActionSubmitContact, ValidateContactForm
from actions.danger import ActionDangerReply, ActionResume
from actions.hand_over import ActionHandOver
from frontdesk import contacts
from frontdesk.database import Database
from frontdesk.model import Contact, Handoff, Kind, Mark, Message, Notice, Priority
from tests.scene import Scene

GIVEN = {
    "contact_consent": True,
    "contact_name": "Ann Lee",
    "contact_email": "ann@example.org",
    "contact_reach": "ann@example.org",
}


@pytest.fixture
def scene(acting: Database) -> Scene:
    return Scene(acting)


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


def test_contact_details_join_the_handoff_that_waits(scene: Scene) -> None:
    scene.run(ActionHandOver(), "eligibility", "lithium ok?")
    scene.slots = dict(GIVEN)

    scene.run(ActionSubmitContact(), "inform", "ann@example.org")

    (contact,) = scene.all(Contact)
    assert (contact.name, contact.email) == ("Ann Lee", "ann@example.org")
    assert len(scene.all(Handoff)) == 1


def test_the_contact_form_lets_the_name_be_skipped(scene: Scene) -> None:
    scene.loop, scene.slots = "contact_form", {"requested_slot": "contact_name"}

    assert scene.run(ValidateContactForm(), "skip", "skip") == {"contact_name": ""}


def test_a_refusal_keeps_no_contact_and_takes_details_out_of_what_was_typed(scene: Scene) -> None:
    scene.says("I'm Ann Lee, my number is 212 555 0188")
    scene.slots = {**GIVEN, "contact_consent": False}

    slots = scene.run(ActionSubmitContact(), "deny", "no")

    assert scene.all(Contact) == []
    assert not any("0188" in message.text or "Ann Lee" in message.text for message in scene.all(Message))
    assert slots["contact_name"] is None
    assert scene.said() == ["utter_consent_refused"]


def test_after_spanish_words_the_answer_about_danger_is_in_spanish_as_well(scene: Scene) -> None:
    scene.slots = {"danger": "crisis"}

    scene.run(ActionDangerReply(), "danger_no", "ahora no", verdict={"facets": ["spanish"]})

    assert scene.said() == ["utter_danger_no", "utter_danger_no_es"]


def test_no_more_texts_are_sent_once_they_were_told_to_stop(scene: Scene) -> None:
    with scene.database.transaction() as session:
        phone = "+12125550188"
        contacts.keep(
            session, turn.now(), scene.conversation_id, name="Ann", email=None, phone=phone, agrees_to_texts=True
        )

    scene.run(ActionHandOver(), "stop_contact", "quit texting me")

    assert scene.said() == ["utter_texts_stopped"]
    assert not contacts.may_text(scene.all(Contact)[0])
    assert [handoff.kind for handoff in scene.all(Handoff)] == [Kind.PRIVACY]


def test_without_texts_to_stop_the_front_desk_is_told(scene: Scene) -> None:
    scene.run(ActionHandOver(), "stop_contact", "stop calling me")

    assert scene.said() == ["utter_stop_contact"]


def test_a_question_about_a_minor_ends_a_booking_for_somebody_else(scene: Scene) -> None:
    scene.loop, scene.slots = "booking_form", {"booking_for": "someone", "contact_name": "Ann"}

    slots = scene.run(ActionHandOver(), "eligibility", "he is 15", verdict={"facets": ["under_18"]})

    assert scene.said() == ["utter_under_18"]
    assert slots["contact_name"] is None
    assert {"event": "active_loop", "timestamp": None, "name": None} in scene.events
