"""What a sentence about a wished time is made of."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from frontdesk.wishes.clock import Clock, Hours
from frontdesk.wishes.days import Days


class Op(Enum):
    """Words that make a time of the one beside them."""

    AFTER = auto()
    FROM = auto()
    BEFORE = auto()
    UNTIL = auto()  # a day that it names is still meant
    THROUGH = auto()
    AROUND = auto()
    AT = auto()
    BETWEEN = auto()
    TO = auto()
    OR_LATER = auto()  # these two stand behind
    OR_EARLIER = auto()
    ON = auto()  # "from 5 on"


class Mark(Enum):
    NOT = auto()
    EXCEPT = auto()
    BUSY = auto()
    WORKS = auto()  # "is fine"
    PREFER = auto()  # "only", "rather": what follows is wished again
    PAST = auto()  # "had", "since": what follows is over
    NEVER_MIND = auto()  # "no wait": what came before does not count
    ANY = auto()
    SOMETHING = auto()  # "anything": any time, if there is more to it
    SOONEST = auto()


class Join(Enum):
    OR = "or"
    AND = "and"
    COMMA = ","
    BUT = "but"
    STOP = "."


@dataclass(frozen=True)
class Number:
    value: int


@dataclass(frozen=True)
class Offset:
    """`a week from …`, `the day after …`."""

    days: int


@dataclass(frozen=True)
class WeekOffset:
    """`the week after …`, `the weekend of …`."""

    weeks: int
    days: frozenset[int]


@dataclass(frozen=True)
class Word:
    """Nothing about time."""

    text: str


@dataclass(frozen=True)
class Unread:
    """About time, and not understood."""

    text: str


Item: TypeAlias = Days | Hours | Clock | Number | Offset | WeekOffset | Op | Mark | Join | Word | Unread
