"""Sets of days: a date, a week, "after the 10th", "every tuesday", and what they have in common."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
ALL = frozenset(range(7))
WORKDAYS = frozenset(range(5))
WEEKEND = frozenset((5, 6))


@dataclass(frozen=True)
class Days:
    """From first to last, both included, and of these only some weekdays. None: that end is open."""

    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] = ALL
    is_nearest: bool = False  # "tuesday": the next one, unless something else says which

    def __contains__(self, day: date) -> bool:
        return (
            (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
            and day.weekday() in self.weekdays
        )

    @property
    def is_date(self) -> bool:
        return self.first is not None and self.first == self.last

    @property
    def is_wide(self) -> bool:
        """A week, a month, "after the 10th": what a day can be chosen from."""
        return self.weekdays == ALL and not self.is_date

    @property
    def is_weekly(self) -> bool:
        return self.weekdays != ALL and self.first is None and self.last is None

    def has_any(self, since: date | None = None) -> bool:
        """Whether there is such a day at all, or from a day on."""
        first = max(day for day in (self.first, since) if day) if self.first or since else None
        if first is None or self.last is None:
            return bool(self.weekdays)
        return any(day in self for day in span(first, min(self.last, first + WEEK)))


def one(day: date) -> Days:
    return Days(day, day)


def week_of(day: date) -> Days:
    """Weeks begin on Monday."""
    monday = day - timedelta(days=day.weekday())
    return Days(monday, monday + WEEK - DAY)


def month_start(day: date, ahead: int = 0) -> date:
    months = day.year * 12 + day.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


def last_of_month(day: date) -> date:
    return month_start(day, 1) - DAY


def month_of(day: date) -> Days:
    return Days(month_start(day), last_of_month(day))


def later(day: date, number: int, unit: str) -> date:
    """A number of days, weeks or months later."""
    if unit == "month":
        first = month_start(day, number)
        return first.replace(day=min(day.day, last_of_month(first).day))
    return day + number * (WEEK if unit == "week" else DAY)


def span(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))


def meet(some: Days, others: Days) -> Days:
    """The days that are in both; it may be empty."""
    firsts = [day for day in (some.first, others.first) if day]
    lasts = [day for day in (some.last, others.last) if day]
    return Days(
        max(firsts, default=None),
        min(lasts, default=None),
        some.weekdays & others.weekdays,
        some.is_nearest or others.is_nearest,
    )


def settled(days: Days, today: date) -> Days:
    """The nearest one as a date. A week or a month that was named keeps all of its own: "tuesday in december"."""
    if not days.is_nearest:
        return days
    if days.last is not None:
        return replace(days, is_nearest=False)
    start = max(days.first or today + DAY, today)
    return one(next(day for day in span(start, start + WEEK) if day.weekday() in days.weekdays))


def nearest(today: date, weekday: int, *, after: bool = True) -> date:
    """The next such day, or the last one before."""
    step = DAY if after else -DAY
    day = today + step
    while day.weekday() != weekday:
        day += step
    return day
