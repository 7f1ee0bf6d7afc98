"""Finding a consultation in the chat, without trying many."""

from datetime import datetime

from sqlalchemy import select

from frontdesk import consultations, contacts, conversations, lookups
from frontdesk.database import Database
from frontdesk.model import AuditEvent


def booked(database: Database, now: datetime) -> str:
    with database.transaction() as session:
        conversation, _ = conversations.start(session, now)
        contact = contacts.keep(session, now, conversation.id, name="Ann", email="ann@example.org", phone=None)
        consultation, _ = consultations.request(session, now, contact=contact, form_key="f", wish=None, note=None)
        return consultation.reference


def test_it_is_found_by_reference_and_contact_and_by_nothing_less(database: Database, now: datetime) -> None:
    reference = booked(database, now)

    with database.transaction() as session:
        found = lookups.find(session, now, reference.lower(), email="Ann@Example.org", phone=None)
        assert found is not None
        assert lookups.find(session, now, reference, email="bob@example.org", phone=None) is None
        assert lookups.find(session, now, "ABCD-EFGH", email="ann@example.org", phone=None) is None


def test_after_many_failures_a_reference_is_closed_for_an_hour_also_for_its_owner(
    database: Database, now: datetime
) -> None:
    reference = booked(database, now)
    with database.transaction() as session:
        for number in range(lookups.MOST_FAILURES):
            assert lookups.find(session, now, reference, email=f"{number}@example.org", phone=None) is None

        assert lookups.find(session, now, reference, email="ann@example.org", phone=None) is None
        later = now + lookups.WITHIN
        assert lookups.find(session, later, reference, email="ann@example.org", phone=None) is not None


def test_what_was_tried_is_not_written_down(database: Database, now: datetime) -> None:
    reference = booked(database, now)
    with database.transaction() as session:
        lookups.find(session, now, reference, email="secret@example.org", phone=None)

    with database.reading() as session:
        (event,) = session.scalars(select(AuditEvent))
        assert (event.action, event.subject, event.detail) == (lookups.FAILED, f"reference:{reference}", None)
