"""Taking an opening: checked again, with its person locked, by the same function that offered it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontdesk import cells, openings
from frontdesk.clinic import Clinic
from frontdesk.model import Consultation, ConsultationType, Hold
from frontdesk.openings import Gone, Opening

Owner = TypeVar("Owner", Hold, Consultation)


def take(
    session: Session,
    now: datetime,
    clinic: Clinic,
    opening: Opening,
    write: Callable[[Opening], Owner],
    *,
    conversation_id: int,
    held: Hold | None,
    promised: bool = False,
    moving: int | None = None,
) -> Owner:
    """Takes the opening, with another person if only they are free. Raises Gone when nobody is, and nothing is changed.

    `write` makes the owner for the person who is free. `held`: the conversation's own hold, locked; its cells become the
    owner's. `promised`: what is held may be taken even if the minimum notice began while it was held.
    """
    for candidate, as_of in _candidates(
        session, now, clinic, opening, conversation_id, held if promised else None, moving
    ):
        with session.begin_nested() as savepoint:
            cells.lock_person(session, candidate.staff_id)
            if openings.is_open(session, as_of, clinic, candidate, conversation_id, moving):
                owner = write(candidate)
                if cells.take(session, now, candidate.staff_id, wanted(session, candidate), owner, held):
                    return owner
            savepoint.rollback()
    raise Gone()


def take_for_staff(session: Session, now: datetime, opening: Opening, write: Callable[[Opening], Consultation]) -> None:
    """Takes any time that this person has free, also one that is not published. Raises Gone, and nothing is changed."""
    with session.begin_nested():
        person = cells.lock_person(session, opening.staff_id)
        its_cells = wanted(session, opening)
        if person.disabled_at or not cells.take(session, now, opening.staff_id, its_cells, write(opening), None):
            raise Gone()


def _candidates(
    session: Session,
    now: datetime,
    clinic: Clinic,
    opening: Opening,
    conversation_id: int,
    promised: Hold | None,
    moving: int | None,
) -> Iterator[tuple[Opening, datetime]]:
    if promised and promised.expires_at > now:
        own = Opening(promised.starts_at, promised.ends_at, promised.staff_id, promised.type_id)
        if openings.moment(own) == openings.moment(opening):
            yield own, promised.created_at
    for other in openings.at_that_moment(session, now, clinic, opening, conversation_id, moving):
        yield other, now


def wanted(session: Session, opening: Opening) -> list[datetime]:
    """The cells of a consultation at that time, and of what is kept free after it."""
    minutes = session.scalars(
        select(ConsultationType.buffer_minutes).where(ConsultationType.id == opening.type_id)
    ).one()
    return cells.grid(opening.starts_at, opening.ends_at + timedelta(minutes=minutes))
