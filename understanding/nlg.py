"""Lets Rasa say which reviewed text comes next, never the text itself: the front door renders it. Needs Rasa."""

from typing import Any

from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

# What Rasa and the SDK pass along with every response, filled or not.
ALWAYS_THERE = ("text", "buttons", "elements", "custom", "image", "attachment")
NO_VALUES = ("domain_responses", "template")


class ResponseIds(NaturalLanguageGenerator):
    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        pass

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        values = {
            name: value
            for name, value in kwargs.items()
            if name not in NO_VALUES and (value or name not in ALWAYS_THERE)
        }
        parsed = tracker.latest_message.parse_data if tracker.latest_message else {}
        # Rasa hands on "custom" untouched, from here to the channel and into the tracker.
        return {
            "custom": {
                "response": utter_action,
                "values": values,
                "understanding": parsed.get("understanding"),
            }
        }
