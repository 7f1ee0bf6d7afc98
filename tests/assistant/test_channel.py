import json
import secrets
import socket
import time
import urllib.error
import urllib.request
from typing import Any

import pytest


def test_a_message_comes_back_as_response_ids(rasa: Any) -> None:
    (reply,) = rasa.say("hello")

    assert reply == {"response": "utter_greet", "values": {}, "understanding": {"route": "greet"}}


@pytest.mark.parametrize("token", ["wrong", "right-token2", "ß"])
def test_a_wrong_token_is_refused(rasa: Any, token: str) -> None:
    request = urllib.request.Request(
        f"{rasa.url}/webhooks/frontdesk/webhook", b'{"sender": "x", "message": "hello"}', {"Authorization": token}
    )

    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=10)

    with refusal.value as error:
        assert error.code == 401
    assert rasa.post({"sender": "x", "message": "hello"}, token=f"{rasa.token}x")[0] == 401


@pytest.mark.parametrize("body", [{}, {"message": "hello"}, {"sender": "x"}, {"sender": "x", "message": 3}, ["hello"]])
def test_a_message_without_sender_or_text_is_refused(rasa: Any, body: Any) -> None:
    assert rasa.post(body)[0] == 400


def test_rasas_own_channels_are_closed(rasa: Any) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{rasa.url}/webhooks/rest/webhook", b"{}", timeout=10)

    with refusal.value as error:
        assert error.code == 404


@pytest.mark.parametrize("text", ["/restart", "  /restart", "\t//restart", "/ /restart", "/greet", " /greet"])
def test_words_that_look_like_a_command_stay_words(rasa: Any, text: str) -> None:
    sender = secrets.token_hex(4)

    rasa.post({"sender": sender, "message": text})

    events = rasa.tracker(sender)["events"]
    (said,) = [event for event in events if event["event"] == "user"]
    assert said["text"] == text.strip().lstrip("/ ")
    assert said["parse_data"]["intent"]["name"] != "restart"
    assert "restart" not in [event["event"] for event in events]


def test_metadata_reaches_the_conversation(rasa: Any) -> None:
    rasa.say("hello", sender="visitor-meta", message_id=17)

    (said,) = [event for event in rasa.tracker("visitor-meta")["events"] if event["event"] == "user"]
    assert said["metadata"]["message_id"] == 17


def test_a_failing_action_leaves_no_words_in_the_log(rasa: Any) -> None:
    rasa.answer, rasa.answer_status = {"action_name": "action_hand_over", "error": "failed"}, 500

    assert rasa.say("book for Zebediah Quartermain", sender="visitor-log") == []

    rasa.answer, rasa.answer_status = {"events": "Zebediah Quartermain", "responses": []}, 200
    assert rasa.say("book for Zebediah Quartermain", sender="visitor-log") == []
    log = rasa.log.read_text()
    assert "exception while running action 'action_hand_over'" in log
    assert "Zebediah" not in log
    assert "Quartermain" not in log


def test_what_an_action_says_in_its_own_words_is_not_passed_on(rasa: Any) -> None:
    rasa.answer = {"events": [], "responses": [{"text": "You are surely fit for it."}]}

    assert rasa.say("book") == []


def test_a_turn_is_finished_when_the_front_desk_stops_waiting(rasa: Any) -> None:
    rasa.answer = {"events": [{"event": "slot", "name": "handed_over", "value": True}], "responses": []}
    rasa.answer_after = 1.0

    hang_up_early(rasa, "book", "visitor-late")

    assert len(rasa.calls) == 1
    deadline = time.monotonic() + 60
    while rasa.tracker("visitor-late")["slots"]["handed_over"] is not True:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def hang_up_early(rasa: Any, text: str, sender: str) -> None:
    """Sends a message and closes the connection while the action still works on it."""
    host, port = rasa.url.removeprefix("http://").split(":")
    body = json.dumps({"sender": sender, "message": text}).encode()
    head = f"POST /webhooks/frontdesk/webhook HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {rasa.token}\r\n"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        while not rasa.calls:
            time.sleep(0.02)
