"""How rules are written: a pattern over the normal spelling, and what its words become."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from frontdesk.wishes.almanac import Almanac
from frontdesk.wishes.days import Days
from frontdesk.wishes.items import Item, Join
from frontdesk.wishes.spelling import MONTHS, WEEKDAYS

WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})"
MONTH = rf"(?:{'|'.join(MONTHS)})"
ORDINAL = r"\d{1,2}(?:st|nd|rd|th)"
NOT_A_TIME = r"(?! (?:am|pm|oclock|ish)\b)(?!:)"


@dataclass
class Seen:
    """What was read so far."""

    almanac: Almanac
    own_zone: frozenset[str] = frozenset()  # "est", "edt"
    items: list[Item] = field(default_factory=list)
    week: Days | None = None  # "next tuesday or thursday": the week of both

    @property
    def today(self) -> date:
        return self.almanac.today

    @property
    def date(self) -> date | None:
        """The last date that was named."""
        return next((item.first for item in reversed(self.items) if isinstance(item, Days) and item.is_date), None)

    @property
    def is_list(self) -> bool:
        return bool(self.items) and self.items[-1] in (Join.OR, Join.AND, Join.COMMA)


# None: the pattern fits, but not the sense; another rule may.
Build: TypeAlias = Callable[[re.Match[str], Seen], Sequence[Item] | None]


@dataclass(frozen=True)
class Rule:
    pattern: re.Pattern[str]
    build: Build


def rule(pattern: str, build: Build | Item | None = None) -> Rule:
    """Without a build the words say nothing."""
    compiled = re.compile(rf"(?:{pattern})(?![^\W_])")
    if build is None:
        return Rule(compiled, lambda found, seen: ())
    if callable(build):
        return Rule(compiled, build)
    return Rule(compiled, lambda found, seen: (build,))
