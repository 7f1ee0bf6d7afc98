"""The Rasa component that turns a reading into the one intent the rules act on."""

from collections.abc import Mapping, Sequence
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message

from understanding.decision import Context, Decision, Limits
from understanding.language import language
from understanding.reading import Reading
from understanding.router import decide
from understanding.within import screened

MISSES = ("clarify", "ask_back", "offer_person")
DECIDED = "understanding"  # key of the decision in a message's data, and so in the tracker's parse data


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Router(GraphComponent):
    """Needs the data of `Reader` ("reading", and "reading_parts" for a message of several sentences)."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GraphComponent:
        return cls()

    def __init__(self) -> None:
        self._limits = Limits.load()

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        for message in messages:
            metadata = message.get(METADATA) or {}
            is_button = bool(metadata.get("command"))
            _write(message, pressed(metadata, tracker) if is_button else self._decide(message, tracker))
        return messages

    def _decide(self, message: Message, tracker: DialogueStateTracker | None) -> Decision:
        text = message.get(TEXT) or ""
        read = message.get("reading")
        reading = Reading.from_dict(read) if read else Reading({}, 0.0, 0.0, 0.0)
        context = context_of(tracker)
        return decide(
            text,
            screened(text, reading, context),
            reading,
            context,
            parts=[Reading.from_dict(part) for part in message.get("reading_parts") or []],
            language=language(text),
            limits=self._limits,
        )


def context_of(tracker: DialogueStateTracker | None) -> Context:
    if tracker is None:
        return Context()
    earlier = _earlier(tracker)
    before = earlier[0] if earlier else {}
    return Context(
        loop=tracker.active_loop_name,
        requested=tracker.get_slot("requested_slot"),
        in_danger=bool(tracker.get_slot("danger")),
        is_paused=bool(tracker.get_slot("paused_form")),
        misses=_misses(earlier),
        last_answer=[before.get("answer"), *(before.get("also") or ())][-1] if before.get("intent") == "faq" else None,
        was_about_minor="under_18" in ((before.get("verdict") or {}).get("facets") or ()),
    )


def _misses(earlier: Sequence[Mapping[str, Any]]) -> int:
    count = 0
    for decided in earlier:
        if decided.get("intent") not in MISSES:
            break
        count += 1
    return count


def _earlier(tracker: DialogueStateTracker | None) -> list[dict[str, Any]]:
    """What earlier messages were decided to be, the latest first."""
    if tracker is None:
        return []
    said = [event for event in tracker.events if isinstance(event, UserUttered)]
    return [(event.parse_data or {}).get(DECIDED) or {} for event in reversed(said)]


def pressed(metadata: dict[str, Any], tracker: DialogueStateTracker | None) -> Decision:
    """The decision for a button, from what the front door says that it stands for."""
    name = str(metadata["command"])
    if name == "faq":
        return Decision("faq", answer=metadata["answer"])
    if name == "in_general":
        asked = next((d for d in _earlier(tracker) if d.get("intent") == "ask_back"), {})
        return Decision("faq", answer=asked["answer"]) if asked.get("answer") else Decision("unanswered")
    return Decision(name, answer=metadata.get("answer"))


def _write(message: Message, decision: Decision) -> None:
    intent = {"name": decision.intent, "confidence": decision.confidence}
    message.set(INTENT, intent, add_to_output=True)
    message.set("intent_ranking", [intent], add_to_output=True)
    message.set(DECIDED, decision.as_dict(), add_to_output=True)
    if decision.intent == "faq":
        key = f"faq/{decision.answer}"
        selected = {"response": {"intent_response_key": key, "utter_action": f"utter_{key}", "confidence": 1.0}}
        message.set("response_selector", {"all_retrieval_intents": ["faq"], "faq": selected}, add_to_output=True)
