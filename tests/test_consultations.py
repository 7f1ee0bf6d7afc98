"""Requests for consultations."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from frontdesk import consultations, contacts, conversations, references
from frontdesk.consultations import Incomplete, Over
from frontdesk.database import Database
from frontdesk.model import Consultation, ConsultationStatus, Contact


@pytest.fixture
def conversation_id(database: Database, now: datetime) -> int:
    with database.transaction() as session:
        return conversations.start(session, now)[0].id


def request(
    database: Database, now: datetime, conversation_id: int, form_key: str = "a", **contact: str | None
) -> tuple[Consultation, bool]:
    given = {"name": "Ann", "email": "ann@x.org", "phone": None} | contact
    with database.transaction() as session:
        kept = contacts.keep(session, now, conversation_id, **given)
        return consultations.request(
            session, now, contact=kept, form_key=form_key, wish="Tuesday", note="I have bipolar"
        )


def count(database: Database, table: type[Consultation] | type[Contact]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_request_keeps_the_visitors_words_and_waits_for_a_time(
    database: Database, now: datetime, conversation_id: int
) -> None:
    consultation, is_new = request(database, now, conversation_id)

    assert is_new
    assert consultation.status is ConsultationStatus.REQUESTED
    assert (consultation.wish, consultation.note) == ("Tuesday", "I have bipolar")
    assert (consultation.starts_at, consultation.ends_at) == (None, None)
    assert references.parse(consultation.reference) == consultation.reference


def test_one_filled_form_is_one_request_however_often_it_is_sent(
    database: Database, now: datetime, conversation_id: int
) -> None:
    first, _ = request(database, now, conversation_id)
    again, is_new = request(database, now + timedelta(minutes=1), conversation_id)

    assert (again.reference, is_new) == (first.reference, False)
    assert count(database, Consultation) == 1


def test_one_filled_form_sent_many_times_at_once_is_one_request(
    database: Database, now: datetime, conversation_id: int
) -> None:
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(lambda _: request(database, now, conversation_id), range(6)))

    assert len({consultation.reference for consultation, _ in made}) == 1
    assert sum(is_new for _, is_new in made) == 1
    assert (count(database, Consultation), count(database, Contact)) == (1, 1)


def test_another_form_is_another_request(database: Database, now: datetime, conversation_id: int) -> None:
    request(database, now, conversation_id, "a")

    assert request(database, now, conversation_id, "b")[1]


@pytest.mark.parametrize("missing", [{"name": None}, {"email": None}, {"name": ""}, {"email": "", "phone": ""}])
def test_a_request_without_a_name_or_a_way_to_reach_is_refused_and_nothing_is_kept(
    database: Database, now: datetime, conversation_id: int, missing: dict[str, str | None]
) -> None:
    with pytest.raises(Incomplete, match="name"):
        request(database, now, conversation_id, **missing)

    assert (count(database, Consultation), count(database, Contact)) == (0, 0)


def test_the_latest_that_is_still_open_is_the_one_meant(
    database: Database, now: datetime, conversation_id: int
) -> None:
    first, _ = request(database, now, conversation_id, "a")
    second, _ = request(database, now, conversation_id, "b")
    with database.transaction() as session:
        meant = consultations.open_one(session, conversation_id)
        assert meant is not None
        assert meant.id == second.id
        consultations.cancel(session, now, meant)
        left = consultations.open_one(session, conversation_id)
        assert left is not None
        assert left.id == first.id
        consultations.cancel(session, now, left)
        assert consultations.open_one(session, conversation_id) is None

    with database.reading() as session:
        every = consultations.of_conversation(session, conversation_id)
    assert [c.status for c in every] == [ConsultationStatus.CANCELLED] * 2


@pytest.mark.parametrize("status", [ConsultationStatus.DONE, ConsultationStatus.MISSED])
def test_what_is_over_is_not_cancelled(
    database: Database, now: datetime, conversation_id: int, status: ConsultationStatus
) -> None:
    consultation, _ = request(database, now, conversation_id)
    with database.transaction() as session:
        stored = session.get_one(Consultation, consultation.id)
        stored.status = status
        session.flush()

        with pytest.raises(Over):
            consultations.cancel(session, now, stored)

        assert stored.status is status


def test_nobodys_consultation_is_seen_from_another_conversation(
    database: Database, now: datetime, conversation_id: int
) -> None:
    request(database, now, conversation_id)
    with database.transaction() as session:
        other = conversations.start(session, now)[0].id

        assert consultations.open_one(session, other) is None
        assert consultations.of_conversation(session, other) == []
