"""Staff members, their passwords and their logged-in browsers."""

import hashlib
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from frontdesk import audit
from frontdesk.errors import FrontdeskError
from frontdesk.model import Role, StaffMember, StaffSession

SESSION_ENDS_AFTER = timedelta(hours=12)
IDLE_ENDS_AFTER = timedelta(minutes=60)
SHORTEST_PASSWORD = 12  # characters; NIST SP 800-63B-4 asks for 15 alone, 8 beside a second factor

_hasher = PasswordHasher()
_nobody = _hasher.hash(secrets.token_hex(16))  # so that an unknown e-mail takes as long as a wrong password


class EmailTaken(FrontdeskError):
    """There is a login with this e-mail address already."""


class PasswordTooShort(FrontdeskError):
    """Please use at least 12 characters. A short sentence is easy to remember."""


def add(session: Session, now: datetime, *, name: str, email: str, role: Role, password: str) -> StaffMember:
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort()
    if session.scalar(select(exists().where(StaffMember.email == email.lower()))):
        raise EmailTaken()
    member = StaffMember(
        name=name, email=email.lower(), role=role, password_hash=_hasher.hash(password), created_at=now
    )
    session.add(member)
    session.flush()
    audit.record(session, now, "staff.add", f"staff:{member.id}", None)
    return member


def exists_any(session: Session) -> bool:
    return bool(session.scalar(select(exists().where(StaffMember.disabled_at.is_(None)))))


def log_in(session: Session, now: datetime, email: str, password: str) -> tuple[StaffSession, str] | None:
    """The session and the only copy of its cookie, or None when e-mail or password is wrong."""
    member = session.scalar(select(StaffMember).where(StaffMember.email == email.strip().lower()))
    if not _verifies(member.password_hash if member else _nobody, password) or not member or member.disabled_at:
        audit.record(session, now, "staff.login_refused", None, member)
        return None
    if _hasher.check_needs_rehash(member.password_hash):
        member.password_hash = _hasher.hash(password)
    session.execute(delete(StaffSession).where(StaffSession.created_at < now - SESSION_ENDS_AFTER))
    cookie = secrets.token_urlsafe(32)
    row = StaffSession(
        token_hash=_hash(cookie),
        staff_id=member.id,
        csrf_token=secrets.token_urlsafe(32),
        created_at=now,
        last_seen_at=now,
    )
    session.add(row)
    audit.record(session, now, "staff.login", f"staff:{member.id}", member)
    session.flush()
    return row, cookie


def _verifies(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def logged_in(session: Session, now: datetime, cookie: str) -> StaffSession | None:
    """The session behind a cookie while it is fresh. Looking does not keep it fresh: see `touch`."""
    row = session.scalar(select(StaffSession).where(StaffSession.token_hash == _hash(cookie)))
    if row is None or row.staff.disabled_at:
        return None
    if now - row.created_at > SESSION_ENDS_AFTER or now - row.last_seen_at > IDLE_ENDS_AFTER:
        return None
    return row


def touch(session: Session, now: datetime, session_id: int) -> None:
    """The person has done something: the idle time starts again."""
    if row := session.get(StaffSession, session_id):
        row.last_seen_at = now


def log_out(session: Session, now: datetime, cookie: str) -> None:
    row = session.scalar(select(StaffSession).where(StaffSession.token_hash == _hash(cookie)))
    if row:
        audit.record(session, now, "staff.logout", f"staff:{row.staff_id}", row.staff)
        session.execute(delete(StaffSession).where(StaffSession.id == row.id))


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
