from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.form import ended
from actions.turn import Turn, database, now
from frontdesk import contacts, handing_over
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
            turn.intent, turn.facets, asks_danger=not turn.slot("danger"), in_form=bool(turn.active_loop)
        )
        with database().transaction() as session:
            reference = turn.hand_over(session, planned, turn.subject_id).reference
            conversation_id = turn.conversation(session).id
            has_stopped = turn.intent == "stop_contact" and contacts.stop_texts(session, now(), conversation_id)
        for response in ("utter_texts_stopped",) if has_stopped else planned.responses:
            dispatcher.utter_message(response=response, handoff=reference)
        if planned.kind in URGENT:
            return _pause(turn)
        is_for_minor = "under_18" in turn.facets and turn.slot("booking_for") == "someone"
        return ended() if is_for_minor else []  # nobody under 18 is booked for here


def _pause(turn: Turn) -> list[dict[str, Any]]:
    kind = "emergency" if turn.intent == "emergency" else "crisis"
    events = [SlotSet("danger", turn.slot("danger") or kind)]
    if turn.active_loop:
        events += [ActiveLoop(None), SlotSet("requested_slot", None)]
    if turn.active_loop == "booking_form":
        events.append(SlotSet("paused_form", "booking_form"))
    return events
