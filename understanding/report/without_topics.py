"""The model fitted anew without one topic of data/. The encoder stays, as `rasa train` leaves it."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from understanding import classifier, dataset, embedding_cache
from understanding.dataset import Example
from understanding.encoder import Encoder, Vectors
from understanding.figures import Case
from understanding.report import judging
from understanding.report.measuring import PROCESSES
from understanding.report.messages import Message

_vectors: dict[str, Vectors] = {}  # of this process: what the texts of data/ were encoded as
_messages: Sequence[Message] = ()


def topics() -> list[str]:
    """As folders of data/; data/faq/start.yml has its examples in faq/start."""
    found = {path.parent for path in (*dataset.DATA.glob("faq/*/*.yml"), *dataset.DATA.glob("flows/*/*.yml"))}
    return sorted(folder.relative_to(dataset.DATA).as_posix() for folder in found)


def without_topics(messages: Sequence[Message]) -> Iterator[tuple[str, list[Case]]]:
    texts = sorted({example.text for example in dataset.read()})
    unread = [Message(message.text, message.expect, message.kind) for message in messages]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "vectors.npy"
        np.save(file, Encoder(threads=PROCESSES).encode(texts))
        fresh = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(PROCESSES, fresh, _start, (texts, file, unread)) as pool:
            for topic, cases in zip(topics(), pool.map(_without, topics())):
                yield f"data/{topic}", cases


def _start(texts: Sequence[str], file: Path, messages: Sequence[Message]) -> None:
    global _messages
    _vectors.update(zip(texts, np.load(file)))
    _messages = messages
    embedding_cache.encode = _encoded  # texts are encoded once for all, and the cache of real trainings stays whole


def _encoded(encoder: Encoder, texts: Sequence[str], weights: Path) -> Vectors:
    return np.array([_vectors[text] for text in texts], np.float32)


def _without(topic: str) -> list[Case]:
    examples = examples_without(topic)
    model = classifier.train([e.text for e in examples], [e.label for e in examples], threads=1)
    return [judging.judge(message, *judging.read(model, message)) for message in _messages]


def examples_without(topic: str) -> list[Example]:
    with TemporaryDirectory() as folder:
        for kept in topics():
            link = Path(folder) / kept
            link.parent.mkdir(exist_ok=True)
            if kept != topic:
                link.symlink_to(dataset.DATA / kept)
        return dataset.read(Path(folder))
