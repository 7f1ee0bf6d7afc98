"""Who answers a message, and what happens when somebody does not."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from frontdesk import conversations, takeover
from frontdesk.bot import BotDown, Said
from frontdesk.database import Database
from frontdesk.model import Kind, Mark, Priority, Role, StaffMember, State
from frontdesk.texts import Texts
from tests.fake_bot import FakeBot
from tests.front_door import Clock, FrontDoor, Visitor, button, text_of

CRISIS = "I want to kill myself"
QUESTION = "how long does it take"


@pytest.fixture
def door(database: Database, now: datetime, tmp_path: Path) -> Iterator[FrontDoor]:
    door = FrontDoor(database, FakeBot(), Clock(now), tmp_path, turn_limit=0.2)
    yield door
    door.close()


@pytest.fixture
def ann(door: FrontDoor) -> Visitor:
    return door.visitor()


def verdict(danger: str = "none", score: float = 0.0, **more: Any) -> dict[str, Any]:
    return {"danger": danger, "clinician": "none", "facets": [], "cues": [], "scores": {"danger": score}} | more


def possible(score: float, response: str = "utter_faq/hours") -> Said:
    return Said(response, {}, {"check_in": True, "verdict": verdict("possible", score)})


def wait_until(is_so: Any) -> None:
    for _ in range(200):
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen within 4 seconds")


def let_end(door: FrontDoor) -> None:
    """Every turn of Rasa that is under way, with what comes of it."""
    door.app.state.turns.close(wait=True)


def give_to_staff(door: FrontDoor, ann: Visitor) -> None:
    with door.database.transaction() as session:
        fay = StaffMember(
            name="Fay Frontdesk",
            email="fay@pmcheal.example",
            role=Role.FRONT_DESK,
            password_hash="-",
            created_at=door.clock(),
        )
        session.add(fay)
        session.flush()
        takeover.take(session, door.clock(), ann.conversation_id, fay)


# Rasa fails: the screen decides, a person gets it


FAILURES = {
    "down": BotDown("ConnectError"),
    "broken": RuntimeError("anything"),
    "no response known": [Said("utter_no_such_thing")],
    "one of two unknown": [Said("utter_faq/hours"), Said("utter_no_such_thing")],
    "no route": [Said("utter_ask_danger")],
    "a value missing": [Said("utter_booking_requested")],
    "an option that is no answer": [Said("utter_clarify", {}, {"options": ["nonsense"]})],
    "nothing": [],
}


@pytest.mark.parametrize("failure", FAILURES)
def test_without_a_reply_of_rasa_a_person_gets_the_message(door: FrontDoor, ann: Visitor, failure: str) -> None:
    door.bot.usual = FAILURES[failure]

    reply = ann.says(QUESTION)

    (handoff,) = door.handoffs()
    assert (handoff.kind, handoff.priority, handoff.role) == (Kind.FAILURE, Priority.NORMAL, Role.FRONT_DESK)
    assert (reply["route"], reply["answer"], reply["handoff"]) == ("human", None, handoff.reference)
    assert door.words_of(handoff) == [QUESTION]
    for help_ in ("saved", "988", "911", "(212) 555-0142", "by 4 pm today"):
        assert help_ in text_of(reply)


@pytest.mark.parametrize(
    ("words", "route", "kind", "priority"),
    [
        (CRISIS, "crisis", Kind.CRISIS, Priority.URGENT),
        ("I took too many pills", "emergency", Kind.EMERGENCY, Priority.URGENT),
        ("can I do it pregnant?", "eligibility", Kind.ELIGIBILITY, Priority.NORMAL),
        ("hola quiero una cita por favor", "human", Kind.HUMAN, Priority.NORMAL),
    ],
)
def test_without_rasa_the_screened_route_stands(
    door: FrontDoor, ann: Visitor, words: str, route: str, kind: Kind, priority: Priority
) -> None:
    door.bot.usual = BotDown("ConnectError")

    reply = ann.says(words)

    (handoff,) = door.handoffs()
    assert (handoff.kind, handoff.priority) == (kind, priority)
    assert (reply["route"], reply["handoff"]) == (route, handoff.reference)
    assert door.pages() == (1 if priority is Priority.URGENT else 0)
    assert ("988" in text_of(reply)) or route == "eligibility" or "911" in text_of(reply)


def test_without_rasa_something_taken_names_poison_help(door: FrontDoor, ann: Visitor) -> None:
    door.bot.usual = BotDown("ConnectError")

    assert "1-800-222-1222" in text_of(ann.says("I took too many pills"))


def test_without_rasa_the_same_failure_is_one_handoff_said_in_other_words(door: FrontDoor, ann: Visitor) -> None:
    door.bot.usual = BotDown("ConnectError")

    first, second = ann.says(QUESTION), ann.says("hello?")

    assert text_of(first) != text_of(second)
    (handoff,) = door.handoffs()
    assert door.words_of(handoff) == [QUESTION, "hello?"]


@pytest.mark.parametrize(
    ("pressed", "response"),
    [("Yes", "utter_danger_yes"), ("Not now", "utter_danger_no"), ("Rather not say", "utter_danger_unclear")],
)
def test_without_rasa_the_question_of_danger_is_answered(
    door: FrontDoor, ann: Visitor, pressed: str, response: str
) -> None:
    door.bot.says("utter_crisis", "utter_ask_danger")
    asked = ann.says(CRISIS)
    door.bot.usual = BotDown("ConnectError")

    reply = ann.chooses(button(asked, pressed))

    assert reply["route"] == "crisis"
    assert [door.stored(m["id"]).response for m in reply["messages"]] == [response]
    (handoff,) = door.handoffs(Kind.CRISIS)
    assert handoff.priority is Priority.URGENT
    assert handoff.mark is (Mark.NOW if pressed == "Yes" else None)


@pytest.mark.parametrize(
    ("words", "understood"),
    [
        (CRISIS, {"verdict": verdict("certain", 0.99)}),
        (CRISIS, {}),
        ("can I do it pregnant?", {"verdict": verdict(clinician="certain")}),
    ],
)
def test_a_reply_that_passes_over_what_the_screen_was_sure_of_is_none(
    door: FrontDoor, ann: Visitor, words: str, understood: dict[str, Any]
) -> None:
    door.bot.says(Said("utter_faq/hours", {}, understood))

    reply = ann.says(words)

    assert reply["route"] in ("crisis", "eligibility")
    assert reply["handoff"] == door.handoffs()[0].reference


def test_what_rasas_model_made_less_sure_stays_as_rasa_took_it(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says(possible(0.3))

    reply = ann.says(CRISIS)

    assert (reply["route"], reply["check_in"]) == ("answer", True)


# Rasa is slow: a late result comes once


def test_a_late_result_is_added_once_after_a_person_was_promised(door: FrontDoor, ann: Visitor) -> None:
    go_on = door.bot.holds("utter_faq/session_length")

    reply = ann.says(QUESTION)
    go_on.set()

    assert reply["route"] == "human"
    assert len(door.handoffs(Kind.FAILURE)) == 1
    let_end(door)
    promised, late = ann.reads()[2:]
    assert promised["text"] == text_of(reply)
    assert late["about"]["source"]
    assert door.stored(reply["message_id"]).route == "human"


def test_a_retry_after_a_late_result_gets_both_and_nothing_twice(door: FrontDoor, ann: Visitor) -> None:
    go_on = door.bot.holds("utter_faq/session_length")
    client_id = "0f0e8b4c-6a3b-4a55-9d7c-3c1f8a1a2b3c"
    ann.says(QUESTION, client_id)
    go_on.set()
    wait_until(lambda: len(ann.reads()) == 4)

    again = ann.says(QUESTION, client_id)

    assert len(again["messages"]) == 2
    assert len(door.bot.asked) == 1
    assert len(ann.reads()) == 4


@pytest.mark.parametrize("late", ["an error", "an unknown response"])
def test_a_late_failure_adds_nothing(door: FrontDoor, ann: Visitor, late: str) -> None:
    go_on = threading.Event()

    def fail(_: Any) -> list[Said]:
        go_on.wait(5)
        if late == "an error":
            raise BotDown("ReadTimeout")
        return [Said("utter_no_such_thing")]

    door.bot.turns.append(fail)
    ann.says(QUESTION)
    go_on.set()
    let_end(door)

    assert len(ann.reads()) == 3


def test_a_late_result_stays_unsaid_once_staff_have_the_conversation(door: FrontDoor, ann: Visitor) -> None:
    go_on = threading.Event()

    def answer(_: Any) -> list[Said]:
        go_on.wait(5)
        return [Said("utter_faq/hours")]

    door.bot.turns.append(answer)
    ann.says(QUESTION)
    give_to_staff(door, ann)
    go_on.set()
    let_end(door)

    assert len(ann.reads()) == 3


def test_a_late_crisis_is_said_even_then(door: FrontDoor, ann: Visitor) -> None:
    go_on = door.bot.holds("utter_crisis")
    ann.says("a long story")
    give_to_staff(door, ann)
    go_on.set()

    wait_until(lambda: "988lifeline.org" in ann.reads()[-1]["text"])


# Staff have the conversation


def test_beside_staff_the_route_is_human_and_the_bot_is_silent(door: FrontDoor, ann: Visitor) -> None:
    give_to_staff(door, ann)

    reply = ann.says(QUESTION)

    assert (reply["route"], reply["messages"], reply["handoff"]) == ("human", [], None)
    assert door.bot.asked == []
    assert door.bot.parsed == [QUESTION]
    assert door.handoffs() == []


@pytest.mark.parametrize("rasa", ["reads", "is down"])
def test_beside_staff_the_urgent_card_still_comes_and_pages(door: FrontDoor, ann: Visitor, rasa: str) -> None:
    give_to_staff(door, ann)
    door.bot.understanding = (
        {"intent": "crisis", "verdict": verdict("certain", 0.99)} if rasa == "reads" else BotDown("ConnectError")
    )

    reply = ann.says(CRISIS)

    assert reply["route"] == "human"
    assert "988" in text_of(reply)
    assert all(not message["buttons"] for message in reply["messages"])
    (handoff,) = door.handoffs(Kind.CRISIS)
    assert (handoff.priority, reply["handoff"]) == (Priority.URGENT, handoff.reference)
    assert door.pages() == 1


def test_beside_staff_what_only_the_model_finds_gets_the_card_as_well(door: FrontDoor, ann: Visitor) -> None:
    give_to_staff(door, ann)
    door.bot.understanding = {"intent": "emergency", "verdict": verdict("certain", 0.97)}

    reply = ann.says("it has gone all grey and quiet over here")

    assert "911" in text_of(reply)
    assert len(door.handoffs(Kind.EMERGENCY)) == 1


def test_beside_staff_possible_danger_is_marked_and_nothing_is_said(door: FrontDoor, ann: Visitor) -> None:
    give_to_staff(door, ann)
    door.bot.understanding = {"intent": "smalltalk", "verdict": verdict("possible", 0.3)}

    reply = ann.says("nights are long")

    assert (reply["messages"], reply["check_in"]) == ([], False)
    (handoff,) = door.handoffs(Kind.POSSIBLE_DANGER)
    assert (handoff.priority, reply["handoff"]) == (Priority.HIGH, handoff.reference)


@pytest.mark.parametrize("understanding", [{}, {"verdict": {}}, {"verdict": verdict("nonsense")}, {"verdict": [1]}])
def test_beside_staff_odd_readings_leave_it_to_the_cues(
    door: FrontDoor, ann: Visitor, understanding: dict[str, Any]
) -> None:
    give_to_staff(door, ann)
    door.bot.understanding = understanding

    assert len(ann.says(CRISIS)["messages"]) == 1
    assert ann.says(QUESTION)["messages"] == []


def test_beside_staff_a_stale_choice_repeats_no_question(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says("utter_unanswered")
    ann.says("what does it cost")
    give_to_staff(door, ann)

    reply = ann.chooses(button(ann.welcome, "Talk to a person"))

    assert (reply["route"], reply["messages"]) == ("human", [])


def test_a_conversation_taken_while_rasa_thinks_gets_no_reply_of_the_bot(door: FrontDoor, ann: Visitor) -> None:
    def answer(_: Any) -> list[Said]:
        give_to_staff(door, ann)
        return [Said("utter_faq/hours")]

    door.bot.turns.append(answer)

    reply = ann.says("when are you open")

    assert (reply["route"], reply["answer"], reply["messages"]) == ("human", None, [])


def test_a_conversation_handed_back_is_the_bots_again(door: FrontDoor, ann: Visitor) -> None:
    give_to_staff(door, ann)
    with door.database.transaction() as session:
        conversation = conversations.lock(session, ann.conversation_id)
        assert conversation.assigned_to is not None
        takeover.hand_back(session, door.clock(), conversation.id, conversation.assigned_to)

    assert ann.says("hello")["route"] == "smalltalk"


def test_a_resolved_conversation_is_the_bots_when_the_visitor_writes_again(door: FrontDoor, ann: Visitor) -> None:
    with door.database.transaction() as session:
        conversations.lock(session, ann.conversation_id).state = State.RESOLVED

    assert ann.says("hello")["route"] == "smalltalk"


# The check-in


def test_possible_danger_gets_one_separate_line_and_a_handoff_that_pages_nobody(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says(possible(0.3))

    reply = ann.says("nights are long")

    assert (reply["route"], reply["answer"], reply["check_in"]) == ("answer", "hours", True)
    answer, line = reply["messages"]
    assert "988" not in answer["text"]
    assert "988" in line["text"]
    assert "911" in line["text"]
    assert [b["title"] for b in line["buttons"]] == ["I need help now"]
    (handoff,) = door.handoffs()
    assert (handoff.kind, handoff.priority, handoff.mark) == (Kind.POSSIBLE_DANGER, Priority.HIGH, Mark.POSSIBLE)
    assert reply["handoff"] == handoff.reference
    assert door.pages() == 0


def test_the_line_comes_once_but_staff_see_every_such_message(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says(possible(0.3))
    door.bot.says(possible(0.4))
    ann.says("nights are long")

    second = ann.says("and so are the days")

    assert second["check_in"] is False
    assert len(second["messages"]) == 1
    (handoff,) = door.handoffs()
    assert door.words_of(handoff) == ["nights are long", "and so are the days"]


def test_the_line_comes_again_in_other_words_when_the_words_get_darker(door: FrontDoor, ann: Visitor) -> None:
    for score in (0.3, 0.5, 0.6):
        door.bot.says(possible(score))

    first, darker, alike = (ann.says(words) for words in ("one", "two", "three"))

    assert [reply["check_in"] for reply in (first, darker, alike)] == [True, True, False]
    assert first["messages"][-1]["text"] != darker["messages"][-1]["text"]


def test_the_line_never_stands_beside_a_crisis(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says(possible(0.9, "utter_crisis"))

    assert ann.says(CRISIS)["check_in"] is False


def test_a_pressed_button_is_never_checked_in(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says(possible(0.3))

    assert ann.chooses(button(ann.welcome, "Book a consultation"))["check_in"] is False


# What is said


def test_an_answer_past_its_review_date_is_not_uttered(door: FrontDoor, ann: Visitor) -> None:
    texts: Texts = door.app.state.texts
    hours = texts["utter_faq/hours"]
    reviewed = {"reviewed_by": "Dr. Ann", "reviewed_on": date(2025, 3, 9), "review_by": date(2026, 3, 9)}
    texts._responses["utter_faq/hours"] = replace(hours, metadata={**hours.metadata, **reviewed})
    door.bot.says("utter_faq/hours")

    reply = ann.says("when are you open")

    assert (reply["route"], reply["answer"]) == ("unanswered", None)
    assert "no reviewed answer" in text_of(reply) or "reviewed answer to that" in text_of(reply)
    assert "9 am" not in text_of(reply)


@pytest.mark.parametrize("at", ["open", "closed"])
def test_in_a_demonstration_urgent_texts_hold_no_number_of_the_clinic(door: FrontDoor, ann: Visitor, at: str) -> None:
    if at == "closed":
        door.clock.move(hours=9)
    for responses in (["utter_crisis"], ["utter_crisis_mentioned"], ["utter_emergency", "utter_something_taken"]):
        for _ in range(7):
            door.bot.says(*responses)

    said = [text_of(ann.says("hm")) for _ in range(21)]

    assert all("555-01" not in text for text in said)
    assert all("988" in text or "911" in text for text in said)


def test_the_same_words_never_come_twice_in_a_row(door: FrontDoor, ann: Visitor) -> None:
    for response in ("utter_crisis", "utter_danger_unclear", "utter_failure", "utter_unanswered", "utter_greet"):
        for _ in range(9):
            door.bot.says(response)

        said = [text_of(ann.says("hm")) for _ in range(9)]

        assert all(one != next_ for one, next_ in pairwise(said)), response


def test_the_visitors_words_are_never_filled_with_values(door: FrontDoor, ann: Visitor) -> None:
    empty = ("booking_patient", "contact_preferred", "contact_voicemail", "contact_safe_hours", "contact_texts")
    values = {"booking_name": "{clinic_phone}", "booking_reach": "{x}", "booking_wish": "{0}", "booking_note": "{{"}
    door.bot.says(Said("utter_confirm_request", dict.fromkeys(empty, "") | values))

    reply = ann.says("{clinic_phone} {when_read} {")

    assert "Name: {clinic_phone}" in text_of(reply)
    assert ann.said() == ["{clinic_phone} {when_read} {"]


def test_a_question_between_two_answers_offers_both(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says(Said("utter_clarify", {}, {"options": ["onset", "how_long_effects_fade"]}))

    reply = ann.says("how long does it last")

    assert reply["route"] == "clarify"
    titles = [b["title"] for b in reply["messages"][0]["buttons"]]
    assert len(titles) == 3
    ann.chooses(button(reply, titles[0]))
    assert (door.bot.asked[-1].metadata["command"], door.bot.asked[-1].metadata["answer"]) == ("faq", "onset")


def test_every_answer_asked_for_is_given_and_the_route_names_the_first(door: FrontDoor, ann: Visitor) -> None:
    understanding = {"also": ["session_length", "hours"]}
    door.bot.says(
        Said("utter_faq/hours", {}, understanding), Said("utter_ask_booking_form_contact_name", {}, understanding)
    )

    reply = ann.says("when are you open, and how long is one session?")

    assert reply["answer"] == "hours"
    texts = [message["text"] for message in reply["messages"]]
    assert len(texts) == 3
    assert "40 to 60 minutes" in texts[1]


def test_a_safe_answer_follows_a_clinicians_question(door: FrontDoor, ann: Visitor) -> None:
    door.bot.says(Said("utter_eligibility", {}, {"also": ["session_length"]}))

    reply = ann.says("can i have it with a murmur? and how long is one session?")

    assert reply["route"] == "eligibility"
    assert "40 to 60 minutes" in reply["messages"][1]["text"]


def test_a_slow_bot_that_never_began_is_not_asked_later(door: FrontDoor) -> None:
    visitors = [door.visitor() for _ in range(34)]
    held = [door.bot.holds("utter_faq/hours") for _ in range(32)]
    threads = [threading.Thread(target=visitor.says, args=("hi",)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for event in held:
        event.set()
    let_end(door)

    assert len(door.bot.asked) <= 32
    assert len(door.handoffs(Kind.FAILURE)) == 34
