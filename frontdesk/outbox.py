"""The outbox: notices are put here in the transaction of what they tell of; the notifier claims and sends them.

A notice goes to one address. When its audience has several, the first claim makes a notice for each of the others
(key with `#2`, `#3` …), so that one address that refuses never makes the others get theirs twice.
"""

import random
import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session, joinedload

from frontdesk.model import Consultation, Handoff, Notice, NoticeStatus

STAFF, ON_CALL = "staff", "on_call"
VISITOR = "visitor"  # by e-mail or text
CHAT = "chat"  # the visitor, in their conversation

CLAIM_LASTS = timedelta(minutes=2)  # longer than any try takes; then the notifier that claimed it is gone
FIRST_PAUSE = timedelta(seconds=2)  # after a failed try; doubles each time
LONGEST_PAUSE = {
    STAFF: timedelta(minutes=15),
    ON_CALL: timedelta(minutes=1),
    VISITOR: timedelta(minutes=10),
    CHAT: timedelta(minutes=1),
}
PATIENCE = {
    STAFF: timedelta(hours=24),
    ON_CALL: timedelta(hours=1),
    VISITOR: timedelta(hours=6),
    CHAT: timedelta(hours=6),
}
LEAST_TRIES = 8  # a notice is given up when it has been tried so often and is older than the patience


def put(
    session: Session,
    now: datetime,
    *,
    key: str,
    kind: str,
    audience: str,
    handoff: Handoff | None = None,
    consultation: Consultation | None = None,
    way: str | None = None,
    due_at: datetime | None = None,
) -> Notice:
    """Puts a notice, or returns the one that already has this key. `due_at`: not before; None is at once."""
    known = session.scalar(select(Notice).where(Notice.key == key))
    if known:
        return known
    notice = Notice(
        id=uuid.uuid4().hex,
        key=key,
        kind=kind,
        audience=audience,
        handoff_id=handoff.id if handoff else None,
        consultation_id=consultation.id if consultation else None,
        way=way,
        created_at=now,
        next_at=due_at or now,
    )
    session.add(notice)
    session.flush()
    return notice


def has_due(session: Session, now: datetime, audience: str) -> bool:
    """A look without a lock: most of the time there is nothing, and SQLite has only one writer."""
    return bool(session.scalar(select(exists().where(_is_due(now, audience)))))


