"""Judges messages that were read already, with one file of cues/ taken away.

python -m understanding.report.without_cues crisis_slang.yml MESSAGES.json OUT.json

A process of its own: the cue files are found and kept from the first look on.
"""

import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from understanding import wordlists
from understanding.reading import Reading


def without(file: str, messages: list[dict[str, object]]) -> list[dict[str, object]]:
    from understanding.report.judging import judge
    from understanding.report.messages import Message

    found = []
    for message in messages:
        whole, *parts = (Reading.from_dict(values) for values in message.pop("readings"))  # type: ignore[attr-defined]
        case = judge(Message(str(message["text"]), tuple(message["expect"]), str(message["kind"])), whole, parts)  # type: ignore[arg-type]
        found.append(asdict(case))
    return found


def main() -> None:
    file, messages, out = sys.argv[1:]
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "cues"
        shutil.copytree(wordlists.CUES, copy)
        shutil.copy(wordlists.CUES.parent / "thresholds.yml", folder)
        (copy / file).unlink()
        wordlists.CUES = copy
        found = without(file, json.loads(Path(messages).read_text(encoding="utf-8")))
    Path(out).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
