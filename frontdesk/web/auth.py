"""Staff sign in and out; who is asking, and whether a form is ours."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from frontdesk import staff
from frontdesk.model import StaffMember
from frontdesk.web import staff_pages, staff_security
from frontdesk.web.staff_pages import FormNotOurs, NotSignedIn, StaffRoute

TOUCH_AFTER = timedelta(minutes=1)
LOGIN_COOKIE = "frontdesk_login"
LOGIN_FORM_ENDS_AFTER = 60 * 60 * 12  # seconds

router = APIRouter(prefix="/staff", route_class=StaffRoute, include_in_schema=False, default_response_class=Response)


@dataclass(frozen=True)
class SignedIn:
    staff: StaffMember
    csrf_token: str


def signed_in(request: Request) -> SignedIn:
    """Who is asking. Refuses whoever is not signed in, and keeps the session of a person at work fresh."""
    cookie = request.cookies.get(_cookie_name(request))
    now = staff_pages.now(request)
    with staff_pages.database(request).reading() as session:
        row = staff.logged_in(session, now, cookie) if cookie else None
    if row is None:
        raise NotSignedIn()
    if now - row.last_seen_at >= TOUCH_AFTER and not staff_pages.is_live(request):
        with staff_pages.database(request).transaction() as session:
            staff.touch(session, now, row.id)
    return SignedIn(row.staff, row.csrf_token)


def posting(
    request: Request, who: Annotated[SignedIn, Depends(signed_in)], csrf: Annotated[str, Form()] = ""
) -> SignedIn:
    """Who sends a form of ours. Refuses one that another site made them send."""
    if staff_security.is_from_elsewhere(request.headers) or not staff_security.same(csrf, who.csrf_token):
        raise FormNotOurs()
    return who


Reader = Annotated[SignedIn, Depends(signed_in)]
Poster = Annotated[SignedIn, Depends(posting)]


async def login_throttle(request: Request) -> staff_security.LoginThrottle:
    state = request.app.state
    if not hasattr(state, "login_throttle"):  # no race: one event loop, and nothing awaited here
        state.login_throttle = staff_security.LoginThrottle()
    found: staff_security.LoginThrottle = state.login_throttle
    return found


@router.get("/login")
def login_page(request: Request, next: str = "") -> Response:
    goal = staff_security.own_path(next)
    try:
        signed_in(request)
    except NotSignedIn:
        return _login_page(request, goal)
    return RedirectResponse(goal, status_code=303)


@router.post("/login")
async def log_in(
    request: Request,
    throttle: Annotated[staff_security.LoginThrottle, Depends(login_throttle)],
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    goal = staff_security.own_path(next)
    if staff_security.is_from_elsewhere(request.headers) or not staff_security.same(csrf, _expected(request)):
        raise FormNotOurs()
    wait = throttle.wait(request.client.host if request.client else "", email)
    if wait:
        return _login_page(request, goal, email=email, wait=wait)
    async with _one_password_at_a_time(request):
        entered = await run_in_threadpool(_enter, request, email, password)
    if entered is None:
        return _login_page(request, goal, email=email, wrong=True)
    throttle.forget(email)
    response = RedirectResponse(goal, status_code=303)
    _set_cookie(request, response, entered)
    response.delete_cookie(LOGIN_COOKIE, path="/staff/login")
    return response


@router.post("/logout")
def log_out(request: Request, who: Poster) -> Response:
    cookie = request.cookies.get(_cookie_name(request), "")
    with staff_pages.database(request).transaction() as session:
        staff.log_out(session, staff_pages.now(request), cookie)
    response = RedirectResponse("/staff/login", status_code=303)
    response.delete_cookie(_cookie_name(request), path="/staff")
    return response


def _enter(request: Request, email: str, password: str) -> str | None:
    """The new session's cookie. A session that the browser had before ends: nobody can have planted it."""
    now = staff_pages.now(request)
    with staff_pages.database(request).transaction() as session:
        entered = staff.log_in(session, now, email, password)
        if entered and (old := request.cookies.get(_cookie_name(request))):
            staff.log_out(session, now, old)
    return entered[1] if entered else None


def _one_password_at_a_time(request: Request) -> asyncio.Lock:
    """Each check takes 64 MiB and a core: a flood of tries must not starve the visitors."""
    state = request.app.state
    if not hasattr(state, "password_lock"):
        state.password_lock = asyncio.Lock()
    found: asyncio.Lock = state.password_lock
    return found


def _login_page(request: Request, goal: str, *, email: str = "", wrong: bool = False, wait: int = 0) -> Response:
    cookie = request.cookies.get(LOGIN_COOKIE) or staff_security.new_token()
    token = staff_security.login_form_token(staff_pages.settings(request).signing_key, cookie)
    response = staff_pages.page(
        request,
        "login",
        status=429 if wait else 401 if wrong else 200,
        csrf=token,
        next=goal,
        email=email,
        wrong=wrong,
        wait_minutes=-(-wait // 60),
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    response.set_cookie(
        LOGIN_COOKIE,
        cookie,
        max_age=LOGIN_FORM_ENDS_AFTER,
        path="/staff/login",
        secure=_is_https(request),
        httponly=True,
        samesite="strict",
    )
    return response


def _expected(request: Request) -> str:
    key = staff_pages.settings(request).signing_key
    return staff_security.login_form_token(key, request.cookies.get(LOGIN_COOKIE, ""))


def _set_cookie(request: Request, response: Response, cookie: str) -> None:
    response.set_cookie(
        _cookie_name(request),
        cookie,
        max_age=int(staff.SESSION_ENDS_AFTER.total_seconds()),
        path="/staff",
        secure=_is_https(request),
        httponly=True,
        samesite="lax",
    )


def _is_https(request: Request) -> bool:
    return staff_pages.settings(request).public_url.startswith("https://")


def _cookie_name(request: Request) -> str:
    # with the port: browsers share cookies between ports, and two copies may run side by side
    return f"frontdesk_staff_{staff_pages.settings(request).port}"
