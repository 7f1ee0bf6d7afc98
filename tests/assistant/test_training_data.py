import re
from collections import Counter, defaultdict

from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.constants import TEXT

from understanding import dataset
from understanding.components import _label


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


def test_every_example_names_its_writer() -> None:
    assert {example.text for example in dataset.read() if example.writer < 1} == set()
