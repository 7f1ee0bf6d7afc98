"""What the visitor is told about a page: only what has happened, once a handoff."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from frontdesk import conversations, outbox
from frontdesk.model import Conversation, Message, Notice, NoticeStatus, State
from frontdesk.texts import Texts

ACCEPTED, FAILED = "utter_page_accepted", "utter_page_failed"

TOLD_AFTER = timedelta(minutes=1)  # a visitor in danger is not kept waiting for the last try, which may be an hour off

log = logging.getLogger(__name__)


def is_page(notice: Notice) -> bool:
    return notice.kind == "page" and notice.handoff is not None


def mark_accepted(session: Session, now: datetime, notice: Notice, texts: Texts) -> None:
    """Marks a page as sent and tells the visitor, unless an earlier page of the handoff had been accepted."""
    conversation = _lock(session, notice)
    was_accepted = _any(session, notice, Notice.status == NoticeStatus.SENT)
    if outbox.mark_sent(session, now, notice) and conversation and not was_accepted:
        _tell(session, now, conversation, texts, ACCEPTED)


def mark_failed(
    session: Session, now: datetime, notice: Notice, error: str, texts: Texts, *, is_final: bool = False
) -> None:
    """Marks a failed try, and tells the visitor when nothing has been accepted and it takes too long or is over."""
    conversation = _lock(session, notice)
    outbox.mark_failed(session, now, notice, error, is_final=is_final)
    if not conversation or _any(session, notice, Notice.status == NoticeStatus.SENT):
        return
    takes_too_long = now - notice.created_at >= TOLD_AFTER
    is_over = not _any(session, notice, Notice.status != NoticeStatus.FAILED)
    if (takes_too_long or is_over) and not _was_told(session, notice, conversation):
        _tell(session, now, conversation, texts, FAILED)


def _lock(session: Session, notice: Notice) -> Conversation | None:
    """First of all, as everywhere: two pages of a handoff that end at once must see each other. None once erased."""
    if notice.handoff is None:
        return None
    return session.get(Conversation, notice.handoff.conversation_id, with_for_update=True)


def _any(session: Session, notice: Notice, condition: ColumnElement[bool]) -> bool:
    return bool(session.scalar(select(exists().where(*_pages(notice), condition))))


def _pages(notice: Notice) -> tuple[ColumnElement[bool], ...]:
    return Notice.handoff_id == notice.handoff_id, Notice.kind == notice.kind


def _was_told(session: Session, notice: Notice, conversation: Conversation) -> bool:
    """True when the visitor was told of a failure since the first page of this handoff."""
    first = session.scalar(select(func.min(Notice.created_at)).where(*_pages(notice)))
    told = exists().where(Message.conversation_id == conversation.id, Message.response == FAILED, Message.at >= first)
    return bool(session.scalar(select(told)))


def _tell(session: Session, now: datetime, conversation: Conversation, texts: Texts, response: str) -> None:
    if conversation.state is State.OPEN:
        return  # a person answers there: they see the page's fate beside the handoff
    if response not in texts:  # an edited data/ must not keep the page from being marked, or it would go out for ever
        log.error("there are no words for %s", response)
        return
    said = conversations.times_said(session, conversation.id).get(response, 0)
    conversations.record_replies(session, now, conversation.id, [texts.reply(response, {}, said)], None)
