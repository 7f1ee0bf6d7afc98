"""What staff do in the inbox. Every deed is a form sent with its token, and ends on the page it came from."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from frontdesk import handoffs, takeover
from frontdesk.errors import FrontdeskError
from frontdesk.inbox import View
from frontdesk.model import Conversation, HandoffStatus
from frontdesk.web import staff_pages, thread_page
from frontdesk.web.auth import Poster, SignedIn
from frontdesk.web.staff_pages import STATUS, FormNotOurs, NoSuchPage, StaffRoute
from frontdesk.web.thread_page import Place, Said

router = APIRouter(prefix="/staff", route_class=StaffRoute, include_in_schema=False)


@dataclass(frozen=True)
class Deed:
    """One form sent: by whom, where, and whom they saw holding what they want to change."""

    request: Request
    who: SignedIn
    place: Place
    subject_id: int  # of the handoff or the conversation
    seen_holder: int | None

    def carry_out(
        self, work: Callable[[Session, datetime], object], done: str, *, reply: str = "", note: str = ""
    ) -> Response:
        try:
            with staff_pages.database(self.request).transaction() as session:
                work(session, staff_pages.now(self.request))
        except FrontdeskError as refusal:
            said = Said(alert=str(refusal), reply=reply, note=note, status=STATUS[type(refusal)])
            return thread_page.show(self.request, self.who, self.place, said)
        return RedirectResponse(self.place.address(done=done), status_code=303)


def _on_handoff(
    request: Request,
    who: Poster,
    reference: str,
    show: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
    opened: Annotated[str, Form()] = "",
) -> Deed:
    with staff_pages.database(request).reading() as session:
        handoff = handoffs.by_reference(session, reference)
        shown = handoffs.by_reference(session, opened) or handoff
    if handoff is None or shown is None:
        raise NoSuchPage()
    place = Place(_view(show), handoff.conversation_id, shown.reference)
    return Deed(request, who, place, handoff.id, _holder(seen))


def _on_conversation(
    request: Request,
    who: Poster,
    conversation_id: int,
    show: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
    opened: Annotated[str, Form()] = "",
) -> Deed:
    with staff_pages.database(request).reading() as session:
        conversation = session.get(Conversation, conversation_id)
        shown = handoffs.by_reference(session, opened)
    if conversation is None:
        raise NoSuchPage()
    place = Place(_view(show), conversation_id, shown.reference if shown else None)
    return Deed(request, who, place, conversation_id, _holder(seen))


def _view(show: str) -> View | None:
    return View(show) if show in {view.value for view in View} else None


def _holder(seen: str) -> int | None:
    return int(seen) if seen.isascii() and seen.isdigit() else None


OnHandoff = Annotated[Deed, Depends(_on_handoff)]
OnConversation = Annotated[Deed, Depends(_on_conversation)]
Text = Annotated[str, Form()]


@router.post("/handoffs/{reference}/claim")
def claim(deed: OnHandoff) -> Response:
    return deed.carry_out(
        lambda session, now: handoffs.claim(
            session, now, deed.subject_id, deed.who.staff, seen_holder=deed.seen_holder
        ),
        "claimed",
    )


@router.post("/handoffs/{reference}/release")
def release(deed: OnHandoff) -> Response:
    return deed.carry_out(
        lambda session, now: handoffs.release(session, now, deed.subject_id, deed.who.staff), "released"
    )


@router.post("/handoffs/{reference}/resolve")
def resolve(deed: OnHandoff) -> Response:
    return deed.carry_out(
        lambda session, now: handoffs.resolve(
            session, now, deed.subject_id, deed.who.staff, seen_holder=deed.seen_holder
        ),
        "resolved",
    )


@router.post("/handoffs/{reference}/reopen")
def reopen(deed: OnHandoff) -> Response:
    return deed.carry_out(
        lambda session, now: handoffs.reopen(session, now, deed.subject_id, deed.who.staff), "reopened"
    )


@router.post("/conversations/{conversation_id}/reply")
def reply(deed: OnConversation, form: Text = "", text: Text = "") -> Response:
    def work(session: Session, now: datetime) -> None:
        takeover.reply(session, now, deed.subject_id, deed.who.staff, text, _form_id(form))
        _claim_what_is_answered(session, now, deed)

    return deed.carry_out(work, "replied", reply=text)


def _claim_what_is_answered(session: Session, now: datetime, deed: Deed) -> None:
    # not for who may not finish it: a clinician would believe that somebody has decided it
    handoff = handoffs.by_reference(session, deed.place.reference) if deed.place.reference else None
    if handoff and handoff.status is HandoffStatus.NEW and handoffs.may_resolve(deed.who.staff, handoff):
        handoffs.claim(session, now, handoff.id, deed.who.staff)


@router.post("/conversations/{conversation_id}/note")
def note(deed: OnConversation, form: Text = "", text: Text = "") -> Response:
    return deed.carry_out(
        lambda session, now: takeover.add_note(session, now, deed.subject_id, deed.who.staff, text, _form_id(form)),
        "noted",
        note=text,
    )


def _form_id(form: str) -> uuid.UUID:
    try:
        return uuid.UUID(form)
    except ValueError:
        raise FormNotOurs() from None


@router.post("/conversations/{conversation_id}/take")
def take(deed: OnConversation) -> Response:
    return deed.carry_out(
        lambda session, now: takeover.take(session, now, deed.subject_id, deed.who.staff, seen_holder=deed.seen_holder),
        "taken",
    )


@router.post("/conversations/{conversation_id}/hand-back")
def hand_back(deed: OnConversation) -> Response:
    return deed.carry_out(
        lambda session, now: takeover.hand_back(
            session, now, deed.subject_id, deed.who.staff, seen_holder=deed.seen_holder
        ),
        "handed_back",
    )


@router.post("/conversations/{conversation_id}/close")
def close(deed: OnConversation) -> Response:
    return deed.carry_out(
        lambda session, now: takeover.resolve(
            session, now, deed.subject_id, deed.who.staff, seen_holder=deed.seen_holder
        ),
        "closed",
    )
