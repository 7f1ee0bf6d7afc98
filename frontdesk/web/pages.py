"""The visitor's page, and the two addresses that machines look at."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from frontdesk.web.readiness import parts

router = APIRouter()


@router.get("/", response_class=HTMLResponse)
def visitor_page(request: Request) -> Any:
    state = request.app.state
    return state.templates.TemplateResponse(
        request, "visitor.html", {"clinic": state.clinic, "demonstration": state.demonstration}
    )


@router.get("/healthz")
def health() -> dict[str, str]:
    return {"status": "alive"}


@router.get("/readyz")
def readiness(request: Request) -> JSONResponse:
    """200 only when a visitor would get an answer."""
    found = parts(request.app.state)
    is_ready = all(found[part] == "ready" for part in ("database", "rasa", "actions"))
    content: dict[str, Any] = {"ready": is_ready, "parts": found}
    if request.app.state.limits.are_relaxed:
        content["warning"] = "rate limits are lifted (FRONTDESK_LIMITS=relaxed)"
    return JSONResponse(content, 200 if is_ready else 503)
