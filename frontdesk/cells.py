"""Who has which five minutes of a person's time. The table's key is what forbids double booking, on every database.

Locks are always taken in this order, so that nobody waits in a circle: conversations, the own hold, the consultation,
the person. What is given back is deleted last, after everything that may wait.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Executable, and_, delete, not_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from frontdesk.model import Cell, Consultation, Hold, StaffMember

GRID = timedelta(minutes=5)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
AnyStatement = TypeVar("AnyStatement", bound=Executable)


def grid(starts_at: datetime, until: datetime) -> list[datetime]:
    """The beginnings of all cells that any moment from start until end lies in."""
    first = starts_at - (starts_at - _EPOCH) % GRID
    return [first + GRID * number for number in range(-((first - until) // GRID))]


def lock_person(session: Session, staff_id: int) -> StaffMember:
    """Whoever takes a person's time, or changes their hours, locks them first."""
    # FOR NO KEY UPDATE: rows that merely refer to the person may be written meanwhile
    return session.get_one(StaffMember, staff_id, with_for_update={"key_share": True}, populate_existing=True)


def taken(
    session: Session,
    now: datetime,
    staff_ids: Iterable[int],
    start: datetime,
    end: datetime,
    *,
    besides: int | None = None,
    moving: int | None = None,
) -> set[tuple[int, datetime]]:
    """What is booked or held in this range, but for the hold of one conversation and for one consultation."""
    booked = Cell.consultation_id.is_not(None) if moving is None else Cell.consultation_id != moving
    held = Hold.expires_at > now
    if besides is not None:
        held = and_(held, Hold.conversation_id != besides)
    rows = session.execute(
        select(Cell.staff_id, Cell.starts_at)
        .outerjoin(Hold, Cell.hold_id == Hold.id)
        .where(Cell.staff_id.in_(staff_ids), Cell.starts_at >= start, Cell.starts_at < end, or_(booked, held))
    )
    return {(staff_id, starts_at) for staff_id, starts_at in rows}


def take(
    session: Session,
    now: datetime,
    staff_id: int,
    wanted: Sequence[datetime],
    owner: Hold | Consultation,
    own_hold: Hold | None,
) -> bool:
    """Gives the owner these cells, and only these. False when somebody else has one: then roll back to the savepoint.

    The person is locked. What the owner or the own hold has of them already is kept all the way.
    """
    _sweep(session, now, staff_id, wanted, own_hold)
    mine = _is_mine(owner, own_hold)
    here = and_(Cell.staff_id == staff_id, Cell.starts_at >= wanted[0], Cell.starts_at <= wanted[-1])
    owned = {
        "hold_id": owner.id if isinstance(owner, Hold) else None,
        "consultation_id": owner.id if isinstance(owner, Consultation) else None,
    }
    kept = set(session.scalars(_quietly(update(Cell).where(mine, here).values(owned).returning(Cell.starts_at))))
    missing = [{"staff_id": staff_id, "starts_at": moment, **owned} for moment in wanted if moment not in kept]
    if missing and len(_add(session, missing)) < len(missing):
        return False
    session.execute(_quietly(delete(Cell).where(mine, not_(here))))
    return True


def free(session: Session, consultation: Consultation) -> None:
    session.execute(_quietly(delete(Cell).where(Cell.consultation_id == consultation.id)))


def _add(session: Session, rows: list[dict[str, Any]]) -> Sequence[datetime]:
    """In the order of time; a cell that is somebody else's is left out. Waits for whoever is just taking one."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return session.scalars(insert(Cell).values(rows).on_conflict_do_nothing().returning(Cell.starts_at)).all()


def _sweep(session: Session, now: datetime, staff_id: int, wanted: Sequence[datetime], own_hold: Hold | None) -> None:
    """Takes away the expired holds that lie in the way, but for one that its owner is just busy with."""
    in_the_way = select(Cell.hold_id).where(
        Cell.staff_id == staff_id, Cell.starts_at >= wanted[0], Cell.starts_at <= wanted[-1]
    )
    expired = select(Hold.id).where(Hold.expires_at <= now, Hold.id.in_(in_the_way))
    if own_hold is not None:
        expired = expired.where(Hold.id != own_hold.id)
    found = session.scalars(expired.with_for_update(skip_locked=True)).all()
    if found:
        session.execute(_quietly(delete(Hold).where(Hold.id.in_(found))))


def _is_mine(owner: Hold | Consultation, own_hold: Hold | None) -> ColumnElement[bool]:
    column = Cell.hold_id if isinstance(owner, Hold) else Cell.consultation_id
    return column == owner.id if own_hold is None else or_(column == owner.id, Cell.hold_id == own_hold.id)


def _quietly(statement: AnyStatement) -> AnyStatement:
    """Cells are never objects of a session, so none has to learn of it."""
    return statement.execution_options(synchronize_session=False)
