"""How every staff page is answered: rendered from its template, with its headers, refusals as pages in plain words."""

import hashlib
import logging
import traceback
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from frontdesk import booking_hours, consultations, handoffs, openings, register, takeover
from frontdesk.clinic import Clinic
from frontdesk.config import Settings
from frontdesk.database import Database
from frontdesk.errors import FrontdeskError
from frontdesk.web import staff_security
from frontdesk.web.staff_clock import Clock

HERE = Path(__file__).parent
STATIC = HERE / "static" / "staff"

logger = logging.getLogger(__name__)


class NotSignedIn(FrontdeskError):
    """Please sign in to see the inbox."""


class FormNotOurs(FrontdeskError):
    """This page was open for too long, or was not sent from here. Nothing was changed. Go back, reload, try again."""


class FormTooLarge(FrontdeskError):
    """That is more than can be sent at once. Please send it in parts."""


class NoSuchPage(FrontdeskError):
    """There is nothing under this address. Perhaps a letter is missing, or the visitor had it erased."""


class NotYours(FrontdeskError):
    """You can change your own hours. For anything else please ask the front desk."""


class Broken(FrontdeskError):
    """Something went wrong here, and nothing was changed. Please try again in a moment."""


STATUS: dict[type[FrontdeskError], int] = {
    FormNotOurs: 403,
    handoffs.NeedsClinician: 403,
    NotYours: 403,
    NoSuchPage: 404,
    handoffs.HeldByAnother: 409,
    handoffs.AlreadyResolved: 409,
    handoffs.FollowedByAnother: 409,
    openings.Gone: 409,
    register.ChangedMeanwhile: 409,
    consultations.Over: 409,
    consultations.NotYet: 409,
    consultations.WithoutTime: 409,
    takeover.TakenByAnother: 409,
    takeover.HandoffsUnresolved: 409,
    FormTooLarge: 413,
    booking_hours.EndsBeforeItBegins: 422,
    booking_hours.HasLeft: 422,
    booking_hours.Nameless: 422,
    booking_hours.OffGrid: 422,
    booking_hours.OutOfRange: 422,
    booking_hours.Overlapping: 422,
    takeover.EmptyText: 422,
    takeover.TextTooLong: 422,
    Broken: 500,
}


class StaffRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                _check_size(request)
                response = await handle(request)
            except NotSignedIn:
                response = _to_login(request)
            except FrontdeskError as refusal:
                response = refused(request, refusal)
            except HTTPException as refusal:
                response = refused(request, NoSuchPage() if refusal.status_code == 404 else FormNotOurs())
            except RequestValidationError:
                response = refused(request, NoSuchPage())
            except Exception as error:  # the outermost layer of the staff pages
                _log(request, error)
                response = refused(request, Broken())
            response.headers.update(staff_security.HEADERS)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return guarded


def _log(request: Request, error: Exception) -> None:
    # not the error's own words: a database error quotes what was to be stored
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("A staff page failed: %s %s\n%s", request.method, type(error).__name__, frames)


def _check_size(request: Request) -> None:
    if request.method != "POST":
        return
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > staff_security.LARGEST_FORM:
        raise FormTooLarge()


def _to_login(request: Request) -> Response:
    if is_live(request):
        return JSONResponse({"signed_in": False}, status_code=401)
    path = request.url.path
    if request.method == "GET":
        path += f"?{request.url.query}" if request.url.query else ""
    else:  # a deed: back to the page it was on, where the words typed are still kept by the browser
        path = path.rpartition("/")[0]
    return RedirectResponse(f"/staff/login?next={staff_security.own_path(path)}", status_code=303)


def is_live(request: Request) -> bool:
    """True for what an open page asks by itself, which is no sign of a person."""
    return "frontdesk-live" in request.headers


def refused(request: Request, refusal: FrontdeskError) -> Response:
    if is_live(request):
        return JSONResponse({"message": str(refusal)}, status_code=STATUS.get(type(refusal), 400))
    return page(request, "refused", status=STATUS.get(type(refusal), 400), message=str(refusal))


def page(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    facts = clinic(request)
    html = _environment().get_template(f"staff/{template}.html")
    known = {
        "clinic_name": facts.name,
        "clinic_country": facts.country,
        "zone_name": facts.time_zone_name,
        "demonstration": request.app.state.demonstration,
        "clock": Clock(now(request), facts),
        "static": _static,
        "bookings_waiting": lambda: _bookings_waiting(request),
    }
    return HTMLResponse(html.render(known | values), status_code=status)


def _bookings_waiting(request: Request) -> int:
    """For the navigation, which stands on every page."""
    with database(request).reading() as session:
        return register.waiting_count(session)


def clinic(request: Request) -> Clinic:
    found: Clinic = request.app.state.clinic
    return found


def database(request: Request) -> Database:
    found: Database = request.app.state.database
    return found


def settings(request: Request) -> Settings:
    found: Settings = request.app.state.settings
    return found


def now(request: Request) -> datetime:
    moment: datetime = request.app.state.now()
    return moment


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["phone"] = phone_words
    return environment


@cache
def _static(name: str) -> str:
    """The address of a file of ours; it changes with the content, so that browsers may keep it."""
    return f"/staff/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def phone_words(number: str, country: str) -> str:
    """As people at the clinic write it; one that cannot be read as it was given."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number
    own = phonenumbers.country_code_for_region(country) == parsed.country_code
    style = phonenumbers.PhoneNumberFormat.NATIONAL if own else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)
