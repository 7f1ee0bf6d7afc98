"""Signing in and out: cookies, forms that are ours, and no guessing."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from fastapi import FastAPI
from sqlalchemy import func, select

from frontdesk import clinic
from frontdesk.config import ROOT, Settings
from frontdesk.database import Database
from frontdesk.model import StaffMember, StaffSession
from frontdesk.web import inbox
from frontdesk.web.staff_security import LoginThrottle, own_path
from tests.staff_browser import StaffBrowser, forms, words


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def travel(now: datetime) -> Iterator[Callable[[timedelta], None]]:
    """Moves every clock on."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller.shift


@pytest.fixture
def app(database: Database, tmp_path: Path, travel: object) -> FastAPI:
    return assemble(database, Settings(var=tmp_path, public_url="http://testserver"))


def assemble(database: Database, settings: Settings) -> FastAPI:
    app = FastAPI()
    app.state.database, app.state.settings = database, settings
    app.state.clinic, app.state.demonstration = clinic.load(ROOT / "clinic.yml"), True
    app.state.now = lambda: datetime.now(UTC)
    app.include_router(inbox.router)
    return app


@pytest.fixture
def browser(app: FastAPI) -> StaffBrowser:
    return StaffBrowser(app)


def sessions(database: Database) -> int | None:
    with database.reading() as session:
        return session.scalar(select(func.count(StaffSession.id)))


@pytest.mark.parametrize(
    "path", ["/staff", "/staff/", "/staff/handoffs/AAAA-AAAA", "/staff/conversations/1", "/staff/find"]
)
def test_whoever_is_not_signed_in_sees_the_login_only(browser: StaffBrowser, path: str) -> None:
    browser.visit(path)

    assert browser.page.url.path == "/staff/login"
    assert "Staff sign-in" in browser.page.text


def test_signing_in_leads_to_the_page_that_was_wanted(browser: StaffBrowser, fay: StaffMember, password: str) -> None:
    browser.visit("/staff?show=urgent")
    browser.send("login", email=fay.email, password=password)

    assert str(browser.page.url) == "http://testserver/staff?show=urgent"
    assert "Fay Frontdesk" in browser.page.text


@pytest.mark.parametrize(("email", "typed"), [("fay@pmcheal.example", "wrong"), ("nobody@pmcheal.example", "wrong")])
def test_a_wrong_email_and_a_wrong_password_look_the_same(
    browser: StaffBrowser, fay: StaffMember, email: str, typed: str
) -> None:
    browser.sign_in(email, typed)

    assert browser.page.status_code == 401
    assert "E-mail or password is not right." in browser.page.text
    assert email in browser.page.text
    assert typed not in browser.page.text


