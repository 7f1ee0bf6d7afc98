"""Finding a consultation for somebody in the chat: by reference and contact, and not by trying many."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontdesk import audit, consultations, references
from frontdesk.model import AuditEvent, Consultation

FAILED = "consultation.not_found"
MOST_FAILURES = 10  # for one reference, from wherever they come
WITHIN = timedelta(hours=1)


def find(
    session: Session, now: datetime, reference: str, *, email: str | None, phone: str | None
) -> Consultation | None:
    """None when nothing fits, and also, whatever is given, once too many tries for this reference have failed."""
    subject = f"reference:{references.parse(reference) or 'unreadable'}"
    if _failures(session, now, subject) >= MOST_FAILURES:
        return None
    try:
        return consultations.find(session, reference, email=email, phone=phone)
    except consultations.NotFound:
        audit.record(session, now, FAILED, subject, None)
        return None


def _failures(session: Session, now: datetime, subject: str) -> int:
    wanted = select(func.count()).where(
        AuditEvent.action == FAILED, AuditEvent.subject == subject, AuditEvent.at > now - WITHIN
    )
    return session.scalar(wanted) or 0
