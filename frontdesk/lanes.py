"""The lanes of the notifier: what becomes of a claimed notice of each audience, and how that is kept."""

import re
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from frontdesk import conversations, handoffs, outbox, paging, visitor_notices
from frontdesk.clinic import Clinic
from frontdesk.database import Database
from frontdesk.model import Consultation, Kind, Notice, Priority
from frontdesk.notices import NoWords, Words
from frontdesk.sender import Refusal, is_usable, send
from frontdesk.texts import Texts
from frontdesk.visitor_notices import SEND, TOLD_BY_HANDOFF, Fate
from frontdesk.visitor_post import SETTINGS, VisitorPost

CALL_INSTEAD = timedelta(hours=1)  # before it begins the front desk is told, so that somebody can still call
FEWEST_TRIES = 3
FOR_GOOD = re.compile(
    r"\b55[0134]\b"
)  # a mail server's answers when there is no such mailbox, or it takes nothing from us
STOPPED = "The notifier stopped each time it tried to send this."

Outcome = Refusal | Fate


class Lane(Protocol):
    audience: str
    tries_at_once: int

    @property
    def addresses(self) -> int:
        """How many addresses each notice goes to."""

    def attempt(self, notice: Notice, now: datetime) -> Outcome:
        """Tries once; SEND means accepted."""

    def mark(self, session: Session, now: datetime, notice: Notice, outcome: Outcome) -> None: ...

    def mistakes(self) -> list[str]:
        """What will not work, in words for the log."""


class StaffLane:
    """Notices to staff and pages to whoever is on call: each to every address that is set."""

    def __init__(
        self, database: Database, texts: Texts, words: Words, staff_pages: str, limit: float,
        *, audience: str, called: str, setting: str, urls: tuple[str, ...], tries_at_once: int,
    ) -> None:  # fmt: skip
        self._database, self._texts, self._words, self._staff_pages, self._limit = (
            database, texts, words, staff_pages, limit,
        )  # fmt: skip
        self.audience, self.tries_at_once = audience, tries_at_once
        self._called, self._setting, self._urls = called, setting, urls

    @property
    def addresses(self) -> int:
        return len(self._urls)

    def attempt(self, notice: Notice, now: datetime) -> Outcome:
        if not self._urls:
            reason = f"No address for {self._called} is set: {self._setting}"
            return Refusal(reason, is_final=True) if paging.is_page(notice) else Fate(reason=reason)
        if outbox.is_hopeless(notice, now):
            return Refusal(STOPPED, is_final=True)
        number = outbox.address_number(notice)
        if number > len(self._urls):
            return Refusal(f"Address {number} in {self._setting} is not set any more.", is_final=True)
        with self._database.reading() as session:
            if visitor_notices.is_told_by_handoff(session, notice):
                return Fate(reason=TOLD_BY_HANDOFF)
        try:
            rendered = self._words.render(notice, self._staff_pages)
        except NoWords as error:
            return Refusal(str(error), is_final=True)
        return send(self._urls[number - 1], rendered.subject, rendered.text, self._limit) or SEND

    def mark(self, session: Session, now: datetime, notice: Notice, outcome: Outcome) -> None:
        if isinstance(outcome, Fate) and outcome.reason:
            outbox.withdraw(session, notice, outcome.reason)
        elif isinstance(outcome, Fate):
            self._mark_sent(session, now, notice)
        # Without any address the front door has told the visitor at once that nobody can be alerted.
        elif self._urls and paging.is_page(notice):
            paging.mark_failed(session, now, notice, outcome.reason, self._texts, is_final=outcome.is_final)
        else:
            outbox.mark_failed(session, now, notice, outcome.reason, is_final=outcome.is_final)

    def _mark_sent(self, session: Session, now: datetime, notice: Notice) -> None:
        if paging.is_page(notice):
            paging.mark_accepted(session, now, notice, self._texts)
        else:
            outbox.mark_sent(session, now, notice)

    def mistakes(self) -> list[str]:
        if not self._urls:
            return [f"no address for {self._called} is set: {self._setting}"]
        unusable = [number for number, url in enumerate(self._urls, start=1) if not is_usable(url)]
        return [f"address {number} in {self._setting} is not one that Apprise can read" for number in unusable]


