"""The page of hours as staff use it, without its script: types, weekly hours, single days, and who may change what."""

from datetime import date, datetime, timedelta
from html import escape

import pytest
from sqlalchemy import func, select

from frontdesk import booking_hours
from frontdesk.booking_hours import Terms
from frontdesk.database import Database
from frontdesk.hours import Span
from frontdesk.model import (
    ConsultationStatus,
    ConsultationType,
    DayHours,
    StaffMember,
    WeeklyHours,
)
from frontdesk.web import hours_forms
from tests.front_office import Desk, Office, deeds_by, free_on, week_of
from tests.published import TERMS
from tests.staff_browser import StaffBrowser, forms, words


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


def test_a_first_visit_offers_a_first_type_with_the_clinics_own_hours(fays: Desk, carl: StaffMember) -> None:
    page = fays.visit("/staff/hours")

    fields = forms(page)["first"].fields
    assert "Nothing can be picked yet" in page.text
    assert (fields["name"], fields["minutes"], fields["day0"], fields["day4"], fields["day6"]) == (
        "First consultation",
        "30",
        "9:00-17:00",
        "9:00-15:00",
        "closed",
    )


def test_what_is_wrong_in_the_first_form_is_marked_and_what_was_typed_is_kept(
    database: Database, fays: Desk, carl: StaffMember
) -> None:
    fays.visit("/staff/hours")

    page = fays.send("first", person=str(carl.id), minutes="soon", day1="12-9", name="Call <b>")

    assert page.status_code == 422
    assert "From 5 minutes to 8 hours" in page.text
    assert "“12:00-9:00” ends before it begins" in page.text
    assert 'value="12-9"' in page.text
    assert escape("Call <b>") in page.text
    assert f'<option value="{carl.id}" selected>' in page.text
    assert week_of(database) == []


def test_a_clinician_cannot_set_up_the_first_type(database: Database, carls: Desk) -> None:
    page = carls.visit("/staff/hours")
    refused = carls.post("/staff/hours/first", {"name": "Mine"})

    assert "The front desk or an admin sets up the first type" in words(page)
    assert refused.status_code == 403
    assert "You can change your own hours." in refused.text


def test_a_type_is_added_changed_and_no_longer_offered(
    database: Database, fays: Desk, fay: StaffMember, kind: ConsultationType
) -> None:
    fays.visit("/staff/hours/types/new")
    added = fays.send("new", name="Follow-up <i>visit</i>", place="at the clinic", notice="2", unit="days")
    with database.reading() as session:
        new = booking_hours.types(session)[-1]
    assert "Added. Now say below who offers it, and when." in words(added)
    assert "Follow-up &lt;i&gt;visit&lt;/i&gt;" in added.text
    assert (new.notice_minutes, new.buffer_minutes, new.needs_staff) == (2 * 24 * 60, 10, False)

    form = forms(fays.visit(f"/staff/hours/types/{kind.id}"))[str(kind.id)]
    del form.fields["is_active"]
    page = fays.http.post(form.action, data=form.fields | {"minutes": "45", "needs_staff": "yes"})

    with database.reading() as session:
        changed = session.get_one(ConsultationType, kind.id)
    assert "Saved. What is booked already keeps its length. 0 free times" in words(page)
    assert (changed.minutes, changed.needs_staff, changed.is_active) == (45, True, False)
    assert deeds_by(database, fay) == ["type.add", "type.change"]


@pytest.mark.parametrize(
    ("field", "typed", "wrong"),
    [
        ("name", "", "name"),
        ("name", "x" * 121, "name"),
        ("place", "", "place"),
        ("minutes", "7", "minutes"),
        ("minutes", "0", "minutes"),
        ("minutes", "soon", "minutes"),
        ("minutes", "٣٠", "minutes"),
        ("minutes", "9" * 5000, "minutes"),
        ("buffer_minutes", "-5", "buffer_minutes"),
        ("step_minutes", "1", "step_minutes"),
        ("notice", "1000", "notice_minutes"),
        ("notice", "", "notice_minutes"),
        ("horizon_days", "366", "horizon_days"),
    ],
)
def test_what_a_type_cannot_have_is_found(field: str, typed: str, wrong: str) -> None:
    form = hours_forms.TypeForm(hours_forms.FIRST | {field: typed})

    assert form.terms() is None
    assert form.wrong == {wrong}


