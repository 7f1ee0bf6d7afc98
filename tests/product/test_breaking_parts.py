"""What is acknowledged is kept when parts are killed, and a person is promised while they are away."""

from collections.abc import Iterator

import pytest

from tests.mail_server import MailServer
from tests.product.running import Product, said, started, wait_for

pytestmark = pytest.mark.product


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A copy that may be broken."""
    with MailServer() as mail, started(tmp_path_factory.mktemp("var"), mail, FRONTDESK_TURN_LIMIT="4") as running:
        running.add_staff("Ann Admin", "ann@clinic.example", "admin")
        yield running


def test_rasa_killed_in_mid_conversation_loses_nothing(own: Product) -> None:
    visitor = own.visitor()
    visitor.says("i want to book a consultation")
    visitor.presses("Yes, that's fine")
    visitor.presses("For me")

    own.kill("rasa")
    unanswered = visitor.says("Jo March")
    own.wait_until_ready()
    again = visitor.says("Jo March")

    assert unanswered["route"] == "human"
    assert unanswered["handoff"]
    assert "saved" in said(unanswered)
    assert "988" in said(unanswered)
    assert unanswered["handoff"] in own.staff("ann@clinic.example").inbox()
    assert again["route"] == "book", "the form is where it was"


def test_without_rasa_the_front_door_still_knows_a_crisis_and_a_clinicians_question(own: Product) -> None:
    visitor, other = own.visitor(), own.visitor()

    own.kill("rasa")
    crisis = visitor.says("i want to kill myself")
    eligibility = other.says("can i have it while i'm pregnant?")
    own.wait_until_ready()

    assert (crisis["route"], eligibility["route"]) == ("crisis", "eligibility")
    assert "988" in said(crisis)
    inbox = own.staff("ann@clinic.example").inbox()
    assert crisis["handoff"] in inbox
    assert eligibility["handoff"] in inbox


def test_without_the_actions_a_handoff_is_made_all_the_same(own: Product) -> None:
    visitor = own.visitor()

    own.kill("actions")
    reply = visitor.says("can i have it while i'm pregnant?")
    own.wait_until_ready()

    assert reply["route"] == "eligibility"
    assert reply["handoff"] in own.staff("ann@clinic.example").inbox()


def test_a_page_waits_for_a_killed_notifier(own: Product) -> None:
    own.kill("notifier")
    reference = own.visitor().says("i want to kill myself")["handoff"]

    wait_for(lambda: any(reference in mail["Subject"] for mail in own.mail.accepted), 60)


def test_everything_acknowledged_outlives_a_kill_of_all_parts(own: Product) -> None:
    visitor = own.visitor()
    handoff = visitor.says("i take warfarin, is that a problem for me?")["handoff"]
    before = visitor.transcript()

    for part in ("rasa", "actions", "notifier", "web"):
        own.kill(part)
    own.wait_until_ready()

    assert visitor.transcript() == before
    assert handoff in own.staff("ann@clinic.example").inbox()
