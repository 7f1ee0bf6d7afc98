"""Words for days that count from today: tomorrow, weekdays, weeks, months."""

import re
from datetime import date
from functools import partial

from frontdesk.wishes.clock import part
from frontdesk.wishes.days import (
    ALL,
    DAY,
    WEEK,
    WEEKEND,
    WORKDAYS,
    Days,
    last_of_month,
    meet,
    month_of,
    month_start,
    nearest,
    one,
    span,
    week_of,
)
from frontdesk.wishes.items import Item, Offset, Unread, WeekOffset
from frontdesk.wishes.rules import MONTH, ORDINAL, WEEKDAY, Rule, Seen, rule
from frontdesk.wishes.spelling import MONTHS, WEEKDAYS

COUNT = r"(\d{1,2}|an?|(?:a )?couple(?: of)?)"
FEW = 3
PLACE = (
    r"(early(?: on)?|(?:the )?(?:beginning|start|1st part|1st half)|mid(?:dle)?|late(?:r)?|(?:the )?(?:end|latter half|2nd half|last part)|"
    r"(?:the )?rest|(?:the )?remainder)(?: -)?(?: (?:in|of))?"
)
MAY_BE_A_NAME = ("march", "may", "april", "june", "august")


def count(word: str) -> int:
    if word.isdigit():
        return int(word)
    return 2 if "couple" in word else 1


