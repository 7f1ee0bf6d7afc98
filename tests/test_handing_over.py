"""What each intent makes of a message: kind, priority, mark, role, and the responses that tell of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from frontdesk import clinic as clinics
from frontdesk import conversations, handing_over
from frontdesk.clinic import Clinic
from frontdesk.config import ROOT
from frontdesk.database import Database
from frontdesk.handing_over import KINDS, plan
from frontdesk.model import Handoff, HandoffMessage, Kind, Mark, Notice, Priority, Role
from frontdesk.texts import Texts

TEXTS = Texts.load(ROOT / "data")


@pytest.fixture(scope="module")
def clinic() -> Clinic:
    return clinics.load(ROOT / "clinic.yml")


@pytest.mark.parametrize("intent", sorted(KINDS))
@pytest.mark.parametrize("in_form", [False, True])
@pytest.mark.parametrize(
    "facets",
    [
        [],
        ["spanish"],
        ["other_language"],
        ["abuse_at_home", "mentioned"],
        ["taken", "meant_harm"],
        ["under_18"],
        ["today_visit"],
        ["after_treatment"],
    ],
)
def test_every_plan_says_something_that_exists_and_begins_with_a_route(
    intent: str, facets: list[str], in_form: bool
) -> None:
    planned = plan(intent, facets, in_form=in_form)

    assert all(response in TEXTS for response in planned.responses)
    assert TEXTS[planned.responses[0]].route


@pytest.mark.parametrize(
    ("intent", "facets", "mark"),
    [
        ("crisis", [], Mark.NOW),
        ("crisis", ["mentioned"], Mark.MENTIONED),
        ("need_help_now", ["mentioned"], Mark.NOW),
        ("emergency", ["mentioned"], Mark.NOW),
    ],
)
def test_danger_is_urgent_and_marked_now_unless_it_was_plainly_only_mentioned(
    intent: str, facets: list[str], mark: Mark
) -> None:
    planned = plan(intent, facets)

    assert (planned.priority, planned.mark) == (Priority.URGENT, mark)


@pytest.mark.parametrize(
    ("intent", "facets", "priority"),
    [
        ("medical_advice", [], Priority.NORMAL),
        ("medical_advice", ["after_treatment"], Priority.URGENT),
        ("medical_advice", ["today_visit"], Priority.HIGH),
        ("eligibility", [], Priority.NORMAL),
        ("eligibility", ["under_18"], Priority.HIGH),
        ("eligibility", ["after_treatment"], Priority.NORMAL),
        ("distress", [], Priority.NORMAL),
        ("human", [], Priority.NORMAL),
        ("cancel_booking", ["today_visit"], Priority.HIGH),
    ],
)
def test_the_rest_waits_unless_it_is_about_today_or_after_a_treatment(
    intent: str, facets: list[str], priority: Priority
) -> None:
    assert plan(intent, facets).priority is priority


def words(*responses: str) -> str:
    return "\n".join(variant["text"] for response in responses for variant in TEXTS[response].variants[:1])


@pytest.mark.parametrize(
    ("intent", "facets", "numbers"),
    [
        ("crisis", [], ["988", "988lifeline.org", "911"]),
        ("crisis", ["mentioned"], ["988", "911"]),
        ("crisis", ["spanish"], ["oprima 2", "AYUDA", "911"]),
        ("crisis", ["abuse_at_home"], ["1-800-799-7233", "START", "88788"]),
        ("emergency", [], ["911"]),
        ("emergency", ["spanish"], ["Llame al 911"]),
        ("emergency", ["taken"], ["911", "1-800-222-1222"]),
        ("emergency", ["taken", "meant_harm"], ["911", "1-800-222-1222", "988"]),
        ("distress", [], ["988"]),
        ("medical_advice", [], ["911"]),
        ("other_language", [], ["988", "911"]),
        ("other_language", ["spanish"], ["988", "AYUDA", "911"]),
    ],
)
def test_each_names_the_help_there_is(intent: str, facets: list[str], numbers: list[str]) -> None:
    said = words(*plan(intent, facets).responses)

    assert all(number in said for number in numbers)


def test_the_question_of_danger_is_put_last_and_only_when_it_may_be() -> None:
    assert plan("crisis", ["abuse_at_home"]).responses[-1] == "utter_ask_danger"
    assert plan("crisis", ["spanish", "abuse_at_home"]).responses[-1] == "utter_ask_danger_es"
    assert "utter_ask_danger" not in plan("crisis", asks_danger=False).responses
    assert "utter_ask_danger" not in plan("emergency").responses


def test_after_a_crisis_help_is_named_beside_a_promise_that_somebody_gets_back() -> None:
    assert plan("human", asks_danger=False).responses[-1] == "utter_until_then_988"
    assert plan("call_back", asks_danger=False, in_form=True).responses[-1] == "utter_until_then_988"
    assert "utter_until_then_988" not in plan("human").responses


def test_in_an_emergency_911_comes_first() -> None:
    assert words("utter_emergency").index("911") < 20


def test_complaints_and_lawyers_are_an_admins() -> None:
    assert plan("human", ["for_admin"]).role is Role.ADMIN
    assert plan("human").role is None


@pytest.mark.parametrize(
    ("command", "mark"),
    [("/need_help_now", Mark.NOW), ("/danger_yes", Mark.NOW), ("/danger_no", None), ("/danger_unclear", None)],
)
def test_the_buttons_of_danger_are_a_crisis_without_rasa(command: str, mark: Mark | None) -> None:
    planned = handing_over.pressed_in_danger(command)

    assert planned is not None
    assert (planned.kind, planned.priority, planned.mark) == (Kind.CRISIS, Priority.URGENT, mark)
    assert all(response in TEXTS for response in planned.responses)


@pytest.mark.parametrize("command", [None, "", "/book", "/affirm", "/faq/hours", "danger"])
def test_no_other_button_is(command: str | None) -> None:
    assert handing_over.pressed_in_danger(command) is None


def hand_over(database: Database, clinic: Clinic, at: datetime, intent: str, conversation_id: int) -> Handoff:
    with database.transaction() as session:
        message, _ = conversations.record_visitor(session, at, conversation_id, "words", client_id=None)
        return handing_over.hand_over(
            session, at, clinic, plan(intent), conversation_id=conversation_id, message_id=message.id
        )


@pytest.fixture
def conversation_id(database: Database, now: datetime) -> int:
    with database.transaction() as session:
        return conversations.start(session, now)[0].id


def pages(database: Database) -> int:
    with database.reading() as session:
        return len(list(session.scalars(select(Notice).where(Notice.kind == "page"))))


def test_what_is_urgent_is_due_at_once_and_the_rest_when_the_visitor_was_told(
    database: Database, clinic: Clinic, now: datetime, conversation_id: int
) -> None:
    saturday = datetime(2026, 3, 14, 18, tzinfo=UTC)

    urgent = hand_over(database, clinic, saturday, "crisis", conversation_id)
    later = hand_over(database, clinic, saturday, "human", conversation_id)

    assert urgent.due_at == saturday
    assert later.due_at == clinic.next_reading(saturday).at
    assert clinic.local(later.due_at).strftime("%A %H:%M") == "Monday 10:00"


def test_new_urgent_messages_join_and_page_again_only_after_ten_minutes(
    database: Database, clinic: Clinic, now: datetime, conversation_id: int
) -> None:
    paged = []
    for minutes in (0, 1, 9, 10, 15, 20):
        handoff = hand_over(database, clinic, now + timedelta(minutes=minutes), "crisis", conversation_id)
        paged.append(pages(database))

    assert paged == [1, 1, 1, 2, 2, 3]
    with database.reading() as session:
        assert len(list(session.scalars(select(Handoff)))) == 1
        joined = select(HandoffMessage).where(HandoffMessage.handoff_id == handoff.id)
        assert len(list(session.scalars(joined))) == 6


def test_each_kind_is_a_handoff_of_its_own_and_each_conversation_too(
    database: Database, clinic: Clinic, now: datetime, conversation_id: int
) -> None:
    with database.transaction() as session:
        other = conversations.start(session, now)[0].id

    made = [
        hand_over(database, clinic, now, intent, conversation).id
        for intent in ("eligibility", "medical_advice", "human", "other_language")
        for conversation in (conversation_id, other)
    ]

    assert len(set(made)) == 6  # another language is a person's as well


@pytest.mark.parametrize("intent", sorted(KINDS))
def test_a_clinicians_work_goes_to_clinicians(
    database: Database, clinic: Clinic, now: datetime, conversation_id: int, intent: str
) -> None:
    handoff = hand_over(database, clinic, now, intent, conversation_id)

    clinical = {Kind.CRISIS, Kind.EMERGENCY, Kind.ELIGIBILITY, Kind.MEDICAL_ADVICE}
    assert (handoff.role is Role.CLINICIAN) is (handoff.kind in clinical)
