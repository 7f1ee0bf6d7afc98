from pathlib import Path

import numpy as np
import pytest

from understanding import dataset
from understanding.classifier import HEADS, Classifier, train
from understanding.encoder import WEIGHTS
from understanding.heads import Heads
from understanding.pieces import sentences, windows
from understanding.reading import Reading

SHARE = 6  # every so many examples: enough to read by, quick to train


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    examples = dataset.read()[::SHARE]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRONTDESK_VAR", str(tmp_path_factory.mktemp("var")))
        return train([example.text for example in examples], [example.label for example in examples])


def best(reading: Reading) -> str:
    return max(reading.labels, key=lambda label: reading.labels[label])


def test_the_probabilities_of_all_labels_are_one_together(trained: Classifier) -> None:
    reading = trained.read("how long does one session take?")

    assert sum(reading.labels.values()) == pytest.approx(1)
    assert best(reading) == "faq/session_length"


def test_danger_and_clinicians_questions_stand_out(trained: Classifier) -> None:
    dark = trained.read("I want to kill myself tonight")
    asked = trained.read("I have bipolar disorder and take lithium, can I get this?")
    plain = trained.read("what are your opening hours")

    assert dark.danger > 0.7 > 0.1 > plain.danger
    assert asked.clinician > 0.7 > 0.1 > plain.clinician


def test_a_long_message_is_as_dark_as_its_darkest_piece(trained: Classifier) -> None:
    story = "The weather was fine and we went to the market for apples and cheese. " * 12

    assert trained.read(story + "I am going to kill myself tonight.").danger > 2 * trained.read(story).danger


def test_sentences_are_read_one_by_one_only_when_there_are_several(trained: Classifier) -> None:
    _, none = trained.read_with_parts("when are you open")
    _, two = trained.read_with_parts("I am on lithium, can I have it? And when are you open?")

    assert none == []
    assert [best(part) for part in two] == ["eligibility", "faq/hours"]


def test_a_saved_model_reads_as_before(trained: Classifier, tmp_path: Path) -> None:
    trained.save(tmp_path)

    loaded = Classifier.load(tmp_path)

    assert loaded.logits(["can i drive after"]) == pytest.approx(trained.logits(["can i drive after"]), abs=0.05)


def test_nothing_of_a_text_is_lost_in_its_pieces() -> None:
    text = "word " * 400

    assert "".join(windows(text)).replace(" ", "") == text.replace(" ", "")
    assert max(map(len, windows("x" * 5000))) <= 480
    assert sentences("one. two!\nthree") == ["one.", "two!", "three"]


def test_a_new_answer_is_learned_without_new_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_VAR", str(tmp_path))
    examples = dataset.read()[:: SHARE * 2]
    new = [
        "can i bring my parrot",
        "are parrots allowed",
        "is my parrot welcome",
        "parrot in the room ok?",
        "my parrot comes too",
    ]
    texts = [example.text for example in examples] + new
    labels = [example.label for example in examples] + ["faq/parrots"] * len(new)

    model = train(texts, labels)

    shipped = Heads.load(WEIGHTS / HEADS).for_labels(model.heads.labels)
    is_known = np.array(model.heads.labels) != "faq/parrots"
    assert np.array_equal(model.heads.weights[is_known], shipped.weights[is_known])
    assert best(model.read("would you let my parrot in")) == "faq/parrots"
    assert best(model.read("how long does one session take?")) == "faq/session_length"
