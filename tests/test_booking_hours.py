"""What staff publish: types, weekly hours, exceptions, proposed days off; and what that leaves standing."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from frontdesk import booking_hours, consultations, contacts, conversations, diary, openings
from frontdesk import clinic as clinics
from frontdesk.booking_hours import (
    EndsBeforeItBegins,
    HasLeft,
    Nameless,
    OffGrid,
    OutOfRange,
    Overlapping,
    Terms,
)
from frontdesk.clinic import Clinic
from frontdesk.config import ROOT
from frontdesk.database import Database
from frontdesk.hours import Span
from frontdesk.model import AuditEvent, Cell, Consultation, ConsultationStatus, ConsultationType, StaffMember

TERMS = Terms(
    name="First call",
    minutes=30,
    buffer_minutes=10,
    step_minutes=30,
    notice_minutes=120,
    horizon_days=60,
    needs_staff=False,
    place="by phone",
)
MORNING = Span(9 * 60, 12 * 60)
AFTERNOON = Span(13 * 60, 17 * 60)


@pytest.fixture(scope="module")
def clinic() -> Clinic:
    return clinics.load(ROOT / "clinic.yml")


@pytest.fixture
def kind(database: Database, now: datetime, ann: StaffMember) -> ConsultationType:
    """Ann offers it on Tuesday mornings."""
    with database.transaction() as session:
        kind = booking_hours.add_type(session, now, ann, TERMS)
        booking_hours.add_weekly(session, now, ann, staff_id=ann.id, type_id=kind.id, weekday=1, span=MORNING)
    return kind


def offered(database: Database, now: datetime, clinic: Clinic, day: date) -> list[str]:
    with database.reading() as session:
        found = openings.openings(session, now, clinic)
    local = [clinic.local(one.starts_at) for one in found]
    return [f"{moment:%H:%M}" for moment in local if moment.date() == day]


def book(database: Database, now: datetime, clinic: Clinic, number: int = 0) -> Consultation:
    with database.transaction() as session:
        conversation, _ = conversations.start(session, now)
        contact = contacts.keep(session, now, conversation.id, name="Vic", email="vic@x.org", phone=None)
        opening = openings.openings(session, now, clinic)[number]
        return consultations.book(session, now, clinic, contact=contact, form_key=conversation.key, opening=opening)[0]


def outside(database: Database, now: datetime, clinic: Clinic) -> list[str]:
    with database.reading() as session:
        return [one.reference for one in diary.outside_hours(session, now, clinic)]


NEXT = date(2026, 3, 17)  # a Tuesday
ALL_MORNING = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]


def test_hours_are_offered_as_soon_as_they_are_published_and_gone_when_removed(
    database: Database, now: datetime, clinic: Clinic, ann: StaffMember, kind: ConsultationType
) -> None:
    assert offered(database, now, clinic, NEXT) == ALL_MORNING

    with database.transaction() as session:
        hours = booking_hours.weekly(session)[0]
        booking_hours.change_weekly(session, now, ann, hours.id, weekday=1, span=Span(9 * 60, 10 * 60))
    assert offered(database, now, clinic, NEXT) == ["09:00", "09:30"]

    with database.transaction() as session:
        booking_hours.remove_weekly(session, now, ann, hours.id)
    assert offered(database, now, clinic, NEXT) == []


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"name": " "}, Nameless),
        ({"place": ""}, Nameless),
        ({"name": "x" * 121}, Nameless),
        ({"minutes": 0}, OutOfRange),
        ({"minutes": 485}, OutOfRange),
        ({"minutes": 31}, OffGrid),
        ({"buffer_minutes": -5}, OutOfRange),
        ({"buffer_minutes": 3}, OffGrid),
        ({"step_minutes": 0}, OutOfRange),
        ({"step_minutes": 7}, OffGrid),
        ({"notice_minutes": -1}, OutOfRange),
        ({"horizon_days": 0}, OutOfRange),
        ({"horizon_days": 366}, OutOfRange),
    ],
)
def test_terms_that_make_no_sense_are_refused(
    database: Database,
    now: datetime,
    ann: StaffMember,
    kind: ConsultationType,
    change: dict[str, object],
    refusal: type[Exception],
) -> None:
    wrong = replace(TERMS, **change)  # type: ignore[arg-type]

    with database.transaction() as session:
        with pytest.raises(refusal):
            booking_hours.add_type(session, now, ann, wrong)
        with pytest.raises(refusal):
            booking_hours.change_type(session, now, ann, kind.id, wrong)

    with database.reading() as session:
        (kept,) = booking_hours.types(session)
    assert (kept.name, kept.minutes) == ("First call", 30)


@pytest.mark.parametrize(
    ("weekday", "span", "refusal"),
    [
        (1, Span(11 * 60, 13 * 60), Overlapping),
        (1, Span(8 * 60, 18 * 60), Overlapping),
        (2, Span(12 * 60, 12 * 60), EndsBeforeItBegins),
        (2, Span(13 * 60, 12 * 60), EndsBeforeItBegins),
        (2, Span(23 * 60, 25 * 60), EndsBeforeItBegins),
        (2, Span(9 * 60 + 1, 12 * 60), OffGrid),
        (7, MORNING, OutOfRange),
    ],
)
def test_hours_that_make_no_sense_are_refused(
    database: Database,
    now: datetime,
    ann: StaffMember,
    kind: ConsultationType,
    weekday: int,
    span: Span,
    refusal: type[Exception],
) -> None:
    with database.transaction() as session:
        other = booking_hours.add_weekly(session, now, ann, staff_id=ann.id, type_id=kind.id, weekday=1, span=AFTERNOON)
        with pytest.raises(refusal):
            booking_hours.add_weekly(session, now, ann, staff_id=ann.id, type_id=kind.id, weekday=weekday, span=span)
        with pytest.raises(refusal):
            booking_hours.change_weekly(session, now, ann, other.id, weekday=weekday, span=span)

    with database.reading() as session:
        kept = [(hours.weekday, hours.start_minute) for hours in booking_hours.weekly(session)]
    assert kept == [(1, MORNING.start), (1, AFTERNOON.start)]


def test_hours_may_touch_be_changed_where_they_are_and_overlap_those_of_others(
    database: Database, now: datetime, ann: StaffMember, carl: StaffMember, kind: ConsultationType
) -> None:
    with database.transaction() as session:
        first = booking_hours.weekly(session)[0]

        booking_hours.change_weekly(session, now, ann, first.id, weekday=1, span=Span(9 * 60, 12 * 60 + 30))
        booking_hours.add_weekly(
            session, now, ann, staff_id=ann.id, type_id=kind.id, weekday=1, span=Span(12 * 60 + 30, 24 * 60)
        )
        booking_hours.add_weekly(session, now, ann, staff_id=carl.id, type_id=kind.id, weekday=1, span=MORNING)

        assert len(booking_hours.weekly(session)) == 3


def test_nobody_publishes_hours_of_somebody_who_has_left(
    database: Database, now: datetime, ann: StaffMember, carl: StaffMember, kind: ConsultationType
) -> None:
    with database.transaction() as session:
        session.get_one(StaffMember, carl.id).disabled_at = now

        with pytest.raises(HasLeft):
            booking_hours.add_weekly(session, now, ann, staff_id=carl.id, type_id=kind.id, weekday=1, span=MORNING)


def test_a_day_can_be_closed_changed_and_given_back_to_the_weekly_hours(
    database: Database, now: datetime, clinic: Clinic, ann: StaffMember, kind: ConsultationType
) -> None:
    with database.transaction() as session:
        booking_hours.set_day(session, now, ann, day=NEXT, staff_id=None, spans=())
    assert offered(database, now, clinic, NEXT) == []

    with database.transaction() as session:
        booking_hours.set_day(session, now, ann, day=NEXT, staff_id=None, spans=(Span(15 * 60, 16 * 60),))
    assert offered(database, now, clinic, NEXT) == ["15:00", "15:30"]

    with database.transaction() as session:
        assert len(booking_hours.days(session, NEXT)) == 1
        booking_hours.clear_day(session, now, ann, day=NEXT, staff_id=None)
    assert offered(database, now, clinic, NEXT) == ALL_MORNING


def test_an_exception_with_overlapping_hours_is_refused_and_the_old_one_stays(
    database: Database, now: datetime, clinic: Clinic, ann: StaffMember, kind: ConsultationType
) -> None:
    with database.transaction() as session:
        booking_hours.set_day(session, now, ann, day=NEXT, staff_id=ann.id, spans=())
        with pytest.raises(Overlapping):
            booking_hours.set_day(session, now, ann, day=NEXT, staff_id=ann.id, spans=(MORNING, Span(11 * 60, 13 * 60)))

    assert offered(database, now, clinic, NEXT) == []


def test_a_change_of_hours_deletes_no_booking_and_shows_what_lies_outside_now(
    database: Database, now: datetime, clinic: Clinic, ann: StaffMember, kind: ConsultationType
) -> None:
    first, second = book(database, now, clinic), book(database, now, clinic, 1)
    assert outside(database, now, clinic) == []

    with database.transaction() as session:
        hours = booking_hours.weekly(session)[0]
        booking_hours.change_weekly(session, now, ann, hours.id, weekday=1, span=Span(9 * 60, 10 * 60))

    assert outside(database, now, clinic) == [second.reference]
    with database.transaction() as session:
        booking_hours.remove_weekly(session, now, ann, hours.id)
    assert outside(database, now, clinic) == [first.reference, second.reference]
    with database.reading() as session:
        kept = session.scalars(select(Consultation)).all()
        assert {one.status for one in kept} == {ConsultationStatus.CONFIRMED}
        assert len(session.scalars(select(Cell.starts_at)).all()) == 2 * 8


@pytest.mark.parametrize("reason", ["a closed day", "somebody has left", "an inactive type"])
def test_whatever_takes_hours_away_shows_what_is_booked_in_them(
    database: Database, now: datetime, clinic: Clinic, ann: StaffMember, kind: ConsultationType, reason: str
) -> None:
    booked = book(database, now, clinic)

    with database.transaction() as session:
        if reason == "a closed day":
            booking_hours.set_day(session, now, ann, day=NEXT, staff_id=None, spans=())
        elif reason == "somebody has left":
            session.get_one(StaffMember, ann.id).disabled_at = now
        else:
            booking_hours.remove_type(session, now, ann, kind.id)

    assert outside(database, now, clinic) == [booked.reference]


def test_a_type_that_was_never_booked_goes_with_its_hours(
    database: Database, now: datetime, ann: StaffMember, kind: ConsultationType
) -> None:
    with database.transaction() as session:
        booking_hours.remove_type(session, now, ann, kind.id)

    with database.reading() as session:
        assert booking_hours.types(session) == []
        assert booking_hours.weekly(session) == []


def test_a_type_that_was_booked_becomes_inactive_and_can_come_back(
    database: Database, now: datetime, clinic: Clinic, ann: StaffMember, kind: ConsultationType
) -> None:
    book(database, now, clinic)

    with database.transaction() as session:
        booking_hours.remove_type(session, now, ann, kind.id)
    assert offered(database, now, clinic, NEXT) == []
    with database.transaction() as session:
        booking_hours.change_type(session, now, ann, kind.id, TERMS)
    assert offered(database, now, clinic, NEXT) == ALL_MORNING[2:]


def test_a_new_length_holds_for_what_is_offered_and_not_for_what_is_booked(
    database: Database, now: datetime, clinic: Clinic, ann: StaffMember, kind: ConsultationType
) -> None:
    booked = book(database, now, clinic)

    with database.transaction() as session:
        booking_hours.change_type(session, now, ann, kind.id, replace(TERMS, minutes=60, step_minutes=60))

    assert offered(database, now, clinic, NEXT) == ["10:00", "11:00"]
    with database.reading() as session:
        kept = session.get_one(Consultation, booked.id)
        assert kept.starts_at is not None
        assert kept.ends_at == kept.starts_at + timedelta(minutes=30)


def test_the_next_public_holidays_are_proposed_on_days_with_hours(
    database: Database, now: datetime, clinic: Clinic, ann: StaffMember, kind: ConsultationType
) -> None:
    with database.transaction() as session:
        for weekday in (0, 2, 3, 4):
            booking_hours.add_weekly(session, now, ann, staff_id=ann.id, type_id=kind.id, weekday=weekday, span=MORNING)

    with database.reading() as session:
        found = {one.day: one for one in diary.proposals(session, now, clinic)}

    assert found[date(2026, 5, 25)].name == "Memorial Day"
    assert found[date(2026, 5, 25)].is_closed
    assert not found[date(2026, 10, 12)].is_closed  # Columbus Day: clinic.yml keeps open
    assert all(one.day.weekday() < 5 for one in found.values())
    assert min(found) >= clinic.local(now).date()


def test_a_day_about_which_staff_have_decided_is_not_proposed_again(
    database: Database, now: datetime, clinic: Clinic, ann: StaffMember, kind: ConsultationType
) -> None:
    with database.transaction() as session:
        booking_hours.add_weekly(session, now, ann, staff_id=ann.id, type_id=kind.id, weekday=0, span=MORNING)
        before = [one.day for one in diary.proposals(session, now, clinic)]
        booking_hours.set_day(session, now, ann, day=before[0], staff_id=None, spans=())

        after = [one.day for one in diary.proposals(session, now, clinic)]

    assert after == before[1:]


def test_every_change_of_hours_is_in_the_audit_trail(
    database: Database, now: datetime, ann: StaffMember, kind: ConsultationType
) -> None:
    with database.transaction() as session:
        hours = booking_hours.weekly(session)[0]
        booking_hours.change_weekly(session, now, ann, hours.id, weekday=2, span=MORNING)
        booking_hours.set_day(session, now, ann, day=NEXT, staff_id=ann.id, spans=())
        booking_hours.clear_day(session, now, ann, day=NEXT, staff_id=ann.id)
        booking_hours.remove_weekly(session, now, ann, hours.id)
        booking_hours.change_type(session, now, ann, kind.id, TERMS)
        booking_hours.remove_type(session, now, ann, kind.id)

    with database.reading() as session:
        found = session.execute(select(AuditEvent.action, AuditEvent.staff_id).order_by(AuditEvent.id)).all()
    assert [action for action, _ in found] == [
        "type.add", "hours.add", "hours.change", "day.set", "day.clear", "hours.remove", "type.change", "type.remove",
    ]  # fmt: skip
    assert {staff_id for _, staff_id in found} == {ann.id}
