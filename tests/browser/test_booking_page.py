"""The page behind a visitor's link in a real Chromium: without JavaScript, on a phone, for everybody."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from frontdesk import booking_links, consultations, openings
from frontdesk.config import Settings
from frontdesk.database import Database
from frontdesk.model import Consultation, ConsultationStatus
from frontdesk.web import create_app
from tests import published
from tests.fake_bot import FakeBot

pytestmark = pytest.mark.product

WINDOWS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "smallest": {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True},
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}
CLINIC = published.clinic_in()


@pytest.fixture
def booked(sqlite_database: Database) -> Consultation:
    now = datetime.now(UTC)
    with sqlite_database.transaction() as session:
        kind = published.offer(session, now, published.hire(session, now, "Dana"), weekdays=range(7))
        contact = published.visitor(session, now)
        opening = openings.openings(session, now, CLINIC, kind=kind)[-1]
        return consultations.book(session, now, CLINIC, contact=contact, form_key="f", opening=opening)[0]


@pytest.fixture
def address(sqlite_database: Database, booked: Consultation, tmp_path: Path) -> Iterator[str]:
    settings = Settings(database_url=str(sqlite_database.engine.url), var=tmp_path, limits="relaxed")
    app = create_app(settings, bot=FakeBot())
    server = uvicorn.Server(uvicorn.Config(app, port=0, ws="none", log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/booking/{booking_links.token(settings.signing_key, booked)}"
    server.should_exit = True
    thread.join(10)


@pytest.mark.parametrize("window", WINDOWS)
def test_moving_and_cancelling_need_no_javascript(
    browser: Browser, address: str, window: str, sqlite_database: Database, booked: Consultation
) -> None:
    with browser.new_context(java_script_enabled=False, **WINDOWS[window]) as context:
        page = context.new_page()
        page.goto(address)
        page.get_by_role("link", name="Choose another time").click()
        page.locator(".times a").nth(1).click()
        page.get_by_role("button", name="Yes, move it").click()
        page.get_by_role("heading", name="Done, here is your new time").wait_for()
        page.get_by_role("link", name="Cancel it").click()
        page.get_by_role("button", name="Yes, cancel it").click()
        page.get_by_role("heading", name="This appointment is cancelled").wait_for()
        title = page.title()

    with sqlite_database.reading() as session:
        assert session.get_one(Consultation, booked.id).status is ConsultationStatus.CANCELLED
    assert title == "Your appointment"


@pytest.mark.parametrize("path", ["", "/cancel", "/move", "/move/first", "-nonsense"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, address: str, path: str, scheme: str) -> None:
    with browser.new_context(color_scheme=scheme, bypass_csp=True) as context:
        page = context.new_page()
        page.goto(address + path.replace("/first", ""))
        if path.endswith("/first"):
            page.locator(".times a").first.click()
            page.get_by_role("button", name="Yes, move it").wait_for()

        results = Axe().run(page)

        assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("path", ["", "/cancel", "/move"])
def test_nothing_is_cut_off_and_every_target_is_large(browser: Browser, address: str, window: str, path: str) -> None:
    with browser.new_context(**WINDOWS[window]) as context:
        page = context.new_page()
        page.goto(address + path)

        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        heights = page.locator(".button").evaluate_all("(nodes) => nodes.map((n) => n.getBoundingClientRect().height)")
        assert min(heights) >= 44
