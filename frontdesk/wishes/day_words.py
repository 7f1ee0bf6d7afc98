"""Words for days that count from today: tomorrow, weekdays, weeks, months."""

import re
from functools import partial

from frontdesk.wishes.clock import part
from frontdesk.wishes.days import ALL, DAY, WEEK, WEEKEND, WORKDAYS, Days, later, meet, nearest, one, week_of
from frontdesk.wishes.items import Item, Join, Offset, Unread, WeekOffset
from frontdesk.wishes.rules import ORDINAL, WEEKDAY, Rule, Seen, rule
from frontdesk.wishes.spelling import WEEKDAYS

COUNT = r"(\d{1,2}|an?|(?:a )?couple(?: of)?)"
FEW = 3


def count(word: str) -> int:
    if word.isdigit():
        return int(word)
    return 2 if "couple" in word else 1


def _in(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    """`in 10 days` is that day; `in two weeks` is the week in which it falls."""
    number, unit = count(found[1]), found[2]
    if unit == "day":
        return (one(seen.today + number * DAY),)
    return (week_of(later(seen.today, number, unit)),)


def _within(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    number = FEW if "few" in (found[1] or "") else count(found[1] or "1")
    return (Days(seen.today, later(seen.today, number, found[2])),)


def _few(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    first, last = {"day": (2, 5), "week": (14, 34), "month": (60, 150)}[found[1]]
    return (Days(seen.today + first * DAY, seen.today + last * DAY),)


def _or_so(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    first, last = later(seen.today, count(found[1]), found[3]), later(seen.today, int(found[2]), found[3])
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
    return (one((seen.week.first or seen.today) + index * DAY),)


def _after_next(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    """`friday after next`: that of the week after next."""
    index = WEEKDAYS.index(found["day"])
    return (one(seen.today - seen.today.weekday() * DAY + 2 * WEEK + index * DAY),)


def _this_and_next(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    """`this or next tuesday`."""
    if found[1] in WEEKDAYS:
        this = nearest(seen.today - DAY, WEEKDAYS.index(found[1]))
        return one(this), Join.OR, one(seen.today - seen.today.weekday() * DAY + WEEK + WEEKDAYS.index(found[1]) * DAY)
    weeks = [week_of(seen.today + ahead * WEEK) for ahead in (0, 1)]
    days = WEEKEND if found[1] == "weekend" else ALL
    return meet(weeks[0], Days(weekdays=days)), Join.OR, meet(weeks[1], Days(weekdays=days))


def _weekend(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    weeks = {"this": 0, "next": 1, "the": 0}.get(found[1], 0) + ("after next" in found.group()) * 2
    return (meet(week_of(seen.today + weeks * WEEK), Days(weekdays=WEEKEND)),)


def _unread(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    return (Unread(found.group()),)


DAY_NAME = rf"(?P<day>{WEEKDAY}s?)"
RULES: tuple[Rule, ...] = (
    rule(rf"every (?:other|{ORDINAL}|few) \S+|every \d+ \S+|alternat(?:e|ing) \S+|every \d+", _unread),
    rule(rf"(?:the )?{ORDINAL} {WEEKDAY}s?|(?:the )?{WEEKDAY} before last", _unread),
    rule(r"(?:the )?day after tomorrow", lambda found, seen: (one(seen.today + 2 * DAY),)),
    rule(r"now(?= (?:until|to|through|and|on)\b)", lambda found, seen: (one(seen.today),)),
    rule(r"tomorrow", lambda found, seen: (one(seen.today + DAY),)),
    rule(r"(?:later )?tonight|this evening|later this evening", lambda found, seen: (one(seen.today), part("in the evening"))),
    rule(r"(?:later )?this (morning|afternoon)", lambda found, seen: (one(seen.today), part(f"in the {found[1]}"))),
    rule(r"(?:later |sometime )?today|(?:the )?rest of (?:the|this) day", lambda found, seen: (one(seen.today),)),
    rule(rf"in (?:about )?{COUNT} (?:or|to|-) (\d{{1,2}}) (day|week|month)s?(?: time)?", _or_so),
    rule(rf"in (?:about |around |like |maybe )?{COUNT} (day|week|month)s?(?: or so| time)?", _in),
    rule(r"in (?:a|1) ()(day|week|month)s? or (?:2|so)", lambda found, seen: (Days(later(seen.today, 1, found[2]), later(seen.today, 2, found[2])),)),
    rule(rf"{COUNT} (day|week|month)s? (?:from now|out)", _in),
    rule(r"(?:in )?(?:a )?few (day|week|month)s?(?: from now| time)?", _few),
    rule(r"(?:any ?time |some ?time )?(?:in |within |during |over |for )?(?:the )?next (?:(\d{1,2}|few|couple(?: of)?) )(day|week|month)s?", _within),
    rule(rf"within (?:the |the next )?(?:{COUNT} )?(day|week|month)s?", _within),
    rule(rf"{COUNT} (day|week)s? (after|before|from|following)", _offset),
    rule(r"(?:the |that )?weekend after next|(this|next|the)(?: coming)? weekend(?! (?:of|before|after|following)(?! next))", _weekend),
    rule(r"(?:the |that )?(day|week|weekend) (after|before|of|following)(?! that)", _next_to),
    rule(r"week from(?= (?:today|tomorrow|this|next|\w+day))", Offset(7)),
    rule(rf"(?:either )?this (?:week )?(?:or|and) (?:the )?next (week|weekend|{WEEKDAY})", _this_and_next),
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
    rule(r"any ?day|every ?day|each day|all days|daily|most days", Days()),
)  # fmt: skip
