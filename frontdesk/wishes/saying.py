"""Says a wish again, in dates and times only: "Tuesday, December 1, in the afternoon (noon to 5 pm)"."""

from dataclasses import replace
from datetime import date, timedelta

from frontdesk.hours import DAY_END, WEEKDAYS, clock_words, date_words
from frontdesk.wishes.choices import Choice
from frontdesk.wishes.clock import PARTS, Hours, Way
from frontdesk.wishes.days import ALL, DAY, WEEKEND, WORKDAYS, Days, month_of, span, week_of
from frontdesk.wishes.spelling import MONTHS

FAR = timedelta(days=300)  # a date so far ahead needs its year
FEW = 4  # days that are listed one by one
ANY_TIME = "any time"
MONTH_NAMES = tuple(month.capitalize() for month in MONTHS)


def choices_words(choices: tuple[Choice, ...], today: date) -> str:
    if len(choices) == 1:
        return choice_words(choices[0], today)
    choices = tuple(sorted(choices, key=lambda choice: bool(choice.days)))  # what is of every day comes first
    has_lists = any(_is_list(_days_words(choice, today)) for choice in choices)
    return ", or ".join(
        choice_words(choice, today, hours_first=has_lists, is_one_of_several=True) for choice in choices
    )


def choice_words(choice: Choice, today: date, *, hours_first: bool = False, is_one_of_several: bool = False) -> str:
    hours = " or ".join(hours_words(one) for one in choice.hours)
    if not choice.days:
        return f"any day {hours}" if hours else ANY_TIME
    days = _days_words(choice, today)
    if not hours and not is_one_of_several:
        return days
    if hours_first or _is_list(days):  # said first, hours are of all the days
        joint = "" if days.startswith("in ") else "in " if days.startswith("the week") else "on "
        return f"{hours or ANY_TIME} {joint}{days}"
    return f"{days}{' ' if choice.days[0].is_weekly else ', '}{hours or ANY_TIME}"


def _days_words(choice: Choice, today: date) -> str:
    return ", or ".join(days_words(one, today) for one in _together(choice.days))


def _is_list(words: str) -> bool:
    return ", or " in words


def _together(some: tuple[Days, ...]) -> tuple[Days, ...]:
    """Mondays and Wednesdays as one."""
    together: dict[tuple[date | None, date | None, bool], Days] = {}
    for one in some:
        kind = (one.first, one.last, one.weekdays == ALL)
        before = together.get(kind, one)
        together[kind] = replace(one, weekdays=before.weekdays | one.weekdays)
    return tuple(together.values())


def refused_words(choices: tuple[Choice, ...], today: date) -> str:
    """What follows "not": `Mondays, or before noon`."""
    return " or ".join(_refused(choice, today) for choice in choices)


def _refused(choice: Choice, today: date) -> str:
    days = " or ".join(
        _plural(one.weekdays) if one.is_weekly else _refused_days(one, today) for one in _together(choice.days)
    )
    hours = " or ".join(hours_words(one) for one in choice.hours)
    return f"{hours} on {days}" if hours and _is_list(days) else f"{days} {hours}".strip()


def _refused_days(days: Days, today: date) -> str:
    if days.first is None and days.last:  # "not until" would say the opposite
        return f"before {_date(days.last + DAY, today)}"
    return days_words(days, today)


def _plural(weekdays: frozenset[int]) -> str:
    if weekdays in (WORKDAYS, WEEKEND):
        return "weekdays" if weekdays == WORKDAYS else "weekends"
    return " or ".join(f"{WEEKDAYS[index]}s" for index in sorted(weekdays))


def days_words(days: Days, today: date) -> str:
    if days.is_weekly:
        return _weekly(days.weekdays)
    if days.first is None:
        return f"{_any(days)}until {_date(days.last, today)}" if days.last else ANY_TIME
    if days.last is None:
        return f"{_any(days)}from {_date(max(days.first, today), today)}, on"
    some = [day for day in span(days.first, min(days.last, days.first + 31 * DAY)) if day in days]
    if len(some) == 1 or (days.weekdays != ALL and len(some) < FEW):
        return ", or ".join(_date(day, today) for day in some)
    if days == week_of(days.first):
        return f"the week of {_date(days.first, today)}"
    if days == month_of(days.first):
        far = f" {days.first.year}" if _is_far(days.first, today) else ""
        return f"in {MONTH_NAMES[days.first.month - 1]}{far}"
    return f"{_any(days)}from {_date(max(days.first, today), today)}, to {_date(days.last, today)}"


def _any(days: Days) -> str:
    return "" if days.weekdays == ALL else f"{_weekly(days.weekdays)} "


def _weekly(weekdays: frozenset[int]) -> str:
    if weekdays == WORKDAYS:
        return "any weekday"
    if weekdays == WEEKEND:
        return "any weekend"
    return "any " + " or ".join(WEEKDAYS[index] for index in sorted(weekdays))


def _date(day: date | None, today: date) -> str:
    if day is None:
        return ""
    return f"{date_words(day)}, {day.year}" if _is_far(day, today) else date_words(day)


def _is_far(day: date, today: date) -> bool:
    return abs(day - today) > FAR


def hours_words(hours: Hours) -> str:
    span_words = f"{clock_words(hours.span.start)} to {clock_words(hours.span.end)}"
    if hours.way is Way.PART:
        name = next((name for name, times in PARTS.items() if times == (hours.start, hours.end)), "")
        if name:
            return f"{name} ({span_words})"
    if hours.way is Way.AT:
        return f"at {clock_words(hours.said)}"
    if hours.way is Way.AROUND:
        return f"around {clock_words(hours.said)} ({span_words})"
    if hours.start <= 0 and hours.end >= DAY_END:
        return ANY_TIME
    if hours.start <= 0:
        return f"before {clock_words(hours.end)}"
    return f"after {clock_words(hours.start)}" if hours.end >= DAY_END else f"from {span_words}"
