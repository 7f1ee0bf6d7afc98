"""Holds: an opening kept for one visitor."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from frontdesk import clinic as clinics
from frontdesk import consultations, contacts, conversations, holds, openings
from frontdesk.clinic import Clinic
from frontdesk.config import ROOT
from frontdesk.database import Database
from frontdesk.model import Cell, ConsultationStatus, ConsultationType, StaffMember, WeeklyHours
from frontdesk.openings import Gone


@pytest.fixture(scope="module")
def clinic() -> Clinic:
    return clinics.load(ROOT / "clinic.yml")


@pytest.fixture
def kind(database: Database, now: datetime, ann: StaffMember) -> ConsultationType:
    with database.transaction() as session:
        kind = ConsultationType(
            name="First call",
            minutes=30,
            buffer_minutes=10,
            step_minutes=30,
            notice_minutes=120,
            horizon_days=30,
            needs_staff=False,
            place="by phone",
            is_active=True,
            created_at=now,
        )
        session.add(kind)
        session.flush()
        for day in range(5):
            session.add(WeeklyHours(staff_id=ann.id, type_id=kind.id, weekday=day, start_minute=540, end_minute=720))
    return kind


def test_smoke(database: Database, now: datetime, clinic: Clinic, kind: ConsultationType) -> None:
    with database.transaction() as session:
        one, two = (conversations.start(session, now)[0].id for _ in range(2))
    with database.transaction() as session:
        first = openings.openings(session, now, clinic, limit=1)[0]
        assert clinic.local(first.starts_at).isoformat() == "2026-03-11T09:00:00-04:00"
        kept = holds.hold(session, now, clinic, one, first)
        assert kept.expires_at == now + timedelta(minutes=5)
    with database.transaction() as session:
        with pytest.raises(Gone):
            holds.hold(session, now, clinic, two, first)
        other = openings.nearest(session, now, clinic, first)[0]
        assert holds.hold(session, now, clinic, two, other)
    with database.transaction() as session:
        contact = contacts.keep(session, now, one, name="Vic", email="Vic@x.org", phone=None)
        booked, is_new = consultations.book(session, now, clinic, contact=contact, form_key="1", opening=first)
        assert is_new
        assert booked.status is ConsultationStatus.CONFIRMED
        assert session.scalar(select(func.count()).select_from(Cell)) == 16
    with database.transaction() as session:
        booked = consultations.find(session, booked.reference.lower(), email="vic@X.org")
        free = openings.openings(session, now, clinic, moving=booked.id)
        consultations.move(session, now, clinic, booked, free[5])
        assert booked.sequence == 2
        consultations.cancel(session, now, booked)
