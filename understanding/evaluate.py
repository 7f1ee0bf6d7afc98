"""How well messages are understood: whole writers held out, and labelled files that nothing was trained on.

    python -m understanding.evaluate [FILE.jsonl …] [--show "urgent missed"]

Prints JSON. A file has lines of {"id", "text", "expect": [routes, the preferred first], "kind"}. Each message is read by
the model, screened and routed as the first of a conversation; forms and dialogue are not part of it.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from understanding import dataset
from understanding.classifier import Classifier, train
from understanding.figures import FIGURES, Case, figures, wrong
from understanding.held_out import HeldOut
from understanding.language import language
from understanding.probabilities import Calibration
from understanding.reading import Reading
from understanding.router import Context, Decision, Limits, decide
from understanding.screen import screen

ROUTES = {"ask_back": "clarify", "other_language": "human", "offer_person": "human"}
SMALL = ("greet", "thank", "say_goodbye", "affirm", "deny")
KINDS = {"answer": "faq", "smalltalk": "smalltalk", "out_of_scope": "out_of_scope", "distress": "distress"}


def route_of(decision: Decision) -> str:
    if decision.intent == "faq":
        return f"answer:{decision.answer}"
    if decision.intent in SMALL:
        return "smalltalk"
    return ROUTES.get(decision.intent, "unanswered" if decision.intent.startswith("unanswered") else decision.intent)


def judged(text: str, reading: Reading, parts: Sequence[Reading], expect: Sequence[str], kind: str) -> Case:
    decision = decide(
        text, screen(text, reading), reading, Context(), parts=parts, language=language(text), limits=limits()
    )
    return Case(text, tuple(expect), kind, route_of(decision), decision.check_in)


@cache
def limits() -> Limits:
    return Limits.load()


def held_out_cases() -> list[Case]:
    found = HeldOut.load(dataset.read())
    cases = []
    for example, reading in zip(found.examples, found.readings(Calibration.load())):
        route = example.label.split("/")[0].replace("faq", "answer")
        expect = example.label.replace("faq/", "answer:") if route == "answer" else route
        cases.append(judged(example.text, reading, [], [expect], KINDS.get(route, route)))
    return cases


def file_cases(file: Path, classifier: Classifier) -> list[Case]:
    cases = []
    for line in file.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        reading, parts = classifier.read_with_parts(item["text"])
        cases.append(judged(item["text"], reading, parts, item["expect"], item["kind"]))
    return cases


def trained() -> Classifier:
    """As `rasa train` would leave it."""
    examples = dataset.read()
    return train([example.text for example in examples], [example.label for example in examples])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--show", choices=FIGURES, help="also list the messages behind this figure")
    options = parser.parse_args()
    groups: dict[str, list[Case]] = {"writers held out": held_out_cases()}
    if options.files:
        classifier = trained()
        groups |= {file.name: file_cases(file, classifier) for file in options.files}
    report: dict[str, Any] = {name: figures(cases) for name, cases in groups.items()}
    json.dump(report, sys.stdout, indent=1)
    print()
    for name, cases in groups.items() if options.show else ():
        for case in wrong(cases, options.show):
            print(f"{name}: got {case.got}, expected {case.expect[0]} | {case.text[:120]}")


if __name__ == "__main__":
    main()
