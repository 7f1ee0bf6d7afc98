"""What the model says of writers it has never read: the honest basis of thresholds and figures.

make_weights.py leaves one encoder a fold in var/folds; this reads each fold's own writers with it and keeps the result in
weights/held_out.npz, so that figures can be had again without torch.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

import numpy as np

from understanding import dataset, head_training
from understanding.classifier import Floats, Heads, logsumexp
from understanding.dataset import Example
from understanding.encoder import WEIGHTS, Encoder
from understanding.folds import FOLDS

FILE = WEIGHTS / "held_out.npz"


@dataclass(frozen=True)
class HeldOut:
    """One row a text, in the order of `examples`."""

    examples: Sequence[Example]
    labels: tuple[str, ...]
    logits: Floats  # texts x labels
    flags: Floats  # texts x (danger, clinician's), as logits

    @property
    def scope(self) -> Floats:
        return logsumexp(self.logits)

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
            return cls(kept, labels, stored["logits"][places].astype(np.float64), stored["flags"][places].astype(np.float64))


def read_folds(examples: Sequence[Example], folder: Path, refit: bool = True) -> HeldOut:
    labels = tuple(sorted({example.label for example in examples}))
    logits = np.full((len(examples), len(labels)), -20.0)
    flags = np.zeros((len(examples), 2))
    for n, writers in enumerate(FOLDS):
        encoder, heads = Encoder(folder / str(n), threads=2), Heads.load(folder / str(n) / "heads.npz")
        if refit:
            seen = [example for example in examples if example.writer not in writers]
            vectors = encoder.encode([example.text for example in seen])
            heads = head_training.fit(heads, vectors, [example.label for example in seen])
        unseen = [row for row, example in enumerate(examples) if example.writer in writers]
        found, asked = heads.logits(encoder.encode([examples[row].text for row in unseen]))
        logits[np.ix_(unseen, [labels.index(label) for label in heads.labels])] = found
        flags[unseen] = asked
    return HeldOut(examples, labels, logits, flags)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where make_weights.py left the folds")
    options = parser.parse_args()
    read_folds(dataset.read(), options.folder).save()


if __name__ == "__main__":
    main()
