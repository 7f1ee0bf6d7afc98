"""What staff type on the pages of hours, read. Lenient where the meaning is plain; what is wrong is named by its field."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from frontdesk.booking_hours import GRID, LIMITS, Terms
from frontdesk.errors import FrontdeskError
from frontdesk.hours import DAY_END, Span, Spans, parse_spans
from frontdesk.model import ConsultationType

UNITS = {"minutes": 1, "hours": 60, "days": DAY_END}
WEEK = range(7)
FURTHEST = timedelta(days=2 * 366)
FIRST = {
    "name": "First consultation",
    "minutes": "30",
    "buffer_minutes": "10",
    "step_minutes": "30",
    "notice": "4",
    "unit": "hours",
    "horizon_days": "60",
    "place": "by phone",
    "needs_staff": "",
    "is_active": "yes",
}
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*([ap])?\.?(?:m\b\.?)?", re.IGNORECASE)
_CLOSED = ("", "-", "–", "closed", "none", "off")


class DayOutOfReach(FrontdeskError):
    """Please choose a day from today on, at most two years ahead."""


class HoursUnreadable(FrontdeskError):
    """Please write hours like 9:00-12:00, 13:00-17:00, or closed."""


async def _form(request: Request) -> FormData:
    return await request.form()


Typed = Annotated[FormData, Depends(_form)]


def text(form: FormData, name: str) -> str:
    return " ".join(str(form.get(name) or "").replace("\0", "").split())


@dataclass
class TypeForm:
    """The form of a consultation type: what was typed, and which fields cannot be taken."""

    values: dict[str, str]
    wrong: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, kind: ConsultationType) -> "TypeForm":
        unit = next(name for name in ("days", "hours", "minutes") if kind.notice_minutes % UNITS[name] == 0)
        unit = unit if kind.notice_minutes else "hours"
        numbers = {name: str(getattr(kind, name)) for name in LIMITS if name != "notice_minutes"}
        return cls(
            numbers
            | {
                "name": kind.name,
                "place": kind.place,
                "notice": str(kind.notice_minutes // UNITS[unit]),
                "unit": unit,
                "needs_staff": "yes" if kind.needs_staff else "",
                "is_active": "yes" if kind.is_active else "",
            }
        )

    @classmethod
    def typed(cls, form: FormData) -> "TypeForm":
        return cls({name: text(form, name) for name in FIRST})

    def terms(self) -> Terms | None:
        """None when something is wrong; then `wrong` names the fields."""
        numbers = {name: _number(self.values[name]) for name in LIMITS if name != "notice_minutes"}
        notice = _number(self.values["notice"])
        numbers["notice_minutes"] = None if notice is None else notice * UNITS.get(self.values["unit"], 1)
        kept = {name: value for name, value in numbers.items() if value is not None and value in LIMITS[name]}
        in_steps = ("minutes", "buffer_minutes", "step_minutes")
        self.wrong = set(LIMITS) - set(kept) | {name for name in in_steps if kept.get(name, 0) % GRID}
        self.wrong |= {name for name, most in (("name", 120), ("place", 200)) if not 0 < len(self.values[name]) <= most}
        if self.wrong:
            return None
        return Terms(
            name=self.values["name"], place=self.values["place"], needs_staff=bool(self.values["needs_staff"]), **kept
        )


def _number(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 7 else None


@dataclass
class WeekForm:
    """Seven fields of hours as in clinic.yml, and what is wrong in them, by weekday."""

    values: list[str]
    wrong: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, week: dict[int, Spans]) -> "WeekForm":
        return cls([written(week.get(weekday, ())) for weekday in WEEK])

    @classmethod
    def typed(cls, form: FormData) -> "WeekForm":
        return cls([text(form, f"day{weekday}") for weekday in WEEK])

    def filled(self, hours: str, weekdays: set[int]) -> "WeekForm":
        """With the same hours on these days."""
        return WeekForm([hours if weekday in weekdays else value for weekday, value in enumerate(self.values)])

    def week(self) -> dict[int, Spans] | None:
        """None when a day cannot be read; then `wrong` says why."""
        found: dict[int, Spans] = {}
        for weekday, value in enumerate(self.values):
            try:
                found[weekday] = spans(value)
            except ValueError as error:
                self.wrong[weekday] = str(error)
        return None if self.wrong else found


def spans(typed: str) -> Spans:
    """`9-12, 1pm-5pm` as well as `9:00-12:00, 13:00-17:00`; nothing is closed. Refuses with a ValueError."""
    if typed.strip().lower() in _CLOSED:
        return ()
    plain = _TIME.sub(_on_24_hours, typed.replace(" to ", "-").replace(" and ", ",").replace(";", ","))
    found = parse_spans(plain)
    if any(minute % GRID for span in found for minute in (span.start, span.end)):
        raise ValueError(f"“{typed}”: times go in steps of five minutes")
    return found


def _on_24_hours(match: re.Match[str]) -> str:
    hour, minute, half = int(match[1]), match[2] or "00", (match[3] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour}:{minute}"


def written(found: Spans) -> str:
    """As in clinic.yml."""
    return ", ".join(f"{_clock(span.start)}-{_clock(span.end)}" for span in found) or "closed"


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def day(form: FormData, today: date) -> date:
    try:
        found = date.fromisoformat(text(form, "day"))
    except ValueError:
        raise DayOutOfReach() from None
    if not today <= found <= today + FURTHEST:
        raise DayOutOfReach()
    return found


def day_spans(form: FormData) -> tuple[Span, ...]:
    """The hours of a single day; `closed` is closed, but nothing at all was forgotten."""
    try:
        if form.get("is") == "closed":
            return ()
        found = spans(text(form, "hours"))
    except ValueError as error:
        raise HoursUnreadable(f"{error}. Please write hours like 9:00-12:00, 13:00-17:00.") from None
    if not found:
        raise HoursUnreadable()
    return found
