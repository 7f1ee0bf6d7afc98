"""A receptionist in a real browser: hours, the week, consultations; at a desk, on a phone, by keyboard, without scripts."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import func, select

from frontdesk import booking_hours, conversations, holds
from frontdesk.database import Database
from frontdesk.model import AuditEvent, Consultation, ConsultationStatus, ConsultationType, Role, StaffMember
from tests.conftest import join_staff
from tests.front_office import Office
from tests.published import offer

pytestmark = pytest.mark.product

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
Open = Callable[..., Page]


@pytest.fixture
def fay(sqlite_database: Database, now: datetime, password_hash: str) -> StaffMember:
    return join_staff(sqlite_database, now, "Fay Frontdesk", Role.FRONT_DESK, password_hash)


@pytest.fixture
def carl(sqlite_database: Database, now: datetime, password_hash: str) -> StaffMember:
    return join_staff(sqlite_database, now, "Carl Clinician", Role.CLINICIAN, password_hash)


@pytest.fixture
def office(sqlite_database: Database, tmp_path: Path, now: datetime, fay: StaffMember, carl: StaffMember) -> Office:
    return Office(sqlite_database, tmp_path, now)


@pytest.fixture
def origin(office: Office) -> Iterator[str]:
    server = uvicorn.Server(
        uvicorn.Config(office.app, port=0, ws="none", log_level="critical", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the staff pages did not start"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def opened(browser: Browser, origin: str, fay: StaffMember, password: str) -> Iterator[Open]:
    """Fay's browser, signed in, at a page."""
    with ExitStack() as closing:

        def opening(path: str, size: ViewportSize = DESK, *, scripts: bool = True) -> Page:
            context = closing.enter_context(
                browser.new_context(viewport=size, java_script_enabled=scripts, locale="en-US", reduced_motion="reduce")
            )
            context.set_default_timeout(20_000)
            page = context.new_page()
            page.goto(f"{origin}/staff")
            page.get_by_label("E-mail").fill(fay.email)
            page.get_by_label("Password").fill(password)
            page.get_by_role("button", name="Sign in").click()
            expect(page.get_by_role("navigation", name="Staff pages")).to_be_visible(timeout=20_000)
            page.goto(origin + path)
            return page

        yield opening


@pytest.fixture
def kind(office: Office, carl: StaffMember) -> ConsultationType:
    with office.database.transaction() as session:
        return offer(session, office.now, carl)


@pytest.fixture
def busy(office: Office, carl: StaffMember, kind: ConsultationType) -> Consultation:
    """A week with everything in it; the consultation that waits for staff."""
    with office.database.transaction() as session:
        visit = offer(session, office.now, carl, weekdays=(2, 3), name="Visit", needs_staff=True, minutes=20)
        conversation, _ = conversations.start(session, office.now)
    with office.database.transaction() as session:
        holds.hold(session, office.now, office.clinic, conversation.id, office.free(kind, after=timedelta(hours=19)))
    office.requested(
        "Wanda Wish", "tuesday morning, or any day after five when nobody is at home", phone="+12125550199"
    )
    outside = office.booked("Nguyễn Văn An", office.free(kind, after=timedelta(days=2, hours=19)))
    with office.database.transaction() as session:
        assert outside.starts_at
        day = office.clinic.local(outside.starts_at).date()
        booking_hours.set_day(session, office.now, carl, day=day, staff_id=None, spans=())
    return office.booked(
        "Maria-José O’Neill-Featherstonehaugh",
        office.free(visit),
        patient="Tomás",
        note="Please speak slowly.",
        phone="+12125550188",
        may_leave_voicemail=False,
        safe_hours="weekdays after 5",
        agrees_to_texts=True,
    )


