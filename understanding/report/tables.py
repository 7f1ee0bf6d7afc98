"""Tables of the page that hold figures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from understanding.report.markup import Html, joined, tag
from understanding.report.pictures import interval_picture

Words = Mapping[str, Any]
REACHED = {
    "reached": "✓ reached",
    "likely": "✓ reached, within chance",
    "unlikely": "✗ not reached, within chance",
    "missed": "✗ not reached",
}
ROOM = 1.6  # of the line in an interval's picture, beyond the furthest of what it shows


def reached(share: Mapping[str, float], bar: Mapping[str, float]) -> str:
    """One of REACHED. Within chance: the interval holds both sides of the aim."""
    if "most" in bar:
        is_there, is_sure = share["percent"] <= bar["most"], share["high"] <= bar["most"]
        is_hopeless = share["low"] > bar["most"]
    else:
        is_there, is_sure = share["percent"] >= bar["least"], share["low"] >= bar["least"]
        is_hopeless = share["high"] < bar["least"]
    if is_there:
        return "reached" if is_sure else "likely"
    return "missed" if is_hopeless else "unlikely"


def table(headings: Sequence[object], rows: Iterable[Sequence[object]], caption: str, class_: str = "") -> Html:
    """The first cell of each row heads it. Scrolls sideways on its own where a screen is narrow."""
    head = tag("tr", *(tag("th", heading, scope="col") for heading in headings))
    body = [tag("tr", tag("th", row[0], scope="row"), *(cell(value) for value in row[1:])) for row in rows]
    whole = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *body), class_=class_ or None)
    return tag("div", whole, class_="scroll", role="region", aria_label=caption, tabindex="0")


def cell(value: object) -> Html:
    is_number = isinstance(value, (int, float)) or (isinstance(value, Html) and value.startswith("<b"))
    return tag("td", value, class_="number" if is_number else None)


def figure_cards(words: Words, sets: Mapping[str, Any]) -> Html:
    return tag("div", *(_card(about, name, sets) for name, about in words["figures"].items()), class_="cards")


def _card(about: Mapping[str, Any], name: str, sets: Mapping[str, Any]) -> Html:
    bar = about.get("bar") or {}
    shares = [(label, found["figures"][name]) for label, found in sets.items() if name in found["figures"]]
    aim = bar.get("most", bar.get("least"))
    most = 100.0 if "least" in bar or not bar else ROOM * max(aim, 1, *(share["high"] for _, share in shares))
    lines = [_line(label, share, bar, aim, most) for label, share in shares]
    return tag("article", tag("h3", about["name"]), tag("p", about["means"]), _aim(bar), *lines, class_="card")


def _aim(bar: Mapping[str, float]) -> Html:
    if not bar:
        return Html("")
    return tag(
        "p", f"Aim: at most {bar['most']} %" if "most" in bar else f"Aim: at least {bar['least']} %", class_="bar"
    )


def _line(label: str, share: Mapping[str, float], bar: Mapping[str, float], aim: float | None, most: float) -> Html:
    counted = f"{share['count']:g} of {share['of']:g}; {share['low']:.1f} to {share['high']:.1f} %"
    state = reached(share, bar) if bar else ""
    return tag(
        "div",
        tag("span", label, class_="set"),
        joined(tag("b", f"{share['percent']:.1f} %"), " ", tag("span", counted, class_="counted")),
        interval_picture(dict(share), aim, most, f"{label}: {share['percent']} %, {counted}"),
        tag("span", REACHED[state], class_=f"state {state}") if bar else "",
        class_="line",
    )


def percent(share: Mapping[str, float] | None) -> Html:
    """With its interval beneath a pointer; a dash where no message belongs to the figure."""
    if share is None:
        return Html("–")
    told = f"{share['count']:g} of {share['of']:g}; {share['low']:.1f} to {share['high']:.1f} %"
    return tag("b", f"{share['percent']:.1f}", title=told)


def difference(after: Mapping[str, float], before: Mapping[str, float]) -> Html:
    away = round(after["percent"] - before["percent"], 1)
    sign = "±" if away == 0 else "+" if away > 0 else "−"
    return tag("b", f"{sign}{abs(away):.1f}", class_="same" if away == 0 else None)
