"""A real Rasa, small enough to train in seconds, with our channel and response ids and an action server of the test's."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]

CONFIG = {
    "recipe": "default.v1",
    "language": "en",
    "assistant_id": "small",
    "pipeline": [{"name": "KeywordIntentClassifier", "case_sensitive": False}, {"name": "marks.Marks"}],
    "policies": [{"name": "RulePolicy"}],
}
DOMAIN = {
    "version": "3.1",
    "intents": ["faq", "greet", "book"],
    "actions": ["action_hand_over"],
    "slots": {"handed_over": {"type": "bool", "influence_conversation": False, "mappings": [{"type": "custom"}]}},
    "session_config": {"session_expiration_time": 0, "carry_over_slots_to_new_session": True},
}
DATA = {
    "version": "3.1",
    "nlu": [
        {"intent": "faq/session_length", "examples": "- how long\n"},
        {"intent": "greet", "examples": "- hello\n"},
        {"intent": "book", "examples": "- book\n"},
    ],
    "responses": {
        "utter_faq/session_length": [{"text": "-"}],
        "utter_greet": [{"text": "-"}],
        "utter_handed_over": [{"text": "-"}],
    },
    "rules": [
        {"rule": "answer", "steps": [{"intent": "faq"}, {"action": "utter_faq"}]},
        {"rule": "greet", "steps": [{"intent": "greet"}, {"action": "utter_greet"}]},
        {"rule": "hand over", "steps": [{"intent": "book"}, {"action": "action_hand_over"}]},
    ],
}
# Stands for understanding.components_router: names the answer, and says what was understood.
MARKS = """
from typing import Any, Dict, List
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message

@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Marks(GraphComponent):
    @classmethod
    def create(cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource,
               execution_context: ExecutionContext) -> "Marks":
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            name = message.get("intent", {}).get("name")
            if name == "faq":
                response = {"utter_action": "utter_faq/session_length", "intent_response_key": "faq/session_length"}
                message.set("response_selector", {"faq": {"response": response}}, add_to_output=True)
            message.set("understanding", {"route": name}, add_to_output=True)
        return messages
"""


@dataclass
class SmallRasa:
    url: str
    token: str
    log: Path
    calls: list[dict[str, Any]] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)  # what the action server answers to the next calls
    answer_status: int = 200
    answer_after: float = 0.0  # seconds

    def post(self, body: Any, token: str | None = None) -> tuple[int, Any]:
        request = urllib.request.Request(
            f"{self.url}/webhooks/frontdesk/webhook",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {token or self.token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def say(self, text: str, sender: str = "visitor-1", **metadata: Any) -> list[dict[str, Any]]:
        status, reply = self.post({"sender": sender, "message": text, "metadata": metadata})
        assert status == 200, reply
        return list(reply["messages"])

    def tracker(self, sender: str) -> dict[str, Any]:
        address = f"{self.url}/conversations/{sender}/tracker?token={self.token}"
        with urllib.request.urlopen(address, timeout=30) as reply:
            return dict(json.load(reply))


@pytest.fixture(scope="session")
def small_rasa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallRasa]:
    folder = tmp_path_factory.mktemp("small")
    (folder / "data").mkdir()
    for name, content in (("config.yml", CONFIG), ("domain.yml", DOMAIN), ("data/all.yml", DATA)):
        (folder / name).write_text(yaml.safe_dump(content), encoding="utf-8")
    (folder / "marks.py").write_text(MARKS, encoding="utf-8")
    rasa = SmallRasa(f"http://127.0.0.1:{free_port()}", "-right-token", folder / "rasa.log")
    actions = ThreadingHTTPServer(("127.0.0.1", 0), answering(rasa))
    threading.Thread(target=actions.serve_forever, daemon=True).start()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "FRONTDESK_RASA_TOKEN": rasa.token,
        "FRONTDESK_ACTIONS_URL": f"http://127.0.0.1:{actions.server_port}/webhook",
        "FRONTDESK_ACTIONS_TOKEN": "actions-token",
        "FRONTDESK_TRACKERS": str(folder / "trackers.db"),
    }
    train = [sys.executable, "-m", "rasa", "train", "--skip-validation", "--fixed-model-name", "small"]
    subprocess.run(train, cwd=folder, env=environment, check=True, capture_output=True)
    serve = [sys.executable, "-m", "understanding.serve", "--enable-api", "--interface", "127.0.0.1"]
    serve += ["--port", rasa.url.rpartition(":")[2], "--model", "models/small.tar.gz"]
    serve += ["--endpoints", str(ROOT / "endpoints.yml"), "--credentials", str(ROOT / "credentials.yml")]
    with (
        rasa.log.open("wb") as log,
        subprocess.Popen(serve, cwd=folder, env=environment, stdout=log, stderr=log) as server,
    ):
        try:
            wait_until(lambda: is_up(rasa) or server.poll() is not None)
            assert server.poll() is None, rasa.log.read_text()
            yield rasa
        finally:
            server.kill()
            actions.shutdown()
            actions.server_close()


@pytest.fixture
def rasa(small_rasa: SmallRasa) -> SmallRasa:
    small_rasa.calls.clear()
    small_rasa.answer = {"events": [], "responses": []}
    small_rasa.answer_status, small_rasa.answer_after = 200, 0.0
    return small_rasa


def answering(rasa: SmallRasa) -> type[BaseHTTPRequestHandler]:
    class Actions(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            rasa.calls.append({"authorization": self.headers["Authorization"], **body})
            time.sleep(rasa.answer_after)
            reply = json.dumps(rasa.answer).encode()
            self.send_response(rasa.answer_status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: Any) -> None:
            pass

    return Actions


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def is_up(rasa: SmallRasa) -> bool:
    try:
        with urllib.request.urlopen(f"{rasa.url}/status?token={rasa.token}", timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False


def wait_until(happens: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "that never happened"
        time.sleep(0.2)
