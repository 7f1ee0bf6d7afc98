"""The messages that went wrong, and what was taken for what."""

from collections.abc import Mapping
from typing import Any

from understanding.report.markup import Html, joined, tag
from understanding.report.tables import table

MOST_PAIRS = 25
DEEPEST = 55  # per cent of ink in the darkest field


def matrix(sets: Mapping[str, Any]) -> Html:
    return joined(*(joined(_matrix(name, found["matrix"]), _pairs(name, found)) for name, found in sets.items()))


def _matrix(name: str, counts: Mapping[str, Mapping[str, int]]) -> Html:
    used = [route for route in counts if any(counts[route].values()) or any(row[route] for row in counts.values())]
    rows = []
    for expect in used:
        total = sum(counts[expect].values()) or 1
        fields = [_field(counts[expect][got], total, got == expect) for got in used]
        rows.append((_spoken(expect), *fields))
    return table(("Wanted", *map(_spoken, used)), rows, f"{name}: wanted, and taken for", "matrix")


def _field(count: int, total: int, is_right: bool) -> Html:
    ink = round(DEEPEST * (count / total) ** 0.5)
    hue = "42, 127, 98" if is_right else "179, 88, 6"
    shown = tag("span", count or "", style=f"background:rgba({hue},{ink / 100})" if count else None)
    return Html(shown)


def _pairs(name: str, found: Mapping[str, Any]) -> Html:
    pairs = found["confusions"]
    entries = [
        tag(
            "li",
            tag("b", f"{_spoken(pair['expect'])} → {_spoken(pair['got'])}"),
            f" {pair['count']} of {pair['of']}",
            tag("ul", *(tag("li", tag("q", text)) for text in pair["examples"])),
        )
        for pair in pairs[:MOST_PAIRS]
    ]
    told = f"{name}: the {len(entries)} commonest of {len(pairs)} pairs, with examples"
    return tag("details", tag("summary", told), tag("ol", *entries, class_="pairs"))


def faults(words: Mapping[str, Any], sets: Mapping[str, Any]) -> Html:
    return joined(
        *(
            tag("details", tag("summary", f"{name}: {words['figures'][figure]['name']} ({len(found)})"), _list(found))
            for name, measured in sets.items()
            for figure, found in measured["faults"].items()
            if found
        )
    )


def _list(found: list[dict[str, str]]) -> Html:
    entries = (
        tag(
            "li",
            tag("q", each["text"]),
            tag("span", f" {_spoken(each['expect'])} → {_spoken(each['got'])}", class_="routes"),
        )
        for each in found
    )
    return tag("ul", *entries, class_="messages")


def _spoken(route: str) -> str:
    return route.replace("_", " ").replace("answer:", "answer: ")
