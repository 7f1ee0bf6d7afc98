"""The pipeline with a part left out, to see what the part adds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

import understanding.screen as screening
from understanding.classifier import Classifier
from understanding.figures import Case
from understanding.probabilities import Calibration
from understanding.reading import Reading
from understanding.report.judging import judge, read
from understanding.report.messages import Message
from understanding.speller import Speller
from understanding.wording import Wording

NOTHING_READ = Reading({}, 0.0, 0.0, 0.0)


def as_it_is(classifier: Classifier) -> Classifier:
    return classifier


def without_wording(classifier: Classifier) -> Classifier:
    """The class as it is, knowing no word."""
    count = len(classifier.wording.labels)
    mute = Wording(classifier.wording.labels, {}, np.zeros(0), np.zeros((0, count), np.float32), np.zeros(count))
    return replace(classifier, wording=mute)


def without_encoder(classifier: Classifier) -> Classifier:
    heads = classifier.heads
    return replace(classifier, heads=replace(heads, weights=heads.weights * 0, bias=heads.bias * 0))


class Copyist(Speller):
    """Leaves every word as it is typed."""

    def mended(self, text: str) -> str:
        return text


def without_speller(classifier: Classifier) -> Classifier:
    return replace(classifier, speller=Copyist({}, []))


def without_calibration(classifier: Classifier) -> Classifier:
    return replace(classifier, calibration=Calibration())


@dataclass(frozen=True)
class Variant:
    change: Callable[[Classifier], Classifier] = as_it_is
    uses_model: bool = True
    uses_cues: bool = True
    uses_parts: bool = True

    def judged(self, classifier: Classifier, message: Message) -> tuple[Case, Reading]:
        """`classifier`: changed already."""
        if not self.uses_model:
            return judge(message, NOTHING_READ, [], by_cues_alone=True), NOTHING_READ
        reading, parts = read(classifier, message)
        with silent_cues(not self.uses_cues):
            return judge(message, reading, parts if self.uses_parts else []), reading


AS_SERVED = "as served"
VARIANTS = {
    AS_SERVED: Variant(),
    "cues alone": Variant(uses_model=False),
    "model alone": Variant(uses_cues=False),
    "without wording": Variant(without_wording),
    "without encoder": Variant(without_encoder),
    "without speller": Variant(without_speller),
    "without calibration": Variant(without_calibration),
    "without sentence parts": Variant(uses_parts=False),
}
# The others go by readings there are.
READ_ANEW = ("without wording", "without encoder", "without speller", "without calibration")


@contextmanager
def silent_cues(are_silent: bool) -> Iterator[None]:
    heard = screening.cue_hits
    if are_silent:
        screening.cue_hits = lambda text, spoken: []
    try:
        yield
    finally:
        screening.cue_hits = heard
