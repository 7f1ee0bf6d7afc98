"""Many messages judged in two processes, each with the trained model."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from understanding.classifier import Classifier
from understanding.figures import Case
from understanding.report import judging
from understanding.report.messages import Message
from understanding.report.variants import AS_SERVED, VARIANTS

PROCESSES = 2
PIECE = 64  # messages at a time

_classifier: Classifier | None = None  # of this process


@dataclass(frozen=True)
class Outcome:
    """What became of one message, and what the model had made of it."""

    case: Case
    danger: float
    clinician: float
    label: str  # the likeliest
    share: float


class Measuring:
    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def outcomes(self, messages: Sequence[Message], variant: str = AS_SERVED) -> list[Outcome]:
        pieces = [messages[n : n + PIECE] for n in range(0, len(messages), PIECE)]
        return [one for piece in self._pool.map(_outcomes, pieces, [variant] * len(pieces)) for one in piece]

    def read(self, messages: Sequence[Message]) -> list[Message]:
        """The same with their readings, so that they need not be read again."""
        pieces = [messages[n : n + PIECE] for n in range(0, len(messages), PIECE)]
        return [one for piece in self._pool.map(_read, pieces) for one in piece]

    def cases(self, messages: Sequence[Message], variant: str = AS_SERVED) -> list[Case]:
        return [outcome.case for outcome in self.outcomes(messages, variant)]


@contextmanager
def measuring(model: Path) -> Iterator[Measuring]:
    """`model`: the folder that a reader was saved in."""
    fresh = multiprocessing.get_context("spawn")  # the encoder's runtime does not survive a fork
    with ProcessPoolExecutor(PROCESSES, fresh, _load, (model,)) as pool:
        yield Measuring(pool)


def _load(model: Path) -> None:
    global _classifier
    _classifier = Classifier.load(model)


def _read(messages: Sequence[Message]) -> list[Message]:
    assert _classifier is not None  # noqa: S101 (every process loads it first)
    found = ((message, *judging.read(_classifier, message)) for message in messages)
    return [replace(message, reading=reading, parts=tuple(parts)) for message, reading, parts in found]


def _outcomes(messages: Sequence[Message], name: str) -> list[Outcome]:
    assert _classifier is not None  # noqa: S101 (every process loads it first)
    variant = VARIANTS[name]
    classifier = variant.change(_classifier)
    found = []
    for message in messages:
        case, reading = variant.judged(classifier, message)
        label, share = max(reading.labels.items(), key=lambda item: item[1], default=("", 0.0))
        found.append(Outcome(case, reading.danger, reading.clinician, label, share))
    return found
