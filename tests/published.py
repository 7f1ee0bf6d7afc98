"""A practice for tests: people, what they offer, and visitors who want it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontdesk import booking_hours, cells, contacts, conversations, holds
from frontdesk import clinic as clinics
from frontdesk.booking_hours import Terms
from frontdesk.clinic import Clinic
from frontdesk.config import ROOT
from frontdesk.database import Database
from frontdesk.hours import MINUTE, Span
from frontdesk.model import (
    Cell,
    Consultation,
    ConsultationType,
    Contact,
    Hold,
    Role,
    StaffMember,
)
from frontdesk.openings import Opening

TERMS = Terms(
    name="First call",
    minutes=30,
    buffer_minutes=0,
    step_minutes=30,
    notice_minutes=0,
    horizon_days=60,
    needs_staff=False,
    place="by phone",
)
MORNING = Span(9 * 60, 12 * 60)
WEEKDAYS = range(5)


def clinic_in(zone: str = "America/New_York") -> Clinic:
    """The demonstration's clinic, elsewhere."""
    return clinics.load(ROOT / "clinic.yml").model_copy(update={"time_zone": zone})


def hire(session: Session, now: datetime, name: str) -> StaffMember:
    member = StaffMember(
        name=name, email=f"{name.lower()}@pmcheal.example", role=Role.CLINICIAN, password_hash="-", created_at=now
    )
    session.add(member)
    session.flush()
    return member


def offer(
    session: Session,
    now: datetime,
    member: StaffMember,
    kind: ConsultationType | None = None,
    *,
    weekdays: range | tuple[int, ...] = WEEKDAYS,
    span: Span = MORNING,
    **terms: object,
) -> ConsultationType:
    """Hours of a person, for a type that is made unless it is given."""
    kind = kind or booking_hours.add_type(session, now, member, replace(TERMS, **terms))  # type: ignore[arg-type]
    for weekday in weekdays:
        booking_hours.add_weekly(session, now, member, staff_id=member.id, type_id=kind.id, weekday=weekday, span=span)
    return kind


def visitor(session: Session, now: datetime, name: str = "Vic") -> Contact:
    conversation, _ = conversations.start(session, now)
    return contacts.keep(session, now, conversation.id, name=name, email=f"{name.lower()}@x.org", phone=None)


def walls(clinic: Clinic, found: list[Opening]) -> list[str]:
    """As the clock on the wall shows them."""
    return [f"{clinic.local(one.starts_at):%a %d %H:%M}" for one in found]


def on(clinic: Clinic, found: list[Opening], day: date) -> list[str]:
    local = [clinic.local(one.starts_at) for one in found]
    return [f"{moment:%H:%M}" for moment in local if moment.date() == day]


@contextmanager
def undone(database: Database) -> Iterator[Session]:
    """A transaction that leaves nothing behind."""
    with database.transaction() as session:
        yield session
        session.rollback()


def disorder(session: Session, now: datetime) -> list[str]:
    """What would be half a booking: times without all of their cells, cells without their time, endless holds."""
    found = []
    types = select(ConsultationType.id, ConsultationType.buffer_minutes)
    buffers = {key: minutes for key, minutes in session.execute(types)}  # noqa: C416 - rows are not pairs to mypy
    taken: dict[tuple[str, int], list[tuple[int, datetime]]] = {}
    for cell in session.scalars(select(Cell).order_by(Cell.staff_id, Cell.starts_at)):
        owner = ("hold", cell.hold_id or 0) if cell.hold_id else ("consultation", cell.consultation_id or 0)
        taken.setdefault(owner, []).append((cell.staff_id, cell.starts_at))
    booked = session.scalars(select(Consultation).where(Consultation.starts_at.is_not(None))).all()
    held = session.scalars(select(Hold)).all()
    for owner in (*booked, *held):
        is_free = isinstance(owner, Consultation) and owner.status.value == "cancelled"
        name = (type(owner).__name__.lower(), owner.id)
        assert owner.starts_at is not None
        assert owner.ends_at is not None
        until = owner.ends_at + MINUTE * buffers[owner.type_id or 0]
        wanted = [] if is_free else [(owner.staff_id, moment) for moment in cells.grid(owner.starts_at, until)]
        if taken.pop(name, []) != wanted:
            found.append(f"{name} has other cells than its time")
        if isinstance(owner, Hold) and owner.expires_at - now > holds.LASTS:
            found.append(f"{name} lasts too long")
    return found + [f"{name} has cells without a time" for name in taken]
