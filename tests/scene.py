"""One visitor's dialogue as the actions see it: a tracker in, events and response names out, and a form that goes on as
Rasa lets it go on."""

import asyncio
from typing import Any

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from sqlalchemy import select

from actions import turn
from frontdesk import conversations
from frontdesk.config import ROOT
from frontdesk.database import Database

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


class Scene:
    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            conversation, _ = conversations.start(session, turn.now())
            self.key, self.conversation_id = conversation.key, conversation.id
        self.slots: dict[str, Any] = {}
        self.loop: str | None = None
        self.responses: list[dict[str, Any]] = []
        self.before: list[str] = ["book"]  # intents of the visitor's messages, this one last
        self.said_at: float | None = None  # when the message before was said

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
        events = [
            {"event": "user", "parse_data": {"intent": {"name": name}}, "timestamp": self.said_at}
            for name in self.before
        ]
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


class Form(Scene):
    """A form as Rasa runs it: validate, ask for the next slot that is still open, and submit when none is."""

    def __init__(self, database: Database, form: str, submit: Action) -> None:
        super().__init__(database)
        executor = ActionExecutor()
        executor.register_package("actions")
        self._actions: dict[str, Any] = executor.actions
        self.form, self._submit = form, submit
        self.order: list[str] = DOMAIN["forms"][form]["required_slots"]

    def start(self, intent: str, text: str = "…") -> list[str]:
        """What is said to the message that opens the form."""
        return self._turn(intent, text, {})

    def types(self, text: str, intent: str = "inform", **verdict: Any) -> list[str]:
        return self._turn(intent, text, {"verdict": verdict})

    def presses(self, command: str) -> list[str]:
        """A button, by what it stands for: "affirm", "pick_opening/…"."""
        name, _, chosen = command.removeprefix("/").partition("/")
        return self._turn(name, command, {"answer": chosen or None, "metadata": {"command": name}})

    def presses_offered(self, number: int) -> list[str]:
        """One of the times that were offered last."""
        offered = next(message["offered"] for message in reversed(self.responses) if message.get("offered"))
        return self.presses(offered[number][1])

    @property
    def asked(self) -> str | None:
        return self.slots.get("requested_slot")

    def _turn(self, intent: str, text: str, more: dict[str, Any]) -> list[str]:
        number = self.says(text)
        self._apply(f"validate_{self.form}", intent, text, number, more)
        said = list(self.responses)
        if any(event["event"] == "action_execution_rejected" for event in self.events):
            self.responses = said
            return self.said()
        self.loop = self.form
        is_over = any(event.get("name") == "requested_slot" and event.get("value") is None for event in self.events)
        missing = [slot for slot in self.order if self.slots.get(slot) is None]
        if missing and not is_over:
            self.slots["requested_slot"] = missing[0]
            ask = f"action_ask_{self.form}_{missing[0]}"
            if ask in self._actions:
                self._apply(ask, intent, text, number, more)
                said += self.responses
            else:
                said.append({"response": f"utter_ask_{self.form}_{missing[0]}"})
        else:
            self.loop = None
            self._apply(self._submit.name(), intent, text, number, more)
            said += self.responses
        self.responses = said
        return self.said()

    def _apply(self, action: str, intent: str, text: str, number: int, more: dict[str, Any]) -> None:
        bound = self._actions[action].__self__
        self.slots |= self.run(bound, intent, text, number, **dict(more))
