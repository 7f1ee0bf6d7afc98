"""The notifier: claims what is due in the outbox, renders it, sends it, marks it. Run as `python -m frontdesk.notifier`.

Pages and staff notices go out beside each other, so that a mail server that hangs never holds up a page. A notice is
sent at least once; twice only when this process is killed between the sender's acceptance and the mark, and then with
the same notice id.
"""

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from frontdesk import outbox, paging
from frontdesk.config import ROOT, Settings
from frontdesk.database import Database
from frontdesk.model import Heartbeat, Notice
from frontdesk.notices import NoWords, Words, staff_pages
from frontdesk.sender import LIMIT, Refusal, addresses, is_usable, send
from frontdesk.texts import Texts

PART = "notifier"
POLLING = 1.0  # seconds between looks when nothing is due
HEARTBEAT = 10.0  # seconds
GRACE = 6.0  # seconds a try that has begun may take once the notifier is told to end

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lane:
    """One audience, and where its notices go."""

    audience: str
    called: str  #: in the reason why a notice cannot be sent
    setting: str
    urls: tuple[str, ...]
    tries_at_once: int


class Notifier:
    """`limit`: seconds the sender may take for one notice."""

    def __init__(
        self, settings: Settings, database: Database, texts: Texts, words: Words, limit: float = LIMIT
    ) -> None:
        self._database, self._texts, self._words, self._limit = database, texts, words, limit
        self._staff_pages = staff_pages(settings)
        self._stopping = threading.Event()
        self._in_hand: set[Notice] = set()
        notice_urls = addresses(tuple(url.get_secret_value() for url in settings.notice_urls))
        page_urls = addresses(tuple(url.get_secret_value() for url in settings.page_urls))
        self.lanes = (
            Lane(outbox.ON_CALL, "pages", "FRONTDESK_PAGE_URLS", page_urls, 3),
            Lane(outbox.STAFF, "staff notices", "FRONTDESK_NOTICE_URLS", notice_urls, 2),
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
            notice = outbox.claim(session, datetime.now(UTC), lane.audience, len(lane.urls))
        if notice is None:
            return False
        self._in_hand.add(notice)
        try:
            self._deal_with(lane, notice)
        finally:
            self._in_hand.discard(notice)
        return True

    def _deal_with(self, lane: Lane, notice: Notice) -> None:
        refusal = self._try(lane, notice)
        if refusal is None:
            self._mark(lambda session: self._sent(session, notice))
            log.info("notice %s (%s) accepted at try %d", notice.id, notice.kind, notice.attempts)
        else:
            self._mark(lambda session: self._failed(session, lane, notice, refusal))
            log.warning("notice %s (%s) failed at try %d: %s", notice.id, notice.kind, notice.attempts, refusal.reason)

    def _try(self, lane: Lane, notice: Notice) -> Refusal | None:
        if not lane.urls:
            return Refusal(f"No address for {lane.called} is set: {lane.setting}", is_final=True)
        if outbox.is_hopeless(notice, datetime.now(UTC)):
            return Refusal("The notifier stopped each time it tried to send this.", is_final=True)
        number = outbox.address_number(notice)
        if number > len(lane.urls):
            return Refusal(f"Address {number} in {lane.setting} is not set any more.", is_final=True)
        try:
            rendered = self._words.render(notice, self._staff_pages)
        except NoWords as error:
            return Refusal(str(error), is_final=True)
        return send(lane.urls[number - 1], rendered.subject, rendered.text, self._limit)

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

    def _sent(self, session: Session, notice: Notice) -> None:
        now = datetime.now(UTC)
        if paging.is_page(notice):
            paging.mark_accepted(session, now, notice, self._texts)
        else:
            outbox.mark_sent(session, now, notice)

    def _failed(self, session: Session, lane: Lane, notice: Notice, refusal: Refusal) -> None:
        now = datetime.now(UTC)
        # Without any address the front door has told the visitor at once that nobody can be alerted.
        if lane.urls and paging.is_page(notice):
            paging.mark_failed(session, now, notice, refusal.reason, self._texts, is_final=refusal.is_final)
        else:
            outbox.mark_failed(session, now, notice, refusal.reason, is_final=refusal.is_final)

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
            if not lane.urls:
                log.warning("no address for %s is set: %s", lane.called, lane.setting)
            for number, url in enumerate(lane.urls, start=1):
                if not is_usable(url):
                    log.error("address %d in %s is not one that Apprise can read", number, lane.setting)


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = Settings()
    database = Database(settings.database)
    notifier = Notifier(settings, database, Texts.load(ROOT / "data"), Words.load())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: notifier.stop())
    notifier.check_addresses()
    log.info("the notifier is at work")
    is_well = notifier.run()
    log.info("the notifier has ended")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
