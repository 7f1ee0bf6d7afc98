from pathlib import Path

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from understanding.components import READING, READING_PARTS, Reader
from understanding.reading import Reading

CONTEXT = ExecutionContext(GraphSchema({}))
RESOURCE = Resource("reader")


def example(text: str, intent: str, topic: str | None = None) -> Message:
    answer = {"intent_response_key": intent} if "/" in intent else {}
    metadata = {"intent": {"writer": 1, **({"topic": topic} if topic else {})}}
    return Message({"text": text, "intent": intent.split("/")[0], "metadata": metadata, **answer})


TOY = TrainingData(
    [
        example("how long is a session", "faq/session_length"),
        example("how many minutes does it take", "faq/session_length"),
        example("how much is it", "unanswered", "cost"),
        example("what is the price", "unanswered", "cost"),
        example("I have bipolar, can I come", "eligibility"),
        example("may a pregnant woman have it", "eligibility"),
    ]
)


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalModelStorage:
    monkeypatch.setenv("FRONTDESK_VAR", str(tmp_path / "var"))
    return LocalModelStorage.create(tmp_path)


def trained(storage: LocalModelStorage, data: TrainingData = TOY) -> Reader:
    config = Reader.get_default_config()
    Reader.create(config, storage, RESOURCE, CONTEXT).train(data)
    return Reader.load(config, storage, RESOURCE, CONTEXT)


def test_a_reader_trained_on_six_texts_reads_after_it_was_loaded_again(storage: LocalModelStorage) -> None:
    message = Message({"text": "what does it cost?"})

    trained(storage).process([message])

    reading = Reading.from_dict(message.get(READING))
    assert set(reading.labels) == {"faq/session_length", "unanswered/cost", "eligibility"}
    assert max(reading.labels, key=lambda label: reading.labels[label]) == "unanswered/cost"
    assert READING not in message.as_dict(only_output_properties=True)


@pytest.mark.parametrize("text", ["", "   ", "/book", " /faq{}"])
def test_commands_and_empty_texts_are_left_alone(storage: LocalModelStorage, text: str) -> None:
    message = Message({"text": text})

    trained(storage).process([message])

    assert message.get(READING) is None


def test_each_sentence_has_a_reading_of_its_own(storage: LocalModelStorage) -> None:
    message = Message({"text": "How much is it? I have bipolar, can I come?"})

    trained(storage).process([message])

    assert len(message.get(READING_PARTS)) == 2


def test_training_twice_encodes_only_new_texts(storage: LocalModelStorage, tmp_path: Path) -> None:
    data = TrainingData([*TOY.training_examples, example("may my parrot come in", "faq/parrots")])
    trained(storage, data)
    [cache] = (tmp_path / "var" / "embeddings").glob("*.npz")
    written = cache.stat().st_mtime_ns

    trained(storage, data)

    assert cache.stat().st_mtime_ns == written


def test_texts_of_labels_that_the_weights_know_need_no_encoding(storage: LocalModelStorage, tmp_path: Path) -> None:
    trained(storage)

    assert not (tmp_path / "var" / "embeddings").exists()