def test_a_field_that_is_wrong_is_marked_with_what_it_takes(database: Database, fays: Desk) -> None:
    fays.visit("/staff/hours/types/new")

    page = fays.send("new", name="Call", notice="1000", minutes="7")

    assert page.status_code == 422
    assert "From none to 30 days." in page.text
    assert "From 5 minutes to 8 hours, in steps of 5." in page.text
    assert page.text.count('aria-invalid="true"') == 2
    assert forms(page)["new"].fields["notice"] == "1000"
    with database.reading() as session:
        assert booking_hours.types(session) == []


def test_the_same_hours_are_filled_in_for_several_days_but_not_published_yet(
    database: Database, fays: Desk, carl: StaffMember, kind: ConsultationType
) -> None:
    form = forms(fays.visit(f"/staff/hours/people/{carl.id}/{kind.id}"))[str(kind.id)]

    page = fays.http.post(form.action, data=form.fields | {"do": "fill", "same": "10-14", "on": ["1", "2"]})

    filled = forms(page)[str(kind.id)].fields
    assert [filled[f"day{day}"] for day in range(4)] == ["9:00-12:00", "10-14", "10-14", "9:00-12:00"]
    assert (1, 10, 14) not in week_of(database)

    fays.page = page
    fays.send(str(kind.id), do="save")
    assert [row for row in week_of(database) if row[1] == 10] == [(1, 10, 14), (2, 10, 14)]


def test_the_clinics_opening_hours_are_filled_in(fays: Desk, carl: StaffMember, kind: ConsultationType) -> None:
    fays.visit(f"/staff/hours/people/{carl.id}/{kind.id}")

    page = fays.send(str(kind.id), do="clinic")

    assert forms(page)[str(kind.id)].fields["day4"] == "9:00-15:00"


def test_hours_that_cannot_be_read_are_marked_and_nothing_is_saved(
    database: Database, fays: Desk, carl: StaffMember, kind: ConsultationType
) -> None:
    before = week_of(database)
    fays.visit(f"/staff/hours/people/{carl.id}/{kind.id}")

    page = fays.send(str(kind.id), do="save", day0="mornings", day1="9-12, 11-13", day2="9:02-12")

    assert page.status_code == 422
    assert "“mornings” is not a time from-to" in page.text
    assert "the second part begins before the first one ends" in page.text
    assert "times go in steps of five minutes" in page.text
    assert forms(page)[str(kind.id)].fields["day0"] == "mornings"
    assert week_of(database) == before


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("9:00-12:00, 13:00-17:00", [(540, 720), (780, 1020)]),
        ("9-12", [(540, 720)]),
        ("9 to 12 and 1pm to 5pm", [(540, 720), (780, 1020)]),
        ("9.30–12", [(570, 720)]),
        ("8:15am - 12pm", [(495, 720)]),
        ("12am-12pm", [(0, 720)]),
        ("9 a.m. - 5 p.m.", [(540, 1020)]),
        ("0:00-24:00", [(0, 1440)]),
        ("Closed", []),
        ("", []),
        ("–", []),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, spans: list[tuple[int, int]]) -> None:
    assert hours_forms.spans(typed) == tuple(Span(start, end) for start, end in spans)


@pytest.mark.parametrize("typed", ["9", "9-", "9-25", "9:75-10", "9-12 9-12", "soon", "9-12;", "17-9"])
def test_hours_that_mean_nothing_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="“"):
        hours_forms.spans(typed)


def test_hours_are_shown_as_they_can_be_typed_again() -> None:
    spans = (Span(0, 65), Span(540, 1440))

    assert hours_forms.spans(hours_forms.written(spans)) == spans


def test_a_day_that_is_closed_lists_what_is_booked_on_it_and_cancels_nothing(
    office: Office, database: Database, fays: Desk, kind: ConsultationType
) -> None:
    booked = office.booked("Vic Visitor", office.free(kind, after=timedelta(days=1)))
    fays.visit("/staff/hours")

    page = fays.send("days", day="2026-03-12", **{"is": "closed"})

    assert "That day is closed." in words(page)
    assert "1 consultation lies outside the hours" in words(page)
    assert f'href="/staff/consultations/{booked.reference}/time"' in page.text
    assert office.as_it_is(booked).status is ConsultationStatus.CONFIRMED
    assert free_on(office, date(2026, 3, 12)) == []


def test_a_proposed_holiday_is_closed_by_one_press(
    office: Office, fays: Desk, fay: StaffMember, database: Database, kind: ConsultationType
) -> None:
    page = fays.visit("/staff/hours")
    assert "Columbus Day" in page.text

    page = fays.closes("2026-10-12")

    assert "Monday, October 12 Everybody: closed" in words(page)
    assert "Columbus Day" not in page.text
    assert deeds_by(database, fay) == ["day.set"]


