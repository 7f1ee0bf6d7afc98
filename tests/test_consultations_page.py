"""Consultations as staff deal with them, without the script: finding, confirming, moving, cancelling, what is told to whom."""

import re
from datetime import date, datetime, timedelta
from html import escape

import pytest
from pydantic import SecretStr

from frontdesk import booking_hours, consultations, handoffs, holds
from frontdesk.database import Database
from frontdesk.hours import Span
from frontdesk.model import (
    Consultation,
    ConsultationStatus,
    ConsultationType,
    Kind,
    Priority,
    StaffMember,
)
from tests.front_office import Desk, Office, deeds_on, path_of, wall
from tests.published import offer
from tests.staff_browser import StaffBrowser, forms, words


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def visit(database: Database, now: datetime, carl: StaffMember) -> ConsultationType:
    """Carl's weekday afternoons, which staff confirm first."""
    with database.transaction() as session:
        return offer(
            session, now, carl, span=Span(13 * 60, 16 * 60), name="Visit", place="at the clinic", needs_staff=True
        )


@pytest.mark.parametrize("typed", ["REFERENCE", "jose", "JOSÉ o'ne", "o’neill", "tomas"])
def test_a_consultation_is_found_by_reference_or_any_part_of_a_name(
    office: Office, fays: Desk, kind: ConsultationType, typed: str
) -> None:
    booked = office.booked("Maria-José O’Neill", office.free(kind), patient="Tomás")
    office.booked("Somebody Else", office.free(kind))

    page = fays.visit(
        f"/staff/consultations?find={typed.replace('REFERENCE', booked.reference.lower().replace('-', ''))}"
    )

    assert "1 found for" in words(page)
    assert "Maria-José O’Neill" in page.text
    assert "Somebody Else" not in page.text


def test_nothing_found_says_so_and_shows_what_was_typed(fays: Desk) -> None:
    page = fays.visit("/staff/consultations?find=%3Cb%3E%25nobody")

    assert "Nothing found for “&lt;b&gt;%nobody”" in page.text
    assert "Try a shorter part of the name." in page.text


def test_a_reference_read_out_on_the_phone_leads_to_its_consultation(
    office: Office, fays: Desk, kind: ConsultationType
) -> None:
    booked = office.booked("Vic", office.free(kind))

    page = fays.visit(f"/staff/find?reference={booked.reference.lower().replace('-', ' ')}")
    assert page.url.path == path_of(booked)
    assert fays.visit(path_of(booked).lower().replace("-", "")).url.path == path_of(booked)


def test_the_page_shows_how_the_visitor_may_be_reached(office: Office, fays: Desk, kind: ConsultationType) -> None:
    booked = office.booked(
        "Vic <b>",
        office.free(kind),
        patient="Tom",
        note="Please call <script> late.",
        phone="+12125550188",
        preferred="text",
        may_leave_voicemail=False,
        safe_hours="after 5",
        agrees_to_texts=True,
    )

    page = fays.visit(path_of(booked))

    said = words(page)
    for shown in (
        "Wednesday, March 11, 9 – 9:30 am",
        "Tom, Vic &lt;b&gt;’s son",
        "(212) 555-0188",
        "Leave no voicemail",
        "Rather reached by a text message",
        "Agreed today at 3 pm",
        "after 5",
        escape("Please call <script> late."),
        "Booked in the chat",
        "The visitor is told of every change by text message.",
    ):
        assert shown in said, shown
    assert '<a href="tel:+12125550188">' in page.text


def test_no_voicemail_and_no_texts_unless_the_visitor_said_so(office: Office, fays: Desk) -> None:
    said = words(fays.visit(path_of(office.requested("Vic", "soon", phone="+12125550188", email=None))))

    assert "Not asked: leave none" in said
    assert "Not agreed: send none" in said
    assert "They are told in the chat only: please call them too" in said


def test_nobody_is_said_to_be_written_to_when_nothing_is_set_up_to_write_with(
    office: Office, fays: Desk, kind: ConsultationType
) -> None:
    booked = office.booked("Vic", office.free(kind))
    office.app.state.settings = office.settings.model_copy(update={"mail_url": SecretStr("")})

    page = words(fays.visit(path_of(booked)))

    assert "by e-mail" not in page.replace("Confirmation by e-mail", "").replace("Reminder by e-mail", "")
    assert "They are told in the chat only: please call them too." in page


