"""The notifier against a real mail server: what the visitor is told, what is tried again, and what a kill may cost."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update

from frontdesk import conversations, handoffs, outbox, paging
from frontdesk.config import ROOT, Settings
from frontdesk.database import Database
from frontdesk.model import Author, Handoff, Heartbeat, Kind, Message, Notice, NoticeStatus, Priority, State
from frontdesk.notices import Words
from frontdesk.notifier import Notifier
from frontdesk.texts import Texts
from tests.mail_server import ACCEPTED, REFUSED, MailServer, text, wait_for

TEXTS, WORDS = Texts.load(ROOT / "data"), Words.load()
NOW = datetime.now(UTC)  # the notifier reads the clock of the machine


def urls(*given: str) -> tuple[SecretStr, ...]:
    return tuple(SecretStr(url) for url in given)


def notifier(
    database: Database, *, pages: tuple[str, ...] = (), staff: tuple[str, ...] = (), limit: float = 5
) -> Notifier:
    settings = Settings(page_urls=urls(*pages), notice_urls=urls(*staff))
    return Notifier(settings, database, TEXTS, WORDS, limit)


def pass_on(database: Database, kind: Kind = Kind.CRISIS, *, minutes_ago: float = 0) -> Handoff:
    """A handoff in a conversation of its own, with its notices."""
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    with database.transaction() as session:
        conversation, _ = conversations.start(session, at)
        message, _ = conversations.record_visitor(session, at, conversation.id, "I want to die", client_id=None)
        return handoffs.pass_on(
            session,
            at,
            conversation_id=conversation.id,
            message_id=message.id,
            kind=kind,
            priority=Priority.URGENT if kind in (Kind.CRISIS, Kind.EMERGENCY) else Priority.NORMAL,
            due_at=at,
        )


def send_all(working: Notifier) -> None:
    """Everything that is due now, in the test's own thread."""
    for lane in working.lanes:
        while working.send_next(lane):
            pass


