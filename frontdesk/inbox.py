"""What staff see of the work to do: the queue, its lists, and whether anything has changed."""

import hashlib
from collections.abc import Iterable
from enum import Enum

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session, selectinload

from frontdesk.model import (
    AuditEvent,
    Author,
    Consultation,
    Contact,
    Conversation,
    Handoff,
    HandoffStatus,
    Mark,
    Message,
    Notice,
    NoticeStatus,
    Priority,
    Role,
    StaffMember,
    State,
)
from frontdesk.outbox import VISITOR

LONGEST_LIST = 200  # handoffs shown at once


class View(Enum):
    """The lists of the queue. A role only picks the first one shown: nobody is kept from any."""

    ALL = "all"
    MINE = "mine"  #: what I have claimed
    URGENT = "urgent"
    CLINICIAN = "clinician"  #: for clinicians, and whatever is urgent
    FRONT_DESK = "front_desk"  #: for the front desk, and whatever is urgent
    ADMIN = "admin"  #: for admins, and whatever is urgent
    DONE = "done"


FIRST_VIEWS = {Role.FRONT_DESK: View.FRONT_DESK, Role.CLINICIAN: View.CLINICIAN, Role.ADMIN: View.ALL}


def queue(session: Session, view: View, staff: StaffMember) -> list[Handoff]:
    """Urgent first, and there what is happening now first; then what nobody has; then what is due first."""
    wanted = (
        select(Handoff)
        .where(_belongs(view, staff))
        .options(
            selectinload(Handoff.messages),
            selectinload(Handoff.conversation).selectinload(Conversation.contact),
            selectinload(Handoff.conversation).selectinload(Conversation.assigned_to),
            selectinload(Handoff.claimed_by),
            selectinload(Handoff.resolved_by),
        )
        .limit(LONGEST_LIST)
    )
    if view is View.DONE:
        return list(session.scalars(wanted.order_by(Handoff.resolved_at.desc(), Handoff.id.desc())))
    priority = case((Handoff.priority == Priority.URGENT, 0), (Handoff.priority == Priority.HIGH, 1), else_=2)
    mark = case(
        (Handoff.mark == Mark.NOW, 0), (Handoff.mark == Mark.MENTIONED, 1), (Handoff.mark == Mark.POSSIBLE, 2), else_=3
    )
    is_claimed = case((Handoff.status == HandoffStatus.CLAIMED, 1), else_=0)
    return list(session.scalars(wanted.order_by(priority, mark, is_claimed, Handoff.due_at, Handoff.id)))


def counts(session: Session, staff: StaffMember) -> dict[View, int]:
    """How many handoffs each list holds; what is done is not counted."""
    views = [view for view in View if view is not View.DONE]
    sums = [func.coalesce(func.sum(case((_belongs(view, staff), 1), else_=0)), 0) for view in views]
    row = session.execute(select(*sums).where(Handoff.status != HandoffStatus.RESOLVED)).one()
    return dict(zip(views, row, strict=True))


def urgent_new(session: Session) -> int:
    """How many urgent handoffs nobody has claimed."""
    unclaimed = select(func.count(Handoff.id)).where(
        Handoff.status == HandoffStatus.NEW, Handoff.priority == Priority.URGENT
    )
    return session.scalar(unclaimed) or 0


def _belongs(view: View, staff: StaffMember) -> ColumnElement[bool]:
    is_urgent = Handoff.priority == Priority.URGENT
    if view is View.DONE:
        return Handoff.status == HandoffStatus.RESOLVED
    chosen = {
        View.ALL: true(),
        View.MINE: Handoff.claimed_by_id == staff.id,
        View.URGENT: is_urgent,
        View.CLINICIAN: or_(Handoff.role == Role.CLINICIAN, is_urgent),
        View.FRONT_DESK: or_(Handoff.role == Role.FRONT_DESK, is_urgent),
        View.ADMIN: or_(Handoff.role == Role.ADMIN, is_urgent),
    }[view]
    return and_(Handoff.status != HandoffStatus.RESOLVED, chosen)


def open_conversations(session: Session, staff: StaffMember) -> list[Conversation]:
    """Conversations with no handoff left in which staff still have to answer: one's own, and any that waits.

    The bot is silent in them, so without this list a visitor who writes again would wait unseen.
    """
    unresolved = exists().where(Handoff.conversation_id == Conversation.id, Handoff.status != HandoffStatus.RESOLVED)
    found = session.scalars(
        select(Conversation)
        .where(Conversation.state == State.OPEN, ~unresolved)
        .options(selectinload(Conversation.contact), selectinload(Conversation.assigned_to))
        .order_by(Conversation.last_visitor_at)
    ).all()
    waiting = awaiting_reply(session, found)
    return [c for c in found if c.id in waiting or c.assigned_to_id == staff.id]


