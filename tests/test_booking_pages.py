"""The booking pages of staff on both databases: what they write, what they find, and two people at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from frontdesk import booking_hours, consultations, conversations, holds
from frontdesk.database import Database
from frontdesk.hours import Span
from frontdesk.model import Consultation, ConsultationStatus, ConsultationType, StaffMember
from tests.front_office import Desk, Office, day, deeds_by, deeds_on, free_on, path_of, wall, week_of
from tests.published import offer
from tests.staff_browser import forms, words


@pytest.fixture
def visit(database: Database, now: datetime, carl: StaffMember) -> ConsultationType:
    """Carl's weekday afternoons, which staff confirm first."""
    with database.transaction() as session:
        return offer(
            session, now, carl, span=Span(13 * 60, 16 * 60), name="Visit", place="at the clinic", needs_staff=True
        )


def test_one_form_publishes_the_first_hours(
    office: Office, database: Database, fays: Desk, fay: StaffMember, carl: StaffMember
) -> None:
    fays.visit("/staff/hours")

    page = fays.send("first", person=str(carl.id), day0="9-12, 1pm-5pm", day4="closed")

    assert "Published. Visitors can pick a time from now on." in words(page)
    assert "free times are published for the next 14 days" in words(page)
    assert week_of(database) == [(0, 9, 12), (0, 13, 17), (1, 9, 17), (2, 9, 17), (3, 9, 17)]
    assert deeds_by(database, fay) == ["type.add"] + ["hours.add"] * 5
    assert free_on(office, date(2026, 3, 16))[:2] == ["09:00", "09:30"]


def test_a_second_press_publishes_nothing_twice(database: Database, fays: Desk, carl: StaffMember) -> None:
    first = forms(fays.visit("/staff/hours"))["first"]

    for _ in range(2):
        fays.http.post(first.action, data=first.fields | {"person": str(carl.id)})

    assert len(week_of(database)) == 5
    with database.reading() as session:
        assert len(booking_hours.types(session)) == 1


def test_weekly_hours_are_changed_by_typing_them(
    database: Database, fays: Desk, fay: StaffMember, carl: StaffMember, kind: ConsultationType
) -> None:
    page = fays.visit(f"/staff/hours/people/{carl.id}/{kind.id}")
    assert forms(page)[str(kind.id)].fields["day0"] == "9:00-12:00"

    page = fays.send(str(kind.id), do="save", day0="9:00-12:00, 13:00-17:00", day1="closed")

    assert "Monday 9 am – noon and 1 pm – 5 pm" in words(page)
    assert week_of(database) == [(0, 9, 12), (0, 13, 17), (2, 9, 12), (3, 9, 12), (4, 9, 12)]
    assert deeds_by(database, fay) == ["hours.remove", "hours.add"]  # what stays is not touched


def test_whoever_saves_hours_that_somebody_else_has_changed_is_told_and_loses_nothing(
    office: Office, database: Database, fays: Desk, carls: Desk, carl: StaffMember, kind: ConsultationType
) -> None:
    for desk in (fays, carls):
        desk.visit(f"/staff/hours/people/{carl.id}/{kind.id}")
    carls.send(str(kind.id), do="save", day0="8-12")

    page = fays.send(str(kind.id), do="save", day0="10-12")

    assert page.status_code == 409
    assert "Somebody else has changed these hours meanwhile." in page.text
    assert forms(page)[str(kind.id)].fields["day0"] == "10-12"
    assert (0, 8, 12) in week_of(database)

    fays.send(str(kind.id), do="save")
    assert (0, 10, 12) in week_of(database)


def test_a_day_gets_other_hours_and_its_weekly_ones_back(
    office: Office, fays: Desk, carl: StaffMember, kind: ConsultationType
) -> None:
    fays.visit("/staff/hours")

    page = fays.send("days", day="2026-03-12", person=str(carl.id), hours="14-15", **{"is": "open"})
    assert "Carl Clinician: 2 pm – 3 pm" in words(page)
    assert free_on(office, date(2026, 3, 12)) == ["14:00", "14:30"]

    page = fays.send("clear")
    assert "Back to the weekly hours." in words(page)
    assert free_on(office, date(2026, 3, 12))[0] == "09:00"


def test_consultations_lie_where_staff_look_for_them(
    office: Office, fays: Desk, kind: ConsultationType, visit: ConsultationType
) -> None:
    office.requested("Wanda Wish", "tuesday <i>please</i>")
    office.booked("Ursula Unsure", office.free(visit))
    office.booked("Carla Coming", office.free(kind))
    gone = office.booked("Xena Cancelled", office.free(kind))
    with office.database.transaction() as session:
        consultations.cancel(session, office.now, session.get_one(Consultation, gone.id))

    waiting = words(fays.visit("/staff/consultations"))

    assert "Wanda Wish" in waiting
    assert "Ursula Unsure" in waiting
    assert "Carla Coming" not in waiting
    assert "Consultations , 2 waiting for staff" in waiting
    assert "tuesday &lt;i&gt;please&lt;/i&gt;" in waiting
    assert "Carla Coming" in words(fays.visit("/staff/consultations?show=coming"))
    assert "Xena Cancelled" in words(fays.visit("/staff/consultations?show=cancelled"))
    fays.comes_back(office.now + timedelta(days=3))
    assert "Carla Coming" in words(fays.visit("/staff/consultations?show=past"))


