"""The labelled messages that measure: a file that nothing was trained on, and what writers wrote whom the model never read."""

import json
from dataclasses import dataclass
from pathlib import Path

from understanding import dataset
from understanding.dataset import Example
from understanding.held_out import HeldOut
from understanding.probabilities import Calibration
from understanding.reading import Reading

DEVELOPMENT = Path(__file__).parents[2] / "tests" / "eval" / "dev.jsonl"
KINDS = {"answer": "faq", "smalltalk": "smalltalk", "out_of_scope": "out_of_scope", "distress": "distress"}


@dataclass(frozen=True)
class Message:
    text: str
    expect: tuple[str, ...]  # routes, the preferred one first; an answer is "answer:<id>"
    kind: str
    writer: int = 0
    reading: Reading | None = None  # None: it is still to be read
    parts: tuple[Reading, ...] = ()  # readings of its sentences


def in_file(file: Path = DEVELOPMENT) -> list[Message]:
    items = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [Message(item["text"], tuple(item["expect"]), item["kind"]) for item in items]


def held_out(calibration: Calibration | None = None) -> list[Message]:
    found = HeldOut.load(dataset.read())
    readings = found.readings(calibration or Calibration.load())
    return [labelled(example, reading) for example, reading in zip(found.examples, readings)]


def labelled(example: Example, reading: Reading | None = None) -> Message:
    route = example.label.split("/")[0].replace("faq", "answer")
    expect = example.label.replace("faq/", "answer:") if route == "answer" else route
    return Message(example.text, (expect,), KINDS.get(route, route), example.writer, reading)
