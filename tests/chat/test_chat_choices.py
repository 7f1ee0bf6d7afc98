"""The buttons of a reply: pressed, typed, stale."""

import json

import pytest

from frontdesk.bot import Said
from frontdesk.model import Kind, Message
from tests.front_door import CRISIS, FrontDoor, Visitor, button, text_of


def test_a_choice_reaches_rasa_as_the_command_it_stands_for(door: FrontDoor, ann: Visitor) -> None:
    ann.chooses(button(ann.welcome, "What is ketamine infusion?"))

    (asked,) = door.bot.asked
    assert not asked.text.startswith("/")
    assert asked.metadata["command"] == "faq"
    assert asked.metadata["answer"] == "what_is_it"
    assert ann.said() == ["What is ketamine infusion?"]


def test_a_choice_says_which_words_its_question_was_about(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says("utter_unanswered")
    asked = ann.says("what does it cost")

    ann.chooses(button(asked, "Yes, pass it on"))

    assert door.bot.asked[-1].metadata["asked_about"] == asked["message_id"]


def test_pressing_pass_it_on_gives_the_reference_of_what_was_passed_on(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says("utter_unanswered")
    asked = ann.says("what does it cost")
    door.bot.fails(RuntimeError())  # then the front door passes it on itself

    pressed = ann.chooses(button(asked, "Yes, pass it on"))

    (handoff,) = door.handoffs(Kind.UNANSWERED)
    assert pressed["handoff"] == handoff.reference
    assert door.words_of(handoff) == ["what does it cost"]


def test_choices_end_when_newer_ones_are_offered_and_a_stale_one_repeats_the_question(
    door: FrontDoor, ann: Visitor
) -> None:
    door.bot.says("utter_unanswered")
    question = ann.says("what does it cost")

    stale = ann.chooses(button(ann.welcome, "Book a consultation"))

    assert stale["route"] == "unanswered"
    assert [b["title"] for b in stale["messages"][0]["buttons"]] == ["Yes, pass it on", "No, thanks"]
    assert text_of(stale) != text_of(question)
    assert len(door.bot.asked) == 1
    ann.chooses(button(stale, "Yes, pass it on"))
    assert door.bot.asked[-1].metadata["command"] == "pass_on"
    assert door.bot.asked[-1].metadata["asked_about"] == question["message_id"]


def test_only_choices_that_still_count_are_shown_to_a_reader(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says("utter_unanswered")
    ann.says("what does it cost")

    read = ann.reads()

    assert read[0]["buttons"] == []
    assert len(read[-1]["buttons"]) == 2


def test_choices_stay_open_while_no_newer_ones_are_offered(door: FrontDoor, ann: Visitor) -> None:
    ann.says("hello")

    ann.chooses(button(ann.welcome, "Book a consultation"))

    assert door.bot.asked[-1].metadata["command"] == "book"


@pytest.mark.parametrize("choice", ["nonsense", "", 7, [], {"a": 1}, "\ud800"])
def test_an_unknown_choice_is_refused(ann: Visitor, choice: object) -> None:
    refused = ann.post(content=json.dumps({"choice": choice}))

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "choice_unknown"


@pytest.mark.parametrize("typed", ["Book a consultation", "  book a CONSULTATION! "])
def test_a_typed_title_counts_as_the_choice(door: FrontDoor, ann: Visitor, typed: str) -> None:
    ann.says(typed)

    assert door.bot.asked[0].metadata["command"] == "book"
    assert ann.said() == [typed]


def test_a_typed_title_of_a_stale_choice_is_words(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says("utter_unanswered")
    ann.says("what does it cost")

    ann.says("Book a consultation")

    assert "command" not in door.bot.asked[-1].metadata


def test_a_screened_text_is_never_taken_for_a_title(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says(Said("utter_clarify", {}, {"options": ["hours"]}))
    asked = ann.says("hm")
    with door.database.transaction() as session:  # a button that says what would be screened
        message = session.get_one(Message, asked["messages"][0]["id"])
        message.buttons = [{"title": CRISIS, "choice": "x", "command": "/no_thanks"}]

    reply = ann.says(CRISIS)

    assert "command" not in door.bot.asked[-1].metadata
    assert reply["route"] == "crisis"
