"""Holds: an opening kept for one visitor while they fill in the rest."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontdesk import taking
from frontdesk.clinic import Clinic
from frontdesk.conversations import lock
from frontdesk.model import Hold
from frontdesk.openings import Opening

LASTS = timedelta(minutes=5)


def hold(session: Session, now: datetime, clinic: Clinic, conversation_id: int, opening: Opening) -> Hold:
    """Keeps an opening in place of what the conversation held before, with another person if only they are free.

    Raises Gone when nobody is: then what was held before is still held.
    """
    lock(session, conversation_id)
    held = lock_own(session, conversation_id)

    def write(free: Opening) -> Hold:
        kept = held or Hold(conversation_id=conversation_id)
        kept.staff_id, kept.type_id, kept.starts_at, kept.ends_at = (
            free.staff_id,
            free.type_id,
            free.starts_at,
            free.ends_at,
        )
        kept.created_at, kept.expires_at = now, now + LASTS
        session.add(kept)
        session.flush()
        return kept

    return taking.take(session, now, clinic, opening, write, conversation_id=conversation_id, held=held)


def current(session: Session, now: datetime, conversation_id: int) -> Hold | None:
    """What the conversation holds; None also when it has expired."""
    return session.scalar(select(Hold).where(Hold.conversation_id == conversation_id, Hold.expires_at > now))


def release(session: Session, conversation_id: int) -> None:
    """Gives back what the conversation holds."""
    lock(session, conversation_id)
    if held := lock_own(session, conversation_id):
        session.delete(held)
        session.flush()


def lock_own(session: Session, conversation_id: int) -> Hold | None:
    """What the conversation holds, also an expired hold that nobody has swept yet. The conversation is locked."""
    own = select(Hold).where(Hold.conversation_id == conversation_id)
    return session.scalar(own.with_for_update().execution_options(populate_existing=True))
