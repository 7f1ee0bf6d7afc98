"""Words for weeks, months and years, and for parts of them: "early next week", "mid december", "the end of the month"."""

import re
from datetime import date

from frontdesk.wishes.days import DAY, WEEK, WORKDAYS, Days, later, month_of, month_start, nearest, one, span, week_of
from frontdesk.wishes.items import Item, Unread
from frontdesk.wishes.rules import MONTH, ORDINAL, WEEKDAY, Rule, Seen, rule
from frontdesk.wishes.spelling import MONTHS, WEEKDAYS

PLACE = (
    r"(early(?: on)?|(?:the )?(?:beginning|start|1st part|1st half)|mid(?:dle)?|late(?:r)?|(?:the )?(?:end|latter half|2nd half|last part)|"
    r"(?:the )?rest|(?:the )?remainder)(?: -)?(?: (?:in|of))?"
)
WHICH = r"(?:this|next|the following|the coming|this coming|the)"
PERIOD = rf"((?:{WHICH} |{WHICH} )?(?:week|month|year)(?: after next)?|(?:(?:this|next) )?{MONTH}(?: 20\d\d)?)"
MAY_BE_A_NAME = ("march", "may", "april", "june", "august")


def period(words: str, seen: Seen) -> Days | None:
    """`next week`, `the week after next`, `this month`, `december`, `the year`."""
    if named := re.search(rf"({MONTH})(?: (20\d\d))?$", words):
        if named[2]:
            return month_of(date(int(named[2]), MONTHS.index(named[1]) + 1, 1))
        month = seen.almanac.month(named[1])
        is_next_year = words.startswith("next") and seen.today in month
        return month_of(month_start(month.first or seen.today, 12)) if is_next_year else month
    ahead = 2 if "after next" in words else 1 if re.search(r"\b(?:next|coming|following)\b", words) else 0
    if "week" in words:
        return week_of(seen.today + ahead * WEEK)
    if "month" in words:
        return month_of(later(seen.today.replace(day=1), ahead, "month"))
    year = seen.today.year + ahead
    return Days(date(year, 1, 1), date(year, 12, 31)) if "year" in words else None


def _period(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    days = period(found.group(), seen)
    return (days,) if days else None


def _month(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    if found[1] in MAY_BE_A_NAME and not found.string[: found.start()].endswith(
        ("in ", "of ", "during ", "until ", "before ", "by ", "for ", "late ", "early ", "after ", "to ", "through ")
    ):
        return None
    return _period(found, seen)


def _place_in(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    """`early next week`, `the end of the month`, `later this week`, `mid december`."""
    days = period(found[2], seen)
    if not (days and days.first and days.last):
        return None
    place, tomorrow = found[1].removeprefix("the "), seen.today + DAY
    is_week = days.last - days.first < WEEK
    if place in ("rest", "remainder") or (place == "later" and seen.today in days):
        return (Days(max(days.first, tomorrow if place == "later" else seen.today), days.last),)
    if place.startswith(("end", "latter", "2nd", "last")) or place == "later":
        first = days.first + 3 * DAY if is_week else days.last - (6 if place == "end" else 14) * DAY
        return (Days(first, days.first + 4 * DAY if is_week else days.last),)
    from_day, to_day = {"e": (0, 1), "b": (0, 1), "s": (0, 1), "1": (0, 2), "m": (1, 3), "l": (3, 4)}[place[0]]
    if not is_week:
        from_day, to_day = {"m": (10, 19), "l": (20, 30), "1": (0, 14)}.get(place[0], (0, 9))
    return (Days(days.first + from_day * DAY, min(days.first + to_day * DAY, days.last)),)


def _places_in(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    """`mid to late december`."""
    days = period(found[3], seen)
    if not (days and days.first and days.last and days.last - days.first > WEEK):
        return None
    first, last = {"early": 0, "mid": 10}[found[1]], {"mid": 19, "late": 30}[found[2]]
    return (Days(days.first + first * DAY, min(days.first + last * DAY, days.last)),)


def _nth_in(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    """`the first monday in april`, `the last week of november`."""
    month = period(found[3], seen)
    if month is None or month.first is None or month.last is None:
        return None
    is_last = found[1] == "last"
    nth = 1 if is_last else int(re.sub(r"\D", "", found[1]))
    if found[2].endswith("day") and found[2] not in WEEKDAYS:
        days = [day for day in span(month.first, month.last) if found[2] == "day" or day.weekday() in WORKDAYS]
        return (one(days[-1 if is_last else nth - 1]),) if nth <= len(days) else (Unread(found.group()),)
    if found[2] == "week":
        first = month.last - 6 * DAY if is_last else month.first + (nth - 1) * WEEK
        return (Days(first, min(first + 6 * DAY, month.last)),) if first <= month.last else (Unread(found.group()),)
    index = WEEKDAYS.index(found[2])
    if is_last:
        return (one(nearest(month.last + DAY, index, after=False)),)
    day = nearest(month.first - DAY, index) + (nth - 1) * WEEK
    return (one(day),) if day <= month.last else (Unread(found.group()),)


def _first_weeks(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    days = period(found[2], seen)
    if not (days and days.first and days.last):
        return None
    weeks = int(found[1]) * WEEK
    return (
        (Days(days.first, days.first + weeks - DAY),)
        if "1st" in found.group()[:8]
        else (Days(days.last - weeks + DAY, days.last),)
    )


def _new_year(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    first = date(seen.today.year + 1, 1, 1)
    if "week" in found.group():
        return (Days(first, first + 6 * DAY),)
    return (one(first) if "1st" in found.group() else Days(first=first),)


def _until_the_end(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    days = period(found[1], seen)
    return (Days(last=days.last),) if days else None


def _the_next_one(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    """`not this week but next`."""
    named = next((item for item in reversed(seen.items) if isinstance(item, Days) and item.is_wide), None)
    if named is None or named.first is None or named != week_of(named.first):
        return None
    return (week_of(named.first + WEEK),)


RULES: tuple[Rule, ...] = (
    rule(rf"(?:the )?({ORDINAL}|last) ({WEEKDAY}|week|day|(?:business |work|working |week) ?day) (?:of|in) {PERIOD}", _nth_in),
    rule(r"the week after next", _period),
    rule(rf"(early|mid)(?: -)? (?:to|-|or) (mid|late)(?: -)? {PERIOD}", _places_in),
    rule(rf"{PLACE} {PERIOD}", _place_in),
    rule(rf"(?:by|before|until) (?:the )?end of {PERIOD}", _until_the_end),
    rule(rf"(?:the )?(?:1st|last) (\d) weeks (?:of|in) {PERIOD}", _first_weeks),
    rule(r"(?:in |of )?the new year|(?:the )?1st (?:week )?of the (?:new )?year", _new_year),
    rule(r"(?:the )?next(?: one)?(?= ?(?:[,.]|$))", _the_next_one),
    rule(r"(?:any ?time |any day |some ?time )?(?:this|next|(?:the )?following|(?:the |this )?coming) (?:week|month|year)", _period),
    rule(rf"(?:(?:this|next) )({MONTH})", _period),
    rule(rf"({MONTH})(?: 20\d\d)?", _month),
    rule(r"mid ?-? ?week", lambda found, seen: (Days(weekdays=frozenset((1, 2, 3))),)),
    rule(r"all week", lambda found, seen: (Days(seen.today, week_of(seen.today).last),)),
    rule(r"the holidays", lambda found, seen: (Days(date(seen.today.year, 12, 24), date(seen.today.year + 1, 1, 1)),)),
)  # fmt: skip
