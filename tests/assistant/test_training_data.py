import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.constants import TEXT

from understanding import dataset, speller
from understanding.components import _label
from understanding.encoder import Encoder

CHANGES_NOTHING = [
    "a",
    "an",
    "the",
    "please",
    "pls",
    "hi",
    "hello",
    "hey",
    "thanks",
    "ok",
    "so",
    "and",
    "just",
    "um",
    "lol",
    "yes",
    "well",
    "oh",
    "really",
    "anyway",
]
SIGNS = re.compile(r"\w+|[^\w\s,.;:?!'\"()-]")


def test_rasa_reads_every_example_as_it_is_written() -> None:
    files = [str(file) for pattern in ("faq/*/*.yml", "flows/*/*.yml") for file in dataset.DATA.glob(pattern)]

    read_by_rasa = training_data_from_paths(files, "en").training_examples

    ours = Counter((example.text, example.label) for example in dataset.read())
    assert Counter((message.get(TEXT), _label(message)) for message in read_by_rasa) == ours


def test_no_text_stands_under_two_labels() -> None:
    labels = defaultdict(set)

    for example in dataset.read():
        labels[re.sub(r"[^\w]+", " ", example.text.lower()).strip() or example.text].add(example.label)

    assert [text for text, found in labels.items() if len(found) > 1] == []


def test_nothing_stands_under_two_labels_but_for_a_slip_or_a_courtesy() -> None:
    """A word more or less may make all the difference ("later infusions", "first infusions"), these do not."""
    examples = dataset.read()
    spelled = speller.fit((example.text for example in examples), Encoder().whole_words)
    labels: defaultdict[Sequence[str], dict[str, str]] = defaultdict(dict)

    for example in examples:
        words = SIGNS.findall(spelled.mended(example.text.lower().replace("'", "")))
        labels[tuple(word for word in words if word not in CHANGES_NOTHING) or (example.text,)][example.label] = (
            example.text
        )

    assert [list(found.items()) for found in labels.values() if len(found) > 1] == []


def test_every_example_names_its_writer() -> None:
    assert {example.text for example in dataset.read() if example.writer < 1} == set()
