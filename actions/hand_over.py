from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn, clinic, database, now
from frontdesk import handing_over
from frontdesk.handing_over import URGENT


class ActionHandOver(Action):
    """Makes the handoff that the intent asks for. A crisis or emergency also pauses an open booking."""

    def name(self) -> str:
        return "action_hand_over"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        planned = handing_over.plan(
            turn.intent, turn.facets, asks_danger=not tracker.get_slot("danger"), in_form=bool(turn.active_loop)
        )
        with database().transaction() as session:
            handoff = handing_over.hand_over(
                session,
                now(),
                clinic(),
                planned,
                conversation_id=turn.conversation(session).id,
                message_id=turn.subject_id,
            )
            reference = handoff.reference
        for response in planned.responses:
            dispatcher.utter_message(response=response, handoff=reference)
        return _pause(turn) if planned.kind in URGENT else []


def _pause(turn: Turn) -> list[dict[str, Any]]:
    kind = "emergency" if turn.intent == "emergency" else "crisis"
    events = [SlotSet("danger", turn.tracker.get_slot("danger") or kind)]
    if turn.active_loop:
        events += [ActiveLoop(None), SlotSet("requested_slot", None)]
    if turn.active_loop == "booking_form":
        events.append(SlotSet("paused_form", "booking_form"))
    return events
