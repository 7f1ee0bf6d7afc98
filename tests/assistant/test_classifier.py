import numpy as np
import pytest

from understanding import dataset, head_training
from understanding.classifier import Calibration, Classifier, Heads, sentences, windows
from understanding.encoder import WEIGHTS, Encoder
from understanding.reading import Reading


@pytest.fixture(scope="module")
def shipped() -> Classifier:
    return Classifier(Encoder(), Heads.load(WEIGHTS / "heads.npz"), Calibration.load())


def best(reading: Reading) -> str:
    return max(reading.labels, key=lambda label: reading.labels[label])


def test_the_probabilities_of_all_labels_are_one_together(shipped: Classifier) -> None:
    reading = shipped.read("how long does one session take?")

    assert sum(reading.labels.values()) == pytest.approx(1)
    assert best(reading) == "faq/session_length"


def test_danger_and_clinicians_questions_stand_out(shipped: Classifier) -> None:
    dark = shipped.read("I want to kill myself tonight")
    asked = shipped.read("I have bipolar disorder and take lithium, can I get this?")
    plain = shipped.read("what are your opening hours")

    assert dark.danger > 0.9 > 0.1 > plain.danger
    assert asked.clinician > 0.9 > 0.1 > plain.clinician


def test_a_long_message_is_as_dark_as_its_darkest_piece(shipped: Classifier) -> None:
    story = "The weather was fine and we went to the market for apples and cheese. " * 12

    assert shipped.read(story + "I am going to kill myself tonight.").danger > 0.5
    assert shipped.read(story).danger < 0.2


def test_sentences_are_read_one_by_one_only_when_there_are_several(shipped: Classifier) -> None:
    _, none = shipped.read_with_parts("when are you open")
    _, two = shipped.read_with_parts("I am on lithium, can I have it? And when are you open?")

    assert none == []
    assert [best(part) for part in two] == ["eligibility", "faq/hours"]


def test_nothing_of_a_text_is_lost_in_its_pieces() -> None:
    text = "word " * 400

    assert "".join(windows(text)).replace(" ", "") == text.replace(" ", "")
    assert max(map(len, windows("x" * 5000))) <= 480
    assert sentences("one. two!\nthree") == ["one.", "two!", "three"]


def test_training_again_on_the_same_data_changes_few_answers(shipped: Classifier) -> None:
    examples = dataset.read()[::10]
    vectors = shipped.encoder.encode([example.text for example in examples])

    again = head_training.fit(shipped.heads, vectors, [example.label for example in examples])

    before, _ = shipped.heads.logits(vectors)
    after, _ = again.logits(vectors)
    places = [again.labels[n] for n in after.argmax(1)]
    same = np.mean([shipped.heads.labels[n] == place for n, place in zip(before.argmax(1), places)])
    assert same > 0.9


def test_a_new_answer_is_learned_without_new_weights(shipped: Classifier) -> None:
    examples = [(example.text, example.label) for example in dataset.read()[::15]]
    new = [
        "can i bring my parrot",
        "are parrots allowed",
        "is my parrot welcome",
        "parrot in the room ok?",
        "my parrot comes too",
    ]
    texts, labels = zip(*examples, *((text, "faq/parrots") for text in new))

    heads = head_training.fit(shipped.heads, shipped.encoder.encode(texts), labels)

    assert best(Classifier(shipped.encoder, heads).read("would you let my parrot in")) == "faq/parrots"
    assert best(Classifier(shipped.encoder, heads).read("how long does one session take?")) == "faq/session_length"
