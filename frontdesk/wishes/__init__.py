"""Wished times as visitors type them: "next tuesday afternoon", "any weekday morning", "not before noon". Pure.

Text is spelled one way (spelling), cut into items (lexer, with the words for dates, days, the clock and what joins them),
bounds are put on them (bounds), what is wished is told from what is refused (phrases), days are put to hours (choices), and
these become windows (calendar). `spoken` says it again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from frontdesk import hours
from frontdesk.hours import DAY_END, OpenTime, Span, Spans
from frontdesk.windows import Window
from frontdesk.wishes import choices, clock, lexer, phrases, saying
from frontdesk.wishes.almanac import Almanac
from frontdesk.wishes.bounds import Bounds
from frontdesk.wishes.choices import Choice, Choices
from frontdesk.wishes.days import DAY, Days, span
from frontdesk.wishes.items import Mark
from frontdesk.wishes.rules import Seen
from frontdesk.wishes.spelling import normal

HORIZON = 30  # days that "any weekday morning" looks ahead
LONGEST = 400  # days
LONGEST_TEXT = 1000  # characters
WHOLE_DAY = (Span(0, DAY_END),)


@dataclass(frozen=True)
class Wish:
    """When a consultation may begin. A partial wish has to be asked about: something in it was not understood."""

    windows: tuple[Window, ...]
    choices: tuple[Choice, ...] = ()
    refused: tuple[Choice, ...] = ()
    is_soonest: bool = False
    unread: tuple[str, ...] = ()  # what was not understood; "contradiction" and "past" stand for themselves

    @property
    def partial(self) -> bool:
        return bool(self.unread) or not self.windows


def read(
    text: str, now: datetime, *, zone: ZoneInfo | None = None, horizon: int = HORIZON, country: str = "US"
) -> Wish | None:
    """What a text wishes for. None: nothing about a time was understood.

    `zone`: the clinic's; without it the zone of `now`.
    """
    own_zone = zone or now.tzinfo
    if own_zone is None:
        raise ValueError("wishes are read at an aware time")
    local = now.astimezone(own_zone)
    seen = Seen(Almanac(local.date(), country), _zone_names(own_zone, local.year))
    told = phrases.told(Bounds(lexer.items(normal(text[:LONGEST_TEXT]), seen), seen.today).read())
    wished, refused = Choices(), Choices()
    wanted = choices.settled(wished.read(told.wished), seen.today)
    unwanted = choices.refused(refused.read(told.refused))
    if not (wanted or unwanted or told.marks & {Mark.ANY, Mark.SOONEST}):
        return None
    open_days = _wanted_spans(wanted, local.date(), horizon)
    unwanted = tuple(choice for choice in unwanted if _takes_any(choice, open_days))
    windows = tuple(_windows(open_days, unwanted, local, own_zone))
    is_odd = wished.is_contradiction or refused.is_contradiction
    unread = (*told.unread, *(["contradiction"] if is_odd else []), *([] if windows else ["past"]))
    return Wish(windows, wanted, unwanted, Mark.SOONEST in told.marks, unread)


def spoken(wish: Wish, now: datetime) -> str:
    """The wish in dates and times, to be read back: "Tuesday, December 1, in the afternoon (noon to 5 pm)".

    `now` is a local time of the clinic. Empty when nothing was understood.
    """
    today = now.date()
    wished = saying.choices_words(wish.choices, today) if wish.choices else ""
    refused = saying.refused_words(wish.refused, today)
    wished = wished or ("as soon as possible" if wish.is_soonest else saying.ANY_TIME)
    return f"{wished}, but not {refused}" if refused else wished


def _zone_names(zone: tzinfo, year: int) -> frozenset[str]:
    return frozenset((datetime(year, month, 1, tzinfo=zone).tzname() or "").casefold() for month in (1, 7))


def _takes_any(refused: Choice, open_days: dict[date, Spans]) -> bool:
    """Who wishes for Wednesday and refuses Tuesday has refused nothing of it."""
    return any(clock.without(spans, _refused_spans((refused,), day)) != spans for day, spans in open_days.items())


def _windows(
    open_days: dict[date, Spans], unwanted: tuple[Choice, ...], now: datetime, zone: tzinfo
) -> Iterator[Window]:
    times: list[OpenTime] = []
    for day, spans in sorted(open_days.items()):
        times += hours.open_times(day, clock.without(spans, _refused_spans(unwanted, day)), ZoneInfo(str(zone)))
    for time in hours.joined(times):
        start = max(time.start, now)
        if start < time.end:
            yield Window(start, time.end)


def _wanted_spans(wanted: tuple[Choice, ...], today: date, horizon: int) -> dict[date, Spans]:
    found: dict[date, Spans] = {}
    for choice in wanted or (Choice(),):
        spans = clock.union(one.span for one in choice.hours) if choice.hours else WHOLE_DAY
        for days in choice.days or (Days(),):
            first = max(days.first or today, today)
            last = min(days.last or first + horizon * DAY, first + LONGEST * DAY)
            for day in span(first, last):
                if day in days:
                    found[day] = clock.union((*found.get(day, ()), *spans))
    return found


def _refused_spans(unwanted: tuple[Choice, ...], day: date) -> Spans:
    taken = [choice for choice in unwanted if not choice.days or any(day in days for days in choice.days)]
    return clock.union(s for choice in taken for s in ([one.span for one in choice.hours] or WHOLE_DAY))
