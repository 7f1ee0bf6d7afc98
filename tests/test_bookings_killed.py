"""Workers that are killed at any moment leave no half booking, and nothing that is kept for ever."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from frontdesk import holds, openings
from frontdesk.config import ROOT
from frontdesk.database import Database
from frontdesk.model import Consultation, ConsultationStatus, Hold
from tests.booking_worker import coming
from tests.published import clinic_in, disorder, hire, offer

BOOKINGS, WORKERS = 200, 2
PATIENCE = 120.0  # seconds without any booking

pytestmark = pytest.mark.product


def test_two_hundred_bookings_by_workers_that_are_killed_all_the_time_are_each_whole_and_there_once(
    database: Database,
) -> None:
    clinic, begun = clinic_in(), datetime.now(UTC)
    with database.transaction() as session:
        kind = offer(
            session,
            begun,
            hire(session, begun, "Nora"),
            weekdays=range(7),
            minutes=25,
            buffer_minutes=5,
            horizon_days=30,
        )
        for name in ("Otto", "Pia"):
            offer(session, begun, hire(session, begun, name), kind, weekdays=range(7))
        published = openings.of_everybody(session, begun, clinic, windows=coming(begun))

    kills = kill_while_booking(database)

    now = datetime.now(UTC)
    with database.reading() as session:
        assert kills >= 10
        assert session.scalar(select(func.count()).select_from(Consultation)) == BOOKINGS
        assert disorder(session, now) == []
        assert all(held.expires_at <= now + holds.LASTS for held in session.scalars(select(Hold)))
        free = openings.of_everybody(session, now + holds.LASTS, clinic, windows=coming(begun))
        taken = session.scalars(
            select(Consultation.starts_at).where(Consultation.status != ConsultationStatus.CANCELLED)
        ).all()
    assert sorted([one.starts_at for one in free] + list(taken)) == [one.starts_at for one in published]


def kill_while_booking(database: Database) -> int:
    chance, kills, so_far = random.Random(1), 0, 0
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.booking_worker", url, str(BOOKINGS), str(WORKERS)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forking:
        workers = [start(forking, number) for number in range(WORKERS)]
        try:
            while so_far < BOOKINGS:
                so_far = wait_for(database, min(BOOKINGS, so_far + chance.randint(1, 20)))
                time.sleep(chance.uniform(0, 0.3))
                number = chance.randrange(WORKERS)
                kills += kill(workers[number])
                workers[number] = start(forking, number)
        finally:
            for worker in workers:
                kill(worker)
    return kills


def wait_for(database: Database, goal: int) -> int:
    """Until there are so many bookings."""
    latest, at = booked(database), time.monotonic()
    while (found := booked(database)) < goal:
        if found > latest:
            latest, at = found, time.monotonic()
        assert time.monotonic() < at + PATIENCE, f"only {found} were booked"
        time.sleep(0.01)
    return found


def start(forking: subprocess.Popen[str], number: int) -> int:
    assert forking.stdin is not None
    assert forking.stdout is not None
    forking.stdin.write(f"{number}\n")
    forking.stdin.flush()
    return int(forking.stdout.readline())


def kill(worker: int) -> bool:
    """False when it had booked its share and ended."""
    try:
        os.kill(worker, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def booked(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Consultation)) or 0
