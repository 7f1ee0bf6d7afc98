"""The week as staff see it: what is booked, being booked, free or closed, also when the clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest

from frontdesk import booking_hours, openings, weeks
from frontdesk.database import Database
from frontdesk.hours import Span
from frontdesk.model import Consultation, ConsultationType, StaffMember
from frontdesk.weeks import FreeTimes, Week
from frontdesk.windows import Window
from tests.front_office import Desk, Office, day
from tests.published import offer
from tests.staff_browser import words


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


def test_weeks_are_turned_and_a_week_that_is_none_is_this_one(fays: Desk, kind: ConsultationType) -> None:
    this = fays.visit("/staff/calendar")
    assert 'href="/staff/calendar?week=2026-W10"' in this.text
    assert 'href="/staff/calendar?week=2026-W12"' in this.text

    for written in ("2026-W54", "soon", "0000-W01", "9999-W52", "2026-W1", "2026-W00"):
        assert "this week" in words(fays.visit(f"/staff/calendar?week={written}"))
    assert "December 28, – January 3, 2027" not in words(fays.visit("/staff/calendar?week=2026-W53"))
    assert "December 28 – January 3, 2027 week 53" in words(fays.page)


def test_one_person_is_shown_alone(
    office: Office, fays: Desk, carl: StaffMember, ann: StaffMember, kind: ConsultationType
) -> None:
    with office.database.transaction() as session:
        offer(session, office.now, ann, kind, weekdays=(3,), span=Span(14 * 60, 15 * 60))
    office.booked("With Carl", office.free(kind))

    assert "With Carl" in fays.visit(f"/staff/calendar?person={carl.id}").text
    anns = fays.visit(f"/staff/calendar?person={ann.id}")
    assert "With Carl" not in anns.text
    assert "2 – 3 pm 2 free" in words(anns)
    assert f"week=2026-W12&amp;person={ann.id}" in anns.text


def test_both_are_free_when_two_offer_the_same_time(
    office: Office, fays: Desk, ann: StaffMember, kind: ConsultationType
) -> None:
    with office.database.transaction() as session:
        offer(session, office.now, ann, kind, weekdays=(3,))

    thursday = day(fays.visit("/staff/calendar").text, "Thursday")

    assert thursday.count("9 am – noon 6 free") == 2


def test_closed_days_say_why(
    office: Office, fays: Desk, ann: StaffMember, carl: StaffMember, kind: ConsultationType
) -> None:
    with office.database.transaction() as session:
        booking_hours.set_day(session, office.now, ann, day=date(2026, 3, 12), staff_id=None, spans=())
        booking_hours.set_day(session, office.now, ann, day=date(2026, 3, 13), staff_id=carl.id, spans=())

    page = fays.visit("/staff/calendar")
    assert "Closed" in day(page.text, "Thursday")
    assert "Carl Clinician: away" in day(page.text, "Friday")
    thanksgiving = fays.visit("/staff/calendar?week=2026-W48")
    assert "Closed · Thanksgiving" in day(thanksgiving.text, "Thursday")
    assert "Closed · the day after Thanksgiving" in day(thanksgiving.text, "Friday")


def test_before_anything_is_published_the_calendar_says_where_to_begin(fays: Desk) -> None:
    assert "No hours are published yet" in fays.visit("/staff/calendar").text


@pytest.mark.parametrize(
    ("today", "week", "free"),
    [
        (datetime(2026, 3, 2, 15, tzinfo=UTC), "2026-W10", "1 – 4 am 4 free"),  # an hour is skipped
        (datetime(2026, 10, 26, 15, tzinfo=UTC), "2026-W44", "1 – 4 am 8 free"),  # an hour is there twice
    ],
)
def test_the_days_on_which_clocks_change_have_the_right_times(
    office: Office, fays: Desk, carl: StaffMember, today: datetime, week: str, free: str
) -> None:
    with office.database.transaction() as session:
        offer(session, office.now, carl, weekdays=(6, 0), span=Span(60, 4 * 60))
    fays.comes_back(today)

    page = fays.visit(f"/staff/calendar?week={week}")

    assert "The clocks change this day." in day(page.text, "Sunday")
    assert free in day(page.text, "Sunday")
    assert page.text.count("The clocks change this day.") == 1


def test_a_consultation_on_each_side_of_the_change_stands_at_its_time_on_the_wall(
    office: Office, fays: Desk, kind: ConsultationType
) -> None:
    fays.comes_back(datetime(2026, 3, 5, 15, tzinfo=UTC))
    for name, first in (("Before", date(2026, 3, 6)), ("After", date(2026, 3, 9))):
        with office.database.reading() as session:
            window = Window(weeks.midnight(office.clinic, first), weeks.midnight(office.clinic, first + timedelta(1)))
            opening = openings.openings(session, office.now, office.clinic, windows=[window], limit=1)[0]
        office.booked(name, opening)

    assert "9 – 9:30 am Before" in day(fays.visit("/staff/calendar?week=2026-W10").text, "Friday")
    assert "9 – 9:30 am After" in day(fays.visit("/staff/calendar?week=2026-W11").text, "Monday")


def test_free_times_with_something_between_them_are_two_lines(office: Office, kind: ConsultationType) -> None:
    office.booked("Vic", office.free(kind, after=timedelta(hours=19)))
    with office.database.reading() as session:
        days = weeks.read(session, office.now, office.clinic, Week(date(2026, 3, 9)))
        wednesday = next(one for one in days if one.date == date(2026, 3, 11))
        found = [(type(one), one.count if isinstance(one, FreeTimes) else 0) for one in wednesday.entries]

    assert found == [(FreeTimes, 2), (Consultation, 0), (FreeTimes, 3)]


@pytest.mark.parametrize("written", ["2026-W48", "2026-W53", "2020-W53", "2027-W01"])
def test_a_week_is_written_as_it_was_read(written: str) -> None:
    week = Week.parse(written)

    assert week
    assert str(week) == written
    assert week.monday.weekday() == 0
    assert week.other(1).other(-1) == week
