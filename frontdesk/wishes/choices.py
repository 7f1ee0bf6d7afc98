"""Which days go with which hours: "monday after 3 or tuesday morning"."""

from dataclasses import dataclass, field, replace
from datetime import date

from frontdesk.hours import DAY_END
from frontdesk.wishes import clock, days
from frontdesk.wishes.clock import Hours, Way
from frontdesk.wishes.days import Days
from frontdesk.wishes.items import Item, Join

NARROWS = (Join.COMMA, Join.STOP, Join.BUT)


@dataclass(frozen=True)
class Choice:
    """Any of these days, at any of these hours; none of them named: any."""

    days: tuple[Days, ...] = ()
    hours: tuple[Hours, ...] = ()


@dataclass
class Choices:
    """Takes days and hours as they come, and begins a new choice where a sentence does."""

    done: list[Choice] = field(default_factory=list)
    days: list[Days] = field(default_factory=list)
    hours: list[Hours] = field(default_factory=list)
    scope: Days | None = None  # "next week": where the weekdays after it lie
    added: Days | None = None  # the last days as they were said
    last: type[Days] | type[Hours] | None = None
    began_with: type[Days] | type[Hours] | None = None
    is_contradiction: bool = False

    def read(self, stream: list[Item]) -> tuple[Choice, ...]:
        """The choices in a stream of days, hours and joins."""
        join: Join | None = None
        for place, item in enumerate(stream):
            if isinstance(item, Join):
                join = _stronger(join, item)
                continue
            if isinstance(item, Days):
                self._add_days(item, join, _follow(Hours, stream[place + 1 :]))
            elif isinstance(item, Hours):
                self._add_hours(item, join, _follow(Days, stream[place + 1 :]))
            self.last = Days if isinstance(item, Days) else Hours
            self.began_with = self.began_with or self.last
            join = None
        self._end()
        return tuple(self.done)

    def _end(self) -> None:
        if self.days or self.hours:
            self.done.append(Choice(tuple(self.days), tuple(self.hours)))
        self.days, self.hours, self.last, self.began_with = [], [], None, None

    def _begin(self, new: Days) -> None:
        self._end()
        if self.scope and (new.is_weekly or new.is_nearest):
            new = days.meet(self.scope, new)
        else:
            self.scope = None
        self.days = [new]

    def _add_days(self, new: Days, join: Join | None, has_own_hours: bool) -> None:
        if not self.days and self.hours and join in (Join.OR, Join.AND):
            self._begin(new)
        elif not self.days:
            self.days = [new]
        elif join is None or (join in NARROWS and self._is_narrower(new)):
            self._narrow_days(new)
        elif join is Join.AND and _is_bounded_by(self.days[-1], new):
            self.days[-1] = days.meet(self.days[-1], new)
        elif join is Join.STOP or self._is_next(has_own_hours):
            self._begin(new)
        else:
            in_scope = self.scope and (new.is_weekly or new.is_nearest)
            self.days.append(days.meet(self.scope, new) if self.scope and in_scope else new)
            self.added = new
            return
        self.added = None

    def _is_next(self, has_own_hours: bool) -> bool:
        """Whether the hours so far belong to the days so far: `monday at 3 or tuesday`."""
        if self.last is Hours:
            return True
        return bool(self.hours) and self.began_with is Hours and has_own_hours

    def _is_narrower(self, new: Days) -> bool:
        current = self.days[-1]
        if _is_bounded_by(current, new):
            return True
        if current.is_wide and new.is_wide:
            is_open = new.first is None or new.last is None
            return is_open and current.last is not None and days.meet(current, new).has_any()
        is_pair = current.is_wide or new.is_wide or (current.is_nearest and new.is_date)
        return is_pair and days.meet(current, new).has_any()

    def _narrow_days(self, new: Days) -> None:
        """`next week` and `tuesday`, in whichever order. Weekdays without a word between them are a list."""
        current = self.added or self.days[-1]  # "thursday this week or monday next week"
        met = days.meet(current, new)
        if not met.has_any():
            if current.is_date or new.is_date or current.is_wide != new.is_wide:
                self.is_contradiction = True
            if self.last is Hours:
                self._begin(new)
            else:
                self.days.append(new)
        elif new.is_wide:
            self.scope = new
            earlier = [one if one.first or one.last else days.meet(one, new) for one in self.days[:-1]]
            self.days = [*earlier, met]
        else:
            self.scope = current if current.is_wide else self.scope
            self.days[-1] = met

    def _add_hours(self, new: Hours, join: Join | None, has_own_days: bool) -> None:
        if join is not None and self.days and (has_own_days or self._is_other(new, join)):
            self._end()
            self.hours = [new]
        elif not self.hours:
            self.hours = [new]
        elif join is None or self._is_within(new, join):
            self._narrow_hours(new)
        else:
            self.hours.append(new)

    def _is_other(self, new: Hours, join: Join) -> bool:
        """`tuesday or after 5`, `weekends and evenings`: hours that do not belong to the days before."""
        if self.last is not Days or self.hours:
            return False
        return join is Join.OR or (join is Join.AND and new.is_every_day and self.days[-1].is_weekly)

    def _is_within(self, new: Hours, join: Join) -> bool:
        """`after 2 and before 4`, `in the afternoon, after 3`."""
        last = self.hours[-1]
        opposite = {last.start == 0, new.start == 0} == {True, False} and {last.end, new.end} >= {DAY_END}
        if opposite and last.end != new.end and join is not Join.OR:
            return clock.meet(last, new) is not None
        is_conclusion = join is Join.STOP and last.way is Way.BETWEEN and new.way in (Way.PART, Way.BETWEEN)
        if is_conclusion:  # "I work until 3 so evenings"
            return clock.meet(last, new) is not None
        is_closer = last.way is Way.PART and new.way is not Way.PART
        return join in NARROWS and (is_closer or join is Join.BUT) and clock.meet(last, new) is not None

    def _narrow_hours(self, new: Hours) -> None:
        met = [clock.meet(hours, new) for hours in (self.hours if self.last is Days else self.hours[-1:])]
        kept = [hours for hours in met if hours]
        self.is_contradiction |= not kept
        self.hours[-len(met) :] = kept or [new]


