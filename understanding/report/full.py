"""What takes long: Rasa's default pipeline on the same data, and each cue file and topic left out."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
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
        everything = [*read, *messages.held_out()]
        before, before_all = bench.cases(read), bench.cases(everything)
    tell("Leaving out one cue file after the other")
    yield "without_cues", _removals(before_all, without_cue_files(cue_files(), everything))
    tell(f"Leaving out one of {len(topics())} topics after the other, and fitting anew")
    yield "without_topics", _removals(before, without_topics(read))
    tell("Training this pipeline from nothing, then Rasa's default one (an hour and more)")
    yield "default", beside_default(read)


def _removals(before: Sequence[Case], found: Iterable[tuple[str, list[Case] | None]]) -> Found:
    rows: list[Found] = []
    for name, after in found:
        if after is None:
            rows.append({"without": name, "needed": True})
            continue
        worse, better = turned(before, after)
        rows.append({"without": name, "worse": worse, "better": better, **measured_set(after)})
    return {"before": measured_set(before), "rows": rows}


def cue_files() -> list[str]:
    return sorted(path.relative_to(wordlists.CUES).as_posix() for path in wordlists.CUES.rglob("*.yml"))


def without_cue_files(files: Sequence[str], read: Sequence[Message]) -> list[tuple[str, list[Case] | None]]:
    """One at a time; None where the others cannot do without it."""
    with TemporaryDirectory() as folder:
        stored = Path(folder) / "messages.json"
        stored.write_text(json.dumps([_as_stored(message) for message in read]), encoding="utf-8")

        def one(file: str) -> tuple[str, list[Case] | None]:
            out = Path(folder) / f"{file.replace('/', '-')}.json"
            command = [sys.executable, "-m", "understanding.report.without_cues", file, str(stored), str(out)]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            if ran.returncode:
                return f"cues/{file}", None
            cases = json.loads(out.read_text(encoding="utf-8"))
            return f"cues/{file}", [Case(**{**case, "expect": tuple(case["expect"])}) for case in cases]

        with ThreadPoolExecutor(PROCESSES) as pool:
            return list(pool.map(one, files))


def _as_stored(message: Message) -> Found:
    readings = [reading.as_dict() for reading in (message.reading, *message.parts) if reading]
    return {"text": message.text, "expect": message.expect, "kind": message.kind, "readings": readings}


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
