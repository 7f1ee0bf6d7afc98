"""Holds: an opening kept for one visitor for five minutes, and for nobody longer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import delete, func, select

from frontdesk import cells, holds, openings
from frontdesk.clinic import Clinic
from frontdesk.database import Database
from frontdesk.hours import Span
from frontdesk.model import Cell, Conversation, Hold, StaffMember
from frontdesk.openings import Gone, Opening
from tests.published import clinic_in, disorder, hire, offer, visitor, walls

SOON = timedelta(minutes=1)


@pytest.fixture(scope="module")
def clinic() -> Clinic:
    return clinic_in()


@pytest.fixture
def nora(database: Database, now: datetime) -> StaffMember:
    """Offers half-hours with ten minutes after them, every quarter of an hour."""
    with database.transaction() as session:
        nora = hire(session, now, "Nora")
        offer(session, now, nora, buffer_minutes=10, step_minutes=15)
    return nora


@pytest.fixture
def conversation_ids(database: Database, now: datetime) -> list[int]:
    with database.transaction() as session:
        return [visitor(session, now).conversation_id for _ in range(8)]


def free(database: Database, now: datetime, clinic: Clinic) -> list[Opening]:
    with database.reading() as session:
        return openings.openings(session, now, clinic)


def hold(database: Database, now: datetime, clinic: Clinic, conversation_id: int, opening: Opening) -> Hold:
    with database.transaction() as session:
        return holds.hold(session, now, clinic, conversation_id, opening)


def orderly(database: Database, now: datetime) -> bool:
    with database.reading() as session:
        return disorder(session, now) == []


def test_a_hold_keeps_the_opening_and_its_buffer_for_five_minutes(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    nine = free(database, now, clinic)[0]

    kept = hold(database, now, clinic, conversation_ids[0], nine)

    assert (kept.starts_at, kept.ends_at, kept.staff_id) == (nine.starts_at, nine.ends_at, nora.id)
    assert kept.expires_at == now + timedelta(minutes=5)
    assert walls(clinic, free(database, now, clinic))[0] == "Wed 11 09:45"
    assert orderly(database, now)


def test_what_another_visitor_holds_is_gone_until_the_hold_expires(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    first, second, *_ = conversation_ids
    nine = free(database, now, clinic)[0]
    hold(database, now, clinic, first, nine)

    with pytest.raises(Gone):
        hold(database, now + SOON, clinic, second, nine)
    later = now + holds.LASTS
    hold(database, later, clinic, second, nine)

    with database.reading() as session:
        assert holds.current(session, later, first) is None
        assert holds.current(session, later, second) is not None
        assert session.scalar(select(func.count()).select_from(Hold)) == 1
    assert orderly(database, later)


def test_an_expired_hold_is_swept_also_where_only_a_part_of_it_is_wanted(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    nine, quarter_past, *_ = free(database, now, clinic)
    hold(database, now, clinic, conversation_ids[0], nine)

    hold(database, now + holds.LASTS, clinic, conversation_ids[1], quarter_past)

    assert orderly(database, now + holds.LASTS)
    assert walls(clinic, free(database, now + holds.LASTS, clinic))[0] == "Wed 11 10:00"


def test_a_new_pick_replaces_the_old(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    everything = free(database, now, clinic)
    hold(database, now, clinic, conversation_ids[0], everything[0])

    hold(database, now + SOON, clinic, conversation_ids[0], everything[-1])

    with database.reading() as session:
        kept = holds.current(session, now + SOON, conversation_ids[0])
        assert kept is not None
        assert (kept.starts_at, kept.expires_at) == (everything[-1].starts_at, now + SOON + holds.LASTS)
    assert everything[0] in free(database, now + SOON, clinic)
    assert orderly(database, now + SOON)


def test_a_new_pick_may_overlap_the_old(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    nine, quarter_past, *_ = free(database, now, clinic)
    hold(database, now, clinic, conversation_ids[0], nine)

    kept = hold(database, now, clinic, conversation_ids[0], quarter_past)

    assert kept.starts_at == quarter_past.starts_at
    assert orderly(database, now)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Cell)) == 8


def test_picking_what_is_held_already_keeps_it_longer(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    nine = free(database, now, clinic)[0]
    first = hold(database, now, clinic, conversation_ids[0], nine)

    again = hold(database, now + SOON, clinic, conversation_ids[0], nine)

    assert (again.id, again.expires_at) == (first.id, now + SOON + holds.LASTS)
    assert orderly(database, now + SOON)


def test_a_pick_that_is_gone_leaves_the_old_hold(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    first, second, *_ = conversation_ids
    nine, *_, last = free(database, now, clinic)
    hold(database, now, clinic, first, nine)
    hold(database, now, clinic, second, last)

    with database.transaction() as session:
        with pytest.raises(Gone):
            holds.hold(session, now + SOON, clinic, second, nine)
        others = openings.nearest(session, now + SOON, clinic, nine, besides=second)

    assert others
    with database.reading() as session:
        kept = holds.current(session, now + SOON, second)
        assert kept is not None
        assert (kept.starts_at, kept.expires_at) == (last.starts_at, now + holds.LASTS)
    assert orderly(database, now + SOON)


def test_a_hold_that_is_released_is_free_at_once_and_releasing_nothing_is_harmless(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    nine = free(database, now, clinic)[0]
    hold(database, now, clinic, conversation_ids[0], nine)

    for _ in range(2):
        with database.transaction() as session:
            holds.release(session, conversation_ids[0])

    assert free(database, now, clinic)[0] == nine
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Cell)) == 0


def test_a_conversation_that_is_erased_holds_nothing(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    nine = free(database, now, clinic)[0]
    hold(database, now, clinic, conversation_ids[0], nine)

    with database.transaction() as session:
        session.execute(delete(Conversation).where(Conversation.id == conversation_ids[0]))

    assert free(database, now, clinic)[0] == nine


def test_when_the_person_is_taken_whoever_else_is_free_is_held(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    with database.transaction() as session:
        otto = hire(session, now, "Otto")
        offer(session, now, otto, openings.types(session)[0])
    nine = free(database, now, clinic)[0]

    kept = [hold(database, now, clinic, conversation_id, nine) for conversation_id in conversation_ids[:2]]

    assert {one.staff_id for one in kept} == {nora.id, otto.id}
    with pytest.raises(Gone):
        hold(database, now, clinic, conversation_ids[2], nine)
    assert orderly(database, now)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: Opening(one.starts_at + SOON, one.ends_at + SOON, one.staff_id, one.type_id),
        lambda one: Opening(one.starts_at, one.ends_at + SOON, one.staff_id, one.type_id),
        lambda one: Opening(one.starts_at, one.ends_at, one.staff_id, one.type_id + 1),
        lambda one: Opening(one.starts_at - timedelta(days=7), one.ends_at - timedelta(days=7), one.staff_id, one.type_id),
        lambda one: Opening(one.starts_at + timedelta(days=91), one.ends_at + timedelta(days=91), one.staff_id, one.type_id),
    ],
    ids=["off the step", "longer", "of another type", "past", "beyond the horizon"],
)  # fmt: skip
def test_what_was_never_offered_is_never_held(
    database: Database,
    now: datetime,
    clinic: Clinic,
    nora: StaffMember,
    conversation_ids: list[int],
    change: Callable[[Opening], Opening],
) -> None:
    with pytest.raises(Gone):
        hold(database, now, clinic, conversation_ids[0], change(free(database, now, clinic)[0]))


def try_hold(database: Database, now: datetime, clinic: Clinic, pick: tuple[int, Opening]) -> str:
    try:
        hold(database, now, clinic, *pick)
    except Gone:
        return "gone"
    return "held"


def test_many_at_once_hold_one_opening_once(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    nine = free(database, now, clinic)[0]

    with ThreadPoolExecutor() as pool:
        found = list(pool.map(partial(try_hold, database, now, clinic), [(key, nine) for key in conversation_ids]))

    assert sorted(found) == ["gone"] * 7 + ["held"]
    assert orderly(database, now)


def test_overlapping_openings_that_many_want_at_once_never_share_a_cell(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    everything = free(database, now, clinic)[:4]  # 9:00 to 9:45: any two of them overlap, but for the outer ones
    for number in range(5):
        later = now + holds.LASTS * number
        wanted = [(key, everything[(place + number) % 4]) for place, key in enumerate(conversation_ids)]
        with ThreadPoolExecutor() as pool:
            found = list(pool.map(partial(try_hold, database, later, clinic), wanted))

        assert 1 <= found.count("held") <= 2
        assert orderly(database, later)


def test_visitors_who_change_their_picks_crosswise_at_once_never_wait_in_a_circle(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    with database.transaction() as session:
        kind = openings.types(session)[0]
        for name in ("Otto", "Pia"):
            offer(session, now, hire(session, now, name), kind)
    everything = free(database, now, clinic)[:6]
    for number in range(6):
        # sometimes within the five minutes, sometimes just when they end for some
        later = now + holds.LASTS * number * 0.5
        wanted = [(key, everything[(place * 5 + number) % 6]) for place, key in enumerate(conversation_ids)]
        with ThreadPoolExecutor() as pool:
            list(pool.map(partial(try_hold, database, later, clinic), wanted))

        assert orderly(database, later)


def test_the_key_of_the_table_alone_forbids_taking_a_cell_twice(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    """Without any check before: two write the same cells at once."""
    nine = free(database, now, clinic)[0]
    wanted = cells.grid(nine.starts_at, nine.ends_at)

    def take(conversation_id: int) -> bool:
        with database.transaction() as session:
            own = Hold(
                conversation_id=conversation_id,
                staff_id=nora.id,
                type_id=nine.type_id,
                starts_at=nine.starts_at,
                ends_at=nine.ends_at,
                expires_at=now + holds.LASTS,
                created_at=now,
            )
            session.add(own)
            session.flush()
            if not cells.take(session, now, nora.id, wanted, own, None):
                session.rollback()
                return False
            return True

    with ThreadPoolExecutor() as pool:
        taken = list(pool.map(take, conversation_ids))

    assert taken.count(True) == 1
    with database.reading() as session:
        assert len(session.scalars(select(Cell.starts_at)).all()) == len(wanted)


def test_a_session_of_hours_takes_every_cell_of_them(
    database: Database, now: datetime, clinic: Clinic, nora: StaffMember, conversation_ids: list[int]
) -> None:
    with database.transaction() as session:
        kind = offer(
            session, now, nora, name="Long", minutes=240, step_minutes=60, weekdays=(2,), span=Span(13 * 60, 18 * 60)
        )
        long, later = openings.openings(session, now, clinic, kind=kind)[:2]

    hold(database, now, clinic, conversation_ids[0], long)

    with pytest.raises(Gone):
        hold(database, now, clinic, conversation_ids[1], later)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Cell)) == 240 // 5
    assert orderly(database, now)
