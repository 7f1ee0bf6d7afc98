from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn, clinic, database, now
from frontdesk import handing_over
from frontdesk.handing_over import Plan
from frontdesk.model import Kind, Mark, Priority


class ActionDangerReply(Action):
    """Answers "Are you in danger right now?" and whatever unclear follows; no reply lowers the priority."""

    def name(self) -> str:
        return "action_danger_reply"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        kind = Kind.EMERGENCY if tracker.get_slot("danger") == "emergency" else Kind.CRISIS
        mark = Mark.NOW if turn.intent == "danger_yes" else None
        planned = Plan(kind, Priority.URGENT, mark, None, ())
        with database().transaction() as session:
            handoff = handing_over.hand_over(
                session,
                now(),
                clinic(),
                planned,
                conversation_id=turn.conversation(session).id,
                message_id=turn.message_id,
            )
            reference = handoff.reference
        dispatcher.utter_message(response=f"utter_{turn.intent}", handoff=reference)
        if tracker.get_slot("paused_form") and turn.intent != "danger_yes":
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
