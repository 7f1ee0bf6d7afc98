"""Words for times of day."""

import re

from frontdesk.hours import DAY_END
from frontdesk.wishes.clock import EVENING, NOON, Clock, Hours, part
from frontdesk.wishes.items import Item, Op, Unread
from frontdesk.wishes.rules import Rule, Seen, rule

HALF = r"(?: ?(am|pm))?"
BESIDE_A_DAY = r"(?<=day )|(?<=tomorrow )|(?<=th )|(?<=st )|(?<=nd )|(?<=rd )|(?<=in the )|(?<=the )|(?<=early )|(?<=late )|(?<=/\d )|(?<=/\d\d )|(?<=\d{4} )"
PART_NAMES = {
    ("", "morning"): "in the morning", ("", "afternoon"): "in the afternoon", ("", "evening"): "in the evening",
    ("early", "morning"): "early in the morning", ("mid", "morning"): "mid-morning", ("late", "morning"): "late in the morning",
    ("early", "afternoon"): "early in the afternoon", ("mid", "afternoon"): "mid-afternoon",
    ("late", "afternoon"): "late in the afternoon", ("early", "evening"): "early in the evening",
    ("late", "evening"): "late in the evening",
}  # fmt: skip
SAME = {"night": "evening", "am": "morning", "pm": "afternoon"}


def clock(hour: int, minute: int, half: str | None) -> Clock | None:
    if minute > 59 or hour > (12 if half else 24) or (hour == 24 and minute):
        return None
    if half:
        return Clock(hour % 12 + (12 if half == "pm" else 0), minute, True) if hour else None
    return Clock(hour, minute, hour == 0 or hour > 12)


def _told(found: re.Match[str], hour: int, minute: int, half: str | None) -> tuple[Item, ...]:
    return (clock(hour, minute, half) or Unread(found.group()),)


def _digits(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    hour, minute, half = found.groups()
    told = clock(int(hour), int(minute or 0), half)
    if told and len(hour) == 2 and hour[0] == "0":
        told = Clock(told.hour, told.minute, True)
    return (told or Unread(found.group()),)


def _past(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    minute = 30 if found[1] == "half" else 15 if "quarter" in found[1] else int(found[1])
    return _told(found, int(found[2]), minute, found[3])


def _to(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    minute = 15 if "quarter" in found[1] else int(found[1])
    hour = 12 if found[2] == "noon" else int(found[2])
    return _told(found, (hour - 1 or 12) if hour else 23, 60 - minute, found[3])


def _run_together(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    """`330 pm`, `at 1030`."""
    told = clock(int(found[1][:-2]), int(found[1][-2:]), found[2])
    if not found[2] and not (seen.items and isinstance(seen.items[-1], Op)):
        return None
    return (told,) if told else None


def _four_digits(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    """`0900`, `1400 hours`."""
    told = clock(int(found[1][:2]), int(found[1][2:]), None)
    return (Clock(told.hour, told.minute, True) if told else Unread(found.group()),)


def _part(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    when = next((word for word in ("early", "mid", "late") if word in (found[1] or "")), "")
    name = PART_NAMES.get((when, SAME.get(found[2], found[2])))
    return (part(name, every_day=bool(found[3])),) if name else None


def _beside_half(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    return (part(PART_NAMES["", SAME[found[1]]]),)


def _ish(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    return (Op.AROUND, *_told(found, int(found[1]), int(found[2] or 0), found[3] or found[4]))


RULES: tuple[Rule, ...] = (
    rule(rf"(half|(?:a )?quarter|5|10|20|25)(?: minutes?)? (?:past|after) (\d{{1,2}})(?!:){HALF}", _past),
    rule(rf"((?:a )?quarter|(?:5|10|20|25)(?= minutes))(?: minutes?)? (?:to|of|until) (\d{{1,2}}|noon){HALF}", _to),
    rule(r"(\d{1,2})(?:[: ](\d\d))? ?(?:oclock )?(am|pm)?-? ?ish(?: (?:in the )?(am|pm))?", _ish),
    rule(r"(\d{1,2})()(?: oclock)(?: (am|pm))?", _digits),
    rule(r"(\d{1,2})(?::(\d\d))? (am|pm)", _digits),
    rule(r"(\d{1,2}):(\d\d)()", _digits),
    rule(r"(0\d\d\d|[12]\d\d\d(?= hours))(?: hours)?()", _four_digits),
    rule(rf"(\d{{3,4}}){HALF}", _run_together),
    rule(r"(\d{1,2}) (15|30|45)(?! (?:minutes?|hours?|days?|weeks?))()", _digits),
    rule(r"(?:12 )?noon", Clock(12, 0, True)),
    rule(r"(?:12 )?midnight", Clock(0, 0, True)),
    rule(r"(?:1st thing|bright and early)(?: in the (?:morning|am))?", part("first thing")),
    rule(r"(?:right |just )?(?:after|following|post)(?: -)? (?:my )?lunch(?: ?time| break| hour)?", part("after lunch")),
    rule(r"before (?:my )?lunch(?: ?time)?", Hours(0, NOON)),
    rule(r"(?:(?:at|over|around|during|on) )?(?:my |the )?lunch(?: ?times?| break| hour)?|lunchtimes?", part("at lunchtime")),
    rule(r"(?:right |just |any ?time )?after (?:my )?(?:work|business hours|hours|the work ?day)(?! (?:on|i|ends) (?:the|my))", Hours(EVENING[0], DAY_END)),
    rule(r"before (?:my )?work", Hours(0, 9 * 60)),
    rule(r"(?:in |later in |late in |at |towards? )?(?:the )?(?:end of (?:the )?(?:work ?)?day|late in the day|later in the day|close of business|eod|cob)", part("late in the day")),
    rule(r"(?:during |in )?(?:the )?(?:daytime|working hours|business hours|office hours|work hours)|during the day", part("during the day")),
    rule(r"later?(?: on)?(?= (?:tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day))", part("late in the day")),
    rule(r"early(?: on)?(?= (?:tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day))", part("first thing")),
    rule(r"early in the day|(?<=day )early", part("first thing")),
    rule(r"((?:early|mid|middle of|late)(?: -)?(?: in)?(?: the)? )(morning|afternoon|evening)(s)?", _part),
    rule(r"(?:in |at |during )?(?:the )?()(morning|afternoon|evening|night)(s)?", _part),
    rule(rf"(?:{BESIDE_A_DAY})(am|pm)s?", _beside_half),
    rule(r"(?:(?<=any )|(?<=or )|(?<=either )|(?<=, )|^)(am|pm)s?(?= (?:or|if|please|is|works?)\b| on \w+day| ?[,.]|$)", _beside_half),
    rule(r"all day(?: long)?|any ?time(?: of (?:the )?day)?|any hour", Hours(0, DAY_END)),
    rule(r"(?:in |within )?(?:an?|\d+|a few|half an?|a couple(?: of)?) (?:hours?|minutes?)(?: (?:before|after|from|later))?",
         lambda found, seen: (Unread(found.group()),)),
)  # fmt: skip
