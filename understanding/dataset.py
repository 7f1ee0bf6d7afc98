"""The labelled messages in data/, read without Rasa."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True)
class Example:
    text: str
    label: str  # an intent; a topic of unanswered is "unanswered/<topic>"
    writer: int


def label_of(intent: str, topic: str | None) -> str:
    return f"{intent}/{topic}" if topic else intent


def read(folder: Path = DATA) -> list[Example]:
    """In a fixed order, so that a seed repeats."""
    files = sorted(folder.glob("faq/*/*.yml")) + sorted(folder.glob("flows/*/*.yml"))
    return [example for file in files for example in _examples(file)]


def _examples(file: Path) -> Iterable[Example]:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    for block in content.get("nlu") or []:
        about = block.get("metadata") or {}
        label = label_of(block["intent"], about.get("topic"))
        for line in block["examples"].splitlines():
            if line.startswith("-"):
                yield Example(line[1:].strip(), label, int(about.get("writer", 0)))


def content_hash(examples: Iterable[Example]) -> str:
    lines = sorted(f"{example.label}\t{example.text}" for example in examples)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def key(example: Example) -> str:
    """The same for the same text under the same label."""
    return hashlib.sha256(f"{example.label}\t{example.text}".encode()).hexdigest()[:24]