def test_a_wish_is_given_a_published_time(office: Office, fays: Desk, kind: ConsultationType) -> None:
    asked = office.requested("Vic", "any morning")
    page = fays.visit(f"{path_of(asked)}/time")
    assert "any morning" in page.text

    page = fays.picks(1)

    assert "The time is set. The visitor is told by e-mail." in words(page)
    assert wall(office, asked) == "Wed 11 09:30"
    assert office.as_it_is(asked).status is ConsultationStatus.CONFIRMED


def test_a_consultation_is_moved_to_any_time_the_person_has_free(
    office: Office, database: Database, fays: Desk, carl: StaffMember, kind: ConsultationType
) -> None:
    booked = office.booked("Vic", office.free(kind))
    fays.visit(f"{path_of(booked)}/time")

    page = fays.names_time("2026-03-14", "19:05")

    assert "Saturday, March 14, 7:05 – 7:35 pm" in words(page)
    assert "This time lies outside the published hours." in page.text
    assert office.as_it_is(booked).staff_id == carl.id
    assert deeds_on(database, booked) == ["consultation.move"]


@pytest.mark.parametrize(
    ("day", "at", "said"),
    [
        ("2026-03-11", "09:00", "This time is not free any more."),
        ("2026-03-11", "09:25", "This time is not free any more."),
        ("2026-03-09", "10:00", "This time is over already."),
        ("2027-06-01", "10:00", "more than a year away"),
        ("2026-03-12", "10:02", "steps of five minutes"),
        ("2027-03-14", "02:30", "some times do not exist"),
        ("soon", "", "Please give a day and a time."),
        ("9999-12-31", "23:55", "Please give a day and a time."),
    ],
)
def test_a_time_that_cannot_be_is_refused_and_what_was_typed_is_kept(
    office: Office, fays: Desk, kind: ConsultationType, day: str, at: str, said: str
) -> None:
    office.booked("Busy", office.free(kind))
    asked = office.requested("Vic", "soon")
    fays.visit(f"{path_of(asked)}/time")

    page = fays.names_time(day, at)

    assert page.status_code in (409, 422)
    assert said in page.text
    assert f'value="{day}"' in page.text
    assert office.as_it_is(asked).starts_at is None


def test_a_held_time_is_not_given_away(office: Office, fays: Desk, kind: ConsultationType) -> None:
    holder, asked = office.requested("Holder", "soon"), office.requested("Vic", "soon")
    with office.database.transaction() as session:
        holds.hold(session, office.now, office.clinic, holder.conversation_id, office.free(kind))
    fays.visit(f"{path_of(asked)}/time")

    page = fays.names_time("2026-03-11", "09:00")

    assert "This time is not free any more." in page.text


def test_what_took_place_and_what_was_missed_is_marked_once_it_has_begun(
    office: Office, database: Database, fays: Desk, kind: ConsultationType
) -> None:
    booked = office.booked("Vic", office.free(kind))
    assert "done" not in forms(fays.visit(path_of(booked)))
    early = fays.post(f"{path_of(booked)}/done", {"seen": ""})
    assert early.status_code == 409
    assert office.as_it_is(booked).status is ConsultationStatus.CONFIRMED

    fays.comes_back(office.now + timedelta(days=1))
    assert "Done or missed?" in fays.visit(path_of(booked)).text
    assert "Marked as done." in fays.send("done").text
    fays.visit(f"{path_of(booked)}/missed")
    assert "Marked as missed." in fays.send("missed").text
    assert office.as_it_is(booked).status is ConsultationStatus.MISSED
    assert deeds_on(database, booked) == ["consultation.done", "consultation.missed"]


def test_two_who_move_it_at_once_are_told_apart(office: Office, fays: Desk, anns: Desk, kind: ConsultationType) -> None:
    booked = office.booked("Vic", office.free(kind))
    for desk in (fays, anns):
        desk.visit(f"{path_of(booked)}/time")
    anns.picks(0)

    page = fays.picks(2)

    assert page.status_code == 409
    assert "Ann Admin has changed this consultation meanwhile." in page.text
    assert wall(office, booked) == "Wed 11 09:30"