def test_the_cookie_is_for_staff_pages_and_out_of_reach_of_scripts(
    browser: StaffBrowser, fay: StaffMember, password: str
) -> None:
    browser.http.follow_redirects = False
    browser.sign_in(fay.email, password)

    cookie = next(c for c in browser.page.headers.get_list("set-cookie") if c.startswith("frontdesk_staff"))
    assert {"HttpOnly", "Path=/staff", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_with_https_cookies_never_travel_in_the_open(
    database: Database, tmp_path: Path, fay: StaffMember, password: str, travel: object
) -> None:
    app = assemble(database, Settings(var=tmp_path, public_url="https://chat.pmcheal.example"))
    browser = StaffBrowser(app, base_url="https://chat.pmcheal.example")
    browser.http.follow_redirects = False

    opened = browser.visit("/staff/login").headers.get_list("set-cookie")
    entered = browser.send("login", email=fay.email, password=password).headers.get_list("set-cookie")

    assert all("Secure" in cookie for cookie in opened)
    assert "Secure" in next(c for c in entered if c.startswith("frontdesk_staff"))


def test_a_cookie_that_somebody_planted_is_not_the_one_used_after_signing_in(
    browser: StaffBrowser, fay: StaffMember, carl: StaffMember, password: str, database: Database
) -> None:
    browser.sign_in(carl.email, password)
    planted = browser.http.cookies["frontdesk_staff_8080"]

    browser.http.cookies.set("frontdesk_staff_8080", planted, domain="testserver.local", path="/staff")
    browser.page = browser.http.get("/staff/login", follow_redirects=False)
    assert browser.page.status_code == 303, "already signed in as Carl"
    other = StaffBrowser(browser.http.app)  # type: ignore[arg-type]
    other.visit("/staff/login")
    other.http.cookies.set("frontdesk_staff_8080", planted, domain="testserver.local", path="/staff")
    other.send("login", email=fay.email, password=password)

    assert "Fay Frontdesk" in other.page.text
    assert other.http.cookies["frontdesk_staff_8080"] != planted
    assert sessions(database) == 1, "the planted session ended"


def test_the_login_form_of_another_site_is_refused(app: FastAPI, fay: StaffMember, password: str) -> None:
    browser, attacker = StaffBrowser(app), StaffBrowser(app)
    browser.visit("/staff/login")
    foreign_token = forms(attacker.visit("/staff/login"))["login"].fields["csrf"]

    for token in (foreign_token, ""):
        response = browser.http.post("/staff/login", data={"email": fay.email, "password": password, "csrf": token})

        assert response.status_code == 403
        assert "Nothing was changed" in response.text


def test_a_form_that_the_browser_says_comes_from_elsewhere_is_refused(
    browser: StaffBrowser, fay: StaffMember, password: str
) -> None:
    browser.visit("/staff/login")
    browser.http.headers["Sec-Fetch-Site"] = "cross-site"

    assert browser.send("login", email=fay.email, password=password).status_code == 403


def test_signing_out_ends_the_session_and_needs_our_form(
    browser: StaffBrowser, fay: StaffMember, password: str, database: Database
) -> None:
    browser.sign_in(fay.email, password)

    assert browser.http.post("/staff/logout", data={"csrf": "guessed"}).status_code == 403
    assert sessions(database) == 1
    browser.send("logout")

    assert browser.page.url.path == "/staff/login"
    assert sessions(database) == 0
    assert browser.visit("/staff").url.path == "/staff/login"


def test_an_hour_without_a_deed_signs_out_though_the_page_keeps_asking_for_news(
    browser: StaffBrowser, fay: StaffMember, password: str, travel: Callable[[timedelta], None]
) -> None:
    browser.sign_in(fay.email, password)

    for _ in range(7):
        travel(timedelta(minutes=10))
        answer = browser.http.get("/staff/changes", headers={"Frontdesk-Live": "yes"})

    assert (answer.status_code, answer.json()) == (401, {"signed_in": False})
    assert browser.visit("/staff").url.path == "/staff/login"


def test_somebody_at_work_stays_signed_in_until_the_day_is_over(
    browser: StaffBrowser, fay: StaffMember, password: str, travel: Callable[[timedelta], None]
) -> None:
    browser.sign_in(fay.email, password)

    for _ in range(14):
        travel(timedelta(minutes=50))
        assert browser.visit("/staff").url.path == "/staff"
    travel(timedelta(minutes=50))

    assert browser.visit("/staff").url.path == "/staff/login"


def test_after_six_tries_the_right_password_has_to_wait_too(
    app: FastAPI, fay: StaffMember, password: str, travel: Callable[[timedelta], None]
) -> None:
    for number in range(6):
        assert StaffBrowser(app, f"203.0.113.{number}").sign_in(fay.email, "wrong").status_code == 401

    refused = StaffBrowser(app).sign_in(fay.email.upper(), password)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "300"
    assert "Please wait 5 minutes" in words(refused)
    travel(timedelta(minutes=5, seconds=1))
    assert StaffBrowser(app).sign_in(fay.email, password).url.path == "/staff"


def test_one_address_cannot_try_password_after_password_on_many_people(app: FastAPI, fay: StaffMember) -> None:
    browser = StaffBrowser(app)
    statuses = [browser.sign_in(f"somebody{n}@pmcheal.example", "wrong").status_code for n in range(31)]

    assert statuses == [401] * 30 + [429]
    assert StaffBrowser(app, "198.51.100.1").sign_in(fay.email, "wrong").status_code == 401


def test_the_right_password_forgets_earlier_slips(app: FastAPI, fay: StaffMember, password: str) -> None:
    for _ in range(3):
        for _ in range(4):
            StaffBrowser(app).sign_in(fay.email, "wrong")

        assert StaffBrowser(app).sign_in(fay.email, password).url.path == "/staff"


def test_with_ipv6_a_whole_network_counts_as_one_address() -> None:
    throttle = LoginThrottle()

    waits = [throttle.wait(f"2001:db8::{n:x}", f"{n}@pmcheal.example") for n in range(31)]

    assert waits[29] == 0 < waits[30]
    assert throttle.wait("2001:db8:0:1::1", "a@pmcheal.example") == 0


def test_a_flood_of_bytes_is_refused_unread(browser: StaffBrowser) -> None:
    browser.visit("/staff/login")

    assert browser.send("login", email="x" * 70_000).status_code == 413


@pytest.mark.parametrize(
    "goal",
    [
        "https://evil.example/staff",
        "//evil.example",
        "/staff//evil.example",
        "/\\evil.example",
        "/staff\\..\\x",
        "/staff/../api",
        "/staff?next=https://evil.example",
        "/staff@evil.example",
        "/staffx",
        "/staff/logout",
        "/staff/login",
        "javascript:alert(1)",
        "",
    ],
)
def test_signing_in_never_leads_elsewhere(goal: str) -> None:
    assert own_path(goal) == "/staff"


@pytest.mark.parametrize("goal", ["/staff", "/staff?show=urgent", "/staff/handoffs/AC3D-4F5H?show=all"])
def test_signing_in_leads_back_to_our_own_pages(goal: str) -> None:
    assert own_path(goal) == goal


def test_pages_may_load_nothing_from_elsewhere_and_are_kept_nowhere(browser: StaffBrowser) -> None:
    headers = browser.visit("/staff/login").headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
