"""How the pages behind visitors' links are answered: headers that keep the link a secret, and trouble as a page in plain
words that says where to call."""

import logging
import traceback
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from frontdesk.web.errors import Refusal

LARGEST_FORM = 4096  # bytes
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",  # the address is the key
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}

logger = logging.getLogger(__name__)


class BookingRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            response = await _answered(request, handle)
            response.headers.update(HEADERS)
            return response

        return guarded


async def _answered(request: Request, handle: Callable[[Request], Coroutine[Any, Any, Response]]) -> Response:
    try:
        return unknown(request) if _is_too_large(request) else await handle(request)
    except Refusal as refusal:
        response = _trouble(request, refusal.status, refusal.code)
        response.headers["Retry-After"] = str(refusal.retry_after)
        return response
    except RequestValidationError:
        return unknown(request)
    except Exception as error:  # the outermost layer of these pages
        # not the error's own words: a database error quotes what was to be stored
        frames = "".join(traceback.format_tb(error.__traceback__))
        logger.error("A booking's page failed: %s %s\n%s", request.method, type(error).__name__, frames)
        return _trouble(request, 500, "broken")


def _is_too_large(request: Request) -> bool:
    length = request.headers.get("content-length", "0")
    return not length.isdigit() or int(length) > LARGEST_FORM or "transfer-encoding" in request.headers


def unknown(request: Request) -> Response:
    """The link is not ours, its booking was erased, or its appointment is over: which of them is nobody's business."""
    return _trouble(request, 404, "unknown")


def _trouble(request: Request, status: int, trouble: str) -> Response:
    return page(request, "trouble", {"trouble": trouble}, status)


def page(request: Request, template: str, values: Mapping[str, object], status: int = 200) -> Response:
    state = request.app.state
    known = {"clinic": state.clinic, "demonstration": state.demonstration, **values}
    response: HTMLResponse = state.templates.TemplateResponse(
        request, f"booking/{template}.html", known, status_code=status
    )
    return response


def stamp(moment: datetime) -> str:
    """A moment in UTC as our addresses hold it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
