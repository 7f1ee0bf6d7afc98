"""Handoffs: pieces of work for staff, and the notices that tell of them."""

from datetime import datetime, timedelta

from sqlalchemy import case, exists, select
from sqlalchemy.orm import Session, selectinload

from frontdesk import audit, outbox, references
from frontdesk.errors import FrontdeskError
from frontdesk.model import (
    Conversation,
    Handoff,
    HandoffMessage,
    HandoffStatus,
    Kind,
    Mark,
    Priority,
    Role,
    StaffMember,
)

PAGE_AGAIN_AFTER = timedelta(minutes=10)

ROLES = {
    Kind.CRISIS: Role.CLINICIAN,
    Kind.EMERGENCY: Role.CLINICIAN,
    Kind.POSSIBLE_DANGER: Role.CLINICIAN,
    Kind.ELIGIBILITY: Role.CLINICIAN,
    Kind.MEDICAL_ADVICE: Role.CLINICIAN,
}
_MARKS = [Mark.POSSIBLE, Mark.MENTIONED, Mark.NOW]  # rising
_PRIORITIES = [Priority.NORMAL, Priority.HIGH, Priority.URGENT]  # rising


class AlreadyClaimed(FrontdeskError):
    """Somebody else has taken this one. Reload the page to see who."""


def pass_on(
    session: Session,
    now: datetime,
    *,
    conversation_id: int,
    message_id: int | None,
    kind: Kind,
    priority: Priority,
    due_at: datetime,
    mark: Mark | None = None,
    role: Role | None = None,
) -> Handoff:
    """Makes a handoff, or joins the message to the unresolved one of this kind.

    A later message can only raise priority and mark and bring the due time nearer. Passing on the same message twice
    changes nothing, so a retry after a time-out is harmless.
    """
    session.get_one(Conversation, conversation_id, with_for_update=True)
    handoff = session.scalar(
        select(Handoff).where(
            Handoff.conversation_id == conversation_id,
            Handoff.kind == kind,
            Handoff.status != HandoffStatus.RESOLVED,
        )
    )
    if handoff is None and message_id is not None and (done := _resolved_with(session, kind, message_id)):
        return done
    if handoff is None:
        handoff = Handoff(
            reference=references.new(),
            conversation_id=conversation_id,
            kind=kind,
            priority=priority,
            mark=mark,
            role=role or ROLES.get(kind, Role.FRONT_DESK),
            created_at=now,
            due_at=due_at,
        )
        session.add(handoff)
        session.flush()
        is_new_message = _join(session, handoff, message_id)
        outbox.put(session, now, key=f"handoff:{handoff.id}", kind="handoff", audience="staff", handoff=handoff)
    else:
        is_new_message = _join(session, handoff, message_id)
        if is_new_message:
            handoff.priority = max(handoff.priority, priority, key=_PRIORITIES.index)
            handoff.due_at = min(handoff.due_at, due_at)
            if mark:
                handoff.mark = max(handoff.mark or mark, mark, key=_MARKS.index)
    if handoff.priority is Priority.URGENT and is_new_message:
        _page(session, now, handoff)
    session.flush()
    return handoff


def _resolved_with(session: Session, kind: Kind, message_id: int) -> Handoff | None:
    return session.scalar(
        select(Handoff).join(HandoffMessage).where(Handoff.kind == kind, HandoffMessage.message_id == message_id)
    )


def _join(session: Session, handoff: Handoff, message_id: int | None) -> bool:
    """True when the message was not yet part of the handoff (a handoff without a message counts as new)."""
    if message_id is None:
        return True
    if session.get(HandoffMessage, (handoff.id, message_id)):
        return False
    session.add(HandoffMessage(handoff_id=handoff.id, message_id=message_id))
    return True


def _page(session: Session, now: datetime, handoff: Handoff) -> None:
    if handoff.paged_at and now - handoff.paged_at < PAGE_AGAIN_AFTER:
        return
    outbox.put(
        session,
        now,
        key=f"page:{handoff.id}:{now.timestamp():.0f}",
        kind="page",
        audience="on_call",
        handoff=handoff,
    )
    handoff.paged_at = now


def by_reference(session: Session, reference: str) -> Handoff | None:
    return session.scalar(
        select(Handoff).where(Handoff.reference == reference).options(selectinload(Handoff.messages))
    )


def queue(session: Session, *, with_resolved: bool = False, limit: int = 200) -> list[Handoff]:
    """What staff have to do: urgent first, then what is due first."""
    wanted = select(Handoff).options(
        selectinload(Handoff.messages), selectinload(Handoff.conversation), selectinload(Handoff.claimed_by)
    )
    if not with_resolved:
        wanted = wanted.where(Handoff.status != HandoffStatus.RESOLVED)
    rank = case({p: n for n, p in enumerate(reversed(_PRIORITIES))}, value=Handoff.priority)
    closed_last = case((Handoff.status == HandoffStatus.RESOLVED, 1), else_=0)
    return list(session.scalars(wanted.order_by(closed_last, rank, Handoff.due_at, Handoff.id).limit(limit)))


def of_conversation(session: Session, conversation_id: int) -> list[Handoff]:
    return list(
        session.scalars(
            select(Handoff)
            .where(Handoff.conversation_id == conversation_id)
            .options(selectinload(Handoff.messages))
            .order_by(Handoff.id)
        )
    )


def has_unresolved(session: Session, conversation_id: int, kind: Kind) -> bool:
    return bool(
        session.scalar(
            select(
                exists().where(
                    Handoff.conversation_id == conversation_id,
                    Handoff.kind == kind,
                    Handoff.status != HandoffStatus.RESOLVED,
                )
            )
        )
    )


def claim(session: Session, now: datetime, handoff_id: int, staff: StaffMember) -> Handoff:
    handoff = session.get_one(Handoff, handoff_id, with_for_update=True)
    if handoff.status is HandoffStatus.RESOLVED:
        raise AlreadyClaimed("This one is done already.")
    if handoff.status is HandoffStatus.CLAIMED and handoff.claimed_by_id != staff.id:
        raise AlreadyClaimed()
    if handoff.status is HandoffStatus.NEW:
        handoff.status, handoff.claimed_at, handoff.claimed_by_id = HandoffStatus.CLAIMED, now, staff.id
        audit.record(session, now, "handoff.claim", f"handoff:{handoff.id}", staff)
    return handoff


def release(session: Session, now: datetime, handoff_id: int, staff: StaffMember) -> Handoff:
    """Gives a claimed handoff back to the queue."""
    handoff = session.get_one(Handoff, handoff_id, with_for_update=True)
    if handoff.status is HandoffStatus.CLAIMED:
        handoff.status, handoff.claimed_at, handoff.claimed_by_id = HandoffStatus.NEW, None, None
        audit.record(session, now, "handoff.release", f"handoff:{handoff.id}", staff)
    return handoff


def resolve(session: Session, now: datetime, handoff_id: int, staff: StaffMember) -> Handoff:
    handoff = session.get_one(Handoff, handoff_id, with_for_update=True)
    if handoff.status is not HandoffStatus.RESOLVED:
        handoff.status, handoff.resolved_at, handoff.resolved_by_id = HandoffStatus.RESOLVED, now, staff.id
        audit.record(session, now, "handoff.resolve", f"handoff:{handoff.id}", staff)
    return handoff