def _stronger(join: Join | None, other: Join) -> Join:
    """`, or` is "or"; but a new statement stays one."""
    if join is None or join in (Join.COMMA, Join.BUT):
        return other
    return Join.OR if other is Join.OR and join is not Join.STOP else join


def _follow(kind: type[Days] | type[Hours], rest: list[Item]) -> bool:
    """Whether days (or hours) come with nothing but hours (or days) before them."""
    first_join = next((place for place, item in enumerate(rest) if isinstance(item, Join)), len(rest))
    return any(isinstance(item, kind) for item in rest[:first_join])


def _is_bounded_by(current: Days, new: Days) -> bool:
    """`after the 5th` and `before the 10th`."""
    ends = [(one.first is None, one.last is None) for one in (current, new)]
    return sorted(ends) == [(False, True), (True, False)] and days.meet(current, new).has_any()


def settled(choices: tuple[Choice, ...], today: date) -> tuple[Choice, ...]:
    """With the nearest days as dates; `tuesday mornings` are every Tuesday's."""
    found = []
    for choice in choices:
        every = any(hours.is_every_day for hours in choice.hours)
        some = [replace(one, is_nearest=False) if every else days.settled(one, today) for one in choice.days]
        ahead = [one for one in some if one.has_any(today)]
        found.append(Choice(tuple(ahead or some), _any_if_all(choice.hours)))
    if Choice() in found:
        return (Choice(),)
    ahead_of_today = [choice for choice in found if not choice.days or any(one.has_any(today) for one in choice.days)]
    return tuple(ahead_of_today or found)


def refused(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Who says no to a Friday says no to each."""
    return tuple(
        Choice(
            tuple(replace(one, is_nearest=False) for one in choice.days),
            tuple(clock.ruled_out(hours) for hours in choice.hours),
        )
        for choice in choices
    )


def _any_if_all(hours: tuple[Hours, ...]) -> tuple[Hours, ...]:
    return () if any(one.start <= 0 and one.end >= DAY_END for one in hours) else hours
