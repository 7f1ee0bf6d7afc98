"""What takes long: Rasa's default pipeline on the same data, and each cue file and topic left out."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from understanding import wordlists
from understanding.figures import Case
from understanding.report import messages
from understanding.report.evaluation import Tell
from understanding.report.measuring import PROCESSES, measuring
from understanding.report.messages import Message
from understanding.report.perturbations import turned
from understanding.report.safety_report import measured_set
from understanding.report.served import unpacked
from understanding.report.without_topics import topics, without_topics

Found = dict[str, Any]


def more(model: Path, tell: Tell) -> Iterator[tuple[str, Any]]:
    """Each part of the report as soon as it is there."""
    with unpacked(model) as folder, measuring(folder) as bench:
        read = bench.read(messages.in_file())
        before = bench.cases(read)
    tell("Leaving out one cue file after the other")
    removals = without_cue_files(cue_files(), read, before)
    yield "removals", removals
    tell(f"Leaving out one of {len(topics())} topics after the other, and fitting anew")
    removals += [_removal(name, before, cases) for name, cases in without_topics(read)]
    yield "removals", removals
    tell("Training this pipeline from nothing, then Rasa's default one (an hour and more)")
    yield "default", beside_default(read)


def cue_files() -> list[str]:
    return sorted(path.relative_to(wordlists.CUES).as_posix() for path in wordlists.CUES.rglob("*.yml"))


def without_cue_files(files: Sequence[str], read: Sequence[Message], before: Sequence[Case]) -> list[Found]:
    """One at a time."""
    with TemporaryDirectory() as folder:
        stored = Path(folder) / "messages.json"
        stored.write_text(json.dumps([_as_stored(message) for message in read]), encoding="utf-8")

        def one(file: str) -> Found:
            out = Path(folder) / f"{file.replace('/', '-')}.json"
            command = [sys.executable, "-m", "understanding.report.without_cues", file, str(stored), str(out)]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            if ran.returncode:
                return {"without": f"cues/{file}", "needed": "other cue files need it"}
            cases = [Case(**{**one, "expect": tuple(one["expect"])}) for one in json.loads(out.read_text("utf-8"))]
            return _removal(f"cues/{file}", before, cases)

        with ThreadPoolExecutor(PROCESSES) as pool:
            return list(pool.map(one, files))


def _as_stored(message: Message) -> Found:
    readings = [reading.as_dict() for reading in (message.reading, *message.parts) if reading]
    return {"text": message.text, "expect": message.expect, "kind": message.kind, "readings": readings}


def _removal(name: str, before: Sequence[Case], after: Sequence[Case]) -> Found:
    worse, better = turned(before, after)
    return {"without": name, "worse": worse, "better": better, **measured_set(after)}


def beside_default(read: Sequence[Message]) -> Found:
    with TemporaryDirectory() as folder:
        texts = Path(folder) / "texts.json"
        texts.write_text(json.dumps([message.text for message in read]), encoding="utf-8")
        ours, default = (_pipeline(name, texts) for name in ("ours", "default"))
    cases = [
        Case(message.text, message.expect, message.kind, route) for message, route in zip(read, default.pop("routes"))
    ]
    ours.pop("routes")
    return {**measured_set(cases), **default, "ours": ours}


def _pipeline(name: str, texts: Path) -> Found:
    out = texts.with_name(f"{name}.json")
    command = [sys.executable, "-m", "understanding.report.pipelines", name, str(texts), str(out)]
    subprocess.run(command, check=True)
    found: Found = json.loads(out.read_text(encoding="utf-8"))
    return found
