"""Neither limits nor length nor age stop a call for help."""

import pytest

from frontdesk.bot import Said
from frontdesk.model import Kind, Mark, Priority
from tests.front_door import CRISIS, EMERGENCY, FrontDoor, Make, Visitor, button, open_to_staff, text_of

CHECK_IN = Said("utter_faq/hours", {}, {"check_in": True, "verdict": {"scores": {"danger": 0.3}}})


@pytest.mark.parametrize(("words", "kind"), [(CRISIS, Kind.CRISIS), (EMERGENCY, Kind.EMERGENCY)])
def test_limits_do_not_stop_a_call_for_help(make: Make, words: str, kind: Kind) -> None:
    door = make(limits="normal")
    ann = door.visitor()
    door.bot.usual = RuntimeError()
    for number in range(20):
        ann.says(f"message {number}")

    replies = [ann.says(words) for _ in range(3)]

    assert {reply["route"] for reply in replies} == {kind.value}
    assert len(door.handoffs(kind)) == 1
    assert door.pages() == 1


@pytest.mark.parametrize("length", [4_100, 60_000, 400_000])
def test_length_does_not_stop_a_call_for_help(door: FrontDoor, ann: Visitor, length: int) -> None:
    words = f"{CRISIS}. " + "and so on " * (length // 10)

    reply = ann.says(words)

    assert reply["route"] == "crisis"
    (handoff,) = door.handoffs(Kind.CRISIS)
    assert door.words_of(handoff)[0].startswith(CRISIS)
    assert "988" in text_of(reply)


def test_danger_at_the_end_of_an_over_long_text_is_found(door: FrontDoor, ann: Visitor) -> None:
    reply = ann.says("and so on " * 500 + CRISIS)

    assert reply["route"] == "crisis"


def test_an_expired_token_does_not_stop_a_call_for_help(door: FrontDoor, ann: Visitor) -> None:
    door.clock.move(days=100)
    door.bot.fails(RuntimeError())

    reply = ann.says(CRISIS)

    assert reply["route"] == "crisis"
    assert len(door.handoffs(Kind.CRISIS)) == 1


@pytest.mark.parametrize("then", ["newer choices", "an expired token", "staff", "Rasa down"])
def test_the_button_for_help_now_never_comes_too_late(door: FrontDoor, ann: Visitor, then: str) -> None:
    door.bot.says(CHECK_IN)
    help_now = button(ann.says("some nights are long"), "I need help now")
    if then == "newer choices":
        door.bot.says("utter_unanswered")
        ann.says("what does it cost")
    elif then == "an expired token":
        door.clock.move(days=100)
    elif then == "staff":
        open_to_staff(door, ann)
    door.bot.usual = RuntimeError()

    reply = ann.chooses(help_now)

    (handoff,) = door.handoffs(Kind.CRISIS)
    assert (handoff.priority, handoff.mark) == (Priority.URGENT, Mark.NOW)
    assert reply["handoff"] == handoff.reference
    assert reply["route"] == ("human" if then == "staff" else "crisis")
    assert "988" in text_of(reply)
    assert "911" in text_of(reply)
    assert door.pages() == 1
