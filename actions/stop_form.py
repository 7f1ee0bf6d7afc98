from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import times
from actions.form import ended
from actions.turn import Turn


class ActionStopForm(Action):
    """Ends a form without sending anything; forgets what was filled in and gives back what was held."""

    def name(self) -> str:
        return "action_stop_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        times.release(turn)
        is_change = turn.slot("change_kind")
        dispatcher.utter_message(response="utter_booking_kept" if is_change else "utter_stopped")
        return ended()