class VisitorLane:
    """E-mail and texts to visitors. What cannot be sent becomes the front desk's: somebody has to call."""

    audience, tries_at_once, addresses = outbox.VISITOR, 2, 1

    def __init__(self, post: VisitorPost, clinic: Clinic) -> None:
        self._post, self._clinic = post, clinic

    def attempt(self, notice: Notice, now: datetime) -> Outcome:
        if outbox.is_hopeless(notice, now, self._since(notice, notice.consultation)):
            return Refusal(STOPPED, is_final=True)
        return self._post.send(notice, now)

    def mark(self, session: Session, now: datetime, notice: Notice, outcome: Outcome) -> None:
        if isinstance(outcome, Refusal):
            self._mark_failed(session, now, notice, outcome)
        elif outcome.reason:
            outbox.withdraw(session, notice, outcome.reason)
        elif outcome.later:
            outbox.postpone(session, notice, outcome.later)
        else:
            outbox.mark_sent(session, now, notice)

    def _mark_failed(self, session: Session, now: datetime, notice: Notice, refusal: Refusal) -> None:
        consultation = session.get(Consultation, notice.consultation_id or 0)
        if consultation is None:  # erased, and the notice with it
            return
        conversations.lock(session, consultation.conversation_id)  # first, as everywhere
        starts_at = consultation.starts_at
        is_soon = starts_at is not None and now < starts_at < now + CALL_INSTEAD
        is_final = refusal.is_final or bool(FOR_GOOD.search(refusal.reason))
        is_final |= is_soon and notice.attempts >= FEWEST_TRIES
        since = self._since(notice, consultation)
        if outbox.mark_failed(session, now, notice, refusal.reason, is_final=is_final, since=since):
            handoffs.pass_on(
                session,
                now,
                conversation_id=consultation.conversation_id,
                message_id=None,
                kind=Kind.FAILURE,
                priority=Priority.HIGH if is_soon else Priority.NORMAL,
                due_at=self._clinic.next_reading(now).at,
            )

    def _since(self, notice: Notice, consultation: Consultation | None) -> datetime:
        return visitor_notices.due_since(notice, consultation, self._clinic)

    def mistakes(self) -> list[str]:
        unset = [SETTINGS[way] for way, url in self._post.urls.items() if not url]
        unusable = [SETTINGS[way] for way, url in self._post.urls.items() if url and not is_usable(url)]
        said = [f"no address for messages to visitors is set: {setting}" for setting in unset]
        return said + [f"{setting} is not an address that Apprise can read" for setting in unusable]


class ChatLane:
    """What visitors are told in the chat. It is written where it is marked, so it is said exactly once."""

    audience, tries_at_once, addresses = outbox.CHAT, 1, 1

    def __init__(self, texts: Texts, clinic: Clinic) -> None:
        self._texts, self._clinic = texts, clinic

    def attempt(self, notice: Notice, now: datetime) -> Outcome:
        if outbox.is_hopeless(notice, now):
            return Refusal(STOPPED, is_final=True)
        if visitor_notices.IN_CHAT.get(notice.kind, "") not in self._texts:
            return Refusal(f"There are no words for {notice.kind}.", is_final=True)
        return SEND

    def mark(self, session: Session, now: datetime, notice: Notice, outcome: Outcome) -> None:
        if isinstance(outcome, Refusal):
            outbox.mark_failed(session, now, notice, outcome.reason, is_final=outcome.is_final)
        else:
            visitor_notices.tell_in_chat(session, now, notice, self._texts, self._clinic)

    def mistakes(self) -> list[str]:
        return []
