"""Sentences as vectors: the fine-tuned encoder in understanding/weights/, run by onnxruntime."""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from understanding.encoder_input import encoder_input

WEIGHTS = Path(__file__).parent / "weights"
LONGEST = 128  # tokens
BATCH = 32

Vectors = npt.NDArray[np.float32]


class BrokenWeights(Exception):
    """A file in understanding/weights/ is not the one that weights.json was written for."""


class Encoder:
    def __init__(self, folder: Path = WEIGHTS, threads: int = 1) -> None:
        check(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.no_padding()

    def encode(self, texts: Sequence[str]) -> Vectors:
        codes = [self._tokenizer.encode(encoder_input(text)).ids for text in texts]
        order = sorted(range(len(codes)), key=lambda n: len(codes[n]))
        vectors = np.zeros((len(codes), self.width), np.float32)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            vectors[batch] = self._run([codes[n] for n in batch])
        return vectors

    @property
    def whole_words(self) -> set[str]:
        """What the vocabulary holds in one piece."""
        return {word for word in self._tokenizer.get_vocab() if word.isalpha()}

    @property
    def width(self) -> int:
        return int(self._session.get_outputs()[0].shape[1])

    def _run(self, codes: list[list[int]]) -> Vectors:
        longest = max(map(len, codes))
        ids = np.array([one + [0] * (longest - len(one)) for one in codes], np.int64)
        mask = np.array([[1] * len(one) + [0] * (longest - len(one)) for one in codes], np.int64)
        return cast(Vectors, self._session.run(None, {"ids": ids, "mask": mask})[0])


def about(folder: Path = WEIGHTS) -> dict[str, Any]:
    return cast(dict[str, Any], json.loads((folder / "weights.json").read_text(encoding="utf-8")))


def check(folder: Path) -> None:
    for name, expected in about(folder)["sha256"].items():
        if _sha256(folder / name) != expected:
            raise BrokenWeights(f"{name} does not match weights.json")


@cache
def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
