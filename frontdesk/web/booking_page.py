"""The page behind the link in a visitor's e-mail: when and where, move, cancel. Looking changes nothing, as mail scanners
follow links; only forms do, and the token in their address is what allows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session, joinedload

from frontdesk import booking_links, consultations, openings
from frontdesk.clinic import Clinic
from frontdesk.hours import button_words, date_words, time_words
from frontdesk.model import Consultation
from frontdesk.openings import Gone, Opening
from frontdesk.visitor_notices import when
from frontdesk.web.booking_replies import BookingRoute, page, stamp, unknown
from frontdesk.windows import Window

AT_ONCE = 6  # times shown on one page
FAR = timedelta(days=366)

router = APIRouter(prefix="/booking", route_class=BookingRoute, include_in_schema=False)


@dataclass(frozen=True)
class Seen:
    """A consultation whose link was followed, in the transaction or look of this request."""

    session: Session
    consultation: Consultation
    now: datetime
    clinic: Clinic


@contextmanager
def _seen(request: Request, token: str, *, writing: bool = False) -> Iterator[Seen | None]:
    """None when the link is not ours, its booking was erased, or its appointment is over."""
    state = request.app.state
    now, number = state.now(), booking_links.read(state.settings.signing_key, token)
    state.limits.booking(request, number)
    with state.database.transaction() if writing else state.database.reading() as session:
        told = [joinedload(Consultation.type)]
        found = session.get(Consultation, number, options=told) if number else None
        expired = found is None or booking_links.has_expired(found, now)
        yield None if found is None or expired else Seen(session, found, now, state.clinic)


@router.get("/{token}")
def show(request: Request, token: str, done: Annotated[str, Query(max_length=20)] = "") -> Response:
    with _seen(request, token) as seen:
        if seen is None:
            return unknown(request)
        facts = _facts(seen, token)
        return page(request, "booking", facts | {"done": done, "may_move": _may_move(seen)})


@router.get("/{token}/cancel")
def ask_cancel(request: Request, token: str) -> Response:
    return _asked(request, token, "cancel")


@router.post("/{token}/cancel")
def cancel(request: Request, token: str) -> Response:
    with _seen(request, token, writing=True) as seen:
        if seen is None:
            return unknown(request)
        try:
            consultations.cancel(seen.session, seen.now, seen.consultation)
        except (consultations.Over, consultations.Begun):
            return _back(token)
    return _back(token, "cancelled")


@router.get("/{token}/move")
def offer(request: Request, token: str, after: datetime | None = None, gone: bool = False) -> Response:
    """The nearest free times; `after`: only later ones."""
    with _seen(request, token) as seen:
        if seen is None:
            return unknown(request)
        if not _may_move(seen):
            return _back(token)
        since = after if after and after.tzinfo else seen.now
        found = _free(seen, since, AT_ONCE + 1)
        shown = {
            "days": _by_day(seen, found[:AT_ONCE]),
            "later": stamp(found[AT_ONCE - 1].starts_at) if len(found) > AT_ONCE else None,
            "is_later": after is not None,
            "gone": gone,
        }
        return page(request, "move", _facts(seen, token) | shown)


@router.get("/{token}/move/{starts_at}")
def ask_move(request: Request, token: str, starts_at: datetime) -> Response:
    return _asked(request, token, "move", starts_at)


@router.post("/{token}/move")
def move(request: Request, token: str, starts_at: Annotated[datetime, Form()]) -> Response:
    with _seen(request, token, writing=True) as seen:
        if seen is None:
            return unknown(request)
        if not _may_move(seen):
            return _back(token)
        opening = _opening_at(seen, starts_at)
        try:
            if opening is None:
                raise Gone()
            consultations.move(seen.session, seen.now, seen.clinic, seen.consultation, opening)
        except Gone:
            return RedirectResponse(f"/booking/{token}/move?gone=1", status_code=303)
        except (consultations.Over, consultations.Begun):
            return _back(token)
    return _back(token, "moved")


def _asked(request: Request, token: str, deed: str, starts_at: datetime | None = None) -> Response:
    """The page that asks once more."""
    with _seen(request, token) as seen:
        if seen is None:
            return unknown(request)
        if not (_is_open(seen) if starts_at is None else _may_move(seen)):
            return _back(token)
        if starts_at and not _opening_at(seen, starts_at):
            return RedirectResponse(f"/booking/{token}/move?gone=1", status_code=303)
        new = {"starts_at": stamp(starts_at), "new_when": when(seen.clinic, starts_at)} if starts_at else {}
        return page(request, f"ask_{deed}", _facts(seen, token) | new)


def _back(token: str, done: str = "") -> Response:
    return RedirectResponse(f"/booking/{token}" + (f"?done={done}" if done else ""), status_code=303)


def _facts(seen: Seen, token: str) -> dict[str, object]:
    found = seen.consultation
    return {
        "token": token,
        "reference": found.reference,
        "place": found.type.place if found.type else "",
        "when": when(seen.clinic, found.starts_at) if found.starts_at else "",
        "status": found.status.value,
        "is_open": _is_open(seen),
    }


def _is_open(seen: Seen) -> bool:
    """Whether the visitor may still change it here."""
    starts_at = seen.consultation.starts_at
    return seen.consultation.status in consultations.OPEN and (starts_at is None or seen.now < starts_at)


def _may_move(seen: Seen) -> bool:
    """A request without a time is settled with the front desk; what has a time moves to another of its type."""
    kind = seen.consultation.type
    return _is_open(seen) and kind is not None and bool(_free(seen, seen.now, 1))


def _free(seen: Seen, since: datetime, limit: int) -> list[Opening]:
    """Free times after a moment, without the one that the visitor has."""
    own = seen.consultation
    found = openings.openings(
        seen.session,
        seen.now,
        seen.clinic,
        kind=own.type,
        windows=[Window(since + timedelta(seconds=1), since + FAR)],
        limit=limit + 1,
        besides=own.conversation_id,
        moving=own.id,
    )
    return [one for one in found if one.starts_at != own.starts_at][:limit]


def _opening_at(seen: Seen, starts_at: datetime) -> Opening | None:
    if not starts_at.tzinfo:
        return None
    found = _free(seen, starts_at - timedelta(seconds=1), 1)
    return found[0] if found and found[0].starts_at == starts_at else None


def _by_day(seen: Seen, found: list[Opening]) -> dict[str, list[tuple[str, str, str]]]:
    """Of each day its times: in the address, shown, and in full for somebody who hears the page."""
    days: dict[str, list[tuple[str, str, str]]] = {}
    for one in found:
        local = seen.clinic.local(one.starts_at)
        shown = (stamp(one.starts_at), time_words(local), button_words(local))
        days.setdefault(date_words(local.date()), []).append(shown)
    return days
