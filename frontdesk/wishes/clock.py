"""Times of day: what "after 5", "around noon" and "late afternoon" mean by the clock on the wall."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from frontdesk.hours import DAY_END, Span, Spans

NOON = 12 * 60
EXACT = 30  # minutes in which a consultation "at 3" may begin
AROUND = 60  # minutes on both sides


class Way(Enum):
    """How a time of day was said."""

    AT = "at"
    AROUND = "around"
    BETWEEN = "between"  # after and before as well: one end is midnight
    PART = "part"


@dataclass(frozen=True)
class Hours:
    """Some time of the day, in minutes after midnight."""

    start: int
    end: int
    way: Way = Way.BETWEEN
    is_guess: bool = False  # nobody said am or pm
    is_every_day: bool = False  # "mornings"

    @property
    def said(self) -> int:
        """The hour that was said."""
        if self.way is Way.AROUND:
            return self.start + AROUND
        return self.end if self.start == 0 and self.way is Way.BETWEEN else self.start

    @property
    def span(self) -> Span:
        return Span(max(self.start, 0), min(self.end, DAY_END))


@dataclass(frozen=True)
class Clock:
    """A point of time on the clock; `is_sure`: am or pm was said, or it is a time of the 24-hour clock."""

    hour: int
    minute: int = 0
    is_sure: bool = False

    def minutes(self, *, evening: bool = False) -> int:
        """As most people mean a bare hour: 1 to 6 are after noon, 7 to 11 before; 7 is not when it ends a day."""
        hour = self.hour
        if not self.is_sure and (1 <= hour <= 6 or (evening and hour == 7)):
            hour += 12
        return hour * 60 + self.minute


MORNING, AFTERNOON, EVENING = (6 * 60, NOON), (NOON, 17 * 60), (17 * 60, 21 * 60)
PARTS: dict[str, tuple[int, int]] = {
    "in the morning": MORNING,
    "in the afternoon": AFTERNOON,
    "in the evening": EVENING,
    "first thing": (6 * 60, 10 * 60),
    "early in the morning": (6 * 60, 9 * 60),
    "mid-morning": (9 * 60, 11 * 60),
    "late in the morning": (10 * 60, NOON),
    "at lunchtime": (NOON, 14 * 60),
    "after lunch": (13 * 60, 17 * 60),
    "early in the afternoon": (NOON, 14 * 60 + 30),
    "mid-afternoon": (14 * 60, 16 * 60),
    "late in the afternoon": (15 * 60, 17 * 60),
    "late in the day": (15 * 60, 19 * 60),
    "early in the evening": (17 * 60, 19 * 60),
    "late in the evening": (19 * 60, 21 * 60),
    "during the day": (9 * 60, 17 * 60),
}
# Whoever rules out the morning rules out all that is before noon.
RULED_OUT = {MORNING: (0, NOON), EVENING: (17 * 60, DAY_END)}


def part(name: str, *, every_day: bool = False) -> Hours:
    start, end = PARTS[name]
    return Hours(start, end, Way.PART, is_every_day=every_day)


def at(clock: Clock) -> Hours:
    start = clock.minutes()
    return Hours(start, start + EXACT, Way.AT, not clock.is_sure)


def around(clock: Clock) -> Hours:
    point = clock.minutes()
    return Hours(point - AROUND, point + AROUND, Way.AROUND, not clock.is_sure)


def after(clock: Clock) -> Hours:
    return Hours(clock.minutes(evening=True), DAY_END, is_guess=not clock.is_sure)


def before(clock: Clock) -> Hours:
    return Hours(0, clock.minutes(evening=True) or DAY_END, is_guess=not clock.is_sure)


def between(first: Clock, last: Clock) -> Hours | None:
    """`9 to 5` ends in the afternoon, `2-4 pm` begins there. None when it would end before it begins."""
    end = last.minutes() or DAY_END
    start = first.minutes()
    if last.is_sure and not first.is_sure:
        halves = (first.hour % 12 * 60 + first.minute, (first.hour % 12 + 12) * 60 + first.minute)
        start = max((half for half in halves if half < end), default=start)
    elif not last.is_sure and end <= start and last.hour <= 12:
        end += NOON
    return Hours(start, end, is_guess=not (first.is_sure or last.is_sure)) if start < end <= DAY_END else None


def meet(one: Hours, other: Hours) -> Hours | None:
    """What both mean together: `in the evening` and `at 7` are 7 pm. None when they have nothing in common."""
    if other.way is Way.PART and one.way is not Way.PART:
        one, other = other, one
    if one.way is Way.PART and other.is_guess and _half(one) != other.said // NOON:
        other = _shifted(other)
    every_day = one.is_every_day or other.is_every_day
    if one.way is Way.PART and other.way in (Way.AT, Way.AROUND) and _half(one) == other.said // NOON:
        return replace(other, is_every_day=every_day)
    start, end = max(one.start, other.start), min(one.end, other.end)
    if start >= end:
        return None
    kept = next((hours for hours in (one, other) if (hours.start, hours.end) == (start, end)), None)
    return replace(kept or Hours(start, end), is_every_day=every_day)


def _half(hours: Hours) -> int:
    return 0 if hours.end <= NOON else 1


def _shifted(hours: Hours) -> Hours:
    by = NOON if hours.said < NOON else -NOON
    start = hours.start if hours.start == 0 else hours.start + by
    end = hours.end if hours.end == DAY_END else hours.end + by
    return replace(hours, start=start, end=end, is_guess=False) if 0 <= start < end <= DAY_END else hours


def ruled_out(hours: Hours) -> Hours:
    start, end = RULED_OUT.get((hours.start, hours.end), (hours.start, hours.end))
    return replace(hours, start=start, end=end)


def union(spans: Iterable[Span]) -> Spans:
    """In order, and none touches another."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def without(spans: Spans, taken: Spans) -> Spans:
    for gone in taken:
        parts = ((Span(one.start, min(one.end, gone.start)), Span(max(one.start, gone.end), one.end)) for one in spans)
        spans = tuple(part for pair in parts for part in pair if part.start < part.end)
    return spans
