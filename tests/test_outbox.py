"""The outbox: what is put is claimed by one notifier at a time, tried again, and given up in the end."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from frontdesk import outbox
from frontdesk.database import Database
from frontdesk.model import Notice, NoticeStatus

MINUTE = timedelta(minutes=1)


def put(database: Database, now: datetime, key: str = "handoff:1", audience: str = "staff") -> Notice:
    with database.transaction() as session:
        return outbox.put(session, now, key=key, kind="handoff", audience=audience, handoff=None)


def claim(database: Database, now: datetime, audience: str = "staff", addresses: int = 1) -> Notice | None:
    with database.transaction() as session:
        return outbox.claim(session, now, audience, addresses)


def fail(database: Database, now: datetime, notice: Notice, error: str = "refused", *, is_final: bool = False) -> bool:
    with database.transaction() as session:
        return outbox.mark_failed(session, now, notice, error, is_final=is_final)


def stored(database: Database, notice: Notice) -> Notice:
    with database.reading() as session:
        return session.get_one(Notice, notice.id)


def test_the_same_thing_is_put_once(database: Database, now: datetime) -> None:
    first = put(database, now)

    second = put(database, now + MINUTE)

    assert second.id == first.id


def test_a_notice_is_gone_when_what_it_tells_of_did_not_happen(database: Database, now: datetime) -> None:
    with suppress(KeyError), database.transaction() as session:
        outbox.put(session, now, key="handoff:1", kind="handoff", audience="staff", handoff=None)
        raise KeyError

    assert claim(database, now) is None


def test_what_has_been_due_longest_is_claimed_first(database: Database, now: datetime) -> None:
    later = put(database, now, "handoff:2")
    earlier = put(database, now - MINUTE, "handoff:1")

    claimed = [claim(database, now), claim(database, now), claim(database, now)]

    assert [notice and notice.id for notice in claimed] == [earlier.id, later.id, None]


def test_a_claim_counts_as_a_try(database: Database, now: datetime) -> None:
    put(database, now)

    notice = claim(database, now)

    assert notice is not None
    assert (notice.status, notice.attempts, notice.claimed_at) == (NoticeStatus.CLAIMED, 1, now)


def test_notices_of_other_audiences_are_left_alone(database: Database, now: datetime) -> None:
    put(database, now, audience="on_call")

    assert claim(database, now, "staff") is None
    assert claim(database, now, "on_call") is not None


def test_what_is_not_yet_due_is_left_alone(database: Database, now: datetime) -> None:
    put(database, now + MINUTE)

    with database.reading() as session:
        assert not outbox.has_due(session, now, "staff")
        assert outbox.has_due(session, now + MINUTE, "staff")
    assert claim(database, now) is None


def test_a_claim_is_free_again_after_two_minutes(database: Database, now: datetime) -> None:
    put(database, now)
    claim(database, now)

    too_early = claim(database, now + 2 * MINUTE - timedelta(seconds=1))
    in_time = claim(database, now + 2 * MINUTE)

    assert too_early is None
    assert in_time is not None
    assert in_time.attempts == 2


def test_notifiers_side_by_side_never_claim_the_same(database: Database, now: datetime) -> None:
    for number in range(60):
        put(database, now, f"handoff:{number}")

    def claim_all(_: int) -> list[str]:
        found = []
        while notice := claim(database, now):
            found.append(notice.id)
        return found

    with ThreadPoolExecutor(4) as notifiers:
        claimed = Counter(notice for found in notifiers.map(claim_all, range(4)) for notice in found)

    # On PostgreSQL a notifier may find the last ones locked and leave them to the one that has them.
    assert len(claimed) == 60
    assert max(claimed.values()) == 1


def test_an_accepted_notice_is_not_due_again(database: Database, now: datetime) -> None:
    notice = put(database, now)
    claim(database, now)

    with database.transaction() as session:
        is_first = outbox.mark_sent(session, now, notice)
        is_first_again = outbox.mark_sent(session, now, notice)

    assert (is_first, is_first_again) == (True, False)
    assert (stored(database, notice).status, stored(database, notice).sent_at) == (NoticeStatus.SENT, now)
    assert claim(database, now + timedelta(days=1)) is None


def test_a_failed_try_keeps_its_reason_and_is_repeated_later(database: Database, now: datetime) -> None:
    put(database, now)
    notice = claim(database, now)
    assert notice is not None

    was_given_up = fail(database, now, notice, "the server said 451")

    row = stored(database, notice)
    assert not was_given_up
    assert (row.status, row.error) == (NoticeStatus.WAITING, "the server said 451")
    assert now < row.next_at <= now + outbox.FIRST_PAUSE
    assert claim(database, now) is None
    assert claim(database, row.next_at) is not None


def test_pauses_double_up_to_the_longest_and_differ(now: datetime) -> None:
    pauses = {n: {outbox.pause(Notice(audience="staff", attempts=n)) for _ in range(50)} for n in (1, 2, 3, 30)}

    assert len(pauses[1]) > 1
    assert all(outbox.FIRST_PAUSE * 2 ** (n - 1) / 2 <= each for n in (1, 2, 3) for each in pauses[n])
    assert all(each <= outbox.FIRST_PAUSE * 2 ** (n - 1) for n in (1, 2, 3) for each in pauses[n])
    assert max(pauses[30]) <= outbox.LONGEST_PAUSE["staff"]


@pytest.mark.parametrize("audience", ["staff", "on_call"])
def test_a_notice_is_given_up_when_it_has_been_tried_too_long(database: Database, now: datetime, audience: str) -> None:
    put(database, now, audience=audience)
    moment, tries, given_up = now, 0, False

    while not given_up:
        notice = claim(database, moment, audience)
        assert notice is not None
        given_up = fail(database, moment, notice)
        last = stored(database, notice)
        moment, tries = last.next_at, tries + 1

    assert (last.status, last.error) == (NoticeStatus.FAILED, "refused")
    assert moment - now >= outbox.PATIENCE[audience]
    assert 30 < tries < 400
    assert claim(database, moment + timedelta(days=1), audience) is None


def test_a_notice_that_waited_for_days_is_still_tried_several_times(database: Database, now: datetime) -> None:
    put(database, now - timedelta(days=3))
    notice = claim(database, now)
    assert notice is not None

    was_given_up = fail(database, now, notice)

    assert not was_given_up


def test_what_cannot_succeed_is_given_up_at_once(database: Database, now: datetime) -> None:
    put(database, now)
    notice = claim(database, now)
    assert notice is not None

    was_given_up = fail(database, now, notice, "no address is set", is_final=True)

    assert was_given_up
    assert stored(database, notice).status is NoticeStatus.FAILED


def test_who_has_lost_the_claim_cannot_report_a_failure(database: Database, now: datetime) -> None:
    put(database, now)
    slow = claim(database, now)
    quick = claim(database, now + 3 * MINUTE)
    assert slow is not None
    assert quick is not None

    fail(database, now + 3 * MINUTE, slow, is_final=True)

    assert stored(database, slow).status is NoticeStatus.CLAIMED


def test_an_acceptance_counts_also_when_the_claim_is_lost(database: Database, now: datetime) -> None:
    put(database, now)
    slow = claim(database, now)
    quick = claim(database, now + 3 * MINUTE)
    assert slow is not None
    assert quick is not None

    with database.transaction() as session:
        outbox.mark_sent(session, now + 3 * MINUTE, slow)
    fail(database, now + 3 * MINUTE, quick)

    assert stored(database, slow).status is NoticeStatus.SENT


def test_a_claim_given_back_is_due_at_once(database: Database, now: datetime) -> None:
    put(database, now)
    notice = claim(database, now)
    assert notice is not None

    with database.transaction() as session:
        outbox.release(session, now, notice)

    assert claim(database, now) is not None


def test_every_address_of_an_audience_gets_a_notice_of_its_own(database: Database, now: datetime) -> None:
    put(database, now)

    claimed = [claim(database, now, addresses=3) for _ in range(4)]

    notices = [notice for notice in claimed if notice]
    assert sorted(outbox.address_number(notice) for notice in notices) == [1, 2, 3]
    assert len({notice.id for notice in notices}) == 3


def test_a_repeated_try_makes_no_more_notices_for_the_other_addresses(database: Database, now: datetime) -> None:
    put(database, now)
    claim(database, now, addresses=2)

    claim(database, now + 3 * MINUTE, addresses=2)
    claim(database, now + 3 * MINUTE, addresses=2)

    with database.reading() as session:
        assert sorted(session.scalars(select(Notice.key))) == ["handoff:1", "handoff:1#2"]
