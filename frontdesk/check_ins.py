"""Possible danger: one separate line for the visitor, once, and a handoff high in the queue that pages nobody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from frontdesk import handing_over, handoffs
from frontdesk.clinic import Clinic
from frontdesk.handing_over import Plan
from frontdesk.model import Conversation, Kind, Mark, Message, Priority

DARKER = 0.15  # how much the danger score has to rise for a second line
POSSIBLE = Plan(Kind.POSSIBLE_DANGER, Priority.HIGH, Mark.POSSIBLE, None, ())


def hand_over(session: Session, now: datetime, clinic: Clinic, message: Message) -> None:
    """Also for a message whose line is not said again: staff read every one of them."""
    handing_over.hand_over(
        session, now, clinic, POSSIBLE, conversation_id=message.conversation_id, message_id=message.id
    )


def is_due(session: Session, conversation: Conversation, verdict: Mapping[str, Any] | None) -> bool:
    """The line comes once in a conversation, unless the words get darker."""
    if conversation.checked_in_at is None:
        return True
    if handoffs.has_unresolved(session, conversation.id, Kind.CRISIS):
        return False
    earlier = session.scalars(
        select(Message.verdict).where(Message.conversation_id == conversation.id, Message.check_in)
    )
    darkest = max((_danger(one) for one in earlier), default=0.0)
    return _danger(verdict) > darkest + DARKER


def _danger(verdict: Mapping[str, Any] | None) -> float:
    return float(((verdict or {}).get("scores") or {}).get("danger", 0.0))
