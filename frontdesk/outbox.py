"""The outbox: notices are put here in the transaction of what they tell of; the notifier claims and sends them."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontdesk.model import Handoff, Notice


def put(session: Session, now: datetime, *, key: str, kind: str, audience: str, handoff: Handoff | None) -> Notice:
    """Puts a notice, or returns the one that already has this key."""
    known = session.scalar(select(Notice).where(Notice.key == key))
    if known:
        return known
    notice = Notice(
        id=uuid.uuid4().hex,
        key=key,
        kind=kind,
        audience=audience,
        handoff_id=handoff.id if handoff else None,
        created_at=now,
        next_at=now,
    )
    session.add(notice)
    session.flush()
    return notice
