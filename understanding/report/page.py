"""The evaluation as one HTML page that needs nothing beside itself."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from understanding.report import pictures, tables
from understanding.report.faults import faults, matrix
from understanding.report.markup import Html, joined, tag

HERE = Path(__file__).parent
Content = Mapping[str, Any]
COMPARED = (
    "urgent missed", "urgent, only checked in", "false alarms", "check-ins on others", "clinician's, but answered",
    "clinician's, not handed", "faq: right answer", "faq: wrong answer", "all: acceptable route",
)  # fmt: skip
CURVE_AXES = ("false alarms, % of the others", "missed, %")
RELIABILITY_AXES = ("the model says, %", "it is so, %")


@cache
def words() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((HERE / "words.yml").read_text(encoding="utf-8"))
    return content


def rendered(content: Content) -> str:
    parts = {name: section(content) for name, section in SECTIONS.items()}
    shown = {name: body for name, body in parts.items() if body}
    links = [tag("li", tag("a", words()["sections"][name]["title"], href=f"#{name}")) for name in shown]
    style = Html((HERE / "page.css").read_text(encoding="utf-8"))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", words()["title"]),
        tag("style", style),
    )
    made = f"Model {content['model'].split('.')[0]}, measured {content['made_at'].replace('T', ' ')[:16]} UTC"
    top = tag("header", tag("h1", words()["title"]), tag("p", made, class_="made"), tag("p", words()["intro"]))
    contents = tag("nav", tag("ul", *links), aria_label="On this page")
    body = tag("body", top, contents, tag("main", *(_section(name, body) for name, body in shown.items())))
    return "<!doctype html>\n" + tag("html", head, body, lang="en") + "\n"


def _section(name: str, body: Html) -> Html:
    about = words()["sections"][name]
    told = tag("p", about["about"], class_="about") if "about" in about else ""
    return tag(
        "section", tag("h2", about["title"], id=f"{name}-title"), told, body, id=name, aria_labelledby=f"{name}-title"
    )


def _named_sets(content: Content) -> dict[str, Any]:
    return {words()["sets"][name]["name"]: found for name, found in content["sets"].items()}


def short(content: Content) -> Html:
    shares = content["sets"]["development"]["figures"]
    told = [each["text"].format(**shares[each["figure"]]) for each in words()["sections"]["short"]["told"]]
    states = []
    for name, found in _named_sets(content).items():
        aims = {f: tables.reached(found["figures"][f], a["bar"]) for f, a in words()["figures"].items() if "bar" in a}
        good = [figure for figure, state in aims.items() if state in ("reached", "likely")]
        bad = [words()["figures"][figure]["name"].lower() for figure in aims if figure not in good]
        missing = f" Not yet: {'; '.join(bad)}." if bad else ""
        states.append(tag("li", tag("b", name), f": {len(good)} of {len(aims)} aims reached.", missing))
    about = [
        tag(
            "li",
            tag("b", words()["sets"][name]["name"]),
            f" ({found['messages']} messages): ",
            words()["sets"][name]["about"],
            ".",
        )
        for name, found in content["sets"].items()
    ]
    return joined(
        tag("p", " ".join(told), class_="told"),
        tag("ul", *states),
        tag("p", "What was measured on:"),
        tag("ul", *about),
    )


def figures(content: Content) -> Html:
    return tables.figure_cards(words(), _named_sets(content))


def kinds(content: Content) -> Html:
    rows = [
        (
            found["kind"].replace("_", " "),
            found["of"],
            tables.percent(found),
            tag("span", f"{found['low']:.1f} – {found['high']:.1f}", class_="nowrap"),
            ", ".join(f"{route} {count}" for route, count in found["instead"]) or "–",
        )
        for found in content["sets"]["development"]["kinds"]
    ]
    return tables.table(("Kind", "Messages", "Right, %", "95 %", "Else taken for"), rows, "By kind, development set")


def curves(content: Content) -> Html:
    drawn = []
    for question, sets in content["curves"].items():
        for name, found in sets.items():
            title = f"{words()['sections']['curves'][question]}, {words()['sets'][name]['name'].lower()}"
            told = f"{title} ({found['wanted']} against {found['other']})"
            points = [(line, f"{at:.3f}", missed, false) for line, (at, missed, false) in found["chosen"].items()]
            chosen = tables.table(("Line", "Threshold", "Missed, %", "False, %"), points, f"Chosen points: {title}")
            drawn.append(_figure(pictures.curve_picture(found, told, CURVE_AXES), told, chosen))
    return joined(
        pictures.legend(("model alone", "routed", "at least asked")), tag("div", *drawn, class_="grid pairs-of")
    )


def reliability(content: Content) -> Html:
    drawn = []
    for name, found in content["reliability"].items():
        for question in ("danger", "clinician", "label"):
            title = f"{words()['sections']['reliability'][question]}, {words()['sets'][name]['name'].lower()}"
            off = f"off by {found['calibrated'][question]['off_by']} points on average, uncalibrated {found['uncalibrated'][question]['off_by']}"
            drawn.append(
                _figure(pictures.reliability_picture(found, question, title, RELIABILITY_AXES), f"{title}: {off}")
            )
    return joined(pictures.legend(("calibrated", "uncalibrated")), tag("div", *drawn, class_="grid"))


def _figure(drawn: Html, caption: str, more: Html | str = "") -> Html:
    details = tag("details", tag("summary", "In numbers"), more) if more else ""
    return tag("figure", drawn, tag("figcaption", caption), details)


def compared(rows: Sequence[tuple[str, Content]], caption: str, first: str) -> Html:
    names = [words()["figures"][figure]["name"] for figure in COMPARED]
    found = [(name, *(tables.percent(share["figures"].get(figure)) for figure in COMPARED)) for name, share in rows]
    return tables.table((first, *names), found, caption, "wide")


def parts(content: Content) -> Html:
    names = words()["sections"]["parts"]["variants"]
    return joined(
        *(
            compared(
                [(names[each["part"]], each[name]) for each in content["parts"] if name in each],
                f"{words()['sets'][name]['name']}, in per cent",
                "What is used",
            )
            for name in content["sets"]
        )
    )


def perturbations(content: Content) -> Html:
    names = [words()["figures"][figure]["name"] for figure in COMPARED]
    rows = [
        (
            tag("span", each["how"], tag("br"), tag("small", each["example"])),
            each["worse"],
            each["better"],
            *(tables.difference(each["after"]["figures"][f], each["before"]["figures"][f]) for f in COMPARED),
        )
        for each in content["perturbations"]
    ]
    headings = ("Typed with", "Went wrong", "Came right", *names)
    return tables.table(headings, rows, "Differences in percentage points, development set", "wide")


def writers(content: Content) -> Html:
    rows = [
        (f"Writer {each['writer']}, {each['messages']} messages", each)
        for each in content["sets"]["writers held out"]["writers"]
    ]
    return compared(rows, "Each writer held out, in per cent", "Writer")


def default(content: Content) -> Html | None:
    found = content.get("default")
    if not found:
        return None
    rows = [("This pipeline", content["sets"]["development"]), ("Rasa's default", found)]
    ours = found["ours"]
    told = (
        f"From nothing, in this run: its training took {found['training_seconds']} s, ours {ours['training_seconds']} s; "
        f"one message takes it {found['milliseconds']} ms in the middle, ours {ours['milliseconds']} ms. Other work on the "
        f"machine when each began: load {found['load']} and {ours['load']}."
    )
    return joined(compared(rows, "Development set, in per cent", "Pipeline"), tag("p", told))


def removals(content: Content) -> Html | None:
    captions = words()["sections"]["removals"]["captions"]
    found = [_removal_table(content[name], captions[name]) for name in captions if name in content]
    return joined(*found) if found else None


def _removal_table(found: Content, caption: str) -> Html:
    names = [words()["figures"][figure]["name"] for figure in COMPARED]
    before, needed = found["before"]["figures"], words()["sections"]["removals"]["needed"]
    rows = [
        (
            tag("span", each["without"], *([tag("small", needed)] if "needed" in each else [])),
            each.get("worse", "–"),
            each.get("better", "–"),
            *(tables.difference(each["figures"][f], before[f]) if "figures" in each else "–" for f in COMPARED),
        )
        for each in found["rows"]
    ]
    return tables.table(("Without", "Went wrong", "Came right", *names), rows, caption, "wide")


def how(content: Content) -> Html:
    training = content["training"]
    facts = [
        f"Trained on {training['texts']} texts by {training['writers']} writers, with {training['labels']} labels.",
        f"Messages of the development set that also stand in the training text, letter for letter: {training['also_measured']}.",
        "Intervals are Wilson's, 95 %. A message may have several acceptable routes; eligibility and medical advice count as one.",
        f"Took {content['seconds']} s on {content['machine']}. The same in numbers is in index.json beside this page.",
    ]
    return tag("ul", *(tag("li", fact) for fact in facts))


SECTIONS = {
    "short": short,
    "figures": figures,
    "kinds": kinds,
    "curves": curves,
    "reliability": reliability,
    "parts": parts,
    "perturbations": perturbations,
    "confusions": lambda content: matrix(_named_sets(content)),
    "faults": lambda content: faults(words(), _named_sets(content)),
    "writers": writers,
    "default": default,
    "removals": removals,
    "how": how,
}
