"""The encoder and its heads in torch: a BERT of six layers, mean pooling, labels and two yes-or-no questions.

Only make_weights.py needs it; the product runs the exported ONNX file, in which several encoders stand side by side.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTH, LAYERS, HEADS, INNER, WORDS, POSITIONS = 384, 6, 12, 1536, 30522, 512
NORM = 1e-12


class Layer(nn.Module):
    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.attended, self.attended_norm = nn.Linear(WIDTH, WIDTH), nn.LayerNorm(WIDTH, NORM)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.outer_norm = nn.LayerNorm(WIDTH, NORM)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        batch, length = x.shape[0], x.shape[1]
        q, k, v = (
            part(x).view(batch, length, HEADS, -1).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        weight = (q @ k.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5 + bias).softmax(-1)
        mixed = (self.dropout(weight) @ v).transpose(1, 2).reshape(batch, length, WIDTH)
        x = self.attended_norm(x + self.dropout(self.attended(mixed)))
        return self.outer_norm(x + self.dropout(self.outer(F.gelu(self.inner(x)))))


class Encoder(nn.Module):
    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.words, self.positions = nn.Embedding(WORDS, WIDTH), nn.Embedding(POSITIONS, WIDTH)
        self.norm, self.dropout = nn.LayerNorm(WIDTH, NORM), nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.dropout(self.norm(self.words(ids) + self.positions(places)))
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * -10000.0
        for layer in self.layers:
            x = layer(x, bias)
        kept = mask[:, :, None].to(x.dtype)
        return (x * kept).sum(1) / kept.sum(1)


class Heads(nn.Module):
    def __init__(self, labels: int) -> None:
        super().__init__()
        self.labels = nn.Linear(WIDTH, labels)
        self.flags = nn.Linear(WIDTH, 2)  # danger, clinician's
        self.dropout = nn.Dropout(0.1)

    def forward(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        pooled = self.dropout(pooled)
        return self.labels(pooled), self.flags(pooled)


def load_base(encoder: Encoder, base: dict[str, Tensor]) -> None:
    """The weights of all-MiniLM-L6-v2 under our names; its one token type is folded into the positions."""
    ours = {
        "words.weight": base["embeddings.word_embeddings.weight"],
        "positions.weight": base["embeddings.position_embeddings.weight"]
        + base["embeddings.token_type_embeddings.weight"][0],
    }
    parts = {"norm": "embeddings.LayerNorm"}
    for n in range(LAYERS):
        theirs = f"encoder.layer.{n}"
        parts |= {
            f"layers.{n}.query": f"{theirs}.attention.self.query",
            f"layers.{n}.key": f"{theirs}.attention.self.key",
            f"layers.{n}.value": f"{theirs}.attention.self.value",
            f"layers.{n}.attended": f"{theirs}.attention.output.dense",
            f"layers.{n}.attended_norm": f"{theirs}.attention.output.LayerNorm",
            f"layers.{n}.inner": f"{theirs}.intermediate.dense",
            f"layers.{n}.outer": f"{theirs}.output.dense",
            f"layers.{n}.outer_norm": f"{theirs}.output.LayerNorm",
        }
    for name, theirs in parts.items():
        ours |= {f"{name}.{kind}": base[f"{theirs}.{kind}"] for kind in ("weight", "bias")}
    encoder.load_state_dict(ours)


class Towers(nn.Module):
    """Encoders over the same words, tuned apart: their vectors side by side."""

    def __init__(self, encoders: Sequence[Encoder]) -> None:
        super().__init__()
        self.encoders = nn.ModuleList(encoders)
        for encoder in encoders[1:]:
            encoder.words = encoders[0].words  # never tuned, so one copy serves all

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        return torch.cat([encoder(ids, mask) for encoder in self.encoders], 1)
