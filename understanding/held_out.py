"""What the model says of writers it has never read: the honest basis of thresholds and figures.

python -m understanding.held_out var/tuning

reads the writers whom the first stage of tuning left out, and keeps the result in weights/held_out.npz, so that figures
and thresholds can be had again without torch.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from understanding import dataset
from understanding.classifier import train
from understanding.dataset import Example
from understanding.encoder import WEIGHTS, about
from understanding.probabilities import Calibration, Floats, reading_of
from understanding.reading import Reading

FILE = WEIGHTS / "held_out.npz"


@dataclass(frozen=True)
class HeldOut:
    """One row a text, in the order of `examples`."""

    examples: Sequence[Example]
    labels: tuple[str, ...]
    logits: Floats  # texts x labels

    def readings(self, calibration: Calibration) -> Iterator[Reading]:
        for logits in self.logits:
            yield reading_of(self.labels, logits[None], calibration)

    def save(self, file: Path = FILE) -> None:
        np.savez_compressed(
            file,
            keys=np.array([dataset.key(example) for example in self.examples]),
            labels=np.array(self.labels),
            logits=self.logits.astype(np.float16),
        )

    @classmethod
    def load(cls, examples: Sequence[Example], file: Path = FILE) -> "HeldOut":
        """Only examples that are still in data/ as they were then."""
        with np.load(file) as stored:
            rows = {key: n for n, key in enumerate(stored["keys"].tolist())}
            kept = [example for example in examples if dataset.key(example) in rows]
            places = [rows[dataset.key(example)] for example in kept]
            return cls(kept, tuple(stored["labels"].tolist()), stored["logits"][places].astype(np.float64))


def read(examples: Sequence[Example], weights: Path) -> HeldOut:
    """With heads and wording trained as `rasa train` does it, on the other writers."""
    without = set(about(weights)["without_writers"])
    seen = [example for example in examples if example.writer not in without]
    unseen = [example for example in examples if example.writer in without]
    model = train([example.text for example in seen], [example.label for example in seen], weights=weights)
    return HeldOut(unseen, model.heads.labels, model.logits([example.text for example in unseen]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("weights", type=Path, help="where make_weights.py left its first stage")
    read(dataset.read(), parser.parse_args().weights).save()


if __name__ == "__main__":
    main()
