"""Labels from the encoder's vectors: a linear head that was tuned with the encoder, and learns what labels data/ has anew.

The encoder was tuned on most of the texts it meets here, so they look easier than they are: a head fitted from nothing
grows too sure of itself, and even one that is fitted on is worse on unseen writers (answers 2 points, danger 2). What the
shipped head knows is therefore kept, and only labels that it does not know are learned here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from understanding.encoder import Vectors
from understanding.probabilities import Floats, softmax

SMOOTHING = 0.05
HOLD = 1e-4  # how strongly new labels are held at nothing
STEPS = 40


@dataclass(frozen=True)
class Heads:
    labels: tuple[str, ...]
    weights: Vectors  # labels x width
    bias: Vectors

    @classmethod
    def load(cls, file: Path) -> "Heads":
        with np.load(file) as stored:
            return cls(tuple(stored["labels"].tolist()), stored["label_weights"], stored["label_bias"])

    def save(self, file: Path) -> None:
        np.savez(file, labels=np.array(self.labels), label_weights=self.weights, label_bias=self.bias)

    def logits(self, vectors: Vectors) -> Floats:
        return vectors.astype(np.float64) @ self.weights.T + self.bias

    def for_labels(self, labels: Sequence[str]) -> "Heads":
        """For other labels than these were made for: a new one starts from nothing."""
        known = {label: n for n, label in enumerate(self.labels)}
        weights = np.zeros((len(labels), self.weights.shape[1]), np.float32)
        bias = np.full(len(labels), self.bias.min(), np.float32)
        for row, label in enumerate(labels):
            if label in known:
                weights[row], bias[row] = self.weights[known[label]], self.bias[known[label]]
        return Heads(tuple(labels), weights, bias)


def fit(prior: Heads, new: Sequence[str], vectors: Vectors, labels: Sequence[str]) -> Heads:
    """Learns the rows of new labels; the others stay."""
    place = {label: n for n, label in enumerate(prior.labels)}
    moving = [place[label] for label in new]
    start = np.hstack([prior.weights, prior.bias[:, None]]).astype(np.float64)
    rows = np.hstack([vectors, np.ones((len(vectors), 1))]).astype(np.float64)
    logits = rows @ start.T
    classes = np.array([place[label] for label in labels])
    wanted = np.full((len(labels), len(place)), SMOOTHING / len(place))
    wanted[np.arange(len(labels)), classes] += 1 - SMOOTHING
    scale = _weights(classes)[:, None] / len(rows)

    def loss(flat: Floats) -> tuple[float, Floats]:
        moved = flat.reshape(len(moving), -1)
        logits[:, moving] = rows @ moved.T
        given = softmax(logits)
        surprise = -float((wanted * np.log(given + 1e-12) * scale).sum())
        gradient = ((given - wanted) * scale)[:, moving].T @ rows + HOLD * moved
        return surprise + float((HOLD / 2 * moved**2).sum()), gradient.ravel()

    found = minimize(loss, start[moving].ravel(), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    start[moving] = found.reshape(len(moving), -1)
    fitted = start.astype(np.float32)
    return Heads(prior.labels, fitted[:, :-1], fitted[:, -1])


def _weights(classes: npt.NDArray[np.int64]) -> Floats:
    """Rare labels count a little more, as they did in the tuning."""
    counts = np.bincount(classes)
    softened = np.clip(counts / counts.mean(), 0.25, 8) ** -0.5
    return np.asarray((softened / np.average(softened, weights=counts))[classes])
