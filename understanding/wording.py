"""Labels from the words and letters of a text: what the encoder smooths over, and what it has never been tuned on.

A linear model on word pairs and letter groups, fitted on all of data/ by every `rasa train`. Alone it is weak; beside the
encoder it mends a fifth of the wrong answers.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from understanding.encoder_input import encoder_input

SHORTEST, LONGEST = 2, 5  # letters in a group
LEAST = {"letters": 4, "words": 2}  # texts a feature must be in
LOOSENESS = 10.0  # inverse strength of the pull towards zero, for all texts together
STEPS = 40

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Wording:
    labels: tuple[str, ...]
    places: dict[str, int]  # feature -> column
    rarity: Floats  # of each feature
    weights: npt.NDArray[np.float32]  # features x labels
    bias: Floats

    @classmethod
    def load(cls, file: Path) -> "Wording":
        with np.load(file) as stored:
            places = {feature: n for n, feature in enumerate(stored["features"].tolist())}
            weights = stored["weights"].astype(np.float32)
            return cls(tuple(stored["labels"].tolist()), places, stored["rarity"], weights, stored["bias"])

    def save(self, file: Path) -> None:
        np.savez(
            file,
            labels=np.array(self.labels),
            features=np.array(list(self.places)),
            rarity=self.rarity,
            weights=self.weights.astype(np.float16),
            bias=self.bias,
        )

    def logits(self, texts: Sequence[str]) -> Floats:
        return np.asarray(_rows(texts, self.places, self.rarity) @ self.weights + self.bias)


def fit(texts: Sequence[str], labels: Sequence[str]) -> Wording:
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(features(text)))
    kept = sorted(f for f, n in counts.items() if n >= LEAST["words" if f[0] == "\t" else "letters"])
    places = {feature: n for n, feature in enumerate(kept)}
    rarity = np.array([np.log((1 + len(texts)) / (1 + counts[feature])) + 1 for feature in kept])
    names = tuple(sorted(set(labels)))
    weights, bias = _descend(
        _rows(texts, places, rarity), np.array([names.index(label) for label in labels]), len(names)
    )
    return Wording(names, places, rarity, weights, bias)


def features(text: str) -> Iterator[str]:
    """Letter groups within words, edges marked by a space; words and pairs of neighbours, marked by a tab."""
    words = encoder_input(text).lower().split()
    for word in words:
        padded = f" {word} "
        for size in range(SHORTEST, LONGEST + 1):
            yield from (padded[at : at + size] for at in range(max(1, len(padded) - size + 1)))
    yield from (f"\t{word}" for word in words)
    yield from (f"\t{first} {second}" for first, second in pairwise(words))


def _rows(texts: Sequence[str], places: dict[str, int], rarity: Floats) -> csr_matrix:
    """A text a row: each feature's damped count times its rarity, letters and words each of length one."""
    data: list[float] = []
    columns: list[int] = []
    starts = [0]
    for text in texts:
        counts = Counter(feature for feature in features(text) if feature in places)
        for is_word in (False, True):
            group = [
                (places[f], (1 + np.log(n)) * rarity[places[f]]) for f, n in counts.items() if (f[0] == "\t") == is_word
            ]
            length = sum(value**2 for _, value in group) ** 0.5
            columns += [place for place, _ in group]
            data += [value / length for _, value in group]
        starts.append(len(columns))
    return csr_matrix((data, columns, starts), shape=(len(texts), len(places)), dtype=np.float32)


def _descend(rows: csr_matrix, classes: npt.NDArray[np.int64], count: int) -> tuple[npt.NDArray[np.float32], Floats]:
    wanted = np.eye(count, dtype=np.float32)[classes]
    turned = rows.T.tocsr()
    width = rows.shape[1]

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights, bias = flat[: width * count].reshape(width, count), flat[width * count :]
        scores = rows @ weights.astype(np.float32) + bias
        scores -= scores.max(1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(1, keepdims=True)
        surprise = -LOOSENESS * np.log(shares[np.arange(len(classes)), classes] + 1e-12).sum()
        off = (LOOSENESS * (shares - wanted)).astype(np.float32)
        gradient = np.concatenate([(turned @ off + weights).ravel(), off.sum(0)])
        return float(surprise + 0.5 * (weights**2).sum()), gradient.astype(np.float64)

    found = minimize(
        loss, np.zeros(width * count + count), jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 5}
    ).x
    return found[: width * count].reshape(width, count).astype(np.float32), found[width * count :]
