"""What of a sentence is wished and what is refused: "mornings are bad", "any day but friday", "not mondays or tuesdays"."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from frontdesk.wishes.clock import Hours
from frontdesk.wishes.days import Days
from frontdesk.wishes.items import Item, Join, Mark, Unread

ENDS = (Join.COMMA, Join.BUT, Join.STOP)
LISTS = (Join.OR, Join.AND)
REFUSALS = (Mark.NOT, Mark.EXCEPT, Mark.BUSY)


@dataclass
class Phrase:
    """What stands between two commas."""

    opening: Join
    items: list[Item] = field(default_factory=list)
    refused: list[Item] = field(default_factory=list)
    refusal: Mark | None = None
    is_behind: bool = False  # the refusal stands behind what it refuses

    @property
    def is_bare(self) -> bool:
        """A part of a list, without a verb of its own."""
        return (
            bool(times(self.items)) and self.refusal is None and not any(isinstance(item, Mark) for item in self.items)
        )

    @property
    def is_list(self) -> bool:
        return any(item in LISTS for item in self.items)


@dataclass(frozen=True)
class Told:
    wished: list[Item]
    refused: list[Item]
    marks: frozenset[Mark]
    unread: tuple[str, ...]


def times(items: list[Item]) -> list[Days | Hours]:
    return [item for item in items if isinstance(item, Days | Hours)]


def told(items: list[Item]) -> Told:
    phrases = [_refusal(phrase) for phrase in _counted(list(_phrases(items)))]
    for place, phrase in enumerate(phrases):
        if phrase.refusal and not phrase.is_behind:
            _refuse_list_behind(phrase, phrases[place + 1 :])
        elif phrase.refusal:
            _refuse_list_before(phrase, phrases[:place])
    for phrase in phrases:
        phrase.items = [Mark.ANY if item == Days() else item for item in phrase.items]
    rest = [item for phrase in phrases for item in (*phrase.items, *phrase.refused)]
    return Told(
        _stream(phrases, refused=False),
        _stream(phrases, refused=True),
        frozenset(item for item in rest if isinstance(item, Mark)),
        tuple(item.text for item in rest if isinstance(item, Unread)),
    )


def _phrases(items: list[Item]) -> Iterator[Phrase]:
    phrase = Phrase(Join.STOP)
    for place, item in enumerate(items):
        if _is_exception(items[place - 1 : place + 2]):
            phrase.items.append(Mark.EXCEPT)
        elif item in ENDS and isinstance(item, Join):
            if phrase.items:
                yield phrase
                phrase = Phrase(item)
            elif phrase.opening is Join.COMMA:
                phrase.opening = item
        else:
            phrase.items.append(item)
    if phrase.items:
        yield phrase


def _is_exception(items: list[Item]) -> bool:
    """`every weekday but wednesday`."""
    if len(items) < 3 or items[1] is not Join.BUT:
        return False
    all_of_them, one = items[0], items[2]
    return (
        isinstance(all_of_them, Days)
        and isinstance(one, Days)
        and all_of_them.is_weekly
        and (one.is_weekly or one.is_nearest)
        and one.weekdays < all_of_them.weekdays
    )


def _counted(phrases: list[Phrase]) -> list[Phrase]:
    """Without what is over, and without what was taken back."""
    counted: list[Phrase] = []
    for phrase in phrases:
        if Mark.NEVER_MIND in phrase.items:
            counted = []
            phrase.items = phrase.items[phrase.items.index(Mark.NEVER_MIND) + 1 :]
        if Mark.PAST in phrase.items:
            phrase.items = phrase.items[: phrase.items.index(Mark.PAST)]
        counted.append(phrase)
    return counted


def _refusal(phrase: Phrase) -> Phrase:
    place = next((place for place, item in enumerate(phrase.items) if item in REFUSALS), None)
    if place is None:
        return phrase
    before, mark, behind = phrase.items[:place], phrase.items[place], phrase.items[place + 1 :]
    again = behind.index(Mark.PREFER) if Mark.PREFER in behind else len(behind)
    refused, wished = behind[:again], behind[again:]
    refused = [Join.OR if item in REFUSALS else item for item in refused]  # "not mondays and not before 10"
    if mark is Mark.BUSY and Mark.WORKS in refused:  # "they are at school, between 9 and 2 works"
        wished.append(Unread("busy"))
    if times(refused):
        phrase.items, phrase.refused = [*before, *wished], refused
    elif times(before):
        phrase.items, phrase.refused, phrase.is_behind = [*wished, *refused], before, True
    else:
        phrase.items = [*before, *refused, *wished]
        return phrase
    phrase.refusal = mark if isinstance(mark, Mark) else None
    return phrase


def _kinds(items: list[Item]) -> set[str]:
    return {
        "hours" if isinstance(item, Hours)
        else "weekday" if item.is_nearest
        else "date" if item.is_date
        else "weekly" if item.is_weekly
        else "stretch"
        for item in times(items)
    }  # fmt: skip


def _refuse_list_behind(phrase: Phrase, later: list[Phrase]) -> None:
    """`not mondays, tuesdays or fridays`; but `not next week, the week after`."""
    rest: list[Phrase] = []
    for other in later:
        if other.opening is not Join.COMMA or not other.is_bare or _kinds(other.items) != _kinds(phrase.refused):
            break
        rest.append(other)
    if phrase.refusal is Mark.EXCEPT or any(other.is_list for other in rest):
        for other in rest:
            phrase.refused += [Join.OR, *other.items]
            other.items = []


def _refuse_list_before(phrase: Phrase, earlier: list[Phrase]) -> None:
    """`mondays, tuesdays and fridays don't work`."""
    if not any(item in LISTS for item in phrase.refused) or phrase.opening is not Join.COMMA:
        return
    for other in reversed(earlier):
        if not other.is_bare or _kinds(other.items) != _kinds(phrase.refused):
            return
        phrase.refused = [*other.items, Join.OR, *phrase.refused]
        other.items = []
        if other.opening is not Join.COMMA:
            return


def _stream(phrases: list[Phrase], *, refused: bool) -> list[Item]:
    """Days, hours and what joins them. STOP: a new statement begins."""
    stream: list[Item] = []
    is_statement = False
    for phrase in phrases:
        items = phrase.refused if refused else phrase.items
        if not times(items):
            continue
        stream.append(Join.STOP if is_statement and phrase.opening is Join.COMMA else phrase.opening)
        stream += [item for item in items if isinstance(item, Days | Hours | Join)]
        is_statement = Mark.WORKS in items
    return stream
