"""The words of notices tell nothing about anybody."""

from datetime import datetime
from itertools import product

import pytest

from frontdesk import conversations, handoffs
from frontdesk.config import Settings
from frontdesk.database import Database
from frontdesk.model import Contact, Handoff, Kind, Notice, Priority, Role
from frontdesk.notices import NoWords, Words, staff_pages

WORDS = Words.load()
TELLING = ["crisis", "emergency", "suicid", "danger", "eligib", "medical", "distress", "health", "ketamine", "patient"]


def handoff(kind: Kind, priority: Priority = Priority.NORMAL) -> Handoff:
    return Handoff(reference="H7K4-2M9P", kind=kind, priority=priority, role=Role.CLINICIAN)


@pytest.mark.parametrize(("kind", "notice_kind"), [*product(Kind, ["handoff", "page"])])
def test_the_words_are_neutral_for_every_kind_of_handoff(kind: Kind, notice_kind: str) -> None:
    for priority in Priority:
        notice = Notice(id="5" * 32, kind=notice_kind, handoff=handoff(kind, priority))

        rendered = WORDS.render(notice, "https://desk.clinic.example/staff")

        everything = f"{rendered.subject}\n{rendered.text}"
        assert [word for word in TELLING if word in everything.lower()] == []
        assert "{" not in everything
        assert "H7K4-2M9P" in rendered.subject
        assert "https://desk.clinic.example/staff/handoffs/H7K4-2M9P" in rendered.text
        assert "5" * 32 in rendered.text
        assert WORDS.about[kind.value] in rendered.text


def test_a_handoff_s_subject_gives_its_priority() -> None:
    notice = Notice(id="5" * 32, kind="handoff", handoff=handoff(Kind.CRISIS, Priority.URGENT))

    assert WORDS.render(notice, "").subject == "A handoff is waiting (urgent) – H7K4-2M9P"


def test_nothing_that_the_visitor_wrote_or_left_is_in_a_notice(sqlite_database: Database, now: datetime) -> None:
    with sqlite_database.transaction() as session:
        conversation, _ = conversations.start(session, now)
        message, _ = conversations.record_visitor(
            session, now, conversation.id, "I am Zoë Quill, I want to die", client_id=None
        )
        session.add(
            Contact(
                conversation_id=conversation.id,
                name="Zoë Quill",
                email="zoe@quill.example",
                phone="+12125550187",
                consented_at=now,
            )
        )
        handoffs.pass_on(
            session,
            now,
            conversation_id=conversation.id,
            message_id=message.id,
            kind=Kind.CRISIS,
            priority=Priority.URGENT,
            due_at=now,
        )

        rendered = [WORDS.render(notice, "https://desk.example/staff") for notice in session.query(Notice)]

    assert len(rendered) == 2
    sent = "\n".join(part for each in rendered for part in (each.subject, each.text))
    assert [word for word in ("Zoë", "Quill", "zoe@", "5550187", "die") if word in sent] == []


def test_a_notice_without_words_is_refused() -> None:
    with pytest.raises(NoWords):
        WORDS.render(Notice(id="5" * 32, kind="postcard", handoff=handoff(Kind.BOOK)), "")


def test_a_notice_that_lost_its_handoff_is_refused() -> None:
    with pytest.raises(NoWords):
        WORDS.render(Notice(id="5" * 32, kind="handoff", handoff=None), "")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(host="127.0.0.1", port=8091), "http://127.0.0.1:8091/staff"),
        (Settings(host="::1"), "http://[::1]:8080/staff"),
        (Settings(host="localhost"), "http://localhost:8080/staff"),
        (Settings(public_url="https://desk.clinic.example/"), "https://desk.clinic.example/staff"),
    ],
)
def test_the_link_leads_to_where_staff_reach_the_pages(settings: Settings, expected: str) -> None:
    assert staff_pages(settings) == expected
