"""Opening hours: how they are written, which moments they mean, and how they are said. Pure; knows no clinic."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY_END = 24 * 60  # minutes
MINUTE = timedelta(minutes=1)
ROUNDING = 5 * 60  # seconds; promised times are rounded up to it

_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*[-\N{EN DASH}]\s*(\d{1,2}):(\d\d)")


@dataclass(frozen=True)
class Span:
    """A part of one day, in minutes after midnight by the clock on the wall; the end is no longer in it."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{clock_words(self.start)} \N{EN DASH} {clock_words(self.end)}"


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class OpenTime:
    """From when to when the clinic is open, in UTC; the end is no longer in it."""

    start: datetime
    end: datetime


def parse_spans(written: object) -> Spans:
    """`closed` or `9:00-12:00, 13:00-17:00`. Refuses with a ValueError that says what is wrong."""
    if isinstance(written, tuple):
        return written
    text = str(written or "").strip()
    if text.lower() == "closed":
        return ()
    spans = tuple(_parse_span(part.strip()) for part in text.split(","))
    if any(later.start < earlier.end for earlier, later in pairwise(spans)):
        raise ValueError(f"“{text}”: the second part begins before the first one ends")
    return spans


def _parse_span(text: str) -> Span:
    match = _SPAN.fullmatch(text)
    if not match:
        raise ValueError(f"“{text}” is not a time from-to on the 24-hour clock, nor “closed”")
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    span = Span(from_hour * 60 + from_minute, to_hour * 60 + to_minute)
    if from_minute > 59 or to_minute > 59 or span.end > DAY_END:
        raise ValueError(f"“{text}” has a time that no clock shows")
    if span.end <= span.start:
        raise ValueError(f"“{text}” ends before it begins; afternoons are 13:00 to 24:00")
    return span


def open_times(day: date, spans: Spans, zone: ZoneInfo) -> Iterator[OpenTime]:
    """The spans of one day as moments. A span that clocks skip opens nothing."""
    earliest = datetime.min.replace(tzinfo=UTC)
    for span in spans:
        start = max(_moment(day, span.start, zone), earliest)
        end = _moment(day, span.end, zone)
        if start < end:
            earliest = end
            yield OpenTime(start, end)


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """A time that clocks skip is the moment at which they jump; one that they show twice is the first."""
    days, minutes = divmod(minutes, DAY_END)
    wall = datetime.combine(day + timedelta(days), time(minutes // 60, minutes % 60), zone)
    moment = wall.astimezone(UTC)
    is_skipped = moment.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None)
    while is_skipped and _offset(moment - MINUTE, zone) == _offset(moment, zone):
        moment -= MINUTE
    return moment


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()


def joined(times: Iterable[OpenTime]) -> Iterator[OpenTime]:
    """Times that touch (until 24:00, then from 0:00) become one."""
    pending: OpenTime | None = None
    for found in times:
        if pending and found.start <= pending.end:
            pending = OpenTime(pending.start, found.end)
            continue
        if pending:
            yield pending
        pending = found
    if pending:
        yield pending


def after_open_minutes(times: Iterable[OpenTime], now: datetime, minutes: int) -> datetime | None:
    """The moment at which the clinic has been open for so long from now, rounded up, never past closing.

    None when the times end before.
    """
    waiting = timedelta(minutes=minutes)
    for found in times:
        begin = max(now, found.start)
        if begin >= found.end:
            continue
        if waiting <= found.end - begin:
            return min(_rounded_up(begin + waiting), found.end)
        waiting -= found.end - begin
    return None


def _rounded_up(moment: datetime) -> datetime:
    whole = moment.replace(microsecond=0)
    whole += timedelta(seconds=1) if whole < moment else timedelta()
    return whole + timedelta(seconds=-int(whole.timestamp()) % ROUNDING)


def clock_words(minutes: int) -> str:
    """`9 am`, `9:30 am`, `noon`, `midnight`: nobody has to know what 12 pm is."""
    hour, minute = divmod(minutes % DAY_END, 60)
    if minute == 0 and hour in (0, 12):
        return "noon" if hour else "midnight"
    half = "pm" if hour >= 12 else "am"
    return f"{hour % 12 or 12}:{minute:02} {half}" if minute else f"{hour % 12 or 12} {half}"


def time_words(moment: datetime) -> str:
    """What the clock on the wall shows, of a local time."""
    return clock_words(moment.hour * 60 + moment.minute)


def date_words(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]}, {day:%B} {day.day}"


def moment_words(moment: datetime, today: date) -> str:
    """`today at 3 pm`, `tomorrow at 9 am`, `Tuesday at 9 am`, `Monday, November 30, at 9 am`; both are local."""
    day = _day_of(moment)
    comma = "," if (day - today).days > 6 else ""
    return f"{_day_words(day, today)}{comma} at {time_words(moment)}"


def day_and_time(moment: datetime) -> str:
    """`Tuesday, December 1, at 10 am`, of a local time."""
    return f"{date_words(moment.date())}, at {time_words(moment)}"


def button_words(moment: datetime) -> str:
    """`Tue, Dec 1, 10 am`, of a local time: short enough for a button."""
    return f"{moment:%a}, {moment:%b} {moment.day}, {time_words(moment)}"


def next_midnight(moment: datetime) -> datetime:
    """When the local day after that of a local time begins, in UTC."""
    zone = moment.tzinfo if isinstance(moment.tzinfo, ZoneInfo) else ZoneInfo("UTC")
    return _moment(moment.date() + timedelta(days=1), 0, zone)


def deadline_words(moment: datetime, today: date) -> str:
    """`by 3 pm today`, `by 9 am tomorrow`, `by 9 am on Tuesday`."""
    day = _day_of(moment)
    on = "on " if (day - today).days > 1 else ""
    return f"by {time_words(moment)} {on}{_day_words(day, today)}"


def _day_of(moment: datetime) -> date:
    # People count midnight to the day it ends.
    return moment.date() - timedelta(days=time_words(moment) == "midnight")


def _day_words(day: date, today: date) -> str:
    ahead = (day - today).days
    if ahead > 6:
        return date_words(day)
    return {0: "today", 1: "tomorrow"}.get(ahead, WEEKDAYS[day.weekday()])


def week_lines(week: Sequence[Spans]) -> tuple[str, ...]:
    """Neighbouring days with the same hours share a line."""
    lines = []
    for spans, group in groupby(range(len(week)), key=lambda index: week[index]):
        days = [WEEKDAYS[index] for index in group]
        lines.append(f"{_days_words(days)} {spans_words(spans)}")
    return tuple(lines)


def spans_words(spans: Spans) -> str:
    return " and ".join(map(str, spans)) or "closed"


def _days_words(days: Sequence[str]) -> str:
    return " and ".join(days) if len(days) < 3 else f"{days[0]} to {days[-1]}"
