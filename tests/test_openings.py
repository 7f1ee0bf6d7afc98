"""What is free: hours, exceptions, closed days, notice, horizon, buffer, several people, and days on which clocks jump."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from frontdesk import booking_hours, cells, consultations, holds, openings
from frontdesk.clinic import Clinic
from frontdesk.database import Database
from frontdesk.hours import Span
from frontdesk.model import ConsultationType, StaffMember
from frontdesk.openings import Gone, Opening
from frontdesk.windows import Window
from tests.published import clinic_in, hire, offer, on, undone, visitor, walls

HALF_HOUR = timedelta(minutes=30)
TUESDAY = date(2026, 3, 10)  # the day of `now`, 3 pm
WEDNESDAY = date(2026, 3, 11)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with undone(database) as session:
        yield session


@pytest.fixture(scope="module")
def clinic() -> Clinic:
    return clinic_in()


@pytest.fixture
def nora(session: Session, now: datetime) -> StaffMember:
    return hire(session, now, "Nora")


def test_nothing_is_free_where_nothing_is_published(session: Session, now: datetime, clinic: Clinic) -> None:
    assert openings.openings(session, now, clinic) == []
    assert openings.types(session) == []


def test_hours_are_cut_into_steps_and_every_session_ends_within_them(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    kind = offer(session, now, nora, minutes=45, step_minutes=30)

    found = openings.openings(session, now, clinic)

    assert on(clinic, found, WEDNESDAY) == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    assert {one.ends_at - one.starts_at for one in found} == {timedelta(minutes=45)}
    assert found == sorted(found, key=lambda one: one.starts_at)
    assert openings.types(session) == [kind]


@pytest.mark.parametrize(("notice", "first"), [(0, "15:00"), (1, "15:30"), (60, "16:00"), (61, "16:30"), (120, None)])
def test_nobody_books_later_than_the_minimum_notice(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember, notice: int, first: str | None
) -> None:
    offer(session, now, nora, span=Span(9 * 60, 17 * 60), notice_minutes=notice)

    found = openings.openings(session, now, clinic)

    assert next(iter(on(clinic, found, TUESDAY)), None) == first


@pytest.mark.parametrize("horizon", [1, 7, 60])
def test_nobody_books_further_ahead_than_the_horizon(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember, horizon: int
) -> None:
    offer(session, now, nora, weekdays=range(7), horizon_days=horizon)

    last = openings.openings(session, now, clinic)[-1]

    assert clinic.local(last.starts_at).date() == TUESDAY + timedelta(horizon)


def test_what_is_booked_is_gone_with_its_buffer_and_so_is_what_would_run_into_it(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    offer(session, now, nora, minutes=30, buffer_minutes=10, step_minutes=10)
    ten = next(one for one in openings.openings(session, now, clinic) if "10:00" in walls(clinic, [one])[0])

    consultations.book(session, now, clinic, contact=visitor(session, now), form_key="1", opening=ten)

    free = on(clinic, openings.openings(session, now, clinic), WEDNESDAY)
    assert free == ["09:00", "09:10", "09:20", "10:40", "10:50", "11:00", "11:10", "11:20", "11:30"]


def test_a_hold_counts_until_it_expires_and_never_for_its_own_conversation(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    offer(session, now, nora)
    first = openings.openings(session, now, clinic)[0]
    own = visitor(session, now).conversation_id
    holds.hold(session, now, clinic, own, first)

    assert not openings.is_open(session, now, clinic, first)
    assert openings.openings(session, now, clinic, limit=1) != [first]
    assert openings.is_open(session, now, clinic, first, besides=own)
    assert openings.openings(session, now, clinic, limit=1, besides=own) == [first]
    assert not openings.is_open(session, now + holds.LASTS - timedelta(seconds=1), clinic, first)
    assert openings.is_open(session, now + holds.LASTS, clinic, first)


def test_two_types_share_a_persons_time(session: Session, now: datetime, clinic: Clinic, nora: StaffMember) -> None:
    short = offer(session, now, nora, minutes=30, step_minutes=30)
    long = offer(session, now, nora, name="Long talk", minutes=60, step_minutes=60)
    first = openings.openings(session, now, clinic, kind=long)[0]

    consultations.book(session, now, clinic, contact=visitor(session, now), form_key="1", opening=first)

    assert on(clinic, openings.openings(session, now, clinic, kind=short), WEDNESDAY)[0] == "10:00"
    assert on(clinic, openings.openings(session, now, clinic, kind=long), WEDNESDAY) == ["10:00", "11:00"]
    assert {one.type_id for one in openings.openings(session, now, clinic)} == {short.id, long.id}


def test_the_same_moment_of_several_people_is_offered_once_and_booked_as_often_as_there_are_people(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    kind = offer(session, now, nora)
    otto = hire(session, now, "Otto")
    offer(session, now, otto, kind)
    first = openings.openings(session, now, clinic)[0]
    assert on(clinic, openings.openings(session, now, clinic), WEDNESDAY)[:2] == ["09:00", "09:30"]

    booked = [
        consultations.book(session, now, clinic, contact=visitor(session, now), form_key=f"{n}", opening=first)[0]
        for n in range(2)
    ]

    assert {one.staff_id for one in booked} == {nora.id, otto.id}
    assert {one.starts_at for one in booked} == {first.starts_at}
    assert on(clinic, openings.openings(session, now, clinic), WEDNESDAY)[0] == "09:30"
    with pytest.raises(Gone):
        consultations.book(session, now, clinic, contact=visitor(session, now), form_key="3", opening=first)


def test_whoever_is_least_busy_that_day_is_offered(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    kind = offer(session, now, nora)
    otto = hire(session, now, "Otto")
    offer(session, now, otto, kind)

    booked = []
    for number in range(4):
        opening = openings.openings(session, now, clinic, limit=1)[0]
        contact = visitor(session, now)
        booked.append(
            consultations.book(session, now, clinic, contact=contact, form_key=f"{number}", opening=opening)[0]
        )

    assert [one.staff_id for one in booked] == [nora.id, otto.id, nora.id, otto.id]


@pytest.mark.parametrize("what", ["person", "type"])
def test_who_has_left_and_what_is_inactive_is_not_offered(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember, what: str
) -> None:
    kind = offer(session, now, nora)
    first = openings.openings(session, now, clinic)[0]

    if what == "person":
        nora.disabled_at = now
    else:
        kind.is_active = False
    session.flush()

    assert openings.openings(session, now, clinic) == []
    assert openings.openings(session, now, clinic, kind=kind) == []
    assert openings.types(session) == []
    assert not openings.is_open(session, now, clinic, first)
    with pytest.raises(Gone):
        holds.hold(session, now, clinic, visitor(session, now).conversation_id, first)


# Exceptions and closed days


def set_day(session: Session, now: datetime, nora: StaffMember, day: date, staff_id: int | None, *spans: Span) -> None:
    booking_hours.set_day(session, now, nora, day=day, staff_id=staff_id, spans=spans)


def test_an_exception_of_ones_own_goes_before_one_for_everybody(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    kind = offer(session, now, nora)
    otto = hire(session, now, "Otto")
    offer(session, now, otto, kind)
    set_day(session, now, nora, WEDNESDAY, None)
    set_day(session, now, nora, WEDNESDAY, otto.id, Span(15 * 60, 16 * 60))

    found = [one for one in openings.openings(session, now, clinic) if on(clinic, [one], WEDNESDAY)]

    assert on(clinic, found, WEDNESDAY) == ["15:00", "15:30"]
    assert {one.staff_id for one in found} == {otto.id}


def test_ones_own_closed_day_closes_it_also_where_everybody_else_has_other_hours(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    kind = offer(session, now, nora)
    otto = hire(session, now, "Otto")
    offer(session, now, otto, kind)
    set_day(session, now, nora, WEDNESDAY, None, Span(10 * 60, 11 * 60))
    set_day(session, now, nora, WEDNESDAY, otto.id)

    found = [one for one in openings.openings(session, now, clinic) if on(clinic, [one], WEDNESDAY)]

    assert on(clinic, found, WEDNESDAY) == ["10:00", "10:30"]
    assert {one.staff_id for one in found} == {nora.id}


def test_an_exception_is_for_what_a_person_offers_on_that_weekday(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    call = offer(session, now, nora, weekdays=(2,))
    visit = offer(session, now, nora, name="Visit", weekdays=(3,))
    set_day(session, now, nora, WEDNESDAY, nora.id, Span(15 * 60, 16 * 60))
    saturday = date(2026, 3, 14)
    set_day(session, now, nora, saturday, nora.id, Span(9 * 60, 10 * 60))

    assert on(clinic, openings.openings(session, now, clinic, kind=call), WEDNESDAY) == ["15:00", "15:30"]
    assert on(clinic, openings.openings(session, now, clinic, kind=visit), WEDNESDAY) == []
    assert on(clinic, openings.openings(session, now, clinic, kind=call), saturday) == ["09:00", "09:30"]
    assert on(clinic, openings.openings(session, now, clinic, kind=visit), saturday) == ["09:00", "09:30"]


@pytest.mark.parametrize(
    ("day", "free"),
    [
        (date(2026, 11, 26), []),  # Thanksgiving
        (date(2026, 11, 27), []),  # a closed special day
        (date(2026, 12, 24), ["11:00", "11:30"]),  # a special day from 9 to 12
        (date(2026, 11, 11), ["11:00", "11:30", "12:00", "12:30"]),  # Veterans Day: open_on
        (date(2027, 1, 1), []),
    ],
)
def test_the_clinics_own_closed_days_close_and_shorten(
    session: Session, clinic: Clinic, nora: StaffMember, day: date, free: list[str]
) -> None:
    now = datetime(2026, 11, 10, 12, tzinfo=UTC)
    offer(session, now, nora, span=Span(11 * 60, 13 * 60))

    assert on(clinic, openings.openings(session, now, clinic), day) == free


def test_a_holiday_closes_also_a_weekday_on_which_the_clinic_itself_is_closed(
    session: Session, clinic: Clinic, nora: StaffMember
) -> None:
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    offer(session, now, nora, weekdays=(5,))

    found = openings.openings(session, now, clinic)

    assert on(clinic, found, date(2026, 7, 4)) == []
    assert on(clinic, found, date(2026, 7, 11))[0] == "09:00"


@pytest.mark.parametrize("whose", ["everybody's", "one's own"])
def test_an_exception_opens_a_holiday(session: Session, clinic: Clinic, nora: StaffMember, whose: str) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    offer(session, now, nora)
    thanksgiving = date(2026, 11, 26)

    set_day(session, now, nora, thanksgiving, None if whose == "everybody's" else nora.id, Span(10 * 60, 11 * 60))

    assert on(clinic, openings.openings(session, now, clinic), thanksgiving) == ["10:00", "10:30"]


# What is asked for


def test_windows_are_about_the_beginning_and_half_open(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    offer(session, now, nora)
    ten, eleven = (datetime.combine(WEDNESDAY, time(hour), clinic.zone) for hour in (10, 11))
    friday = datetime(2026, 3, 13, tzinfo=clinic.zone)
    far = datetime.max.replace(tzinfo=UTC)

    found = openings.openings(session, now, clinic, windows=[Window(ten, eleven), Window(friday, far)], limit=4)

    assert walls(clinic, found) == ["Wed 11 10:00", "Wed 11 10:30", "Fri 13 09:00", "Fri 13 09:30"]


def test_no_window_means_nothing_is_wanted(session: Session, now: datetime, clinic: Clinic, nora: StaffMember) -> None:
    offer(session, now, nora)

    assert openings.openings(session, now, clinic, windows=[]) == []


def test_the_nearest_are_those_around_the_one_that_is_gone(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    kind = offer(session, now, nora)
    gone = next(one for one in openings.openings(session, now, clinic) if walls(clinic, [one]) == ["Thu 12 10:30"])
    consultations.book(session, now, clinic, contact=visitor(session, now), form_key="1", opening=gone)

    assert walls(clinic, openings.nearest(session, now, clinic, gone)) == [
        "Thu 12 09:30", "Thu 12 10:00", "Thu 12 11:00",
    ]  # fmt: skip
    assert {one.type_id for one in openings.nearest(session, now, clinic, gone)} == {kind.id}


def test_the_nearest_are_looked_for_as_far_as_anything_is_offered(
    session: Session, now: datetime, clinic: Clinic, nora: StaffMember
) -> None:
    offer(session, now, nora, weekdays=(2,), minutes=180, step_minutes=180, horizon_days=40)
    first = openings.openings(session, now, clinic)[0]
    consultations.book(session, now, clinic, contact=visitor(session, now), form_key="1", opening=first)

    assert walls(clinic, openings.nearest(session, now, clinic, first)) == [
        "Wed 18 09:00", "Wed 25 09:00", "Wed 01 09:00",
    ]  # fmt: skip


def test_offering_the_next_reads_only_a_stretch_of_the_cells(sqlite_database: Database, now: datetime) -> None:
    clinic = clinic_in()
    read: list[tuple[str, Any]] = []
    with sqlite_database.transaction() as session:
        kind = offer(session, now, hire(session, now, "Nora"))
        for name in ("Otto", "Pia", "Quin", "Rosa"):
            offer(session, now, hire(session, now, name), kind)
    event.listen(
        sqlite_database.engine, "before_cursor_execute", lambda c, cursor, said, given, *_: read.append((said, given))
    )

    with sqlite_database.reading() as session:
        assert len(openings.openings(session, now, clinic, limit=3)) == 3
        of_cells = [(said, given) for said, given in read if "FROM cell" in said]
        assert len(of_cells) == 1
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {of_cells[0][0]}", of_cells[0][1]).all()

    assert any("SEARCH cell USING" in row[-1] and "starts_at>? AND starts_at<?" in row[-1] for row in plan), plan


# Days on which clocks jump


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("America/New_York", date(2026, 3, 8), ["01:00", "01:30", "03:00", "03:30"]),
        (
            "America/New_York",
            date(2026, 11, 1),
            ["01:00", "01:30", "01:00", "01:30", "02:00", "02:30", "03:00", "03:30"],
        ),
        ("Europe/London", date(2026, 3, 29), ["02:00", "02:30", "03:00", "03:30"]),
        ("Europe/London", date(2026, 10, 25), ["01:00", "01:30", "01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]),
        ("Australia/Lord_Howe", date(2026, 10, 4), ["01:00", "01:30", "02:30", "03:00", "03:30"]),
        ("Australia/Lord_Howe", date(2026, 4, 5), ["01:00", "01:30", "01:30", "02:00", "02:30", "03:00", "03:30"]),
    ],
)
def test_on_a_day_on_which_clocks_jump_every_moment_is_offered_once(
    session: Session, nora: StaffMember, zone: str, day: date, expected: list[str]
) -> None:
    clinic = clinic_in(zone)
    now = datetime.combine(day - timedelta(2), time(12), UTC)
    offer(session, now, nora, weekdays=(6,), span=Span(60, 4 * 60), horizon_days=5)

    found = openings.openings(session, now, clinic)

    assert on(clinic, found, day) == expected
    assert {later.starts_at - earlier.starts_at for earlier, later in pairwise(found)} == {HALF_HOUR}


@pytest.mark.parametrize(
    ("zone", "day", "before", "after"),
    [
        ("America/New_York", date(2026, 3, 8), 14, 13),
        ("America/New_York", date(2026, 11, 1), 13, 14),
        ("Europe/London", date(2026, 3, 29), 9, 8),
        ("Europe/London", date(2026, 10, 25), 8, 9),
    ],
)
def test_nine_oclock_stays_nine_oclock_by_the_clinics_clock(
    session: Session, nora: StaffMember, zone: str, day: date, before: int, after: int
) -> None:
    clinic = clinic_in(zone)
    now = datetime.combine(day - timedelta(3), time(12), UTC)
    offer(session, now, nora, weekdays=range(7), horizon_days=5)

    found = openings.openings(session, now, clinic)

    nine = {
        clinic.local(one.starts_at).date(): one.starts_at.hour
        for one in found
        if clinic.local(one.starts_at).time() == time(9)
    }
    assert nine[day - timedelta(1)] == before
    assert nine[day] == nine[day + timedelta(1)] == after


# Whatever staff publish

ZONES = {
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1), date(2026, 7, 1), date(2026, 12, 22)),
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
}
PLACES = [(zone, day) for zone, days in ZONES.items() for day in days]


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(st.integers(0, 280))
    return Span(start * 5, draw(st.integers(start + 1, 288)) * 5)


@st.composite
def terms(draw: st.DrawFn) -> dict[str, int]:
    return {
        "minutes": draw(st.integers(1, 30)) * 5,
        "buffer_minutes": draw(st.sampled_from([0, 0, 5, 10, 25])),
        "step_minutes": draw(st.sampled_from([5, 15, 20, 30, 45, 60, 90])),
        "notice_minutes": draw(st.sampled_from([0, 1, 59, 120, 24 * 60])),
        "horizon_days": draw(st.integers(1, 4)),
    }


@st.composite
def practices(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "place": draw(st.sampled_from(PLACES)),
        "before": draw(st.integers(0, 3 * 24 * 60)),
        "types": draw(st.lists(terms(), min_size=1, max_size=2)),
        "hours": draw(
            st.lists(
                st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 6), spans()), min_size=3, max_size=9
            )
        ),
        "exceptions": draw(
            st.lists(st.tuples(st.integers(-1, 3), st.sampled_from([None, 0, 1]), st.none() | spans()), max_size=2)
        ),
        "booked": draw(st.lists(st.integers(0, 200), max_size=4)),
        "picked": draw(st.lists(st.integers(0, 200), min_size=1, max_size=3)),
        "shifted": draw(st.integers(-36, 36)) * 5 + draw(st.sampled_from([0, 0, 1])),
    }


class Practice:
    """A drawn practice, in the database, with a calendar of its own to judge by."""

    def __init__(self, session: Session, drawn: dict[str, Any]) -> None:
        zone, self.day = drawn["place"]
        self.clinic = clinic_in(zone)
        self.now = datetime.combine(self.day, time(12), UTC) - timedelta(minutes=drawn["before"])
        self.people = [hire(session, self.now, name) for name in ("Nora", "Otto", "Pia")]
        self.types = [offer(session, self.now, self.people[0], weekdays=(), **one) for one in drawn["types"]]
        for person, kind, weekday, span in drawn["hours"]:
            try:
                offer(
                    session,
                    self.now,
                    self.people[person],
                    self.types[kind % len(self.types)],
                    weekdays=(weekday,),
                    span=span,
                )
            except booking_hours.Overlapping:
                continue
        for ahead, person, span in drawn["exceptions"]:
            whose = None if person is None else self.people[person].id
            day = self.day + timedelta(ahead)
            set_day(session, self.now, self.people[0], day, whose, *([span] if span else []))

    def is_within_hours(self, session: Session, opening: Opening) -> bool:
        """By a clock that is read minute by minute, and without the code that offers."""
        day = self.clinic.local(opening.starts_at).date()
        return any(
            first <= opening.starts_at and opening.ends_at <= last
            for span in self._spans(session, day, opening)
            for first, last in [showing(self.clinic.time_zone, day, span)]
        )

    def _spans(self, session: Session, day: date, opening: Opening) -> list[Span]:
        rows = booking_hours.days(session, day)
        for whose in (opening.staff_id, None):
            if own := [row for row in rows if row.day == day and row.staff_id == whose]:
                return [Span(row.start_minute, row.end_minute or 0) for row in own if row.start_minute is not None]
        off = self.clinic.day_off(day)
        if (off and not off.spans) or self.clinic.holiday(day):
            return []
        return [
            Span(max(hours.start_minute, limit.start), min(hours.end_minute, limit.end))
            for hours in booking_hours.weekly(session)
            if (hours.staff_id, hours.type_id, hours.weekday) == (opening.staff_id, opening.type_id, day.weekday())
            for limit in (off.spans if off else (Span(0, 24 * 60),))
        ]


@cache
def minutes_of(zone: str, day: date) -> list[tuple[datetime, int]]:
    begin = datetime.combine(day, time(), UTC) - timedelta(hours=16)
    moments = (begin + timedelta(minutes=number) for number in range(50 * 60))
    local = ((moment, moment.astimezone(ZoneInfo(zone))) for moment in moments)
    return [(moment, wall.hour * 60 + wall.minute) for moment, wall in local if wall.date() == day]


def showing(zone: str, day: date, span: Span) -> tuple[datetime, datetime]:
    """From the first minute that clocks show as within the span until the last one is over."""
    since = [moment for moment, wall in minutes_of(zone, day) if wall >= span.start]
    until = [moment for moment, wall in minutes_of(zone, day) if wall < span.end]
    if not since or not until:
        return datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    return since[0], until[-1] + timedelta(minutes=1)


EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@EXAMPLES
@given(drawn=practices())
def test_every_offered_opening_is_within_hours_notice_and_horizon(database: Database, drawn: dict[str, Any]) -> None:
    with undone(database) as session:
        practice = Practice(session, drawn)

        found = openings.openings(session, practice.now, practice.clinic)

        today = practice.clinic.local(practice.now).date()
        for opening in found:
            kind = session.get_one(ConsultationType, opening.type_id)
            assert opening.ends_at - opening.starts_at == timedelta(minutes=kind.minutes)
            assert opening.starts_at >= practice.now + timedelta(minutes=kind.notice_minutes)
            assert practice.clinic.local(opening.starts_at).date() <= today + timedelta(kind.horizon_days)
            assert practice.is_within_hours(session, opening)
        assert len({openings.moment(one) for one in found}) == len(found)


@EXAMPLES
@given(drawn=practices())
def test_every_offered_opening_is_bookable_and_nothing_else_is(database: Database, drawn: dict[str, Any]) -> None:
    with undone(database) as session:
        practice = Practice(session, drawn)
        now, clinic = practice.now, practice.clinic
        for number in drawn["booked"]:
            if free := openings.openings(session, now, clinic):
                book(session, now, clinic, free[number % len(free)])

        for number in drawn["picked"]:
            free = openings.openings(session, now, clinic)
            if not free:
                return
            picked = free[number % len(free)]
            shift = timedelta(minutes=drawn["shifted"])
            other = Opening(picked.starts_at + shift, picked.ends_at + shift, picked.staff_id, picked.type_id)
            if openings.moment(other) not in {openings.moment(one) for one in free}:
                with pytest.raises(Gone):
                    book(session, now, clinic, other)
            booked = book(session, now, clinic, picked)
            assert (booked.starts_at, booked.ends_at, booked.type_id) == (
                picked.starts_at,
                picked.ends_at,
                picked.type_id,
            )
            assert booked.staff_id is not None
            with_whom = Opening(picked.starts_at, picked.ends_at, booked.staff_id, picked.type_id)
            assert practice.is_within_hours(session, with_whom)


def book(session: Session, now: datetime, clinic: Clinic, opening: Opening) -> Any:
    contact = visitor(session, now)
    key = contact.conversation.key
    return consultations.book(session, now, clinic, contact=contact, form_key=key, opening=opening)[0]


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_grid_covers_its_time_and_nothing_more(seconds: int, lasts: int) -> None:
    start = datetime(2026, 3, 8, tzinfo=UTC) + timedelta(seconds=seconds)
    end = start + timedelta(seconds=lasts)

    found = cells.grid(start, end)

    assert found[0] <= start < found[0] + cells.GRID
    assert found[-1] < end <= found[-1] + cells.GRID
    assert all(later - earlier == cells.GRID for earlier, later in pairwise(found))
    assert all(moment.timestamp() % 300 == 0 for moment in found)
