"""The staff's inbox: the queue, a conversation, and what surrounds it. Looking only; deeds are in `inbox_deeds`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from frontdesk import handoffs, inbox, references, register
from frontdesk.inbox import View
from frontdesk.model import Conversation
from frontdesk.web import (
    auth,
    calendar_page,
    consultation_deeds,
    consultations_page,
    hours_deeds,
    hours_page,
    inbox_deeds,
    staff_pages,
    staff_security,
    thread_page,
)
from frontdesk.web.auth import Reader
from frontdesk.web.staff_pages import STATIC, NoSuchPage, StaffRoute
from frontdesk.web.thread_page import Place, Said

STATIC_KEPT_FOR = "public, max-age=31536000, immutable"  # addresses change with the content

pages = APIRouter(prefix="/staff", route_class=StaffRoute, include_in_schema=False)


def _view(show: str = "") -> View | None:
    return View(show) if show in {view.value for view in View} else None


ShownView = Annotated[View | None, Depends(_view)]


@pages.get("")
def queue(request: Request, who: Reader, view: ShownView, done: str = "") -> Response:
    return thread_page.show(request, who, Place(view), Said(done=done))


@pages.get("/")
def with_a_slash() -> Response:
    return RedirectResponse("/staff", status_code=303)


@pages.get("/handoffs/{reference}")
def handoff(request: Request, who: Reader, view: ShownView, reference: str, done: str = "", pane: str = "") -> Response:
    with staff_pages.database(request).reading() as session:
        found = handoffs.by_reference(session, reference)
    if found is None:
        raise NoSuchPage()
    place = Place(view, found.conversation_id, found.reference, pane == "details")
    return thread_page.show(request, who, place, Said(done=done))


@pages.get("/conversations/{conversation_id}")
def conversation(
    request: Request, who: Reader, view: ShownView, conversation_id: int, done: str = "", pane: str = ""
) -> Response:
    with staff_pages.database(request).reading() as session:
        found = session.get(Conversation, conversation_id)
    if found is None:
        raise NoSuchPage()
    return thread_page.show(request, who, Place(view, conversation_id, None, pane == "details"), Said(done=done))


@pages.get("/find")
def find(request: Request, who: Reader, reference: Annotated[str, Query(max_length=40)] = "") -> Response:
    """The conversation or the consultation behind a reference that somebody reads out on the phone."""
    written = references.parse(reference)
    with staff_pages.database(request).reading() as session:
        path = _path_of(session, written) if written else None
    if path:
        return RedirectResponse(path, status_code=303)
    missed = "not_found" if written else "not_a_reference"
    return thread_page.show(request, who, Place(), Said(missed=missed, typed=reference, status=404))


def _path_of(session: Session, reference: str) -> str | None:
    if handoffs.by_reference(session, reference):
        return f"/staff/handoffs/{reference}"
    return f"/staff/consultations/{reference}" if register.by_reference(session, reference) else None


@pages.get("/changes")
def changes(request: Request, who: Reader, since: str = "", conversation: int | None = None) -> Response:
    """Asked every few seconds by open pages: whether to fetch the page again, and what its title shows."""
    with staff_pages.database(request).reading() as session:
        version = inbox.version(session, conversation)
        return JSONResponse({"version": version, "changed": version != since, "urgent_new": inbox.urgent_new(session)})


@pages.get("/static/{name}")
def static(name: str) -> Response:
    if name not in {path.name for path in STATIC.iterdir()}:
        raise NoSuchPage()
    return FileResponse(STATIC / name, headers={"Cache-Control": STATIC_KEPT_FOR})


@pages.get("/handoffs/{reference}/{deed}")
@pages.get("/conversations/{conversation_id}/{deed}")
def after_a_deed(request: Request) -> Response:
    """A deed is done by its form. Whoever comes here by the address line wants the page it was on."""
    return RedirectResponse(staff_security.own_path(request.url.path.rpartition("/")[0]), status_code=303)


@pages.get("/{rest:path}")  # the last of all staff pages
def nothing_here(rest: str) -> Response:
    raise NoSuchPage()


router = APIRouter()
for part in (auth, inbox_deeds, calendar_page, consultation_deeds, consultations_page, hours_deeds, hours_page):
    router.include_router(part.router)
router.include_router(pages)
