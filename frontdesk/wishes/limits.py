"""What a bound makes of days and hours: after, before, until, around, from … to …"""

from dataclasses import replace
from datetime import date

from frontdesk.hours import DAY_END
from frontdesk.wishes import clock
from frontdesk.wishes.clock import Clock, Hours
from frontdesk.wishes.days import ALL, DAY, Days, meet, settled, span
from frontdesk.wishes.items import Item, Op, Unread

AROUND_A_DAY = 3  # days


def between(first: Days | Hours | Clock, last: Days | Hours | Clock, today: date) -> Item | None:
    if isinstance(first, Clock) and isinstance(last, Clock):
        return clock.between(first, last) or Unread("to")
    if isinstance(first, Hours) and isinstance(last, Hours) and first.start < last.end:
        return Hours(first.start, last.end)
    if isinstance(first, Days) and isinstance(last, Days):
        if first.is_date or last.is_date:
            begin, end = settled(first, today).first, settled(last, today).last
            return Days(begin, end) if begin and end and begin <= end else Unread("to")
        if len(first.weekdays) == len(last.weekdays) == 1:
            (begin_day,), (end_day,) = first.weekdays, last.weekdays
            weekdays = frozenset((begin_day + step) % 7 for step in range((end_day - begin_day) % 7 + 1))
            scope = meet(replace(first, weekdays=ALL, is_nearest=False), replace(last, weekdays=ALL, is_nearest=False))
            return replace(scope, weekdays=weekdays)
        return Days(first.first, last.last) if first.first and last.last and first.first <= last.last else Unread("to")
    return None


def bounded(op: Op, operand: Days | Hours | Clock, today: date) -> Days | Hours | None:
    if isinstance(operand, Clock):
        of_clock = {
            Op.AFTER: clock.after, Op.FROM: clock.after, Op.BEFORE: clock.before, Op.UNTIL: clock.before, Op.THROUGH: clock.before,
            Op.AROUND: clock.around, Op.AT: clock.at,
        }  # fmt: skip
        return of_clock[op](operand) if op in of_clock else None
    if isinstance(operand, Hours):
        return _bounded_hours(op, operand)
    return _bounded_days(op, settled(operand, today), operand)


def _bounded_hours(op: Op, hours: Hours) -> Hours | None:
    of_hours = {
        Op.AFTER: (hours.end, DAY_END), Op.FROM: (hours.start, DAY_END), Op.BEFORE: (0, hours.start), Op.UNTIL: (0, hours.end),
    }  # fmt: skip
    if op in (Op.AT, Op.AROUND):
        return hours
    start, end = of_hours.get(op, (0, 0))
    return Hours(start, end) if start < end else None


def trimmed(days: Days) -> Days:
    """With the first and the last day that it really has: a weekend begins on Saturday."""
    if days.first is None or days.last is None or not days.has_any():
        return days
    some = [day for day in span(days.first, days.last) if day in days]
    return replace(days, first=some[0], last=some[-1])


def _bounded_days(op: Op, days: Days, said: Days) -> Days | None:
    days = trimmed(days)
    if op is Op.AT or (op is Op.FROM and days.is_weekly):
        return said
    if op is Op.AFTER and days.last:
        return Days(first=days.last + DAY)
    if op is Op.FROM and days.first:
        return Days(first=days.first)
    if op is Op.BEFORE and days.first:
        return Days(last=days.first - DAY)
    if op in (Op.UNTIL, Op.THROUGH) and days.last:
        return Days(last=days.last)
    if op is Op.AROUND and days.first and days.last:
        some = (1 if said.is_nearest else AROUND_A_DAY) * DAY
        return Days(days.first - some, days.last + some)
    return None
