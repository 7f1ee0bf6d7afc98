"""Many visitors want the same opening at once, from several processes: is it booked once, and is everybody else helped?

./run bench race [--attempts 1000] [--processes 4] [--database sqlite|postgresql]

Each attempt has its own conversation and contact. Every other one picks the opening and then confirms, as in the chat;
the rest confirm at once. Whoever finds it gone must be offered other openings.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import func, select

from bench.outbox import address
from frontdesk import booking_hours, consultations, contacts, conversations, holds, openings
from frontdesk import clinic as clinics
from frontdesk.booking_hours import Terms
from frontdesk.cli import upgrade
from frontdesk.clinic import Clinic
from frontdesk.config import ROOT
from frontdesk.database import Database
from frontdesk.hours import Span
from frontdesk.model import Cell, Consultation, Hold, Role, StaffMember
from frontdesk.openings import Gone, Opening

TERMS = Terms(
    name="First call",
    minutes=30,
    buffer_minutes=10,
    step_minutes=15,
    notice_minutes=60,
    horizon_days=30,
    needs_staff=False,
    place="by phone",
)
CELLS = (TERMS.minutes + TERMS.buffer_minutes) // 5
BOOKED, OFFERED = "booked", "offered others"


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench race")
    parser.add_argument("--attempts", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    options = parser.parse_args()
    results = []
    for kind in options.database or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory(prefix="pg") as folder, address(kind, Path(folder)) as url:
            results.append(measure(kind, url, options.attempts, options.processes))
    return 0 if all(results) else 1


def measure(kind: str, url: str, attempts: int, processes: int) -> bool:
    database, clinic = Database(url), clinics.load(ROOT / "clinic.yml")
    upgrade(database)
    opening = publish(database, clinic)
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(processes + 1), context.Queue()
    running = [
        context.Process(target=work, args=(url, opening, range(number, attempts, processes), barrier, results))
        for number in range(processes)
    ]
    for process in running:
        process.start()
    barrier.wait()
    begun = time.monotonic()
    outcomes = Counter[str]()
    for _ in running:
        outcomes += results.get()
    took = time.monotonic() - begun
    for process in running:
        process.join()
    is_right = is_booked_once(database)
    database.close()
    errors = attempts - outcomes[BOOKED] - outcomes[OFFERED]
    print(f"{kind}: {attempts} attempts on one opening by {processes} processes, {took:.1f} s")
    if errors or not is_right:
        print(f"what went wrong: {dict(outcomes)}; the tables hold one booking: {is_right}")
    print(f"booked {outcomes[BOOKED]}, offered others {outcomes[OFFERED]}, errors {errors}", flush=True)
    return is_right and outcomes[BOOKED] == 1 and errors == 0


def publish(database: Database, clinic: Clinic) -> Opening:
    now = datetime.now(UTC)
    with database.transaction() as session:
        member = StaffMember(name="Ann", email="ann@x.org", role=Role.ADMIN, password_hash="none", created_at=now)
        session.add(member)
        session.flush()
        kind = booking_hours.add_type(session, now, member, TERMS)
        for weekday in range(5):
            booking_hours.add_weekly(
                session, now, member, staff_id=member.id, type_id=kind.id, weekday=weekday, span=Span(9 * 60, 17 * 60)
            )
        return openings.openings(session, now, clinic, limit=2)[1]


def work(
    url: str, opening: Opening, numbers: range, barrier: Barrier, results: "multiprocessing.Queue[Counter[str]]"
) -> None:
    database, clinic = Database(url), clinics.load(ROOT / "clinic.yml")
    outcomes = Counter[str]()
    with database.reading() as session:
        openings.openings(session, datetime.now(UTC), clinic, limit=1)  # what is slow only once is not the race
    barrier.wait()
    for number in numbers:
        try:
            outcomes[attempt(database, clinic, opening, number)] += 1
        except Exception as error:  # whatever it is, a visitor would have seen it
            outcomes[f"{type(error).__name__}: {error}"] += 1
    database.close()
    results.put(outcomes)


def attempt(database: Database, clinic: Clinic, opening: Opening, number: int) -> str:
    with database.transaction() as session:
        conversation, _ = conversations.start(session, datetime.now(UTC))
    try:
        if number % 2:
            with database.transaction() as session:
                holds.hold(session, datetime.now(UTC), clinic, conversation.id, opening)
        with database.transaction() as session:
            now = datetime.now(UTC)
            contact = contacts.keep(
                session, now, conversation.id, name=f"Visitor {number}", email=f"{number}@x.org", phone=None
            )
            consultations.book(session, now, clinic, contact=contact, form_key=conversation.key, opening=opening)
            return BOOKED
    except Gone:
        with database.reading() as session:
            others = openings.nearest(session, datetime.now(UTC), clinic, opening)
        return OFFERED if others and opening not in others else "offered nothing"


def is_booked_once(database: Database) -> bool:
    with database.reading() as session:
        booked, held, taken = (
            session.scalar(select(func.count()).select_from(table)) for table in (Consultation, Hold, Cell)
        )
    return (booked, held, taken) == (1, 0, CELLS)


if __name__ == "__main__":
    sys.exit(main())
