"""Vectors of texts met before, so that training again after a small change takes seconds. Training texts only."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from understanding.encoder import WEIGHTS, Encoder, Vectors, about


def folder() -> Path:
    return Path(os.environ.get("FRONTDESK_VAR", "var")) / "embeddings"


def encode(encoder: Encoder, texts: Sequence[str], weights: Path = WEIGHTS) -> Vectors:
    """Only texts that the cache lacks are encoded; it then holds exactly these."""
    file = folder() / f"{about(weights)['sha256']['encoder.onnx'][:16]}.npz"
    known = _load(file)
    keys = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts]
    new = {key: text for key, text in zip(keys, texts) if key not in known}
    if new:
        known |= dict(zip(new, encoder.encode(list(new.values())).astype(np.float16)))
    if new or len(known) > len(set(keys)):
        _save(file, {key: known[key] for key in dict.fromkeys(keys)})
    return np.array([known[key] for key in keys], np.float32)


def _load(file: Path) -> dict[str, Vectors]:
    if not file.exists():
        return {}
    with np.load(file) as stored:
        return dict(zip((str(key) for key in stored["keys"]), stored["vectors"]))


def _save(file: Path, known: dict[str, Vectors]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    whole = file.with_suffix(f".{os.getpid()}.npz")
    np.savez(whole, keys=np.array(list(known)), vectors=np.array(list(known.values())))
    whole.replace(file)  # a training that is killed leaves no half file