def _in(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    """`in 10 days` is that day; `in two weeks` is the week in which it falls."""
    number, unit = count(found[1]), found[2]
    if unit == "day":
        return (one(seen.today + number * DAY),)
    return (week_of(_later(seen.today, number, unit)),)


def _later(day: date, number: int, unit: str) -> date:
    if unit == "month":
        first = month_start(day, number)
        return first.replace(day=min(day.day, last_of_month(first).day))
    return day + number * (WEEK if unit == "week" else DAY)


def _within(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    number = FEW if "few" in (found[1] or "") else count(found[1] or "1")
    return (Days(seen.today, _later(seen.today, number, found[2])),)


def _few(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    first, last = {"day": (2, 5), "week": (14, 34), "month": (60, 150)}[found[1]]
    return (Days(seen.today + first * DAY, seen.today + last * DAY),)


def _or_so(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    first, last = _later(seen.today, count(found[1]), found[3]), _later(seen.today, int(found[2]), found[3])
    return (
        (Days(first, last if found[3] == "day" else last + WEEK - DAY),) if first < last else (Unread(found.group()),)
    )


def _offset(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    days = count(found[1]) * (7 if found[2] == "week" else 1)
    return (Offset(-days if found[3] == "before" else days),)


def _next_to(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    """`the day after …`, `the week of …`: relative to a day that follows, or that was named before."""
    steps = {"before": -1, "of": 0}.get(found[2], 1)
    if found[1] == "day":
        return (Offset(steps),) if steps else ()
    return (WeekOffset(steps, WEEKEND if found[1] == "weekend" else ALL),)


def weekday(found: re.Match[str], seen: Seen, *, which: str) -> tuple[Item, ...]:
    index = WEEKDAYS.index(found["day"].removesuffix("s"))
    each = frozenset((index,))
    if which == "every" or found["day"].endswith("s"):
        seen.week = None
        return (Days(weekdays=each),)
    if which == "next":
        seen.week = week_of(seen.today + WEEK)
    elif which == "this":
        seen.week = None
        return (one(nearest(seen.today - DAY, index)),)
    elif not (seen.week and seen.is_list):
        seen.week = None
        before = seen.items[-2] if seen.is_list and len(seen.items) > 1 else None
        is_every = isinstance(before, Days) and before.is_weekly and not before.is_nearest  # "any monday or tuesday"
        return (Days(weekdays=each, is_nearest=not is_every),)
    return (meet(seen.week, Days(weekdays=each)),)


def _after_next(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    """`friday after next`: that of the week after next."""
    index = WEEKDAYS.index(found["day"])
    return (meet(week_of(seen.today + 2 * WEEK), Days(weekdays=frozenset((index,)))),)


def _weekend(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    weeks = {"this": 0, "next": 1, "the": 0}.get(found[1], 0) + ("after next" in found.group()) * 2
    return (meet(week_of(seen.today + weeks * WEEK), Days(weekdays=WEEKEND)),)


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
        return month_of(_later(seen.today.replace(day=1), ahead, "month"))
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


def _unread(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    return (Unread(found.group()),)


WHICH = r"(?:this|next|the following|the coming|this coming|the)"
PERIOD = rf"((?:{WHICH} |{WHICH} )?(?:week|month|year)(?: after next)?|(?:(?:this|next) )?{MONTH}(?: 20\d\d)?)"
DAY_NAME = rf"(?P<day>{WEEKDAY}s?)"
RULES: tuple[Rule, ...] = (
    rule(rf"every (?:other|{ORDINAL}|few) \S+|every \d+ \S+|alternat(?:e|ing) \S+|every \d+", _unread),
    rule(rf"(?:the )?({ORDINAL}|last) ({WEEKDAY}|week|day|(?:business |work|working |week) ?day) (?:of|in) {PERIOD}", _nth_in),
    rule(rf"(?:the )?{ORDINAL} {WEEKDAY}s?|(?:the )?{WEEKDAY} (?:before last|of)", _unread),
    rule(r"(?:the )?day after tomorrow", lambda found, seen: (one(seen.today + 2 * DAY),)),
    rule(r"now(?= (?:until|to|through|and|on)\b)", lambda found, seen: (one(seen.today),)),
    rule(r"tomorrow", lambda found, seen: (one(seen.today + DAY),)),
    rule(r"(?:later )?tonight|this evening|later this evening", lambda found, seen: (one(seen.today), part("in the evening"))),
    rule(r"(?:later )?this (morning|afternoon)", lambda found, seen: (one(seen.today), part(f"in the {found[1]}"))),
    rule(r"(?:later |sometime )?today|(?:the )?rest of (?:the|this) day", lambda found, seen: (one(seen.today),)),
    rule(rf"in (?:about )?{COUNT} (?:or|to|-) (\d{{1,2}}) (day|week|month)s?(?: time)?", _or_so),
    rule(rf"in (?:about |around |like |maybe )?{COUNT} (day|week|month)s?(?: or so| time)?", _in),
    rule(r"in (?:a|1) ()(day|week|month)s? or (?:2|so)", lambda found, seen: (Days(_later(seen.today, 1, found[2]), _later(seen.today, 2, found[2])),)),
    rule(rf"{COUNT} (day|week|month)s? (?:from now|out)", _in),
    rule(r"(?:in )?(?:a )?few (day|week|month)s?(?: from now| time)?", _few),
    rule(r"(?:any ?time |some ?time )?(?:in |within |during |over |for )?(?:the )?next (?:(\d{1,2}|few|couple(?: of)?) )(day|week|month)s?", _within),
    rule(rf"within (?:the |the next )?(?:{COUNT} )?(day|week|month)s?", _within),
    rule(rf"{COUNT} (day|week)s? (after|before|from|following)", _offset),
    rule(r"(?:the |that )?weekend after next|(this|next|the)(?: coming)? weekend(?! (?:of|before|after|following)(?! next))", _weekend),
    rule(r"the week after next", _period),
    rule(r"(?:the |that )?(day|week|weekend) (after|before|of|following)(?! that)", _next_to),
    rule(rf"{PLACE} {PERIOD}", _place_in),
    rule(rf"(?:by|before|until) (?:the )?end of {PERIOD}", _until_the_end),
    rule(rf"(?:the )?(?:1st|last) (\d) weeks (?:of|in) {PERIOD}", _first_weeks),
    rule(r"(?:in |of )?the new year|(?:the )?1st (?:week )?of the (?:new )?year", _new_year),
    rule(r"(?:the )?next(?: one)?(?= ?(?:[,.]|$))", _the_next_one),
    rule(r"mid ?-? ?week", lambda found, seen: (Days(weekdays=frozenset((1, 2, 3))),)),
    rule(rf"(?:the )?next (?:available|open|free|possible) {DAY_NAME}", partial(weekday, which="every")),
    rule(rf"(?:any|every|each|all|a|some|most|an available) {DAY_NAME}", partial(weekday, which="every")),
    rule(rf"(?:the |this )?(?:next|following) {DAY_NAME}", partial(weekday, which="next")),
    rule(rf"(?:this|this coming|the coming|this upcoming|coming|upcoming) {DAY_NAME}", partial(weekday, which="this")),
    rule(rf"(?:the )?(?P<day>{WEEKDAY}) after next", _after_next),
    rule(rf"(?:the )?{DAY_NAME}", partial(weekday, which="")),
    rule(r"(?:(?:any|every|each|all|a|most) )?(?:weekdays?|work ?days?|business days?|week days?)|during the (?:work ?)?week(?! (?:of|after))", Days(weekdays=WORKDAYS)),
    rule(r"(?:(?:any|every|each|a|most) )?(?:week|work|school) ?nights?",
         lambda found, seen: (Days(weekdays=WORKDAYS), part("in the evening", every_day=True))),
    rule(r"(?:(?:any|every|each|all|a|most) )?weekends?(?: days?)?", Days(weekdays=WEEKEND)),
    rule(r"(?:any ?time |any day |some ?time )?(?:this|next|(?:the )?following|(?:the |this )?coming) (?:week|month|year)", _period),
    rule(r"all week", lambda found, seen: (Days(seen.today, week_of(seen.today).last),)),
    rule(rf"(?:(?:this|next) )({MONTH})", _period),
    rule(rf"({MONTH})(?: 20\d\d)?", _month),
    rule(r"the holidays", lambda found, seen: (Days(date(seen.today.year, 12, 24), date(seen.today.year + 1, 1, 1)),)),
    rule(r"any ?day|every ?day|each day|all days|daily|most days", Days()),
)  # fmt: skip
