"""Joins words to the times beside them: "after" and 3, "between" 1 "and" 3, "the week after" and Thanksgiving."""

from datetime import date

from frontdesk.wishes import clock, limits
from frontdesk.wishes.clock import Clock, Hours, Way
from frontdesk.wishes.days import DAY, WEEK, WEEKEND, Days, meet, nearest, one, settled, week_of
from frontdesk.wishes.items import Item, Join, Mark, Number, Offset, Op, Unread, WeekOffset, Word

LISTED = (Join.OR, Join.AND, Join.COMMA)
OFTEN_SOMETHING_ELSE = (Op.FROM, Op.AT, Op.AROUND, Op.TO, Op.ON)  # "from home", "at the clinic", "about", "go on"


class Bounds:
    """Reads items from left to right; `done` holds days, hours and what is not about them."""

    def __init__(self, items: list[Item], today: date) -> None:
        self.items = items
        self.today = today
        self.done: list[Item] = []
        self.at = 0

    def read(self) -> list[Item]:
        steps = (self._range, self._offset, self._not_until, self._bound, self._bare)
        while self.at < len(self.items):
            if not any(step() for step in steps):
                self.done.append(self.items[self.at])
                self.at += 1
        return self.done

    def _item(self, ahead: int = 0) -> Item | None:
        place = self.at + ahead
        return self.items[place] if place < len(self.items) else None

    def _operand(self, ahead: int) -> Days | Hours | Clock | None:
        """A time that a word can bound; a bare number counts as one unless it counts something else."""
        item, after = self._item(ahead), self._item(ahead + 1)
        if isinstance(item, Number):
            return Clock(item.value) if 1 <= item.value <= 12 and not isinstance(after, Word) else None
        return item if isinstance(item, Days | Hours | Clock) else None

    def _range(self) -> bool:
        """`1 to 3`, `from the 7th to the 11th`, `between 9 and noon`, `monday through friday`."""
        opening = self._item() in (Op.FROM, Op.BETWEEN)
        start, first = int(opening), self._operand(int(opening))
        ends = (Op.TO, Op.UNTIL, Op.THROUGH, *([Join.AND] if self._item() is Op.BETWEEN else []))
        if first is None or self._item(start + 1) not in ends:
            return False
        last = self._operand(start + 2)
        joined = limits.between(first, last, self.today) if last else None
        if joined is None or (isinstance(joined, Unread) and self._item(start + 1) in (Op.UNTIL, Op.THROUGH)):
            return False
        self.done.append(joined)
        self.at += start + 3
        return True

    def _offset(self) -> bool:
        item = self._item()
        if not isinstance(item, Offset | WeekOffset):
            return False
        base = self._item(1)
        before = [done for done in reversed(self.done) if isinstance(done, Days)]
        weeks = [done for done in before if isinstance(item, WeekOffset) and done.is_wide and done.first]
        named = next(iter(weeks or before), None)
        day = self._date(base) if isinstance(base, Days) else self._date(named) if named else None
        self.at += 1 + isinstance(base, Days)
        if day is None:
            self.done.append(Unread("…"))
        elif isinstance(item, Offset):
            self.done.append(one(day + item.days * DAY))
        else:
            self.done.append(_week(day, item))
        return True

    def _date(self, days: Days) -> date | None:
        found = settled(days, self.today)
        return limits.trimmed(found).first

    def _not_until(self) -> bool:
        """Whoever is away until the 5th wishes for the 5th or later."""
        begins = {Op.UNTIL: Op.FROM, Op.THROUGH: Op.AFTER}
        end = self._item(1)
        if self._item() in (Mark.NOT, Mark.BUSY) and end in begins and self._operand(2) is not None:
            self.items[self.at + 1] = begins[end]
            self.at += 1
            return self._bound()
        return False

    def _bound(self) -> bool:
        op = self._item()
        if not isinstance(op, Op):
            return False
        operand = self._operand(1)
        bounded: Item | None = limits.bounded(op, operand, self.today) if operand is not None else None
        if bounded is None or operand is None:
            self.at += 1
            is_harmless = op in OFTEN_SOMETHING_ELSE or (
                op is Op.THROUGH and not any(isinstance(done, Days | Hours) for done in self.done[-1:])
            )
            if not is_harmless or isinstance(self._item(), Number):
                self.done.append(Unread(op.name.lower()))
            return True
        self.at += 2
        if isinstance(operand, Days) and operand.is_nearest and self._is_time(self._item()):
            bounded = Unread("after or before a time of a day")  # "after tuesday afternoon"
        if op in (Op.AFTER, Op.BEFORE) and isinstance(bounded, Days) and self._named_weekdays(op, operand):
            return True
        self.done.append(bounded)
        self._rest_of_list(op)
        if self._item() in (Op.OR_LATER, Op.OR_EARLIER, Op.ON):  # "from 5 on"
            self.at += 1
        return True

    @staticmethod
    def _is_time(item: Item | None) -> bool:
        return isinstance(item, Clock) or item is Op.AT or (isinstance(item, Hours) and not item.is_every_day)

    def _named_weekdays(self, op: Op, operand: Days | Hours | Clock) -> bool:
        """`the monday after thanksgiving` is one day, and so is each of `monday or tuesday after thanksgiving`."""
        day = self._date(operand) if isinstance(operand, Days) else None
        place = last = len(self.done) - 1
        while day and place >= 0 and (weekday := _nearest_weekday(self.done[place])) is not None:
            self.done[place] = one(nearest(day, weekday, after=op is Op.AFTER))
            place -= 2 if place and self.done[place - 1] in LISTED else last + 1
        return place < last

    def _rest_of_list(self, op: Op) -> None:
        """`around 2 or 3`, `at 10:30 or 11`."""
        while (
            self._item() in LISTED
            and isinstance(self._item(1), Number | Clock)
            and self._item(2) not in (Op.TO, Op.UNTIL)
        ):
            operand = self._operand(1)
            bounded = limits.bounded(op, operand, self.today) if operand else None
            if bounded is None or isinstance(self._item(2), Op):
                return
            self.done += [self.items[self.at], bounded]
            self.at += 2

    def _bare(self) -> bool:
        """A time without a word before it: `3 pm`, `tomorrow 10`, `5 or later`, `3 works`."""
        item, after = self._item(), self._item(1)
        if after is Join.COMMA and self._item(2) in (Op.OR_LATER, Op.OR_EARLIER) and self._operand(0) is not None:
            del self.items[self.at + 1]  # "tomorrow, or anytime after"
            after = self._item(1)
        if after in (Op.OR_LATER, Op.OR_EARLIER) and (operand := self._operand(0)) is not None:
            op = Op.FROM if after is Op.OR_LATER else Op.UNTIL
            if isinstance(operand, Hours) and any(isinstance(done, Days) for done in self.done[-1:]):
                self.done.append(Unread("or later"))  # "tuesday afternoon or later"
            self.done.append(limits.bounded(op, operand, self.today) or Unread("or later"))
            self.at += 2
            return True
        if isinstance(item, Clock):
            self.done.append(clock.at(item))
            self.at += 1
            self._rest_of_list(Op.AT)
            return True
        if isinstance(item, Number):
            self._number(item, after)
            return True
        return False

    def _number(self, item: Number, after: Item | None) -> None:
        before = self.done[-1] if self.done else None
        operand = self._operand(0)
        listed = self._item(2) if after in LISTED else None
        self.at += 1
        if isinstance(operand, Clock) and isinstance(listed, Clock) and listed.is_sure:  # "3 or 4 pm"
            operand = Clock(item.value % 12 + listed.hour // 12 * 12, 0, True)
            self.done.append(clock.at(operand))
            return
        is_list = isinstance(listed, Number) and isinstance(self._item(2), Days)  # "12 or 1 on tuesday"
        is_clock = (
            is_list
            or isinstance(before, Days)
            or after is Mark.WORKS
            or (isinstance(after, Days) and not after.is_weekly)
            or (isinstance(after, Hours) and after.way is Way.PART)
        )
        if isinstance(operand, Clock) and is_clock:
            self.done.append(clock.at(operand))
            self._rest_of_list(Op.AT)
        elif not isinstance(after, Word) and not isinstance(before, Word):
            self.done.append(Unread(str(item.value)))


def _nearest_weekday(item: Item) -> int | None:
    return min(item.weekdays) if isinstance(item, Days) and item.is_nearest else None


def _week(day: date, offset: WeekOffset) -> Days:
    """The week after a day is the next one; the weekend after it may be in its own week."""
    if offset.days == WEEKEND and offset.weeks:
        saturday = nearest(day, 5, after=offset.weeks > 0)
        return Days(saturday, saturday + DAY)
    return meet(week_of(day + offset.weeks * WEEK), Days(weekdays=offset.days))
