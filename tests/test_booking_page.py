"""The page behind a visitor's link: looking changes nothing, two steps cancel or move, and the link is kept a secret."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import func, select

from frontdesk import booking_links, consultations, openings
from frontdesk.config import Settings
from frontdesk.database import Database
from frontdesk.model import Cell, Consultation, ConsultationStatus, ConsultationType, Notice
from frontdesk.web import create_app
from tests import published
from tests.fake_bot import FakeBot
from tests.staff_browser import TestClient, forms, words

CLINIC = published.clinic_in()


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def settings(sqlite_database: Database, tmp_path: Path) -> Settings:
    return Settings(database_url=str(sqlite_database.engine.url), var=tmp_path, limits="relaxed")


@pytest.fixture
def app(settings: Settings, clock: Clock) -> FastAPI:
    return create_app(settings, now=clock, bot=FakeBot())  # type: ignore[arg-type]


@pytest.fixture
def visitor(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def kind(sqlite_database: Database, now: datetime) -> ConsultationType:
    with sqlite_database.transaction() as session:
        return published.offer(session, now, published.hire(session, now, "Dana"))


@pytest.fixture
def booked(sqlite_database: Database, now: datetime, kind: ConsultationType) -> Consultation:
    with sqlite_database.transaction() as session:
        contact = published.visitor(session, now, "Quillon")
        opening = openings.openings(session, now, CLINIC, kind=kind)[2]
        return consultations.book(session, now, CLINIC, contact=contact, form_key="f", opening=opening, note="bipolar")[
            0
        ]


def link(settings: Settings, booked: Consultation) -> str:
    return f"/booking/{booking_links.token(settings.signing_key, booked)}"


def stored(database: Database, booked: Consultation) -> Consultation:
    with database.reading() as session:
        return session.get_one(Consultation, booked.id)


def addresses(response: Response, part: str) -> list[str]:
    return [found for found in re.findall(r'href="([^"]+)"', response.text) if part in found]


def everything(database: Database) -> list[object]:
    with database.reading() as session:
        changed = select(Consultation.sequence, Consultation.status, Consultation.starts_at, Consultation.updated_at)
        return [*session.execute(changed), session.scalar(select(func.count()).select_from(Notice)),
                session.scalar(select(func.count()).select_from(Cell))]  # fmt: skip


def test_the_page_says_when_where_and_the_reference_and_nothing_about_anybody(
    visitor: TestClient, settings: Settings, booked: Consultation
) -> None:
    response = visitor.get(link(settings, booked))

    said = words(response)
    assert response.status_code == 200
    assert booked.reference in said
    assert "Wednesday, March 11, at 10 am (Eastern time)" in said
    assert "By phone" in said
    assert [
        word for word in ("Quillon", "bipolar", "ketamine", "PMC", "First call", "@x.org") if word in response.text
    ] == []


def test_no_address_that_can_be_followed_changes_anything(
    visitor: TestClient, settings: Settings, booked: Consultation, sqlite_database: Database
) -> None:
    before = everything(sqlite_database)
    waiting, seen = [link(settings, booked)], set[str]()

    while waiting:
        address = waiting.pop()
        if address not in seen and len(seen) < 60:
            seen.add(address)
            waiting += addresses(visitor.get(address), "/booking/")

    assert len(seen) > 12
    assert everything(sqlite_database) == before


def test_cancelling_asks_once_more_and_then_cancels(
    visitor: TestClient, settings: Settings, booked: Consultation, sqlite_database: Database
) -> None:
    asked = visitor.get(f"{link(settings, booked)}/cancel")
    before = stored(sqlite_database, booked).status

    done = visitor.post(forms(asked)["cancel"].action)

    assert before is ConsultationStatus.CONFIRMED
    assert stored(sqlite_database, booked).status is ConsultationStatus.CANCELLED
    assert "This appointment is cancelled" in words(done)


def test_cancelling_twice_says_that_it_is_cancelled_and_tells_once(
    visitor: TestClient, settings: Settings, booked: Consultation, sqlite_database: Database
) -> None:
    for _ in range(2):
        response = visitor.post(f"{link(settings, booked)}/cancel")

    assert "This appointment is cancelled" in words(response)
    assert stored(sqlite_database, booked).sequence == 2


def test_an_old_link_of_a_cancelled_booking_says_so(
    visitor: TestClient, settings: Settings, booked: Consultation
) -> None:
    visitor.post(f"{link(settings, booked)}/cancel")

    for path in ("", "/cancel", "/move"):
        response = visitor.get(link(settings, booked) + path)
        assert "This appointment is cancelled" in words(response)
        assert forms(response) == {}


def test_picking_a_time_asks_once_more_and_then_moves(
    visitor: TestClient, settings: Settings, booked: Consultation, sqlite_database: Database
) -> None:
    offered = visitor.get(f"{link(settings, booked)}/move")
    asked = visitor.get(addresses(offered, "/move/2026")[3])
    form = forms(asked)["move"]

    done = visitor.post(form.action, data=form.fields)

    moved = stored(sqlite_database, booked)
    assert "Wednesday, March 11, at 10 am" in words(asked)
    assert "Wednesday, March 11, at 11 am" in words(done)
    assert moved.starts_at is not None
    assert f"{moved.starts_at:%H:%M}" == "15:00"
    assert moved.sequence == 2


def test_its_own_time_is_not_offered_and_later_ones_are(
    visitor: TestClient, settings: Settings, booked: Consultation
) -> None:
    first = visitor.get(f"{link(settings, booked)}/move")
    later = visitor.get(addresses(first, "?after=")[0])

    times = [address.rpartition("/")[2] for page in (first, later) for address in addresses(page, "/move/2026")]
    assert booked.starts_at is not None
    assert f"{booked.starts_at:%Y-%m-%dT%H:%M:%SZ}" not in times
    assert len(times) == 12
    assert times == sorted(set(times))


def test_a_time_that_somebody_took_meanwhile_is_not_taken_again(
    visitor: TestClient, settings: Settings, booked: Consultation, sqlite_database: Database, now: datetime
) -> None:
    offered = visitor.get(f"{link(settings, booked)}/move")
    form = forms(visitor.get(addresses(offered, "/move/2026")[0]))["move"]
    with sqlite_database.transaction() as session:
        contact = published.visitor(session, now, "Other")
        opening = openings.openings(session, now, CLINIC, limit=1)[0]
        consultations.book(session, now, CLINIC, contact=contact, form_key="g", opening=opening)

    response = visitor.post(form.action, data=form.fields)

    assert "Somebody else has just taken that time" in words(response)
    assert stored(sqlite_database, booked).starts_at == booked.starts_at


@pytest.mark.parametrize(
    "typed", ["2026-03-11T14:07:00Z", "2026-03-14T15:00:00Z", "2031-03-11T15:00:00Z", "2026-03-11T15:00:00"]
)
def test_a_time_that_is_not_offered_cannot_be_taken(
    visitor: TestClient, settings: Settings, booked: Consultation, sqlite_database: Database, typed: str
) -> None:
    response = visitor.post(f"{link(settings, booked)}/move", data={"starts_at": typed})

    assert response.status_code == 200
    assert stored(sqlite_database, booked).starts_at == booked.starts_at


@pytest.mark.parametrize(
    "change", [lambda token: token[:-1], lambda token: "x" + token, lambda token: "MQ.abc", lambda token: "1"]
)
def test_a_link_that_is_not_ours_leads_nowhere(
    visitor: TestClient, settings: Settings, booked: Consultation, change: Callable[[str], str]
) -> None:
    token = change(booking_links.token(settings.signing_key, booked))

    for response in (visitor.get(f"/booking/{token}"), visitor.post(f"/booking/{token}/cancel")):
        assert response.status_code == 404
        assert "doesn't lead anywhere" in words(response)
        assert booked.reference not in response.text


def test_a_link_ends_with_its_appointment_and_not_before(
    visitor: TestClient, settings: Settings, booked: Consultation, clock: Clock, sqlite_database: Database
) -> None:
    assert booked.starts_at is not None
    clock.now = booked.starts_at + timedelta(minutes=1)
    begun = visitor.get(link(settings, booked))
    visitor.post(f"{link(settings, booked)}/cancel")
    clock.now = booked.starts_at + timedelta(minutes=31)

    over = visitor.get(link(settings, booked))

    assert "It has begun" in words(begun)
    assert stored(sqlite_database, booked).status is ConsultationStatus.CONFIRMED
    assert over.status_code == 404


def test_a_request_without_a_time_can_be_seen_and_cancelled(
    visitor: TestClient, settings: Settings, sqlite_database: Database, now: datetime
) -> None:
    with sqlite_database.transaction() as session:
        contact = published.visitor(session, now)
        asked, _ = consultations.request(session, now, contact=contact, form_key="f", wish="mornings", note=None)

    seen = visitor.get(link(settings, asked))
    done = visitor.post(f"{link(settings, asked)}/cancel")

    assert "Nothing is booked until then" in words(seen)
    assert addresses(seen, "/move") == []
    assert "This request is cancelled" in words(done)


@pytest.mark.parametrize("path", ["", "/cancel", "/move", "nonsense"])
def test_every_page_is_kept_from_caches_scripts_frames_search_engines_and_other_sites(
    visitor: TestClient, settings: Settings, booked: Consultation, path: str
) -> None:
    headers = visitor.get(link(settings, booked) + path).headers

    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_too_many_looks_are_refused_in_plain_words(settings: Settings, clock: Clock, booked: Consultation) -> None:
    limited = settings.model_copy(update={"limits": "normal"})
    visitor = TestClient(create_app(limited, now=clock, bot=FakeBot()))  # type: ignore[arg-type]

    for _ in range(31):
        response = visitor.get(link(settings, booked))

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "Please try again in a minute" in words(response)


def test_a_failure_is_a_page_too_and_its_link_is_not_logged(
    app: FastAPI, visitor: TestClient, settings: Settings, booked: Consultation, caplog: pytest.LogCaptureFixture
) -> None:
    app.state.database = None

    response = visitor.get(link(settings, booked))

    assert response.status_code == 500
    assert "nothing was changed" in words(response)
    assert link(settings, booked) not in caplog.text


def test_a_token_says_nothing_and_is_good_for_nothing_else(settings: Settings, booked: Consultation) -> None:
    token = booking_links.token(settings.signing_key, booked)

    assert booked.reference.replace("-", "") not in token
    assert booking_links.read(settings.signing_key, token) == booked.id
    assert booking_links.read("another key", token) is None
    assert booking_links.read(settings.signing_key, token.replace(".", "..")) is None