def test_staff_see_that_the_visitor_has_changed_it_meanwhile(
    office: Office, fays: Desk, kind: ConsultationType
) -> None:
    booked = office.booked("Vic", office.free(kind))
    fays.visit(f"{path_of(booked)}/time")
    with office.database.transaction() as session:
        consultations.cancel(session, office.now + timedelta(seconds=1), session.get_one(Consultation, booked.id))

    page = fays.picks(0)

    assert page.status_code == 409
    assert "The visitor has changed this consultation meanwhile." in page.text
    assert office.as_it_is(booked).status is ConsultationStatus.CANCELLED


def test_hours_that_are_changed_meanwhile_leave_what_is_booked(
    office: Office, database: Database, fays: Desk, ann: StaffMember, kind: ConsultationType
) -> None:
    booked = office.booked("Vic", office.free(kind))
    with database.transaction() as session:
        booking_hours.set_day(session, office.now, ann, day=date(2026, 3, 11), staff_id=None, spans=())

    said = words(fays.visit("/staff/consultations?show=coming"))

    assert "1 consultation lies outside the hours" in said
    assert "This time lies outside the published hours." in fays.visit(path_of(booked)).text


def test_without_any_type_nothing_can_be_given_a_time_and_the_page_says_where_to_begin(
    office: Office, fays: Desk
) -> None:
    asked = office.requested("Vic", "soon")

    page = fays.visit(f"{path_of(asked)}/time")

    assert "There is no type of consultation yet" in page.text
    assert 'href="/staff/hours"' in page.text


@pytest.mark.parametrize(
    "opening", ["", "x", "2026-03-11T13:00:00+00:00/99/1", "2026-03-11T13:00:00+00:00/1/99", "a/b/c"]
)
def test_an_opening_that_was_never_offered_is_refused(
    office: Office, fays: Desk, kind: ConsultationType, opening: str
) -> None:
    asked = office.requested("Vic", "soon")

    page = fays.post(f"{path_of(asked)}/time", {"opening": opening})

    assert page.status_code == 422
    assert "Please choose a time first." in page.text


def test_the_inbox_links_to_the_consultation_and_back(office: Office, fays: Desk, visit: ConsultationType) -> None:
    booked = office.booked("Vic", office.free(visit))
    with office.database.transaction() as session:
        handoff = handoffs.pass_on(
            session,
            office.now,
            conversation_id=booked.conversation_id,
            message_id=None,
            kind=Kind.BOOK,
            priority=Priority.NORMAL,
            due_at=office.now,
        )

    thread = fays.visit(f"/staff/handoffs/{handoff.reference}?pane=details")
    page = fays.visit(path_of(booked))

    assert f'href="{path_of(booked)}"' in thread.text
    assert "Confirm, move or cancel" in thread.text
    assert f'href="/staff/handoffs/{handoff.reference}"' in page.text
    assert f'href="/staff/conversations/{booked.conversation_id}"' in page.text


@pytest.mark.parametrize("deed", ["confirm", "cancel", "done", "missed", "time"])
def test_a_deed_needs_its_token_and_a_login(office: Office, fays: Desk, kind: ConsultationType, deed: str) -> None:
    booked = office.booked("Vic", office.free(kind))

    forged = fays.http.post(f"{path_of(booked)}/{deed}", data={})
    outside = StaffBrowser(office.app).http.post(f"{path_of(booked)}/{deed}", data={})

    assert forged.status_code == 403
    assert outside.url.path == "/staff/login"
    assert office.as_it_is(booked).sequence == 1


@pytest.mark.parametrize("path", ["AAAA-AAAA", "nonsense", "AAAA-AAAA/time", "AAAA-AAAA/cancel"])
def test_a_consultation_that_is_not_there_is_said_kindly(fays: Desk, path: str) -> None:
    page = fays.visit(f"/staff/consultations/{path}")

    assert page.status_code == 404
    assert "There is nothing under this address" in page.text


def test_the_pages_load_nothing_from_elsewhere_and_hold_no_style_or_script_of_their_own(
    office: Office, fays: Desk, kind: ConsultationType
) -> None:
    booked = office.booked("Vic", office.free(kind))
    paths = ["/staff/hours", "/staff/calendar", "/staff/consultations", path_of(booked), f"{path_of(booked)}/time"]

    for path in paths:
        page = fays.visit(path)
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert page.headers["Cache-Control"] == "no-store"
        assert not re.search(r'\sstyle="|\son\w+="|<style|<script>|(?:src|href)="https?:', page.text), path
