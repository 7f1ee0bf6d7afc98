"""From the figures of a linear model to a reading whose shares are true of messages it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from understanding.reading import CLINICIAN, URGENT, Reading

THRESHOLDS = Path(__file__).parent / "thresholds.yml"

Floats = npt.NDArray[np.float64]


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


def reading_of(names: Sequence[str], logits: Floats, calibration: Calibration) -> Reading:
    """One text, given as the logits of its pieces: its darkest piece counts, and the mean of its labels."""
    shares = softmax(logits / calibration.temperature).mean(0)
    danger, clinician = (
        float(sigmoid(slope * odds(names, logits, group) + shift).max())
        for group, (slope, shift) in ((URGENT, calibration.danger), (CLINICIAN, calibration.clinician))
    )
    named = {name: float(share) for name, share in zip(names, shares)}
    return Reading(named, danger, clinician, scope=float(logsumexp(logits).max()))


def odds(names: Sequence[str], logits: Floats, group: Sequence[str]) -> Floats:
    """Log-odds that a text is one of a group. Surer than a yes-or-no question of its own, which was tried."""
    inside = np.isin(names, group)
    if not inside.any() or inside.all():
        return np.full(len(logits), -30.0 if not inside.any() else 30.0)
    return logsumexp(logits[:, inside]) - logsumexp(logits[:, ~inside])


def logsumexp(values: Floats) -> Floats:
    top = values.max(1)
    return np.asarray(top + np.log(np.exp(values - top[:, None]).sum(1)))


def softmax(values: Floats) -> Floats:
    return np.exp(values - logsumexp(values)[:, None])


def sigmoid(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -50, 50))))
