"""Handoffs: pieces of work for staff, and the notices that tell of them."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
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


class HeldByAnother(FrontdeskError):
    """Somebody else took this one just now."""


class AlreadyResolved(FrontdeskError):
    """This one is done already."""


class FollowedByAnother(FrontdeskError):
    """The visitor has asked again since, and that is in the queue as a new one. Please work on that."""


class NeedsClinician(FrontdeskError):
    """Only a clinician can mark this one as done. You can still reply, add a note, or keep it for them."""


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
            handoff.role = role or handoff.role  # a complaint makes it an admin's
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
    return session.scalar(select(Handoff).where(Handoff.reference == reference).options(selectinload(Handoff.messages)))


def of_conversation(session: Session, conversation_id: int) -> list[Handoff]:
    return list(
        session.scalars(
            select(Handoff)
            .where(Handoff.conversation_id == conversation_id)
            .options(
                selectinload(Handoff.messages), selectinload(Handoff.claimed_by), selectinload(Handoff.resolved_by)
            )
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


def may_resolve(staff: StaffMember, handoff: Handoff) -> bool:
    """What a clinician has to decide is not done until one has; everything else anybody may finish."""
    return staff.role is not Role.FRONT_DESK or (handoff.role is not Role.CLINICIAN and handoff.kind not in ROLES)


def claim(
    session: Session, now: datetime, handoff_id: int, staff: StaffMember, *, seen_holder: int | None = None
) -> Handoff:
    """Takes a handoff, also over from the one whom the staff member saw holding it; from nobody else."""
    handoff = _lock(session, handoff_id)
    if handoff.status is HandoffStatus.RESOLVED:
        raise AlreadyResolved()
    if handoff.status is HandoffStatus.CLAIMED and handoff.claimed_by_id == staff.id:
        return handoff
    _refuse_if_held_by_another(handoff, staff, seen_holder)
    action = "handoff.take_over" if handoff.claimed_by_id else "handoff.claim"
    handoff.status, handoff.claimed_at, handoff.claimed_by_id = HandoffStatus.CLAIMED, now, staff.id
    audit.record(session, now, action, f"handoff:{handoff.id}", staff)
    return handoff


def release(session: Session, now: datetime, handoff_id: int, staff: StaffMember) -> Handoff:
    """Gives one's own handoff back to the queue; one that is back already stays there."""
    handoff = _lock(session, handoff_id)
    if handoff.status is HandoffStatus.CLAIMED:
        _refuse_if_held_by_another(handoff, staff, None)
        handoff.status, handoff.claimed_at, handoff.claimed_by_id = HandoffStatus.NEW, None, None
        audit.record(session, now, "handoff.release", f"handoff:{handoff.id}", staff)
    return handoff


def resolve(
    session: Session, now: datetime, handoff_id: int, staff: StaffMember, *, seen_holder: int | None = None
) -> Handoff:
    """Marks a handoff as done; a second time changes nothing."""
    handoff = _lock(session, handoff_id)
    if not may_resolve(staff, handoff):
        raise NeedsClinician()
    if handoff.status is not HandoffStatus.RESOLVED:
        _refuse_if_held_by_another(handoff, staff, seen_holder)
        handoff.status, handoff.resolved_at, handoff.resolved_by_id = HandoffStatus.RESOLVED, now, staff.id
        audit.record(session, now, "handoff.resolve", f"handoff:{handoff.id}", staff)
    return handoff


def reopen(session: Session, now: datetime, handoff_id: int, staff: StaffMember) -> Handoff:
    """Takes a slip of the finger back: the handoff is its resolver's again."""
    conversation_id = session.scalars(select(Handoff.conversation_id).where(Handoff.id == handoff_id)).one()
    session.get_one(Conversation, conversation_id, with_for_update=True)  # first, as in `pass_on`
    handoff = _lock(session, handoff_id)
    if handoff.status is HandoffStatus.RESOLVED:
        if has_unresolved(session, handoff.conversation_id, handoff.kind):
            raise FollowedByAnother()
        handoff.status, handoff.resolved_at, handoff.resolved_by_id = HandoffStatus.CLAIMED, None, None
        handoff.claimed_at, handoff.claimed_by_id = now, staff.id
        audit.record(session, now, "handoff.reopen", f"handoff:{handoff.id}", staff)
    return handoff


def _lock(session: Session, handoff_id: int) -> Handoff:
    # reads again what the session may have read before the lock
    return session.get_one(Handoff, handoff_id, with_for_update=True, populate_existing=True)


def _refuse_if_held_by_another(handoff: Handoff, staff: StaffMember, seen_holder: int | None) -> None:
    if handoff.claimed_by is not None and handoff.claimed_by_id not in (staff.id, seen_holder):
        raise HeldByAnother(f"{handoff.claimed_by.name} took this one before you.")
