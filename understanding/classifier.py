"""Labels and the two safety questions of an encoded text: linear heads and what makes their figures probabilities."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from understanding.encoder import Encoder, Vectors
from understanding.reading import Reading

THRESHOLDS = Path(__file__).parent / "thresholds.yml"
WINDOW = 480  # characters; what is longer is read in pieces
PARTS = 8  # sentences that are also read one by one
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
LETTER = re.compile(r"[^\W\d_]")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Heads:
    labels: tuple[str, ...]
    label_weights: Vectors  # labels x width
    label_bias: Vectors
    flag_weights: Vectors  # danger, clinician's
    flag_bias: Vectors

    @classmethod
    def load(cls, file: Path) -> "Heads":
        with np.load(file) as stored:
            parts = {name: stored[name] for name in ("label_weights", "label_bias", "flag_weights", "flag_bias")}
            return cls(tuple(str(label) for label in stored["labels"]), **parts)

    def save(self, file: Path) -> None:
        np.savez(
            file,
            labels=np.array(self.labels),
            label_weights=self.label_weights,
            label_bias=self.label_bias,
            flag_weights=self.flag_weights,
            flag_bias=self.flag_bias,
        )

    def logits(self, vectors: Vectors) -> tuple[Floats, Floats]:
        rows = vectors.astype(np.float64)
        return rows @ self.label_weights.T + self.label_bias, rows @ self.flag_weights.T + self.flag_bias


@dataclass(frozen=True)
class Calibration:
    """Found on writers whom the model had not seen; see thresholds.yml."""

    temperature: float = 1.0
    danger: tuple[float, float] = (1.0, 0.0)  # slope, shift
    clinician: tuple[float, float] = (1.0, 0.0)

    @classmethod
    def load(cls, file: Path = THRESHOLDS) -> "Calibration":
        found = yaml.safe_load(file.read_text(encoding="utf-8"))["calibration"]
        return cls(found["temperature"], tuple(found["danger"]), tuple(found["clinician"]))


@dataclass(frozen=True)
class Classifier:
    encoder: Encoder
    heads: Heads
    calibration: Calibration = field(default_factory=Calibration)

    def read(self, text: str) -> Reading:
        return self.read_vectors(self.encoder.encode(windows(text)))

    def read_with_parts(self, text: str) -> tuple[Reading, list[Reading]]:
        """The whole, and each of its sentences when there are several."""
        whole, parts = windows(text), sentences(text)
        vectors = self.encoder.encode([*whole, *parts])
        return (
            self.read_vectors(vectors[: len(whole)]),
            [self.read_vectors(vectors[n : n + 1]) for n in range(len(whole), len(vectors))],
        )

    def read_vectors(self, vectors: Vectors) -> Reading:
        return reading_of(self.heads.labels, *self.heads.logits(vectors), self.calibration)


def reading_of(names: Sequence[str], labels: Floats, flags: Floats, calibration: Calibration) -> Reading:
    """One text, given as the logits of its pieces: its darkest piece counts, and the mean of its labels."""
    shares = softmax(labels / calibration.temperature).mean(0)
    danger, clinician = (
        float(sigmoid(slope * flags[:, n] + shift).max())
        for n, (slope, shift) in enumerate((calibration.danger, calibration.clinician))
    )
    named = {name: float(share) for name, share in zip(names, shares)}
    return Reading(named, danger, clinician, scope=float(logsumexp(labels).max()))


def sentences(text: str) -> list[str]:
    found = [part for part in SENTENCE_END.split(text.strip()) if LETTER.search(part)]
    return found[:PARTS] if len(found) > 1 else []


def windows(text: str) -> list[str]:
    """The text in pieces that the encoder can hold, cut between words."""
    return textwrap.wrap(text, WINDOW) if len(text) > WINDOW else [text]


def logsumexp(values: Floats) -> Floats:
    top = values.max(1)
    return np.asarray(top + np.log(np.exp(values - top[:, None]).sum(1)))


def softmax(values: Floats) -> Floats:
    return np.exp(values - logsumexp(values)[:, None])


def sigmoid(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -50, 50))))


def label_rows(heads: Heads, labels: Sequence[str]) -> tuple[Vectors, Vectors]:
    """Weights and biases for other labels than the heads were made for: a new one starts from nothing."""
    known = {label: n for n, label in enumerate(heads.labels)}
    weights = np.zeros((len(labels), heads.label_weights.shape[1]), np.float32)
    bias = np.full(len(labels), heads.label_bias.min(), np.float32)
    for row, label in enumerate(labels):
        if label in known:
            weights[row], bias[row] = heads.label_weights[known[label]], heads.label_bias[known[label]]
    return weights, bias
