"""What staff do to a consultation. Every deed is a form sent with its token; the services tell the visitor."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from frontdesk import consultations, register
from frontdesk.errors import FrontdeskError
from frontdesk.model import Consultation, StaffMember
from frontdesk.web import consultation_time, consultations_page, staff_pages
from frontdesk.web.auth import Poster, Reader, SignedIn
from frontdesk.web.consultation_time import Wanted
from frontdesk.web.consultations_page import Said
from frontdesk.web.staff_pages import STATUS, NoSuchPage, StaffRoute

Work = Callable[[Session, datetime, Consultation, StaffMember], None]

router = APIRouter(prefix="/staff/consultations", route_class=StaffRoute, include_in_schema=False)


@dataclass(frozen=True)
class Deed:
    """One form sent: by whom, about which consultation, and as what they saw it."""

    request: Request
    who: SignedIn
    reference: str
    consultation_id: int
    seen: str

    def carry_out(self, name: str, work: Work) -> Response:
        try:
            with staff_pages.database(self.request).transaction() as session:
                found = register.as_seen(session, self.consultation_id, self.seen, name)
                work(session, staff_pages.now(self.request), found, self.who.staff)
        except FrontdeskError as refusal:
            return self.page(Said(alert=str(refusal), status=STATUS.get(type(refusal), 422)))
        return self.done(name)

    def done(self, name: str) -> Response:
        return RedirectResponse(f"/staff/consultations/{self.reference}?done={name}", status_code=303)

    def page(self, said: Said) -> Response:
        with staff_pages.database(self.request).reading() as session:
            return consultations_page.show(self.request, session, self.who, _found(session, self.reference), said)


def _found(session: Session, reference: str) -> Consultation:
    found = register.by_reference(session, reference)
    if found is None:
        raise NoSuchPage()
    return found


def _deed(request: Request, who: Poster, reference: str, seen: Annotated[str, Form()] = "") -> Deed:
    with staff_pages.database(request).reading() as session:
        found = _found(session, reference)
    return Deed(request, who, found.reference, found.id, seen)


On = Annotated[Deed, Depends(_deed)]


@router.post("/{reference}/confirm")
def confirm(deed: On) -> Response:
    return deed.carry_out("confirm", consultations.confirm)


@router.post("/{reference}/cancel")
def cancel(deed: On) -> Response:
    return deed.carry_out("cancel", consultations.cancel)


@router.post("/{reference}/done")
def done(deed: On) -> Response:
    return deed.carry_out("done", consultations.mark_done)


@router.post("/{reference}/missed")
def missed(deed: On) -> Response:
    return deed.carry_out("missed", consultations.mark_missed)


@router.get("/{reference}/time")
def times(request: Request, who: Reader, reference: str, kind: str = "", first: str = "", day: str = "") -> Response:
    with staff_pages.database(request).reading() as session:
        found = _found(session, reference)
        if found.status not in consultations.OPEN:
            return RedirectResponse(f"/staff/consultations/{found.reference}", status_code=303)
        return consultation_time.show(request, session, who, found, Wanted(kind=kind, first=first, day=day))


@router.post("/{reference}/time")
def give_time(deed: On, wanted: Annotated[Wanted, Depends(consultation_time.typed)]) -> Response:
    """Another time, or the first one. When it is gone, the page shows what is free now."""
    try:
        with staff_pages.database(deed.request).transaction() as session:
            _move(session, deed, wanted)
    except (register.ChangedMeanwhile, consultations.Over) as refusal:
        return deed.page(Said(alert=str(refusal), status=STATUS[type(refusal)]))
    except FrontdeskError as refusal:
        status = STATUS.get(type(refusal), 422)
        with staff_pages.database(deed.request).reading() as session:
            found = _found(session, deed.reference)
            return consultation_time.show(deed.request, session, deed.who, found, wanted, str(refusal), status)
    return deed.done("time")


def _move(session: Session, deed: Deed, wanted: Wanted) -> None:
    now, clinic = staff_pages.now(deed.request), staff_pages.clinic(deed.request)
    opening = consultation_time.chosen(session, now, clinic, wanted)
    found = session.get_one(Consultation, deed.consultation_id)
    has_it = (found.starts_at, found.staff_id, found.type_id) == (opening.starts_at, opening.staff_id, opening.type_id)
    if not has_it:  # the same form sent twice has nothing left to do
        found = register.as_seen(session, deed.consultation_id, deed.seen, "time")
        consultations.move(session, now, clinic, found, opening, by_staff=deed.who.staff)
