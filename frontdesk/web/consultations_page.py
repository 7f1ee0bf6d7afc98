"""Consultations as staff look them up: the lists, one of them, and the questions before a deed. Looking only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from frontdesk import contacts, diary, handoffs, openings, register
from frontdesk.model import Consultation, ConsultationStatus, Contact, HandoffStatus
from frontdesk.register import Shelf
from frontdesk.web import staff_pages, staff_security
from frontdesk.web.auth import Reader, SignedIn
from frontdesk.web.staff_pages import NoSuchPage, StaffRoute

QUESTIONS = ("cancel", "missed")  # deeds that cannot be taken back, or that the visitor is told of at once

router = APIRouter(prefix="/staff/consultations", route_class=StaffRoute, include_in_schema=False)


@dataclass(frozen=True)
class Said:
    """What the page answers to a deed: its outcome, or why it was refused."""

    done: str = ""
    alert: str = ""
    status: int = 200


@router.get("")
def lists(request: Request, who: Reader, show: str = "", find: Annotated[str, Query(max_length=120)] = "") -> Response:
    now, clinic = staff_pages.now(request), staff_pages.clinic(request)
    chosen = Shelf(show) if show in {shelf.value for shelf in Shelf} else None
    with staff_pages.database(request).reading() as session:
        counts = register.counts(session, now)
        shelf = chosen or (Shelf.WAITING if counts[Shelf.WAITING] else Shelf.COMING)
        found = register.search(session, find) if find.strip() else register.on(session, now, shelf)
        return staff_pages.page(
            request,
            "consultations",
            who=who,
            section="consultations",
            shelf=None if find.strip() else shelf,
            shelves=list(Shelf),
            counts=counts,
            found=found,
            typed=find.strip(),
            longest_list=register.LONGEST_LIST,
            has_openings=bool(openings.types(session)),
            outside=diary.outside_hours(session, now, clinic),
        )


@router.get("/{reference}")
def one(request: Request, who: Reader, reference: str, done: str = "") -> Response:
    with staff_pages.database(request).reading() as session:
        found = register.by_reference(session, reference)
        if found is None:
            raise NoSuchPage()
        if found.reference != reference:  # as somebody typed it
            return RedirectResponse(f"/staff/consultations/{found.reference}", status_code=303)
        return show(request, session, who, found, Said(done=done))


@router.get("/{reference}/{deed}")
def question(request: Request, who: Reader, reference: str, deed: str) -> Response:
    """Asks before a deed that cannot be taken back. The address of any other deed leads to the page it was on."""
    with staff_pages.database(request).reading() as session:
        found = register.by_reference(session, reference)
        if found is None:
            raise NoSuchPage()
        if deed not in QUESTIONS or deed not in _possible(found, _has_begun(found, staff_pages.now(request))):
            return RedirectResponse(staff_security.own_path(f"/staff/consultations/{found.reference}"), status_code=303)
        return staff_pages.page(
            request,
            "consultation_question",
            who=who,
            section="consultations",
            deed=deed,
            c=found,
            mark=register.mark(found),
            way=way_to(request, found.contact),
        )


def show(request: Request, session: Session, who: SignedIn, found: Consultation, said: Said) -> Response:
    now, clinic = staff_pages.now(request), staff_pages.clinic(request)
    has_begun = _has_begun(found, now)
    is_outside = any(other.id == found.id for other in diary.outside_hours(session, now, clinic))
    of_conversation = handoffs.of_conversation(session, found.conversation_id)
    return staff_pages.page(
        request,
        "consultation",
        status=said.status,
        who=who,
        section="consultations",
        said=said,
        c=found,
        mark=register.mark(found),
        possible=_possible(found, has_begun),
        way=way_to(request, found.contact),
        may_text=contacts.may_text(found.contact),
        has_begun=has_begun,
        is_outside=is_outside,
        history=register.history(session, found.id),
        notices=register.notices_of(session, found.id),
        to_do=[handoff for handoff in of_conversation if handoff.status is not HandoffStatus.RESOLVED],
    )


def way_to(request: Request, contact: Contact) -> str | None:
    """How the visitor is written to; None when they are only told in the chat, for want of an address of theirs or ours."""
    settings, way = staff_pages.settings(request), contacts.way(contact)
    sent_with = {"email": settings.mail_url, "text": settings.text_url}
    return way if way and sent_with[way].get_secret_value() else None


def _has_begun(found: Consultation, now: datetime) -> bool:
    return bool(found.starts_at and found.starts_at <= now)


def _possible(found: Consultation, has_begun: bool) -> set[str]:
    """The deeds that make sense now; the services refuse the others anyway."""
    if found.status is ConsultationStatus.CANCELLED:
        return set()
    if found.status is ConsultationStatus.DONE:
        return {"missed"}
    if found.status is ConsultationStatus.MISSED:
        return {"done"}
    waits = found.status is ConsultationStatus.REQUESTED
    possible = {"time", "cancel"}
    if waits and found.starts_at:
        possible.add("confirm")
    if has_begun:
        possible |= {"done", "missed"}
    return possible