def addresses(busy: Consultation, kind: ConsultationType, carl: StaffMember) -> list[str]:
    one = f"/staff/consultations/{busy.reference}"
    return [
        "/staff/hours?done=week",
        "/staff/hours/types/new",
        f"/staff/hours/people/{carl.id}/{kind.id}",
        "/staff/calendar",
        "/staff/consultations",
        "/staff/consultations?find=nobody",
        f"{one}?done=time",
        f"{one}/time",
        f"{one}/cancel",
        f"/staff/conversations/{busy.conversation_id}?pane=details",
    ]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_is_accessible_and_as_wide_as_the_screen(
    opened: Open, origin: str, busy: Consultation, kind: ConsultationType, carl: StaffMember, size: ViewportSize
) -> None:
    page = opened("/staff/hours", size)

    for path in addresses(busy, kind, carl):
        page.goto(origin + path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path


def test_on_a_phone_everything_that_is_pressed_is_large_enough(
    opened: Open, origin: str, busy: Consultation, kind: ConsultationType, carl: StaffMember
) -> None:
    page = opened("/staff/hours", PHONE)

    for path in addresses(busy, kind, carl)[:-1]:
        page.goto(origin + path)
        small = page.evaluate(
            """[...document.querySelectorAll("main button, main a.button, main select, main input:not([type=hidden]), nav a")]
               .map((one) => one.closest("label") ?? one)
               .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5)
               .map((one) => one.outerHTML.slice(0, 90))"""
        )
        assert small == [], path


def test_the_first_hours_are_published_by_keyboard_alone(opened: Open, office: Office) -> None:
    page = opened("/staff/hours")
    expect(page.get_by_role("heading", name="Nothing can be picked yet")).to_be_visible()

    page.get_by_label("What visitors read").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("45")
    page.get_by_label("Monday").fill("9-12, 1pm-4pm")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("free times are published for the next 14 days")
    expect(page.get_by_text("Monday 9 am – noon and 1 pm – 4 pm")).to_be_visible()
    with office.database.reading() as session:
        assert [kind.minutes for kind in booking_hours.types(session)] == [45]


def test_enter_in_the_week_saves_it_and_does_not_fill_it(
    opened: Open, carl: StaffMember, kind: ConsultationType
) -> None:
    page = opened(f"/staff/hours/people/{carl.id}/{kind.id}")

    page.get_by_label("Friday", exact=True).first.fill("8-10")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expect(page.get_by_text("Friday 8 am – 10 am")).to_be_visible()


def test_the_same_hours_are_filled_in_and_saved(opened: Open, carl: StaffMember, kind: ConsultationType) -> None:
    page = opened(f"/staff/hours/people/{carl.id}/{kind.id}")
    page.get_by_label("Hours", exact=True).fill("10-12")
    page.get_by_role("checkbox", name="Monday").uncheck()
    page.get_by_role("button", name="Fill them in").click()
    expect(page.get_by_role("textbox", name="Tuesday")).to_have_value("10-12")
    expect(page.get_by_role("textbox", name="Monday")).to_have_value("9:00-12:00")

    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Tuesday to Friday 10 am – noon")).to_be_visible()


def test_a_time_is_chosen_by_keyboard(opened: Open, office: Office, kind: ConsultationType) -> None:
    asked = office.requested("Wanda Wish", "soon")
    page = opened(f"/staff/consultations/{asked.reference}")
    page.get_by_role("link", name="Give it a time").press("Enter")

    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("The time is set.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday, March 11, 10 – 10:30 am")


def test_typing_other_hours_of_a_day_means_that_it_is_open(
    opened: Open, office: Office, kind: ConsultationType
) -> None:
    page = opened("/staff/hours")

    page.get_by_label("Day", exact=True).fill("2026-03-12")
    page.get_by_label("Hours of that day").fill("14-15")
    page.get_by_role("button", name="Save this day").click()

    expect(page.get_by_text("Everybody: 2 pm – 3 pm")).to_be_visible()


def test_a_double_click_confirms_once(opened: Open, office: Office, busy: Consultation) -> None:
    page = opened(f"/staff/consultations/{busy.reference}")

    page.get_by_role("button", name="Confirm this time").dblclick()

    expect(page.get_by_role("status")).to_contain_text("Confirmed.")
    expect(page.get_by_role("alert")).to_have_count(0)
    with office.database.reading() as session:
        count = select(func.count()).where(AuditEvent.action == "consultation.confirm")
        assert session.scalar(count) == 1


def test_a_refusal_is_read_out_and_a_reload_sends_nothing_again(
    opened: Open, office: Office, kind: ConsultationType
) -> None:
    asked = office.requested("Wanda Wish", "soon")
    page = opened(f"/staff/consultations/{asked.reference}/time")
    page.get_by_role("radio").first.check(force=True)
    office.booked("Quick", office.free(kind))

    page.get_by_role("button", name="Give it the chosen time").click()

    expect(page.get_by_role("alert")).to_have_text("This time is not free any more.")
    expect(page.get_by_role("alert")).to_be_focused()
    page.reload()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("radio")).not_to_have_count(0)


def test_without_scripts_a_consultation_is_found_and_cancelled(
    opened: Open, office: Office, busy: Consultation
) -> None:
    page = opened("/staff/consultations", scripts=False)
    page.get_by_label("Find by reference or name").fill("maria")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Tomás").click()
    page.get_by_role("link", name="Cancel …").click()

    page.get_by_role("button", name="Yes, cancel it").click()

    expect(page.get_by_role("status")).to_contain_text("Cancelled, the time is free again.")
    assert office.as_it_is(busy).status is ConsultationStatus.CANCELLED


def test_without_scripts_a_day_is_closed_and_what_lies_outside_is_moved(
    opened: Open, office: Office, kind: ConsultationType
) -> None:
    booked = office.booked("Vic", office.free(kind))
    page = opened("/staff/hours", PHONE, scripts=False)
    page.get_by_label("Day", exact=True).fill("2026-03-11")
    page.get_by_role("button", name="Save this day").click()
    expect(page.get_by_text("1 consultation lies outside the hours")).to_be_visible()

    page.get_by_role("link", name="Move").click()
    page.locator("label", has_text="9:30 am").first.click()
    page.get_by_role("button", name="Move it to the chosen time").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thursday, March 12, 9:30 – 10 am")
    assert office.as_it_is(booked).sequence == 2


def test_the_week_is_a_list_on_a_phone_that_begins_where_today_is_linked(opened: Open, busy: Consultation) -> None:
    page = opened("/staff/calendar", PHONE)

    tops = [box["y"] for day in page.locator(".a-day").all() if (box := day.bounding_box())]
    assert tops == sorted(tops)
    assert len(set(tops)) == len(tops) == 5
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_role("heading", name="Tuesday")).to_be_in_viewport()
    page.get_by_role("link", name="Next week").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("March 16 – 22, 2026")


def test_an_open_inbox_counts_the_consultations_that_wait(opened: Open, office: Office) -> None:
    page = opened("/staff")
    sections = page.get_by_role("navigation", name="Staff pages")
    expect(sections).not_to_contain_text("waiting for staff")

    office.requested("Wanda Wish", "soon")

    expect(sections).to_contain_text("1 waiting for staff", timeout=20_000)
