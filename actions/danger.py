from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn, database
from frontdesk.handing_over import Plan
from frontdesk.model import Kind, Mark, Priority

SPANISH = {
    "danger_yes": "utter_danger_yes_es",
    "danger_no": "utter_danger_no_es",
    "danger_unclear": "utter_danger_unclear_es",
}


class ActionDangerReply(Action):
    """Answers "Are you in danger right now?" and whatever unclear follows; no reply lowers the priority."""

    def name(self) -> str:
        return "action_danger_reply"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        kind = Kind.EMERGENCY if turn.slot("danger") == "emergency" else Kind.CRISIS
        mark = Mark.NOW if turn.intent == "danger_yes" else None
        with database().transaction() as session:
            reference = turn.hand_over(session, Plan(kind, Priority.URGENT, mark, None, ())).reference
        dispatcher.utter_message(response=f"utter_{turn.intent}", handoff=reference)
        if turn.has_spoken_spanish():
            dispatcher.utter_message(response=SPANISH[turn.intent])
        if turn.slot("paused_form") and turn.intent != "danger_yes":
            dispatcher.utter_message(response="utter_resume_offer")
        return []


class ActionResume(Action):
    """Goes back to the booking that a crisis paused; its details are still in the slots."""

    def name(self) -> str:
        return "action_resume"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        dispatcher.utter_message(response="utter_resumed")
        return [SlotSet("paused_form", None), SlotSet("danger", None)]
