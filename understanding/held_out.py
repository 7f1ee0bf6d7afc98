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

from understanding import dataset, head_training
from understanding.classifier import Calibration, Floats, Heads, reading_of
from understanding.dataset import Example
from understanding.encoder import WEIGHTS, Encoder, about
from understanding.reading import Reading

FILE = WEIGHTS / "held_out.npz"


@dataclass(frozen=True)
class HeldOut:
    """One row a text, in the order of `examples`."""

    examples: Sequence[Example]
    labels: tuple[str, ...]
    logits: Floats  # texts x labels
    flags: Floats  # texts x (danger, clinician's), as logits

    def readings(self, calibration: Calibration) -> Iterator[Reading]:
        for labels, flags in zip(self.logits, self.flags):
            yield reading_of(self.labels, labels[None], flags[None], calibration)

    def save(self, file: Path = FILE) -> None:
        np.savez_compressed(
            file,
            keys=np.array([dataset.key(example) for example in self.examples]),
            labels=np.array(self.labels),
            logits=self.logits.astype(np.float16),
            flags=self.flags.astype(np.float16),
        )

    @classmethod
    def load(cls, examples: Sequence[Example], file: Path = FILE) -> "HeldOut":
        """Only examples that are still in data/ as they were then."""
        with np.load(file) as stored:
            rows = {str(key): n for n, key in enumerate(stored["keys"])}
            kept = [example for example in examples if dataset.key(example) in rows]
            places = [rows[dataset.key(example)] for example in kept]
            labels = tuple(str(label) for label in stored["labels"])
            return cls(
                kept, labels, stored["logits"][places].astype(np.float64), stored["flags"][places].astype(np.float64)
            )


def read(examples: Sequence[Example], weights: Path) -> HeldOut:
    """With heads trained as `rasa train` does it, on the other writers."""
    without = set(about(weights)["without_writers"])
    seen = [example for example in examples if example.writer not in without]
    unseen = [example for example in examples if example.writer in without]
    encoder = Encoder(weights, threads=2)
    vectors = encoder.encode([example.text for example in seen])
    heads = head_training.fit(Heads.load(weights / "heads.npz"), vectors, [example.label for example in seen])
    return HeldOut(unseen, heads.labels, *heads.logits(encoder.encode([example.text for example in unseen])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("weights", type=Path, help="where make_weights.py left its first stage")
    read(dataset.read(), parser.parse_args().weights).save()


if __name__ == "__main__":
    main()
