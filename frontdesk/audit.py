"""The audit trail: who did what to what, written in the transaction of the deed."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from frontdesk.model import AuditEvent, StaffMember


def record(
    session: Session,
    now: datetime,
    action: str,
    subject: str | None,
    staff: StaffMember | None,
    detail: dict[str, Any] | None = None,
) -> None:
    session.add(AuditEvent(at=now, staff_id=staff.id if staff else None, action=action, subject=subject, detail=detail))