def make_due(database: Database) -> None:
    """As if the pauses were over and the claims were old."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        session.execute(update(Notice).values(next_at=now, claimed_at=now - 2 * outbox.CLAIM_LASTS))


def told(database: Database, handoff: Handoff) -> list[str | None]:
    with database.reading() as session:
        found = conversations.transcript(session, handoff.conversation_id)
        return [message.response for message in found if message.author is Author.BOT]


def notices(database: Database, audience: str) -> list[Notice]:
    with database.reading() as session:
        return list(session.scalars(select(Notice).where(Notice.audience == audience).order_by(Notice.key)))


def test_an_urgent_handoff_pages_the_on_call_address_and_notifies_staff(database: Database) -> None:
    with MailServer() as mail:
        handoff = pass_on(database)

        send_all(notifier(database, pages=(mail.url("oncall@clinic.example"),), staff=(mail.url(),)))

    to = {sent["To"]: sent for sent in mail.accepted}
    assert set(to) == {"oncall@clinic.example", "staff@clinic.example"}
    assert to["oncall@clinic.example"]["Subject"] == f"Urgent handoff, please open it now – {handoff.reference}"
    assert f"http://127.0.0.1:8080/staff/handoffs/{handoff.reference}" in text(to["staff@clinic.example"])
    assert [n.status for n in notices(database, "on_call") + notices(database, "staff")] == [NoticeStatus.SENT] * 2


def test_a_handoff_that_is_not_urgent_pages_nobody(database: Database) -> None:
    with MailServer() as mail:
        pass_on(database, Kind.ELIGIBILITY)

        send_all(notifier(database, pages=(mail.url("oncall@clinic.example"),), staff=(mail.url(),)))

    assert [sent["To"] for sent in mail.accepted] == ["staff@clinic.example"]


def test_the_visitor_is_told_of_a_page_only_once_it_is_accepted(database: Database) -> None:
    with MailServer(answer=lambda count: ACCEPTED if count > 1 else REFUSED) as mail:
        handoff = pass_on(database)
        working = notifier(database, pages=(mail.url(),))

        send_all(working)
        after_refusal = told(database, handoff)
        make_due(database)
        send_all(working)

    assert after_refusal == []
    assert told(database, handoff) == [paging.ACCEPTED]


def test_the_visitor_is_told_once_though_several_addresses_accept(database: Database) -> None:
    with MailServer() as mail:
        handoff = pass_on(database)

        send_all(notifier(database, pages=(mail.url("one@clinic.example"), mail.url("two@clinic.example"))))

    assert {sent["To"] for sent in mail.accepted} == {"one@clinic.example", "two@clinic.example"}
    assert told(database, handoff) == [paging.ACCEPTED]


def test_a_later_page_of_the_same_handoff_is_not_told_again(database: Database) -> None:
    with MailServer() as mail:
        handoff = pass_on(database, minutes_ago=15)
        working = notifier(database, pages=(mail.url(),))
        send_all(working)
        with database.transaction() as session:
            now = datetime.now(UTC)
            message, _ = conversations.record_visitor(session, now, handoff.conversation_id, "again", client_id=None)
            handoffs.pass_on(
                session,
                now,
                conversation_id=handoff.conversation_id,
                message_id=message.id,
                kind=Kind.CRISIS,
                priority=Priority.URGENT,
                due_at=now,
            )

        send_all(working)

    assert len(mail.accepted) == 2
    assert told(database, handoff) == [paging.ACCEPTED]


def test_one_address_that_refuses_does_not_make_the_other_get_it_twice(database: Database) -> None:
    with MailServer() as good, MailServer(answer=lambda _: REFUSED) as bad:
        handoff = pass_on(database)
        working = notifier(database, pages=(bad.url(), good.url()))
        for _ in range(4):
            send_all(working)
            make_due(database)

    assert (len(good.accepted), bad.seen) == (1, 4)
    assert told(database, handoff) == [paging.ACCEPTED]


def test_the_visitor_is_told_when_nobody_is_reached_for_a_minute_and_once_only(database: Database) -> None:
    with MailServer(answer=lambda _: REFUSED) as mail:
        fresh, waiting = pass_on(database), pass_on(database, minutes_ago=1.1)
        working = notifier(database, pages=(mail.url("one@clinic.example"), mail.url("two@clinic.example")))
        for _ in range(3):
            send_all(working)
            make_due(database)

    assert told(database, fresh) == []
    assert told(database, waiting) == [paging.FAILED]
    assert {notice.status for notice in notices(database, "on_call")} == {NoticeStatus.WAITING}


def test_a_page_that_gets_through_late_is_told_after_all(database: Database) -> None:
    with MailServer(answer=lambda count: ACCEPTED if count > 1 else REFUSED) as mail:
        handoff = pass_on(database, minutes_ago=2)
        working = notifier(database, pages=(mail.url(),))

        send_all(working)
        make_due(database)
        send_all(working)

    assert told(database, handoff) == [paging.FAILED, paging.ACCEPTED]


def test_the_visitor_is_told_at_once_when_every_page_is_given_up(database: Database) -> None:
    handoff = pass_on(database)

    send_all(notifier(database, pages=("nonsense-of-an-address",)))

    assert told(database, handoff) == [paging.FAILED]
    assert [notice.status for notice in notices(database, "on_call")] == [NoticeStatus.FAILED]


def test_a_page_that_stops_the_notifier_each_time_is_given_up_in_the_end(database: Database) -> None:
    with MailServer() as mail:
        handoff = pass_on(database, minutes_ago=61)
        with database.transaction() as session:
            session.execute(update(Notice).values(status=NoticeStatus.CLAIMED, attempts=outbox.LEAST_TRIES))
        make_due(database)

        send_all(notifier(database, pages=(mail.url(),)))

    assert mail.seen == 0
    assert [notice.status for notice in notices(database, "on_call")] == [NoticeStatus.FAILED]
    assert told(database, handoff) == [paging.FAILED]


def test_a_page_is_marked_also_when_its_words_are_gone(database: Database) -> None:
    with MailServer() as mail:
        handoff = pass_on(database)
        settings = Settings(page_urls=urls(mail.url()))

        send_all(Notifier(settings, database, Texts({}), WORDS))

    assert [notice.status for notice in notices(database, "on_call")] == [NoticeStatus.SENT]
    assert told(database, handoff) == []


def test_the_bot_stays_silent_where_staff_have_the_conversation(database: Database) -> None:
    with MailServer() as mail:
        handoff = pass_on(database)
        with database.transaction() as session:
            conversations.lock(session, handoff.conversation_id).state = State.OPEN

        send_all(notifier(database, pages=(mail.url(),)))

    assert len(mail.accepted) == 1
    assert told(database, handoff) == []


def test_two_pages_given_up_in_the_same_moment_are_told_once(database: Database) -> None:
    handoff = pass_on(database)
    now = datetime.now(UTC)
    claimed = []
    for _ in range(2):
        with database.transaction() as session:
            claimed.append(outbox.claim(session, now, "on_call", 2))
    start = threading.Barrier(2)

    def give_up(notice: Notice | None) -> None:
        assert notice is not None
        start.wait()
        with database.transaction() as session:
            paging.mark_failed(session, now, notice, "refused", TEXTS, is_final=True)

    threads = [threading.Thread(target=give_up, args=(notice,)) for notice in claimed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told(database, handoff) == [paging.FAILED]


def test_without_an_address_a_page_fails_and_a_notice_is_withdrawn_with_a_plain_reason_and_the_visitor_is_told_nothing(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    handoff = pass_on(database)
    working = notifier(database)

    send_all(working)
    send_all(working)

    (page,), (notice,) = notices(database, "on_call"), notices(database, "staff")
    assert page.error == "No address for pages is set: FRONTDESK_PAGE_URLS"
    assert notice.error == "No address for staff notices is set: FRONTDESK_NOTICE_URLS"
    assert (page.status, notice.status) == (NoticeStatus.FAILED, NoticeStatus.WITHDRAWN)
    assert caplog.text.count("FRONTDESK_PAGE_URLS") == 1
    assert told(database, handoff) == []


def test_an_optional_address_that_refuses_does_not_look_accepted(database: Database) -> None:
    with MailServer(answer=lambda _: REFUSED) as mail:
        handoff = pass_on(database)

        send_all(notifier(database, pages=(mail.url(optional="yes"),)))

    assert mail.seen == 1
    assert [notice.status for notice in notices(database, "on_call")] == [NoticeStatus.WAITING]
    assert told(database, handoff) == []


def test_a_server_that_does_not_answer_is_left_in_time(database: Database) -> None:
    with MailServer(replies_after=3) as mail:
        handoff = pass_on(database)
        begun = time.monotonic()

        send_all(notifier(database, pages=(mail.url(),), limit=0.5))

    assert time.monotonic() - begun < 2.5
    assert [notice.error for notice in notices(database, "on_call")] == ["No answer within 0.5 seconds."]
    assert told(database, handoff) == []


def test_a_staff_address_that_hangs_does_not_hold_up_a_page(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontdesk.notifier.GRACE", 0.1)
    with MailServer(replies_after=8) as slow, MailServer() as quick:
        for _ in range(4):
            pass_on(database, Kind.HUMAN)

        with running(notifier(database, pages=(quick.url(),), staff=(slow.url(),), limit=20)):
            wait_for(lambda: slow.seen == 2)  # as many as are tried at once
            handoff = pass_on(database)
            wait_for(lambda: told(database, handoff) == [paging.ACCEPTED], 6)

    assert {notice.status for notice in notices(database, "staff")} == {NoticeStatus.WAITING}


def test_no_secret_and_no_address_is_kept_or_logged(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    pass_on(database)
    given = "mailto://desk:hunter2secret@127.0.0.1:1/?from=desk@clinic.example&to=oncall@clinic.example&mode=insecure"

    send_all(notifier(database, pages=(given,), staff=("json://someone:hunter2secret@127.0.0.1:1/hook/T0KEN-7781",)))

    errors = [notice.error or "" for notice in notices(database, "on_call") + notices(database, "staff")]
    assert all("127.0.0.1" in error for error in errors)
    assert "Connection refused" in errors[0]
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("frontdesk")]
    assert len(logged) == 2
    for kept in [*errors, *logged]:
        assert [word for word in ("hunter2", "T0KEN", "oncall", "someone", "to die") if word in kept] == []


def test_a_third_refused_loses_nothing_and_repeats_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "FIRST_PAUSE", timedelta(milliseconds=50))
    with MailServer(answer=lambda count: REFUSED if count % 3 == 0 else ACCEPTED) as mail:
        for _ in range(24):
            pass_on(database, Kind.HUMAN)

        with running(notifier(database, staff=(mail.url(),))):
            wait_for(lambda: all(n.status is NoticeStatus.SENT for n in notices(database, "staff")))

    assert Counter(mail.notice_ids()) == Counter(notice.id for notice in notices(database, "staff"))
    assert len(mail.accepted) == 24
    assert mail.seen > 24


@contextmanager
def running(working: Notifier) -> Iterator[None]:
    thread = threading.Thread(target=working.run)
    thread.start()
    try:
        yield
    finally:
        working.stop()
        thread.join()


def test_the_heartbeat_shows_that_the_notifier_is_at_work(database: Database) -> None:
    with running(notifier(database)):
        wait_for(lambda: beat(database) is not None)

    last = beat(database)
    assert last is not None
    assert last >= NOW


def beat(database: Database) -> datetime | None:
    with database.reading() as session:
        return session.scalar(select(Heartbeat.at).where(Heartbeat.part == "notifier"))


@contextmanager
def process(database: Database, var: Path, mail: MailServer) -> Iterator[subprocess.Popen[str]]:
    environment = {
        **os.environ,
        "FRONTDESK_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "FRONTDESK_VAR": str(var),
        "FRONTDESK_NOTICE_URLS": mail.url("staff@clinic.example"),
        "FRONTDESK_PAGE_URLS": mail.url("oncall@clinic.example"),
    }
    command = [sys.executable, "-m", "frontdesk.notifier"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True) as started:
        try:
            yield started
        finally:
            started.kill()


@pytest.mark.product
def test_a_kill_between_acceptance_and_mark_repeats_the_same_notice_id(database: Database, tmp_path: Path) -> None:
    handoff = pass_on(database)
    with MailServer(replies_after=1) as mail:
        with process(database, tmp_path, mail) as first:
            wait_for(lambda: len(mail.notice_ids("oncall@clinic.example")) == 1)
            first.kill()
            first.wait()
        after_kill = told(database, handoff)
        make_due(database)
        with process(database, tmp_path, mail):
            wait_for(lambda: told(database, handoff) != [])

    assert after_kill == []
    assert mail.notice_ids("oncall@clinic.example") == [notices(database, "on_call")[0].id] * 2
    assert told(database, handoff) == [paging.ACCEPTED]


@pytest.mark.product
def test_kills_at_any_moment_lose_nothing(database: Database, tmp_path: Path) -> None:
    for _ in range(24):
        pass_on(database, Kind.HUMAN)
    chance, kills = random.Random(5), 2
    with MailServer(answer=lambda count: REFUSED if count % 3 == 0 else ACCEPTED) as mail:
        for _ in range(kills):
            seen = mail.seen
            with process(database, tmp_path, mail) as started:
                wait_for(lambda seen=seen: mail.seen > seen)  # type: ignore[misc]
                time.sleep(chance.uniform(0, 0.3))
                started.kill()
            make_due(database)
        with process(database, tmp_path, mail):
            wait_for(lambda: make_waiting_due(database) == 0)

    counts = Counter(mail.notice_ids())
    assert set(counts) == {notice.id for notice in notices(database, "staff")}
    assert sum(counts.values()) - len(counts) <= 2 * kills  # two tries at once


def make_waiting_due(database: Database) -> int:
    """How many are not accepted yet; those that are only pausing are tried at once."""
    time.sleep(0.2)  # leaves SQLite's one writer to the notifier
    with database.transaction() as session:
        session.execute(update(Notice).where(Notice.status == NoticeStatus.WAITING).values(next_at=datetime.now(UTC)))
        open_ones = select(func.count()).where(Notice.status != NoticeStatus.SENT)
        return session.scalar(open_ones) or 0


@pytest.mark.product
def test_sigterm_ends_an_idle_notifier_at_once(database: Database, tmp_path: Path) -> None:
    with MailServer() as mail, process(database, tmp_path, mail) as started:
        wait_for(lambda: beat(database) is not None)
        begun = time.monotonic()

        started.send_signal(signal.SIGTERM)

        assert started.wait(5) == 0
        assert time.monotonic() - begun < 2  # a second, and one for a busy machine


@pytest.mark.product
def test_sigterm_lets_the_try_that_has_begun_come_to_its_end(database: Database, tmp_path: Path) -> None:
    handoff = pass_on(database)
    with MailServer(replies_after=1) as mail, process(database, tmp_path, mail) as started:
        wait_for(lambda: mail.seen == 2)

        started.send_signal(signal.SIGTERM)

        assert started.wait(5) == 0
    assert told(database, handoff) == [paging.ACCEPTED]
    assert [n.status for n in notices(database, "on_call") + notices(database, "staff")] == [NoticeStatus.SENT] * 2


def test_a_try_that_hangs_is_given_back_when_the_notifier_ends(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontdesk.notifier.GRACE", 0.3)
    pass_on(sqlite_database)
    with MailServer(replies_after=2) as mail:
        working = notifier(sqlite_database, pages=(mail.url(),))
        with running(working):
            wait_for(lambda: mail.seen == 1)
            working.stop()
            wait_for(lambda: notices(sqlite_database, "on_call")[0].status is NoticeStatus.WAITING)


@pytest.mark.product
def test_no_visitor_text_is_written_by_the_notifier(database: Database, tmp_path: Path) -> None:
    handoff = pass_on(database)
    with MailServer() as mail, process(database, tmp_path, mail) as started:
        wait_for(lambda: told(database, handoff) != [])
        started.send_signal(signal.SIGTERM)
        _, printed = started.communicate(timeout=5)

    assert "accepted at try 1" in printed
    assert [word for word in ("to die", "clinic.example") if word in printed] == []


def test_a_page_goes_to_its_fate_also_when_the_conversation_is_erased_meanwhile(database: Database) -> None:
    handoff = pass_on(database)
    with database.transaction() as session:
        notice = outbox.claim(session, datetime.now(UTC), "on_call")
    assert notice is not None
    with database.transaction() as session:
        session.delete(session.get_one(Handoff, handoff.id))
        session.execute(update(Message).values(text=""))

    with database.transaction() as session:
        paging.mark_accepted(session, datetime.now(UTC), notice, TEXTS)

    assert notices(database, "on_call") == []
    assert told(database, handoff) == []
