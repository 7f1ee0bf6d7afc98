"""Contact details: kept after consent, taken out on refusal."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from frontdesk import consultations, contacts, conversations
from frontdesk.contacts import TAKEN_OUT
from frontdesk.conversations import Reply
from frontdesk.database import Database
from frontdesk.model import Contact, Message


@pytest.fixture
def conversation_id(database: Database, now: datetime) -> int:
    with database.transaction() as session:
        return conversations.start(session, now)[0].id


def kept(database: Database) -> list[tuple[str | None, str | None, str | None]]:
    with database.reading() as session:
        return [(c.name, c.email, c.phone) for c in session.scalars(select(Contact).order_by(Contact.id))]


def says(database: Database, now: datetime, conversation_id: int, *texts: str) -> None:
    with database.transaction() as session:
        for text in texts:
            conversations.record_visitor(session, now, conversation_id, text, client_id=None)


def texts(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Message.text).order_by(Message.id)))


def test_one_contact_a_conversation_and_what_comes_later_adds_or_replaces(
    database: Database, now: datetime, conversation_id: int
) -> None:
    with database.transaction() as session:
        contacts.keep(session, now, conversation_id, name="Ann", email=None, phone="+12125550142")
        contacts.keep(session, now, conversation_id, name=None, email="ann@x.org", phone=None)
        contacts.keep(session, now, conversation_id, name="Ann Lee", email=None, phone=None)

    assert kept(database) == [("Ann Lee", "ann@x.org", "+12125550142")]


def test_refusal_takes_addresses_and_numbers_out_of_what_the_visitor_wrote(
    database: Database, now: datetime, conversation_id: int
) -> None:
    says(database, now, conversation_id, "write to ann@x.org or 212-555-0142!", "I have 3 questions")

    with database.transaction() as session:
        contacts.refuse(session, conversation_id)

    assert texts(database) == [f"write to {TAKEN_OUT} or {TAKEN_OUT}!", "I have 3 questions"]
    assert kept(database) == []


def test_refusal_leaves_other_visitors_and_the_bots_words_alone(
    database: Database, now: datetime, conversation_id: int
) -> None:
    with database.transaction() as session:
        other = conversations.start(session, now)[0].id
        replies = [Reply("Call us: (212) 555-0142.")]
        conversations.record_replies(session, now, conversation_id, replies, None)
    says(database, now, other, "mine is 212-555-0199")

    with database.transaction() as session:
        contacts.refuse(session, conversation_id)

    assert texts(database) == ["Call us: (212) 555-0142.", "mine is 212-555-0199"]


def test_refusal_removes_a_contact_that_was_kept_before(
    database: Database, now: datetime, conversation_id: int
) -> None:
    with database.transaction() as session:
        contacts.keep(session, now, conversation_id, name="Ann", email="ann@x.org", phone=None)

    with database.transaction() as session:
        contacts.refuse(session, conversation_id)

    assert kept(database) == []


def test_refusal_keeps_what_a_booked_consultation_needs(
    database: Database, now: datetime, conversation_id: int
) -> None:
    with database.transaction() as session:
        contact = contacts.keep(session, now, conversation_id, name="Ann", email="ann@x.org", phone=None)
        consultations.request(session, now, contact=contact, form_key="1", wish=None, note=None)

    with database.transaction() as session:
        contacts.refuse(session, conversation_id)

    assert kept(database) == [("Ann", "ann@x.org", None)]


def test_a_refusal_takes_names_out_as_well(database: Database, now: datetime, conversation_id: int) -> None:
    says(database, now, conversation_id, "I'm Ann Lee, book me", "annoying")

    with database.transaction() as session:
        contacts.refuse(session, conversation_id, names=["Ann Lee"])

    assert texts(database) == [f"I'm {TAKEN_OUT}, book me", "annoying"]


PHONE = "+12125550188"


@pytest.mark.parametrize(
    ("told", "way"),
    [
        ({"email": "a@example.org", "phone": None}, "email"),
        ({"email": None, "phone": PHONE}, None),
        ({"email": None, "phone": PHONE, "agrees_to_texts": True}, "text"),
        ({"email": "a@example.org", "phone": PHONE, "agrees_to_texts": True, "preferred": "email"}, "email"),
        ({"email": "a@example.org", "phone": PHONE, "agrees_to_texts": True, "preferred": "phone"}, "text"),
        ({"email": "a@example.org", "phone": PHONE, "agrees_to_texts": False, "preferred": "phone"}, "email"),
    ],
)
def test_nobody_is_texted_who_has_not_agreed(
    database: Database, now: datetime, conversation_id: int, told: dict[str, Any], way: str | None
) -> None:
    with database.transaction() as session:
        contact = contacts.keep(session, now, conversation_id, name="Ann", **told)

        assert contacts.way(contact) == way


def test_stop_ends_texts_to_a_number_in_whatever_conversation_they_were_agreed(
    database: Database, now: datetime, conversation_id: int
) -> None:
    with database.transaction() as session:
        other = conversations.start(session, now)[0].id
        first = contacts.keep(session, now, conversation_id, name="Ann", email=None, phone=PHONE, agrees_to_texts=True)
        contacts.keep(session, now, other, name="Ann", email=None, phone=PHONE)

        assert contacts.stop_texts(session, now, other)
        assert not contacts.may_text(first)

        contacts.keep(session, now, conversation_id, name=None, email=None, phone=None, agrees_to_texts=True)
        assert contacts.may_text(first)  # asked for again


def test_there_is_nothing_to_stop_where_nobody_agreed(database: Database, now: datetime, conversation_id: int) -> None:
    with database.transaction() as session:
        assert not contacts.stop_texts(session, now, conversation_id)
        contacts.keep(session, now, conversation_id, name="Ann", email=None, phone=PHONE)
        assert not contacts.stop_texts(session, now, conversation_id)
