"""Errors of the chat API: kind words, and always where help is."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

logger = logging.getLogger(__name__)

HELP = "In an emergency call 911. In a crisis call or text 988."


class Refusal(Exception):
    """What the API does not do, with the status and the words for it."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after


def install(app: FastAPI) -> None:
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(SQLAlchemyError, _no_database)
    app.add_exception_handler(Exception, _unexpected)


def body(request: Request, code: str, message: str) -> dict[str, Any]:
    phone = request.app.state.clinic.phone
    return {"error": {"code": code, "message": f"{message} Our phone: {phone}. {HELP}"}}


async def _refusal(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # noqa: S101 - what it was installed for
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    return JSONResponse(body(request, error.code, error.message), error.status, headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse(body(request, "invalid", "That could not be read. Please try again."), 422)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    words = {404: "There is nothing here.", 405: "That is not possible here."}
    message = words.get(error.status_code, "That did not work. Please try again.")
    return JSONResponse(body(request, f"http_{error.status_code}", message), error.status_code, error.headers)


async def _no_database(request: Request, error: Exception) -> JSONResponse:
    logger.error("The database refused a request (%s).", type(error).__name__)
    message = "That did not work."
    if request.method == "POST":
        message = "Your message could not be saved."
    return JSONResponse(body(request, "not_saved", f"{message} Please call us, or try again in a minute."), 503)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse(body(request, "failure", "Something went wrong here. Please call us, or try again."), 500)
