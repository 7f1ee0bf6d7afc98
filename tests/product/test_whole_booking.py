"""Booking, moving and cancelling in the real thing over HTTP, where staff have published times."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from frontdesk.database import Database
from frontdesk.hours import Span
from tests import published
from tests.mail_server import MailServer
from tests.product.running import Product, said, started

pytestmark = pytest.mark.product


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A copy in which somebody offers half an hour after the other, from nine to five on every day."""
    with MailServer() as mail, started(tmp_path_factory.mktemp("var"), mail) as running:
        running.add_staff("Ann Admin", "ann@clinic.example", "admin")
        database = Database(f"sqlite:///{running.var / 'frontdesk.db'}")
        with database.transaction() as session:
            nora = published.hire(session, datetime.now(UTC), "Nora")
            published.offer(session, datetime.now(UTC), nora, weekdays=range(7), span=Span(9 * 60, 17 * 60))
        database.close()
        yield running


def test_a_time_is_picked_booked_moved_and_cancelled_in_the_chat(product: Product) -> None:
    visitor = product.visitor()
    visitor.says("I'd like to book a consultation")
    visitor.presses("Yes, that's fine")
    visitor.presses("For me")
    visitor.says("Ann Lee")
    offered = visitor.says("ann.lee@example.org")
    visitor.presses(first_time(offered))
    visitor.presses("Skip")
    booked = visitor.presses("Yes, book it")

    moving = visitor.says("can i move it to another time")
    visitor.presses(first_time(moving, 2))
    moved = visitor.presses("Yes, move it")
    visitor.says("please cancel my appointment")
    cancelled = visitor.presses("Yes, cancel it")

    assert "You're booked for" in said(booked)
    assert (booked["route"], moved["route"], cancelled["route"]) == ("book", "reschedule", "cancel_booking")
    assert "is now on" in said(moved)
    assert "is cancelled" in said(cancelled)
    references = {re.search(r"\b\w{4}-\w{4}\b", said(reply))[0] for reply in (booked, moved, cancelled)}  # type: ignore[index]
    assert len(references) == 1


def test_ten_questions_and_three_corrections_do_not_hurt_a_booking(product: Product) -> None:
    visitor = product.visitor()
    visitor.says("i want to book a consultation")
    asked = [visitor.says("how long does one session take?"), visitor.says("is somebody with me the whole time?")]
    visitor.presses("Yes, that's fine")
    asked.append(visitor.says("what does it feel like during the infusion?"))
    visitor.says("it's for my mother Ruth Lee")
    asked += [visitor.says("is there parking?"), visitor.says("what does it cost?")]
    visitor.says("Anna Lee")
    asked.append(visitor.says("can she have it if she takes lithium?"))
    visitor.says("anna@example.org")
    visitor.says("sorry, my e-mail is anna.lee@example.org")
    asked.append(visitor.says("where are you located?"))
    offered = visitor.says("tuesday morning")
    visitor.presses(first_time(offered))
    asked.append(visitor.says("can she drive home afterwards?"))
    visitor.says("she uses a wheelchair")
    asked += [visitor.says("how many infusions do people usually need?"), visitor.says("when are you open?")]
    visitor.says("change name to Annabel Lee")
    noted = visitor.says("the note should be: she uses a walker")
    booked = visitor.presses("Yes, book it")

    for line in ("Annabel Lee", "Ruth Lee", "anna.lee@example.org", "she uses a walker", "Tuesday"):
        assert line in said(noted), line
    assert "You're booked for Tuesday" in said(booked)
    routes = [reply["route"] for reply in asked]
    assert all(route in ("answer", "unanswered", "eligibility", "clarify") for route in routes), routes
    assert routes[5] == "eligibility"
    page = product.staff("ann@clinic.example").handoff(booked["handoff"])
    assert "anna.lee@example.org" in page


def first_time(reply: dict[str, Any], number: int = 0) -> str:
    """The title of an offered time: those begin with a weekday."""
    titles = [button["title"] for message in reply["messages"] for button in message["buttons"]]
    return [title for title in titles if re.match(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), ", title)][number]
