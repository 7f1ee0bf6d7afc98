"""The trained model: what the encoder makes of a text, joined with its wording."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from understanding import embedding_cache, heads, speller, wording
from understanding.encoder import WEIGHTS, Encoder, Vectors
from understanding.heads import Heads
from understanding.pieces import sentences, windows
from understanding.probabilities import Calibration, Floats, reading_of
from understanding.reading import Reading
from understanding.speller import Speller
from understanding.wording import Wording

WORDING_SHARE = 0.5  # of its logits beside the encoder's; found on writers held out
BESIDE = 4000  # texts of known labels that new ones are told apart from
HEADS, WORDING, WORDS = "heads.npz", "wording.npz", "words.json"


@dataclass(frozen=True)
class Classifier:
    encoder: Encoder
    heads: Heads
    wording: Wording
    speller: Speller
    calibration: Calibration = field(default_factory=Calibration)

    @classmethod
    def load(cls, folder: Path) -> "Classifier":
        encoder = Encoder()
        spelled = Speller.load(folder / WORDS, encoder.whole_words)
        return cls(encoder, Heads.load(folder / HEADS), Wording.load(folder / WORDING), spelled, Calibration.load())

    def save(self, folder: Path) -> None:
        self.heads.save(folder / HEADS)
        self.wording.save(folder / WORDING)
        self.speller.save(folder / WORDS)

    def read(self, text: str) -> Reading:
        return self.read_with_parts(text)[0]

    def read_with_parts(self, text: str) -> tuple[Reading, list[Reading]]:
        """The whole, and each of its sentences when there are several."""
        whole, parts = windows(text), sentences(text)
        logits = self.logits([*whole, *parts])
        reading = reading_of(self.heads.labels, logits[: len(whole)], self.calibration)
        return (
            replace(reading, danger=max(reading.danger, self._danger_as_typed(whole))),
            [
                reading_of(self.heads.labels, logits[n : n + 1], self.calibration)
                for n in range(len(whole), len(logits))
            ],
        )

    def _danger_as_typed(self, texts: Sequence[str]) -> float:
        """Of what the speller changes: a slip that is mended must never hide danger."""
        changed = [text for text in texts if self.speller.mended(text) != text]
        if not changed:
            return 0.0
        logits = self.joined(self.encoder.encode(changed), changed)
        return reading_of(self.heads.labels, logits, self.calibration).danger

    def logits(self, texts: Sequence[str]) -> Floats:
        spelled = [self.speller.mended(text) for text in texts]
        return self.joined(self.encoder.encode(spelled), spelled)

    def joined(self, vectors: Vectors, texts: Sequence[str]) -> Floats:
        beside = self.wording.logits(texts)
        return self.heads.logits(vectors) + WORDING_SHARE * (beside - beside.mean(1, keepdims=True))


def train(texts: Sequence[str], labels: Sequence[str], threads: int = 2, weights: Path = WEIGHTS) -> Classifier:
    """What `rasa train` does: the encoder and the labels that it was tuned for stay, all else is fitted."""
    shipped = Heads.load(weights / HEADS)
    fitted, new = shipped.for_labels(sorted(set(labels))), set(labels) - set(shipped.labels)
    if new:
        known = [n for n, label in enumerate(labels) if label not in new]
        rows = sorted([*known[:: 1 + len(known) // BESIDE], *(n for n, label in enumerate(labels) if label in new)])
        vectors = embedding_cache.encode(Encoder(weights, threads), [texts[n] for n in rows], weights)
        fitted = heads.fit(fitted, sorted(new), vectors, [labels[n] for n in rows])
    encoder = Encoder(weights)
    spelled = speller.fit(texts, encoder.whole_words)
    return Classifier(encoder, fitted, wording.fit(texts, labels), spelled, Calibration.load())
