"""Words for dates: "december 3", "the 3rd or 4th", "12/3", "thanksgiving"."""

import re

from frontdesk.wishes.days import DAY, Days, month_start, nearest, one, week_of
from frontdesk.wishes.items import Item, Join, Unread
from frontdesk.wishes.rules import MONTH, NOT_A_TIME, WEEKDAY, Rule, Seen, rule
from frontdesk.wishes.spelling import WEEKDAYS

LONG_AGO = 400 * DAY
NAMED = rf"(?:the )?(?:({WEEKDAY})(?: the| ,)? )?"
DAY_OF_MONTH = r"(\d{1,2})(?:st|nd|rd|th)?"
YEAR = r"(?: ,?(?: )?(20\d\d))?"
BEFORE_TO = r"(?: ,(?= (?:to|through|until|on) ?))?"
# What may stand behind "the 3rd": "the 3rd session" is no date.
GOES_ON = (
    r"(?=$| [^\w]| (?:at|in|of|or|and|to|through|until|on|by|after|before|between|around|from|any ?time|noon|midnight|lunch\w*|early|late|"
    r"mid|the|is|are|was|would|could|should|might|will|does|do|doesnt|dont|wont|cant|isnt|works?|if|please|pls|but|not|except|for|i|im|we|"
    r"can|with|also|maybe|either|looks?|sounds?|good|available|free|open|possible|only|instead|then|st|thanks|thank|morning|afternoon|evening|night|\d))"
)


def _checked(found: re.Match[str], weekday: str | None, written: str, seen: Seen) -> tuple[Item, ...]:
    """A date that does not exist, or falls on another weekday than was said, is asked about."""
    day = seen.almanac.dated(written)
    if day and day < seen.today - LONG_AGO:  # a date of birth
        return ()
    if day is None or (weekday and day.weekday() != WEEKDAYS.index(weekday)):
        return (Unread(found.group()),)
    return (one(day),)


def _month_day(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    return _checked(found, found[1], f"{found[2]} {found[3]} {found[4] or ''}".strip(), seen)


def _day_month(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    return _checked(found, found[1], f"{found[3]} {found[2]} {found[4] or ''}".strip(), seen)


def _numbers(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    return _checked(found, found[1], found[2], seen)


def _months_days(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    """`dec 3 or 4`, `dec 7, 8 and 9`."""
    items: list[Item] = []
    for number in re.findall(r"\d+", found.group()):
        items += [*([Join.OR] if items else []), *_checked(found, None, f"{found[1]} {number}", seen)]
    return items and tuple(items) or None


def _month_days(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    """`dec 7-11`."""
    first = seen.almanac.dated(f"{found[1]} {found[2]}")
    last = seen.almanac.dated(f"{found[1]} {found[3]}")
    if first and last and first < last:
        return (Days(first, last),)
    return (Unread(found.group()),)


def _days_of_month(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    """`10-20 december`."""
    first, last = (seen.almanac.dated(f"{found[3]} {number}") for number in (found[1], found[2]))
    return (Days(first, last),) if first and last and first < last else None


def _nth(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    """`the 3rd`: the next one; after a date, the next one from that on."""
    since = seen.date
    before = found.string[: found.start()].rpartition(" ")[0].rpartition(" ")[2]
    is_counting = found.group() == "1st" != found.string and before not in BEFORE_FIRST  # "first, …"
    if is_counting:
        return None
    if found[3] == "next":
        since = month_start(seen.today, 1)
    number = int(found[2])
    day = seen.almanac.nth(number, since) if 1 <= number <= 31 else None
    if day is None or (found[1] and day.weekday() != WEEKDAYS.index(found[1])):
        return (Unread(found.group()),)
    return (one(day),)


def holiday(text: str, at: int, seen: Seen) -> tuple[tuple[Item, ...], int] | None:
    """The holiday whose name stands here, and where it ends."""
    for name in seen.almanac.holiday_names:
        if not text.startswith(name, at) or text[at + len(name) : at + len(name) + 1].strip():
            continue
        day, end = seen.almanac.holiday(name), at + len(name)
        if day is None:
            return None
        if beyond := re.compile(r" (?:weekend|break|vacation|eve\b)").match(text, end):
            if beyond.group() == " weekend":
                saturday = nearest(day - 3 * DAY, 5)
                return (Days(saturday, saturday + DAY),), beyond.end()
            return (Unread(text[at : beyond.end()]),), beyond.end()
        if text.startswith(" week", end) and not text.startswith(" weekend", end):
            return (week_of(day),), end + len(" week")
        return (one(day),), end
    return None


BEFORE_FIRST = ("on", "by", "until", "or", "and", "to", "before", "after", "from", "-", ",", "through")
RULES: tuple[Rule, ...] = (
    rule(rf"between ({MONTH}) {DAY_OF_MONTH} and (?:the )?{DAY_OF_MONTH}{NOT_A_TIME}", _month_days),
    rule(rf"(\d{{1,2}}) (?:-|to|through|until) (\d{{1,2}}) (?:of )?({MONTH})", _days_of_month),
    rule(rf"({MONTH}) {DAY_OF_MONTH} (?:-|to|through|until) (?:the )?{DAY_OF_MONTH}{NOT_A_TIME}", _month_days),
    rule(rf"({MONTH}) \d{{1,2}}(?:st|nd|rd|th)?(?: ?(?:,|or|and|/|, or|, and) (?:the )?\d{{1,2}}(?:st|nd|rd|th)?{NOT_A_TIME})+", _months_days),
    rule(rf"{NAMED}({MONTH}) (?:the )?{DAY_OF_MONTH}{YEAR}{NOT_A_TIME}{BEFORE_TO}", _month_day),
    rule(rf"{NAMED}{DAY_OF_MONTH} (?:of )?({MONTH}){YEAR}{BEFORE_TO}", _day_month),
    rule(rf"{NAMED}(\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?|20\d\d-\d{{1,2}}-\d{{1,2}}){BEFORE_TO}", _numbers),
    rule(rf"{NAMED}(\d{{1,2}})(?:st|nd|rd|th)(?: of (this|the|next) month)?{GOES_ON}", _nth),
)  # fmt: skip
