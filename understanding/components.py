"""The understanding as a component of Rasa's pipeline."""

import hashlib
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from understanding.classifier import Classifier, train
from understanding.dataset import label_of
from understanding.pieces import without_edit

READING = "reading"
READING_PARTS = "reading_parts"  # of each sentence, when there are several


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Reader(GraphComponent):
    """Sets `reading` on every message with words; which intent that means is the router's to decide."""

    def __init__(
        self, threads: int, resource: Resource, model_storage: ModelStorage, classifier: Classifier | None = None
    ) -> None:
        self._threads = threads
        self._resource = resource
        self._model_storage = model_storage
        self._classifier = classifier

    @staticmethod
    def required_packages() -> list[str]:
        return ["onnxruntime", "tokenizers", "numpy", "scipy"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"threads": 2}  # while training; one message is read on one core

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Rasa looks at this class alone; what it is made of counts as well."""
        here = Path(__file__).parent
        modules = (
            "classifier",
            "heads",
            "wording",
            "speller",
            "spelling",
            "wordlists",
            "dataset",
            "encoder",
            "encoder_input",
        )
        parts = [*(f"{module}.py" for module in modules), "cues/spelling.yml", "weights/weights.json"]
        return hashlib.sha256(b"".join((here / part).read_bytes() for part in parts)).hexdigest()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Reader":
        return cls(config["threads"], resource, model_storage)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "Reader":
        with model_storage.read_from(resource) as folder:
            return cls(config["threads"], resource, model_storage, Classifier.load(Path(folder)))

    def train(self, training_data: TrainingData) -> Resource:
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        texts, labels = [example.get(TEXT) for example in examples], [_label(example) for example in examples]
        self._classifier = train(texts, labels, self._threads)
        with self._model_storage.write_to(self._resource) as folder:
            self._classifier.save(Path(folder))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = without_edit((message.get(TEXT) or "").strip())
            is_command = bool(message.get(INTENT)) or text.startswith("/")
            if text and not is_command and self._classifier:
                whole, parts = self._classifier.read_with_parts(text)
                message.set(READING, whole.as_dict(), add_to_output=False)
                message.set(READING_PARTS, [part.as_dict() for part in parts], add_to_output=False)
        return messages


def _label(example: Message) -> str:
    about = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
    return label_of(example.get(INTENT_RESPONSE_KEY) or example.get(INTENT), about.get("topic"))
