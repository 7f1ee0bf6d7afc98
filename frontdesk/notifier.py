"""The notifier: claims what is due in the outbox, renders it, sends it, marks it. Run as `python -m frontdesk.notifier`.

Each audience has a lane of its own, so that a mail server that hangs never holds up a page. A notice is sent at least
once; twice only when this process is killed between the sender's acceptance and the mark, and then with the same notice
id.
"""

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from frontdesk import clinic as clinics
from frontdesk import outbox
from frontdesk.clinic_file import ClinicFileWrong
from frontdesk.config import ROOT, Settings
from frontdesk.database import Database
from frontdesk.lanes import ChatLane, Lane, Outcome, StaffLane, VisitorLane
from frontdesk.model import Heartbeat, Notice
from frontdesk.notices import Words, staff_pages
from frontdesk.sender import LIMIT, Refusal, addresses
from frontdesk.texts import Texts
from frontdesk.visitor_post import VisitorPost
from frontdesk.visitor_words import VisitorWords

PART = "notifier"
POLLING = 1.0  # seconds between looks when nothing is due
HEARTBEAT = 10.0  # seconds
GRACE = 6.0  # seconds a try that has begun may take once the notifier is told to end

log = logging.getLogger(__name__)


class Notifier:
    """`limit`: seconds the sender may take for one notice."""

    def __init__(
        self, settings: Settings, database: Database, texts: Texts, words: Words, limit: float = LIMIT
    ) -> None:
        self._database = database
        self._stopping = threading.Event()
        self._in_hand: set[Notice] = set()
        clinic = clinics.load(settings.clinic)
        post = VisitorPost(settings, database, clinic, VisitorWords.load(), limit)

        def staff_lane(audience: str, called: str, setting: str, tries_at_once: int) -> StaffLane:
            given = getattr(settings, setting.removeprefix("FRONTDESK_").lower())
            urls = addresses(tuple(url.get_secret_value() for url in given))
            return StaffLane(
                database, texts, words, staff_pages(settings), limit,
                audience=audience, called=called, setting=setting, urls=urls, tries_at_once=tries_at_once,
            )  # fmt: skip

        self.lanes: tuple[Lane, ...] = (
            staff_lane(outbox.ON_CALL, "pages", "FRONTDESK_PAGE_URLS", 3),
            staff_lane(outbox.STAFF, "staff notices", "FRONTDESK_NOTICE_URLS", 2),
            VisitorLane(post, clinic),
            ChatLane(texts, clinic),
        )

    def run(self) -> bool:
        """Works until `stop`. False when a lane has died, which only a new process can mend."""
        lanes = [lane for lane in self.lanes for _ in range(lane.tries_at_once)]
        threads = [threading.Thread(target=self._run_lane, args=(lane,), daemon=True) for lane in lanes]
        for thread in threads:
            thread.start()
        while not self._stopping.is_set() and all(thread.is_alive() for thread in threads):
            self._beat()
            self._wait(HEARTBEAT, threads)
        is_well = self._stopping.is_set()
        self._stopping.set()
        ends_at = time.monotonic() + GRACE
        for thread in threads:
            thread.join(max(0.0, ends_at - time.monotonic()))
        self._release()
        return is_well

    def stop(self) -> None:
        self._stopping.set()

    def _wait(self, seconds: float, threads: list[threading.Thread]) -> None:
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at and all(thread.is_alive() for thread in threads):
            if self._stopping.wait(POLLING):
                return

    def _beat(self) -> None:
        try:
            with self._database.transaction() as session:
                session.merge(Heartbeat(part=PART, at=datetime.now(UTC)))
        except SQLAlchemyError as error:  # the next beat tries again; meanwhile readiness shows the old one
            log.warning("the heartbeat could not be written: %s", type(error).__name__)

    def _run_lane(self, lane: Lane) -> None:
        while not self._stopping.is_set():
            try:
                if self.send_next(lane):
                    continue
            except Exception:  # whatever it was, the other notices still have to go out
                log.exception("a notice for %s could not be dealt with", lane.audience)
            self._stopping.wait(POLLING)

    def send_next(self, lane: Lane) -> bool:
        """Deals with the notice that has been due longest; False when none is due."""
        with self._database.reading() as session:
            if not outbox.has_due(session, datetime.now(UTC), lane.audience):
                return False
        with self._database.transaction() as session:
            notice = outbox.claim(session, datetime.now(UTC), lane.audience, lane.addresses)
        if notice is None:
            return False
        self._in_hand.add(notice)
        try:
            self._deal_with(lane, notice)
        finally:
            self._in_hand.discard(notice)
        return True

    def _deal_with(self, lane: Lane, notice: Notice) -> None:
        outcome = lane.attempt(notice, datetime.now(UTC))
        self._mark(lambda session: lane.mark(session, datetime.now(UTC), notice, outcome))
        _log(notice, outcome)

    def _mark(self, mark: Callable[[Session], None]) -> None:
        """Tries until the database takes it: what was accepted must not be sent again because the mark was lost."""
        while True:
            try:
                with self._database.transaction() as session:
                    mark(session)
                return
            except (OperationalError, InterfaceError) as error:
                log.warning("a notice could not be marked, trying again: %s", type(error).__name__)
                time.sleep(POLLING)

    def _release(self) -> None:
        """Frees what is still being tried, for the notifier that comes next."""
        for notice in tuple(self._in_hand):
            try:
                with self._database.transaction() as session:
                    outbox.release(session, datetime.now(UTC), notice)
            except SQLAlchemyError as error:
                log.warning("notice %s is free only when its claim is old: %s", notice.id, type(error).__name__)

    def check_addresses(self) -> None:
        """Says aloud what will not work, and loads Apprise's services before they are needed."""
        for lane in self.lanes:
            for mistake in lane.mistakes():
                log.warning("%s", mistake)


def _log(notice: Notice, outcome: Outcome) -> None:
    if isinstance(outcome, Refusal):
        log.warning("notice %s (%s) failed at try %d: %s", notice.id, notice.kind, notice.attempts, outcome.reason)
    elif outcome.later:
        log.info("notice %s (%s) waits until %s", notice.id, notice.kind, outcome.later.isoformat())
    elif outcome.reason:
        log.info("notice %s (%s) is not sent: %s", notice.id, notice.kind, outcome.reason)
    else:
        log.info("notice %s (%s) accepted at try %d", notice.id, notice.kind, notice.attempts)


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = Settings()
    database = Database(settings.database)
    try:
        notifier = Notifier(settings, database, Texts.load(ROOT / "data"), Words.load())
    except ClinicFileWrong as error:
        sys.exit(str(error))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: notifier.stop())
    notifier.check_addresses()
    log.info("the notifier is at work")
    is_well = notifier.run()
    log.info("the notifier has ended")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