def test_a_holiday_that_clinic_yml_closes_is_no_question(fays: Desk, kind: ConsultationType) -> None:
    page = fays.visit("/staff/hours")

    assert "Memorial Day" in page.text
    assert 'value="2026-05-25"' not in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": "2026-03-09"}, "Please choose a day from today on"),
        ({"day": "soon"}, "Please choose a day from today on"),
        ({"day": "9999-01-01"}, "Please choose a day from today on"),
        ({"day": "2026-03-12", "is": "open", "hours": ""}, "Please write hours like"),
        ({"day": "2026-03-12", "is": "open", "hours": "noon"}, "“noon” is not a time from-to"),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_what_was_typed_is_kept(
    database: Database, fays: Desk, kind: ConsultationType, typed: dict[str, str], said: str
) -> None:
    fays.visit("/staff/hours")

    page = fays.send("days", **typed)

    assert page.status_code == 422
    assert said in page.text
    assert f'value="{typed["day"]}"' in page.text
    with database.reading() as session:
        assert session.scalar(select(func.count(DayHours.id))) == 0


def test_clinicians_change_their_own_hours_and_days_only(
    database: Database, carls: Desk, carl: StaffMember, fay: StaffMember, kind: ConsultationType
) -> None:
    page = carls.visit("/staff/hours")
    assert f"/staff/hours/people/{carl.id}/{kind.id}" in page.text
    assert "/staff/hours/types/" not in page.text
    assert "Everybody</option>" not in page.text

    carls.visit(f"/staff/hours/people/{carl.id}/{kind.id}")
    assert carls.send(str(kind.id), do="save", day0="closed").status_code == 200
    assert (
        carls.post("/staff/hours/days", {"day": "2026-03-12", "person": str(carl.id), "is": "closed"}).status_code
        == 200
    )
    for path, fields in [
        (f"/staff/hours/people/{fay.id}/{kind.id}", {"day0": "9-12", "do": "save"}),
        ("/staff/hours/days", {"day": "2026-03-12", "person": "", "is": "closed"}),
        ("/staff/hours/days", {"day": "2026-03-12", "person": str(fay.id), "is": "closed"}),
        ("/staff/hours/days/clear", {"day": "2026-03-12", "person": ""}),
        ("/staff/hours/types/new", {"name": "Mine"}),
        (f"/staff/hours/types/{kind.id}", {"name": "Mine"}),
    ]:
        assert carls.post(path, fields).status_code == 403, path
    assert carls.visit(f"/staff/hours/people/{fay.id}/{kind.id}").status_code == 403
    with database.reading() as session:
        assert session.scalar(select(func.count(DayHours.id))) == 1
        assert {row.staff_id for row in session.scalars(select(WeeklyHours))} == {carl.id}


def test_a_form_without_its_token_changes_nothing(database: Database, fays: Desk, kind: ConsultationType) -> None:
    for path in ("first", "types/new", f"types/{kind.id}", "days", "days/clear"):
        assert fays.http.post(f"/staff/hours/{path}", data={"day": "2026-03-12", "is": "closed"}).status_code == 403
    with database.reading() as session:
        assert session.scalar(select(func.count(DayHours.id))) == 0


def test_nobody_sees_the_hours_without_signing_in(office: Office) -> None:
    page = StaffBrowser(office.app).visit("/staff/hours")

    assert page.url.path == "/staff/login"


@pytest.mark.parametrize("path", ["types/99", "types/x", "people/99/1", "people/1/99", "nothing"])
def test_what_is_not_there_is_said_kindly(fays: Desk, path: str) -> None:
    page = fays.visit(f"/staff/hours/{path}")

    assert page.status_code == 404
    assert "There is nothing under this address" in page.text


def test_who_has_left_gets_no_hours(
    database: Database, now: datetime, fays: Desk, carl: StaffMember, kind: ConsultationType
) -> None:
    with database.transaction() as session:
        session.get_one(StaffMember, carl.id).disabled_at = now

    page = fays.visit("/staff/hours")

    assert "Carl Clinician" not in page.text
    assert fays.visit(f"/staff/hours/people/{carl.id}/{kind.id}").status_code == 404


def test_the_terms_of_a_type_come_back_as_they_were(sqlite_database: Database, now: datetime) -> None:
    for notice in (0, 90, 120, 2 * 24 * 60):
        terms = Terms(**{**vars(TERMS), "notice_minutes": notice})
        kind = ConsultationType(**vars(terms), is_active=True)

        assert hours_forms.TypeForm.of(kind).terms() == terms