def claim(session: Session, now: datetime, audience: str, addresses: int = 1) -> Notice | None:
    """The notice that has been due longest, now this notifier's alone; None when none is due."""
    due = _is_due(now, audience)
    first = select(Notice.id).where(due).order_by(Notice.next_at, Notice.created_at, Notice.id).limit(1)
    notice_id = session.scalar(first.with_for_update(skip_locked=True))
    if notice_id is None:
        return None
    claimed = session.scalar(
        update(Notice)
        .where(Notice.id == notice_id, due)  # SQLite knows no row locks: only one UPDATE finds it still due
        .values(status=NoticeStatus.CLAIMED, claimed_at=now, attempts=Notice.attempts + 1)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    if claimed is None:
        return None
    told_of = [joinedload(Notice.handoff), joinedload(Notice.consultation)]
    notice = session.get_one(Notice, claimed, options=told_of, populate_existing=True)
    if notice.attempts == 1 and address_number(notice) == 1:
        for number in range(2, addresses + 1):
            other = put(
                session,
                now,
                key=f"{notice.key}#{number}",
                kind=notice.kind,
                audience=audience,
                handoff=notice.handoff,
                consultation=notice.consultation,
            )
            other.created_at = notice.created_at
    return notice


def _is_due(now: datetime, audience: str) -> ColumnElement[bool]:
    return and_(
        Notice.audience == audience,
        or_(
            and_(Notice.status == NoticeStatus.WAITING, Notice.next_at <= now),
            and_(Notice.status == NoticeStatus.CLAIMED, Notice.claimed_at <= now - CLAIM_LASTS),
        ),
    )


def is_hopeless(notice: Notice, now: datetime, since: datetime | None = None) -> bool:
    """Claimed again and again for longer than it is worth, because no claim came to an end.

    `since`: when it was due first, if that was not at once.
    """
    return notice.attempts > LEAST_TRIES and now - (since or notice.created_at) > PATIENCE[notice.audience]


def address_number(notice: Notice) -> int:
    """Which of its audience's addresses a notice is for, counted from 1."""
    return int(notice.key.partition("#")[2] or 1)


def mark_sent(session: Session, now: datetime, notice: Notice) -> bool:
    """The sender has accepted it. False when that was known already.

    Counts also when the claim has gone to another notifier meanwhile: accepted is accepted.
    """
    return _update(
        session,
        notice,
        Notice.status != NoticeStatus.SENT,
        {"status": NoticeStatus.SENT, "sent_at": now, "error": None},
    )


def mark_failed(
    session: Session,
    now: datetime,
    notice: Notice,
    error: str,
    *,
    is_final: bool = False,
    since: datetime | None = None,
) -> bool:
    """Keeps the reason and when to try again, or gives up; True when it is given up by this call.

    `since`: when it was due first, if that was not at once. Changes nothing when the claim has gone to another notifier.
    """
    next_at = now + pause(notice)
    waited = next_at - (since or notice.created_at)
    gives_up = is_final or (notice.attempts >= LEAST_TRIES and waited > PATIENCE[notice.audience])
    changed = _update(
        session,
        notice,
        _is_claim_of(notice),
        {
            "status": NoticeStatus.FAILED if gives_up else NoticeStatus.WAITING,
            "next_at": next_at,
            "error": error,
        },
    )
    return changed and gives_up


def release(session: Session, now: datetime, notice: Notice) -> None:
    """Gives a claim back, so that the next notifier need not wait until it is old."""
    _update(session, notice, _is_claim_of(notice), {"status": NoticeStatus.WAITING, "next_at": now})


def postpone(session: Session, notice: Notice, until: datetime) -> None:
    """It was claimed too early; that was no try."""
    values = {"status": NoticeStatus.WAITING, "next_at": until, "attempts": notice.attempts - 1}
    _update(session, notice, _is_claim_of(notice), values)


def withdraw(session: Session, notice: Notice, reason: str) -> bool:
    """It is not to be sent, and that is no failure. False when the claim has gone to another notifier."""
    return _update(session, notice, _is_claim_of(notice), {"status": NoticeStatus.WITHDRAWN, "error": reason})


def withdraw_waiting(session: Session, consultation: Consultation, reason: str) -> None:
    """What the visitor has not been told yet of a consultation is not to be told any more.

    What a notifier has claimed it looks at itself before it sends it.
    """
    session.execute(
        update(Notice)
        .where(
            Notice.consultation_id == consultation.id,
            Notice.audience.in_((VISITOR, CHAT)),
            Notice.status == NoticeStatus.WAITING,
        )
        .values(status=NoticeStatus.WITHDRAWN, error=reason)
        .execution_options(synchronize_session=False)
    )


def pause(notice: Notice) -> timedelta:
    """Doubles with every try up to the longest; with jitter, so that many that failed together do not come together."""
    longest = LONGEST_PAUSE[notice.audience]
    doubled: timedelta = FIRST_PAUSE * 2 ** min(notice.attempts - 1, 20)
    return min(doubled, longest) * random.uniform(0.5, 1)  # noqa: S311 - nobody gains by guessing it


def _is_claim_of(notice: Notice) -> ColumnElement[bool]:
    return and_(Notice.status == NoticeStatus.CLAIMED, Notice.claimed_at == notice.claimed_at)


def _update(session: Session, notice: Notice, condition: ColumnElement[bool], values: dict[str, object]) -> bool:
    changed = session.scalar(
        update(Notice)
        .where(Notice.id == notice.id, condition)
        .values(values)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None
