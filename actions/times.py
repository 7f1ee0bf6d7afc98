"""Free times inside a form: which are offered next, which one a message means, and keeping it for the visitor."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from actions.turn import Turn, clinic, database, now
from frontdesk import holds, hours, openings, wishes
from frontdesk.model import Consultation, ConsultationType
from frontdesk.openings import Gone, Opening
from frontdesk.windows import Window
from frontdesk.wishes import Wish

AT_ONCE = 4  # times offered in one message
HORIZON = 120  # days that "any weekday morning" looks ahead
MOMENT = timedelta(minutes=1)
EXACTLY = timedelta(hours=1)  # a wish no longer than this names a time
PLACES = ("first|1st", "second|2nd", "third|3rd", "fourth|4th")
IN_THE_LIST = r"\b(?:{0})\s+(?:one|time|option|slot|button)\b|^\W*(?:the\s+)?(?:{0})\W*(?:please\W*)?$"


@dataclass(frozen=True)
class Wanted:
    """What the slots say about the time that is looked for."""

    kind_id: int
    wish: Wish | None
    since: datetime | None  # nothing before
    near: datetime | None  # what was wanted and is gone
    moving: int | None = None  # the consultation that is moved

    @classmethod
    def of(cls, turn: Turn, kind_id: int, moving: int | None = None) -> "Wanted":
        return cls(
            kind_id, read_wish(turn), _stored(turn.slot("booking_from")), _stored(turn.slot("booking_near")), moving
        )


def read_wish(turn: Turn) -> Wish | None:
    """What was wished for, as it was meant when it was said. None also when no time can be made of it.

    The whole sentence says more than the words about time that were taken out of it, unless something else disturbs.
    """
    wish, said = turn.slot("booking_wish"), turn.slot("booking_wish_said") or {}
    if not wish:
        return None
    if said.get("wish") != wish:
        said = {"text": wish, "at": now().isoformat()}
    at = moment(said["at"])
    whole, words = _read(said["text"], at), _read(wish, at)
    read = whole if whole and not whole.partial else words or whole
    return read if read and read.windows else None


def _read(text: str | None, at: datetime) -> Wish | None:
    return wishes.read(text, clinic().local(at), horizon=HORIZON, country=clinic().country) if text else None


def offer(turn: Turn, dispatcher: CollectingDispatcher, wanted: Wanted, route: str) -> list[dict[str, Any]]:
    """Says which times are free, nearest to what is wanted, as buttons."""
    with database().reading() as session:
        kind = session.get_one(ConsultationType, wanted.kind_id)
        found, remark = _found(session, turn, kind, wanted)
        place, minutes = kind.place, kind.minutes
    if remark:
        words = wishes.spoken(wanted.wish, clinic().local(now())) if wanted.wish else ""
        dispatcher.utter_message(response=remark, wish_words=words)
    titles = [
        [hours.button_words(clinic().local(one.starts_at)), f"/pick_opening/{one.starts_at:%Y-%m-%dT%H:%MZ}"]
        for one in found
    ]
    dispatcher.utter_message(
        response="utter_ask_booking_time", offered=titles, place=place, minutes=minutes, route=route
    )
    return [
        SlotSet("booking_offered", [one.starts_at.isoformat() for one in found]),
        SlotSet("booking_near", None),
    ]


def _found(session: Session, turn: Turn, kind: ConsultationType, wanted: Wanted) -> tuple[list[Opening], str | None]:
    """What to offer, and the response that says how it fits what was wanted."""
    own = turn.conversation(session).id
    if wanted.near:
        around = Opening(wanted.near, wanted.near + timedelta(minutes=kind.minutes), 0, kind.id)
        return _nearest(session, around, own, wanted.moving), None

    def free(windows: Sequence[Window] | None) -> list[Opening]:
        return openings.openings(
            session, now(), clinic(), kind=kind, windows=windows, limit=AT_ONCE, besides=own, moving=wanted.moving
        )

    windows = _since(wanted.wish.windows if wanted.wish else None, wanted.since)
    if found := free(windows):
        return found, _remark(wanted.wish)
    if wanted.since:
        return free(wanted.wish.windows if wanted.wish else None) or free(None), "utter_openings_no_later"
    if wanted.wish:
        start = wanted.wish.windows[0].start
        around = Opening(start, start + timedelta(minutes=kind.minutes), 0, kind.id)
        return _nearest(session, around, own, wanted.moving), "utter_openings_nothing_then"
    return [], None


def _remark(wish: Wish | None) -> str | None:
    if wish is None:
        return None
    return "utter_openings_partly" if wish.partial else "utter_openings_as_wished"


def _nearest(session: Session, around: Opening, own: int, moving: int | None) -> list[Opening]:
    return openings.nearest(session, now(), clinic(), around, limit=AT_ONCE, besides=own, moving=moving)


def _since(windows: Sequence[Window] | None, since: datetime | None) -> Sequence[Window] | None:
    if since is None:
        return windows
    far = since + timedelta(days=366)
    whole = windows if windows is not None else [Window(since, far)]
    return [Window(max(window.start, since), window.end) for window in whole if window.end > since]


def page(turn: Turn) -> list[dict[str, Any]]:
    """After "later times" and "another day": from where the next ones are offered."""
    offered = _offered(turn)
    if not offered:
        return [SlotSet("booking_from", None)]
    since = offered[-1] + MOMENT
    if turn.intent == "another_day":
        since = hours.next_midnight(clinic().local(offered[-1]))
    return [SlotSet("booking_from", since.isoformat())]


def chosen(turn: Turn, wish: str | None) -> datetime | None:
    """The offered time that a message means: its button, its place in the list, its day and hour, or the only one."""
    if turn.intent == "pick_opening":
        return _stored(turn.chosen)
    offered = _offered(turn)
    if turn.intent == "affirm":
        return offered[0] if len(offered) == 1 else None
    if (place := _place(turn.text, len(offered))) is not None:
        return offered[place]
    read = _read(wish, now())
    if read is None or read.partial:
        return None
    narrow = [window for window in read.windows if window.end - window.start <= EXACTLY]
    meant = [start for start in offered if any(start in window for window in narrow)]
    return meant[0] if len(meant) == 1 else None


def _place(text: str, count: int) -> int | None:
    """Which one of the list "the second one" is."""
    for place, words in [*enumerate(PLACES[:count]), (count - 1, "last")]:
        if re.search(IN_THE_LIST.format(words), text, re.IGNORECASE):
            return place
    return None


def keep(turn: Turn, kind_id: int, starts_at: datetime, moving: int | None = None) -> Opening:
    """Holds the opening for this conversation. Raises Gone."""
    with database().transaction() as session:
        own = turn.conversation(session).id
        opening = opening_at(session, kind_id, starts_at, own, moving)
        holds.hold(session, now(), clinic(), own, opening)
    return opening


def opening_at(
    session: Session, kind_id: int, starts_at: datetime, conversation_id: int, moving: int | None = None
) -> Opening:
    """The opening that begins then. Raises Gone."""
    kind = session.get_one(ConsultationType, kind_id)
    window = [Window(starts_at, starts_at + MOMENT)]
    found = openings.openings(
        session, now(), clinic(), kind=kind, windows=window, besides=conversation_id, moving=moving, limit=1
    )
    if not found:
        raise Gone()
    return found[0]


def release(turn: Turn) -> None:
    if turn.slot("booking_time"):
        with database().transaction() as session:
            holds.release(session, turn.conversation(session).id)


def _offered(turn: Turn) -> list[datetime]:
    return [moment(stored) for stored in turn.slot("booking_offered") or []]


def spoken(starts_at: datetime) -> str:
    """`Tuesday, December 1, at 10 am`, as the clinic's clock has it."""
    return hours.day_and_time(clinic().local(starts_at))


def told(consultation: Consultation) -> dict[str, str]:
    """What the texts about a consultation name: its reference, and when and where it is."""
    place = consultation.type.place if consultation.type else ""
    when = spoken(consultation.starts_at) if consultation.starts_at else ""
    return {"reference": consultation.reference, "when": when, "place": place}


def with_free_times(session: Session, kinds: Iterable[ConsultationType], moving: int | None = None) -> Iterator[int]:
    """The types of these that have any free time."""
    for kind in kinds:
        if openings.openings(session, now(), clinic(), kind=kind, moving=moving, limit=1):
            yield kind.id


def is_understood(wish: str | None) -> bool:
    read = _read(wish, now())
    return read is not None and bool(read.windows)


def moment(stored: str) -> datetime:
    return datetime.fromisoformat(stored)


def _stored(slot: str | None) -> datetime | None:
    return moment(slot) if slot else None
