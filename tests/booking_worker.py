"""Books as visitors do: `python -m tests.booking_worker URL LAST STEP`, then a line with the first number on its input.

For each line it forks a worker and prints its process id, so that starting one costs next to nothing. A form that is
booked already is left out: whoever comes after a killed worker goes on where that one was.
"""

import os
import random
import signal
import sys
from datetime import UTC, datetime, timedelta

from sqlalchemy import exists, select

from frontdesk import consultations, contacts, conversations, holds, openings
from frontdesk.clinic import Clinic
from frontdesk.database import Database
from frontdesk.model import Consultation
from frontdesk.openings import Gone, Opening
from frontdesk.windows import Window
from tests.published import clinic_in


def main(url: str, last: int, step: int) -> None:
    clinic = clinic_in()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    for line in sys.stdin:
        if worker := os.fork():
            print(worker, flush=True)
        else:
            work(url, clinic, range(int(line), last, step))
            os._exit(0)


def work(url: str, clinic: Clinic, numbers: range) -> None:
    database, chance = Database(url), random.Random()
    for number in numbers:
        while not is_booked(database, number):
            try:
                book(database, clinic, number, chance)
            except Gone:
                continue


def is_booked(database: Database, number: int) -> bool:
    with database.reading() as session:
        return bool(session.scalar(select(exists().where(Consultation.form_key == str(number)))))


def coming(now: datetime) -> list[Window]:
    """From the day after tomorrow on, so that time going by takes nothing away."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return [Window(midnight + timedelta(days=2), midnight + timedelta(days=20))]


def book(database: Database, clinic: Clinic, number: int, chance: random.Random) -> None:
    """In several transactions, as in the chat; some are moved afterwards, some cancelled."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        conversation, _ = conversations.start(session, now)
        contacts.keep(session, now, conversation.id, name="Vic", email="vic@x.org", phone=None)
    with database.transaction() as session:
        holds.hold(session, now, clinic, conversation.id, pick(database, now, clinic, chance))
    with database.transaction() as session:
        held = holds.current(session, now, conversation.id)
        contact = contacts.keep(session, now, conversation.id, name="Vic", email=None, phone=None)
        if held is None:
            raise Gone()
        opening = Opening(held.starts_at, held.ends_at, held.staff_id, held.type_id)
        booked, _ = consultations.book(
            session, now, clinic, contact=contact, form_key=str(number), opening=opening, note="hello"
        )
    with database.transaction() as session:
        stored = session.get_one(Consultation, booked.id)
        if number % 3 == 0:
            consultations.move(session, now, clinic, stored, pick(database, now, clinic, chance))
        elif number % 5 == 0:
            consultations.cancel(session, now, stored)


def pick(database: Database, now: datetime, clinic: Clinic, chance: random.Random) -> Opening:
    with database.reading() as session:
        return chance.choice(openings.openings(session, now, clinic, windows=coming(now), limit=40))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
