"""How well messages are understood: whole writers held out, and labelled files that nothing was trained on.

./run evaluate [--full]                                writes var/evaluation/index.html, and the same as JSON
./run evaluate FILE.jsonl … [--show "urgent missed"]   prints the figures of other labelled files
python -m understanding.evaluate FILE.jsonl …          the same, training as `rasa train` would

A file has lines of {"id", "text", "expect": [routes, the preferred first], "kind"}. Each message is read by the model,
screened and routed as the first of a conversation; forms and dialogue are not part of it.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from understanding import dataset
from understanding.classifier import Classifier, train
from understanding.figures import FIGURES, Case, figures, wrong
from understanding.report import judging, messages, page
from understanding.report.evaluation import evaluated
from understanding.report.full import more
from understanding.report.served import unpacked


def trained() -> Classifier:
    """As `rasa train` would leave it."""
    examples = dataset.read()
    return train([example.text for example in examples], [example.label for example in examples])


def served() -> Classifier:
    """The model that ./run names, or one trained now."""
    model = os.environ.get("FRONTDESK_MODEL")
    if not model:
        return trained()
    with unpacked(Path(model)) as folder:
        return Classifier.load(folder)


def held_out_cases() -> list[Case]:
    return [judging.judge(message, message.reading, []) for message in messages.held_out() if message.reading]


def file_cases(file: Path, classifier: Classifier) -> list[Case]:
    return [judging.judge(message, *judging.read(classifier, message)) for message in messages.in_file(file)]


def print_figures(files: Iterable[Path], shown: str | None) -> None:
    groups: dict[str, list[Case]] = {"writers held out": held_out_cases()}
    if files:
        classifier = served()
        groups |= {file.name: file_cases(file, classifier) for file in files}
    report: dict[str, Any] = {name: figures(cases) for name, cases in groups.items()}
    json.dump(report, sys.stdout, indent=1)
    print()
    for name, cases in groups.items() if shown else ():
        for case in wrong(cases, shown or ""):
            print(f"{name}: got {case.got}, expected {case.expect[0]} | {case.text[:120]}")


def write_page(is_full: bool) -> None:
    model = os.environ.get("FRONTDESK_MODEL")
    if not model:
        raise SystemExit("Start it with ./run evaluate, which makes sure of the trained model first.")
    begun = time.monotonic()

    def tell(doing: str) -> None:
        print(f"{doing} … ({time.monotonic() - begun:.0f} s)", flush=True)

    content = evaluated(Path(model), tell)
    folder = Path(os.environ.get("FRONTDESK_VAR", "var")) / "evaluation"
    folder.mkdir(parents=True, exist_ok=True)
    write(content, folder)
    if is_full:
        for name, found in more(Path(model), tell):
            content[name] = found
            write(content, folder)
    print(f"\n{folder / 'index.html'} is the page, index.json beside it the same in numbers.")


def write(content: dict[str, Any], folder: Path) -> None:
    (folder / "index.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "index.html").write_text(page.rendered(content), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--show", choices=FIGURES, help="also list the messages behind this figure")
    parser.add_argument("--full", action="store_true", help="also Rasa's default pipeline, and each file left out")
    options = parser.parse_args()
    if options.files or options.show:
        print_figures(options.files, options.show)
    else:
        write_page(options.full)


if __name__ == "__main__":
    main()
