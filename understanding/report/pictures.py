"""Pictures as inline SVG, drawn at the width of a phone and scaled up from there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from understanding.report.markup import Html, joined, tag

WIDTH, HEIGHT = 340, 250
LEFT, RIGHT, TOP, BOTTOM = 42, 12, 12, 40
# Told apart by colour-blind eyes, and by their dashes in black and white.
LINES = {
    "model alone": ("#b35806", "2 3"),
    "routed": ("#1d4e89", None),
    "at least asked": ("#2a7f62", "7 3"),
    "uncalibrated": ("#b35806", "2 3"),
    "calibrated": ("#1d4e89", None),
}
Point = tuple[float, float]


@dataclass(frozen=True)
class Scale:
    """From shares in per cent to places in the picture; `bend` 0.5 gives small shares more room."""

    most: Point
    bend: float = 1.0

    def x(self, value: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, value / self.most[0]) ** self.bend, 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(1.0, value / self.most[1]) ** self.bend, 1)

    def path(self, points: Sequence[Point]) -> str:
        return "M" + " L".join(f"{self.x(a)} {self.y(b)}" for a, b in points)


def picture(scale: Scale, ticks: Sequence[float], axes: tuple[str, str], title: str, *drawn: Html) -> Html:
    horizontal, vertical = axes
    grid = [
        joined(
            _line(scale.x(at), scale.y(0), scale.x(at), TOP),
            _text(scale.x(at), HEIGHT - BOTTOM + 14, f"{at:g}", "middle"),
            _line(LEFT, scale.y(at), WIDTH - RIGHT, scale.y(at)),
            _text(LEFT - 5, scale.y(at) + 4, f"{at:g}", "end"),
        )
        for at in ticks
        if at <= scale.most[0]
    ]
    middle = (HEIGHT - BOTTOM + TOP) / 2
    names = joined(
        _text((WIDTH + LEFT) / 2, HEIGHT - 8, horizontal, "middle", class_="axis"),
        _text(0, 0, vertical, "middle", class_="axis", transform=f"translate(11 {middle}) rotate(-90)"),
    )
    parts = (tag("title", title), tag("g", *grid, class_="grid"), names, *drawn)
    return tag("svg", *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", xmlns="http://www.w3.org/2000/svg")


def curve_picture(found: dict[str, Any], title: str, axes: tuple[str, str]) -> Html:
    scale = Scale((50.0, 50.0), 0.5)
    drawn = []
    for name, points in found["lines"].items():
        colour, dash = LINES[name]
        inside = [(false, missed) for _, missed, false in points if false <= scale.most[0] and missed <= scale.most[1]]
        if inside:
            drawn.append(_path(scale.path(inside), colour, dash))
    for name, (_, missed, false) in found["chosen"].items():
        colour = LINES[name][0]
        told = tag("title", f"{name}: {missed} % missed, {false} % false alarms")
        drawn.append(
            tag(
                "circle", told, cx=scale.x(false), cy=scale.y(missed), r=5, fill="#fff", stroke=colour, stroke_width=2.5
            )
        )
    return picture(scale, (0, 1, 5, 10, 20, 30, 50), axes, title, *drawn)


def reliability_picture(found: dict[str, Any], name: str, title: str, axes: tuple[str, str]) -> Html:
    scale = Scale((100.0, 100.0))
    drawn = [_path(scale.path([(0, 0), (100, 100)]), "#777", "4 4", 1)]
    for kind in ("uncalibrated", "calibrated"):
        colour, dash = LINES[kind]
        points = found[kind][name]["points"]
        if not points:
            continue
        drawn.append(_path(scale.path([(point["said"], point["percent"]) for point in points]), colour, dash))
        if kind == "calibrated":
            drawn += [_whisker(scale, point, colour) for point in points]
    return picture(scale, (0, 20, 40, 60, 80, 100), axes, title, *drawn)


def _whisker(scale: Scale, point: dict[str, float], colour: str) -> Html:
    x = scale.x(point["said"])
    told = tag("title", f"said {point['said']} %, so {point['percent']} % of {point['of']}")
    return joined(
        tag("line", x1=x, x2=x, y1=scale.y(point["low"]), y2=scale.y(point["high"]), stroke=colour, stroke_width=1),
        tag("circle", told, cx=x, cy=scale.y(point["percent"]), r=3, fill=colour),
    )


def interval_picture(share: dict[str, float], bar: float | None, most: float, told: str) -> Html:
    """A share with its interval on a line from 0 to `most` per cent, and where the aim is."""

    def x(value: float) -> float:
        return round(4 + 152 * min(1.0, value / most), 1)

    aim = tag("line", x1=x(bar), x2=x(bar), y1=1, y2=19, class_="aim") if bar is not None else Html("")
    return tag(
        "svg",
        tag("title", told),
        tag("line", x1=4, x2=156, y1=10, y2=10, class_="base"),
        tag("line", x1=x(share["low"]), x2=max(x(share["high"]), x(share["low"]) + 1), y1=10, y2=10, class_="interval"),
        aim,
        tag("circle", cx=x(share["percent"]), cy=10, r=4.5, class_="share"),
        viewBox="0 0 160 20",
        role="img",
        class_="mini",
    )


def legend(names: Sequence[str], named: Callable[[str], str] = str) -> Html:
    entries = []
    for name in names:
        colour, dash = LINES[name]
        stroke = _path("M1 6 L31 6", colour, dash)
        sample = tag("svg", stroke, viewBox="0 0 32 12", width=32, height=12, aria_hidden="true")
        entries.append(tag("li", sample, " ", named(name)))
    return tag("ul", *entries, class_="legend")


def _path(d: str, colour: str, dash: str | None, width: float = 2) -> Html:
    return tag("path", d=d, fill="none", stroke=colour, stroke_width=width, stroke_dasharray=dash)


def _line(x1: float, y1: float, x2: float, y2: float) -> Html:
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2)


def _text(x: float, y: float, words: str, anchor: str, **more: Any) -> Html:
    return tag("text", words, x=x, y=y, text_anchor=anchor, **more)
