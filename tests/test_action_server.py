import warnings
from typing import Any

import httpx
import pytest
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from frontdesk.action_server import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it wants httpx2, which nothing else here needs
    from starlette.testclient import TestClient

SECRET_WORDS = "I am called Ann Example"


class Greet(Action):
    def name(self) -> str:
        return "action_greet"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        dispatcher.utter_message(response="utter_greet", reference="AB12")
        return [{"event": "slot", "name": "greeted", "value": tracker.sender_id}]


class HandBack(Action):
    def name(self) -> str:
        return "validate_booking_form"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise ActionExecutionRejection(self.name(), f"cannot read: {tracker.latest_message['text']}")


class Fail(Action):
    def name(self) -> str:
        return "action_fail"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise ValueError(tracker.latest_message["text"])


@pytest.fixture
def executor() -> ActionExecutor:
    executor = ActionExecutor()
    for action in (Greet, HandBack, Fail):
        executor.register_action(action)
    return executor


def call(executor: ActionExecutor, action: str, token: str = "right", **more: Any) -> httpx.Response:
    tracker = {
        "sender_id": "visitor-1",
        "slots": {},
        "latest_message": {"text": SECRET_WORDS},
        "events": [],
        "paused": False,
        "active_loop": {},
    }
    headers = {"Authorization": f"Bearer {token}"}
    return post(executor, json={"next_action": action, "tracker": tracker, **more}, headers=headers)


def post(executor: ActionExecutor, **request: Any) -> httpx.Response:
    with TestClient(create_app(executor, "right")) as actions:
        return actions.post("/webhook", **request)


def test_an_action_answers_with_events_and_response_names(executor: ActionExecutor) -> None:
    reply = call(executor, "action_greet")

    assert reply.status_code == 200
    assert reply.json()["events"] == [{"event": "slot", "name": "greeted", "value": "visitor-1"}]
    assert reply.json()["responses"][0]["response"] == "utter_greet"
    assert reply.json()["responses"][0]["reference"] == "AB12"


def test_a_wrong_token_runs_nothing(executor: ActionExecutor) -> None:
    reply = call(executor, "action_greet", token="wrong")

    assert reply.status_code == 401
    assert "events" not in reply.json()


def test_a_form_that_hands_back_answers_as_rasa_expects(executor: ActionExecutor) -> None:
    reply = call(executor, "validate_booking_form", domain={"forms": {}})

    assert reply.status_code == 400
    assert reply.json()["action_name"] == "validate_booking_form"
    assert SECRET_WORDS not in reply.text


def test_a_failing_action_quotes_nobody_in_reply_or_log(
    executor: ActionExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    reply = call(executor, "action_fail")

    assert reply.status_code == 500
    assert SECRET_WORDS not in reply.text
    assert "action_fail failed: ValueError" in caplog.text
    assert SECRET_WORDS not in caplog.text


def test_an_action_that_is_not_there_is_not_found(executor: ActionExecutor) -> None:
    assert call(executor, "action_unheard_of").status_code == 404


@pytest.mark.parametrize("body", [b"not json", b"[]", b'{"next_action": "action_greet"}'])
def test_what_is_no_action_call_is_refused(executor: ActionExecutor, body: bytes) -> None:
    assert post(executor, content=body, headers={"Authorization": "Bearer right"}).status_code == 422


def test_every_action_of_the_package_is_found() -> None:
    executor = ActionExecutor()

    executor.register_package("actions")

    assert {"action_hand_over", "validate_booking_form"} <= set(executor.actions)
