"""Writes what a fine-tuning run made in the form the product loads: encoder.onnx (8-bit), heads.npz, weights.json."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from understanding.tuning.model import Encoder, Heads, Towers


def export(
    tuned: Sequence[tuple[Encoder, Heads]], labels: list[str], tokenizer: Path, out: Path, made_from: dict[str, Any]
) -> None:
    """Vectors stand side by side, and the heads are stacked so that their logits are the mean of all."""
    out.mkdir(parents=True, exist_ok=True)
    towers = Towers([encoder for encoder, _ in tuned]).eval()
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "encoder.onnx"
        ids = torch.ones(2, 9, dtype=torch.int64)
        torch.onnx.export(
            towers,
            (ids, ids),
            str(plain),
            input_names=["ids", "mask"],
            output_names=["pooled"],
            opset_version=17,
            dynamo=False,
            dynamic_axes={"ids": {0: "batch", 1: "length"}, "mask": {0: "batch", 1: "length"}, "pooled": {0: "batch"}},
        )
        quantize_dynamic(plain, out / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    shutil.copy(tokenizer, out / "tokenizer.json")
    np.savez(
        out / "heads.npz",
        labels=np.array(labels),
        label_weights=np.hstack([_values(heads.labels.weight) for _, heads in tuned]) / len(tuned),
        label_bias=np.mean([_values(heads.labels.bias) for _, heads in tuned], axis=0),
    )
    files = ("encoder.onnx", "heads.npz", "tokenizer.json")
    hashes = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in files}
    about = {"sha256": hashes, **made_from}
    (out / "weights.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def _values(tensor: torch.Tensor) -> Any:
    return tensor.detach().numpy().astype(np.float32)