def awaiting_reply(session: Session, found: Iterable[Conversation]) -> set[int]:
    """Which of these conversations staff have, while the latest word in them is the visitor's."""
    ids = [conversation.id for conversation in found if conversation.state is State.OPEN]
    latest = (
        select(func.max(Message.id))
        .where(Message.conversation_id.in_(ids), Message.author != Author.NOTE)
        .group_by(Message.conversation_id)
    )
    return set(
        session.scalars(select(Message.conversation_id).where(Message.id.in_(latest), Message.author == Author.VISITOR))
    )


def latest_words(session: Session, conversation_id: int) -> str:
    """What the visitor wrote last."""
    return (
        session.scalar(
            select(Message.text)
            .where(Message.conversation_id == conversation_id, Message.author == Author.VISITOR)
            .order_by(Message.id.desc())
            .limit(1)
        )
        or ""
    )


_HAS_FAILED = or_(
    Notice.status == NoticeStatus.FAILED,
    and_(Notice.status.in_((NoticeStatus.WAITING, NoticeStatus.CLAIMED)), Notice.error.is_not(None)),
)


def undelivered(session: Session, handoff_ids: Iterable[int]) -> set[int]:
    """Which of these handoffs have a notice that could not be sent, given up or still being tried."""
    found = session.scalars(select(Notice.handoff_id).where(Notice.handoff_id.in_(list(handoff_ids)), _HAS_FAILED))
    return {handoff_id for handoff_id in found if handoff_id is not None}


def untold(session: Session, conversation_ids: Iterable[int]) -> set[int]:
    """In which of these conversations the visitor could not be sent what they should know of a consultation."""
    found = (
        select(Consultation.conversation_id)
        .join(Notice, Notice.consultation_id == Consultation.id)
        .where(Consultation.conversation_id.in_(list(conversation_ids)), Notice.audience == VISITOR, _HAS_FAILED)
    )
    return set(session.scalars(found))


def notices_of(session: Session, handoff_id: int) -> list[Notice]:
    return list(
        session.scalars(select(Notice).where(Notice.handoff_id == handoff_id).order_by(Notice.created_at, Notice.key))
    )


def notices_of_consultations(session: Session, conversation_id: int) -> dict[int, list[Notice]]:
    """What was, is or will be told of each consultation; what was withdrawn is left out."""
    found = session.scalars(
        select(Notice)
        .join(Consultation, Notice.consultation_id == Consultation.id)
        .where(Consultation.conversation_id == conversation_id, Notice.status != NoticeStatus.WITHDRAWN)
        .order_by(Notice.created_at, Notice.key)
    )
    notices: dict[int, list[Notice]] = {}
    for notice in found:
        notices.setdefault(notice.consultation_id or 0, []).append(notice)
    return notices


def consultations_of(session: Session, conversation_id: int) -> list[Consultation]:
    return list(
        session.scalars(
            select(Consultation).where(Consultation.conversation_id == conversation_id).order_by(Consultation.id.desc())
        )
    )


def version(session: Session, conversation_id: int | None) -> str:
    """Changes when anything does that the pages show; nobody's words are in it."""
    of_conversation = Message.conversation_id == conversation_id
    facts = session.execute(
        select(
            select(func.max(Message.id)).scalar_subquery(),
            # counts beside the highest ids: on PostgreSQL a lower id may be committed after a higher one
            select(func.count(Message.id)).where(of_conversation).scalar_subquery(),
            select(func.max(Message.id)).where(of_conversation, Message.route.is_not(None)).scalar_subquery(),
            select(func.max(Handoff.id)).scalar_subquery(),
            select(func.count(Handoff.id)).where(Handoff.status != HandoffStatus.RESOLVED).scalar_subquery(),
            select(func.max(AuditEvent.id)).scalar_subquery(),
            select(func.count(Notice.id)).where(Notice.status == NoticeStatus.SENT).scalar_subquery(),
            select(func.sum(Notice.attempts)).scalar_subquery(),
            select(func.max(Consultation.updated_at)).scalar_subquery(),
            select(func.max(Contact.consented_at)).scalar_subquery(),
        )
    ).one()
    return hashlib.sha256(repr(tuple(facts)).encode()).hexdigest()[:16]
