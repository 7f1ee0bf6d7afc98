"""What `rasa train` fits: the heads on the fixed encoder, in seconds.

The encoder was tuned on most of the texts it meets here, so they look easier than they are: a head fitted from nothing
grows too sure of itself. The shipped heads, which grew with the encoder, are therefore the prior, and only what data/
says beyond them (new answers, new examples) moves them.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import minimize

from understanding.classifier import Floats, Heads, label_rows, sigmoid, softmax
from understanding.encoder import Vectors
from understanding.reading import CLINICIAN, URGENT

SMOOTHING = 0.05
HOLD = 1e-4  # how strongly the heads stay at the prior
STEPS = 60
FLAGS = (URGENT, CLINICIAN)


def fit(shipped: Heads, vectors: Vectors, labels: Sequence[str], hold: float = HOLD, steps: int = STEPS) -> Heads:
    names = tuple(sorted(set(labels)))
    rows = np.hstack([vectors, np.ones((len(vectors), 1))]).astype(np.float64)
    classes = np.array([names.index(label) for label in labels])
    counts = np.bincount(classes, minlength=len(names))
    softened = np.clip(counts / counts.mean(), 0.25, 8) ** -0.5
    weight = (softened / np.average(softened, weights=counts))[classes]
    wanted = np.full((len(labels), len(names)), SMOOTHING / len(names))
    wanted[np.arange(len(labels)), classes] += 1 - SMOOTHING
    prior = np.hstack([part.reshape(len(names), -1) for part in label_rows(shipped, names)])
    label_part = _descend(rows, wanted, weight, prior, softmax, hold, steps)

    asked = np.array([[label in group for group in FLAGS] for label in labels]) * (1 - SMOOTHING) + SMOOTHING / 2
    flag_prior = np.hstack([shipped.flag_weights, shipped.flag_bias[:, None]])
    flag_part = _descend(rows, asked, np.ones(len(labels)), flag_prior, sigmoid, hold, steps)
    return Heads(names, label_part[:, :-1], label_part[:, -1], flag_part[:, :-1], flag_part[:, -1])


def _descend(
    rows: Floats,
    wanted: Floats,
    weight: Floats,
    prior: Vectors,
    link: Callable[[Floats], Floats],
    hold: float,
    steps: int,
) -> Vectors:
    """The weights nearest to the prior that give `wanted`; for softmax and sigmoid alike the gradient is link - wanted."""
    scale = weight[:, None] / len(rows)
    start = prior.astype(np.float64)

    def loss(flat: Floats) -> tuple[float, Floats]:
        moved = flat.reshape(start.shape)
        given = link(rows @ moved.T)
        surprise = -(wanted * np.log(given + 1e-12)).sum(1)
        if link is sigmoid:
            surprise -= ((1 - wanted) * np.log(1 - given + 1e-12)).sum(1)
        away = moved - start
        gradient = ((given - wanted) * scale).T @ rows + hold * away
        return float((surprise * scale[:, 0]).sum() + hold / 2 * (away**2).sum()), gradient.ravel()

    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps})
    return np.asarray(found.x.reshape(start.shape), np.float32)