def test_staff_confirm_what_waits_for_them(
    office: Office, database: Database, fays: Desk, visit: ConsultationType
) -> None:
    booked = office.booked("Vic", office.free(visit))
    fays.visit(path_of(booked))

    page = fays.send("confirm")

    assert "Confirmed. The visitor is told by e-mail." in words(page)
    assert "Fay Frontdesk confirmed it" in words(page)
    assert office.as_it_is(booked).status is ConsultationStatus.CONFIRMED
    assert office.as_it_is(booked).sequence == 2
    assert deeds_on(database, booked) == ["consultation.confirm"]
    assert "confirm" not in forms(page)


def test_a_time_that_is_gone_meanwhile_is_refused_and_others_are_shown(
    office: Office, fays: Desk, kind: ConsultationType
) -> None:
    asked = office.requested("Vic", "any morning")
    fays.visit(f"{path_of(asked)}/time")
    office.booked("Quick", office.free(kind))

    page = fays.picks(0)

    assert page.status_code == 409
    assert "This time is not free any more." in page.text
    assert office.as_it_is(asked).starts_at is None
    fays.picks(0)
    assert wall(office, asked) == "Wed 11 09:30"


def test_cancelling_asks_first_and_a_look_changes_nothing(
    office: Office, database: Database, fays: Desk, kind: ConsultationType
) -> None:
    booked = office.booked("Vic", office.free(kind))

    asked = fays.visit(f"{path_of(booked)}/cancel")
    assert "Cancel this consultation?" in asked.text
    assert office.as_it_is(booked).status is ConsultationStatus.CONFIRMED

    page = fays.send("cancel")
    assert "Cancelled, the time is free again. The visitor is told by e-mail." in words(page)
    assert office.as_it_is(booked).status is ConsultationStatus.CANCELLED
    assert office.free(kind).starts_at == booked.starts_at
    assert list(forms(page)) == ["logout"]
    assert fays.visit(f"{path_of(booked)}/cancel").url.path == path_of(booked)
    assert fays.visit(f"{path_of(booked)}/time").url.path == path_of(booked)


def test_whoever_comes_second_is_told_who_came_first_and_nothing_is_undone(
    office: Office, fays: Desk, anns: Desk, kind: ConsultationType
) -> None:
    booked = office.booked("Vic", office.free(kind))
    fays.visit(f"{path_of(booked)}/cancel")
    anns.visit(f"{path_of(booked)}/time")
    anns.picks(3)
    moved = office.as_it_is(booked)

    page = fays.send("cancel")

    assert page.status_code == 409
    assert "Ann Admin has changed this consultation meanwhile." in page.text
    assert office.as_it_is(booked).status is ConsultationStatus.CONFIRMED
    assert office.as_it_is(booked).starts_at == moved.starts_at


def test_the_same_deed_twice_is_done_once_and_complained_of_by_nobody(
    office: Office, database: Database, fays: Desk, anns: Desk, visit: ConsultationType
) -> None:
    booked = office.booked("Vic", office.free(visit))
    for desk in (fays, anns):
        desk.visit(path_of(booked))

    fays.send("confirm")
    page = anns.send("confirm")

    assert page.status_code == 200
    assert "Fay Frontdesk confirmed it" in words(page)
    assert deeds_on(database, booked) == ["consultation.confirm"]
    assert office.as_it_is(booked).sequence == 2


def test_two_consultations_that_are_moved_to_one_time_at_once_never_share_it(
    office: Office, fays: Desk, anns: Desk, kind: ConsultationType
) -> None:
    first, second = office.requested("One", "soon"), office.requested("Two", "soon")
    fays.visit(f"{path_of(first)}/time")
    anns.visit(f"{path_of(second)}/time")

    with ThreadPoolExecutor() as pool:
        pages = list(pool.map(lambda desk: desk.picks(0), (fays, anns)))

    assert sorted(page.status_code for page in pages) == [200, 409]
    assert sorted(wall(office, one) for one in (first, second)) == ["Wed 11 09:00", "none"]


def test_the_week_shows_what_is_booked_being_booked_and_free(
    office: Office, fays: Desk, carl: StaffMember, kind: ConsultationType
) -> None:
    booked = office.booked("Vic <b>", office.free(kind))
    with office.database.transaction() as session:
        conversation, _ = conversations.start(session, office.now)
        holds.hold(session, office.now, office.clinic, conversation.id, office.free(kind, after=timedelta(hours=19)))

    page = fays.visit("/staff/calendar")

    wednesday = day(page.text, "Wednesday")
    assert "9 – 9:30 am Vic &lt;b&gt; First call · Carl Clinician" in wednesday
    assert "10 – 10:30 am Being booked kept until 3:05 pm · Carl Clinician" in wednesday
    assert "9:30 – 10 am 1 free" in wednesday
    assert "10:30 am – noon 3 free" in wednesday
    assert f'href="/staff/consultations/{booked.reference}"' in page.text
    assert "March 9 – 15, 2026 this week" in words(page)
    assert "Tuesday Mar 10 Today" in words(page)
    assert "All times are Eastern time." in page.text
    assert "Saturday" not in page.text
