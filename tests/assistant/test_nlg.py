from typing import Any


def test_an_answer_keeps_its_full_id(rasa: Any) -> None:
    (reply,) = rasa.say("how long does it take?")

    assert reply["response"] == "utter_faq/session_length"
    assert reply["understanding"] == {"route": "faq"}


def test_what_an_action_fills_in_comes_as_values(rasa: Any) -> None:
    buttons = [{"title": "Tuesday at 10", "payload": "/pick"}]
    # what rasa_sdk's dispatcher sends, its empty parts included
    empty = {"text": None, "elements": [], "custom": {}, "image": None, "attachment": None}
    named = {"response": "utter_handed_over", "template": "utter_handed_over"}
    rasa.answer = {"events": [], "responses": [{**empty, **named, "buttons": buttons, "reference": "AB12", "count": 0}]}

    (reply,) = rasa.say("book", sender="visitor-values")

    assert reply["response"] == "utter_handed_over"
    assert reply["values"] == {"buttons": buttons, "reference": "AB12", "count": 0}


def test_several_responses_of_one_turn_keep_their_order(rasa: Any) -> None:
    rasa.answer = {"events": [], "responses": [{"response": "utter_greet"}, {"response": "utter_handed_over"}]}

    assert [reply["response"] for reply in rasa.say("book")] == ["utter_greet", "utter_handed_over"]


def test_actions_get_our_token_and_no_copy_of_every_text(rasa: Any) -> None:
    rasa.say("book", sender="visitor-action")

    (call,) = rasa.calls
    assert call["authorization"] == "Bearer actions-token"
    assert call["tracker"]["sender_id"] == "visitor-action"
    assert "domain" not in call
