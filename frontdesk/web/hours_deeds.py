"""What staff change about the hours they publish. Every deed is a form sent with its token."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from frontdesk import booking_hours, cells, register
from frontdesk.errors import FrontdeskError
from frontdesk.hours import Spans
from frontdesk.model import ConsultationType, StaffMember, WeeklyHours
from frontdesk.web import hours_forms, hours_page, staff_pages
from frontdesk.web.auth import Poster
from frontdesk.web.hours_forms import WEEK, Typed, TypeForm, WeekForm
from frontdesk.web.hours_page import Said
from frontdesk.web.staff_pages import NoSuchPage, StaffRoute

router = APIRouter(prefix="/staff/hours", route_class=StaffRoute, include_in_schema=False)


class HoursChangedMeanwhile(FrontdeskError):
    """Somebody else has changed these hours meanwhile. Yours are kept below; press Save to put them in place of theirs."""


def _back(done: str, to: str = "") -> Response:
    return RedirectResponse(f"/staff/hours?done={done}{to}", status_code=303)


@router.post("/first")
def first(request: Request, who: Poster, form: Typed) -> Response:
    """The first type with its weekly hours, in one go."""
    hours_page.refuse_unless_mine(who)
    kind_form, week_form = TypeForm.typed(form), WeekForm.typed(form)
    kind_form.values = hours_forms.FIRST | {name: kind_form.values[name] for name in ("name", "minutes", "place")}
    terms, week = kind_form.terms(), week_form.week()
    if terms is None or week is None:
        return hours_page.show(
            request, who, Said(person=hours_forms.text(form, "person"), status=422), kind_form, week_form
        )
    now = staff_pages.now(request)
    with staff_pages.database(request).transaction() as session:
        cells.lock_person(session, who.staff.id)  # a second press of the button waits, and then finds it there
        person = _person(session, hours_forms.text(form, "person"))
        known = next((kind for kind in booking_hours.types(session) if kind.name == terms.name), None)
        if known is None:
            kind = booking_hours.add_type(session, now, who.staff, terms)
            _publish(session, now, who.staff, person.id, kind.id, week)
    return _back("first")


@router.post("/types/new")
def add_type(request: Request, who: Poster, form: Typed) -> Response:
    hours_page.refuse_unless_mine(who)
    typed = TypeForm.typed(form)
    terms = typed.terms()
    if terms is None:
        return hours_page.show_type(request, who, typed, status=422)
    with staff_pages.database(request).transaction() as session:
        booking_hours.add_type(session, staff_pages.now(request), who.staff, terms)
    return _back("type_added")


@router.post("/types/{type_id}")
def change_type(request: Request, who: Poster, type_id: int, form: Typed) -> Response:
    hours_page.refuse_unless_mine(who)
    typed = TypeForm.typed(form)
    terms = typed.terms()
    with staff_pages.database(request).transaction() as session:
        kind = session.get(ConsultationType, type_id)
        if kind is None:
            raise NoSuchPage()
        if terms:
            is_active = bool(typed.values["is_active"])
            booking_hours.change_type(session, staff_pages.now(request), who.staff, type_id, terms, is_active=is_active)
    return _back("type_changed") if terms else hours_page.show_type(request, who, typed, kind, 422)


@router.post("/people/{staff_id}/{type_id}")
def change_week(request: Request, who: Poster, staff_id: int, type_id: int, form: Typed) -> Response:
    """Saves the week, or only fills in its fields: the same hours on several days, or those of the clinic."""
    hours_page.refuse_unless_mine(who, staff_id)
    typed, same, seen = WeekForm.typed(form), hours_forms.text(form, "same"), hours_forms.text(form, "seen")
    if form.get("do") in ("fill", "clinic"):
        return hours_page.show_week(
            request, who, staff_id, type_id, _filled(request, typed, same, form), same=same, seen=seen
        )
    week = typed.week()
    if week is None:
        return hours_page.show_week(request, who, staff_id, type_id, typed, same=same, seen=seen, status=422)
    try:
        with staff_pages.database(request).transaction() as session:
            cells.lock_person(session, _person(session, str(staff_id)).id)
            if session.get(ConsultationType, type_id) is None:
                raise NoSuchPage()
            published = hours_page.week_of(session, staff_id, type_id)
            if seen != hours_page.mark(published) and published != week:
                raise HoursChangedMeanwhile()
            _publish(session, staff_pages.now(request), who.staff, staff_id, type_id, week)
    except HoursChangedMeanwhile as refusal:
        return hours_page.show_week(request, who, staff_id, type_id, typed, alert=str(refusal), status=409)
    return _back("week")


def _filled(request: Request, typed: WeekForm, same: str, form: FormData) -> WeekForm:
    if form.get("do") == "clinic":
        return hours_page.clinic_week(staff_pages.clinic(request))
    weekdays = {weekday for weekday in WEEK if str(weekday) in form.getlist("on")}
    return typed.filled(same or "closed", weekdays)


def _publish(
    session: Session, now: datetime, by: StaffMember, staff_id: int, type_id: int, week: dict[int, Spans]
) -> None:
    """Takes away what is not in the week any more, then adds what is new; the rest is not touched."""
    wanted = {(weekday, span.start, span.end): span for weekday, spans in week.items() for span in spans}
    rows = [row for row in booking_hours.weekly(session) if (row.staff_id, row.type_id) == (staff_id, type_id)]
    kept = {_key(row) for row in rows} & set(wanted)
    for row in rows:
        if _key(row) not in kept:
            booking_hours.remove_weekly(session, now, by, row.id)
    for (weekday, *_), span in sorted(wanted.items(), key=lambda item: item[0]):
        if (weekday, span.start, span.end) not in kept:
            booking_hours.add_weekly(
                session, now, by, staff_id=staff_id, type_id=type_id, weekday=weekday, span=span
            )  # fmt: skip


def _key(row: WeeklyHours) -> tuple[int, int, int]:
    return row.weekday, row.start_minute, row.end_minute


@router.post("/days")
def set_day(request: Request, who: Poster, form: Typed) -> Response:
    person = hours_forms.text(form, "person")
    now = staff_pages.now(request)
    try:
        day = hours_forms.day(form, staff_pages.clinic(request).local(now).date())
        spans = hours_forms.day_spans(form)
    except FrontdeskError as refusal:
        typed = {name: hours_forms.text(form, name) for name in ("day", "hours", "person")}
        return hours_page.show(request, who, Said(alert=str(refusal), status=422, **typed))
    with staff_pages.database(request).transaction() as session:
        staff_id = _person(session, person).id if person else None
        hours_page.refuse_unless_mine(who, staff_id)
        booking_hours.set_day(session, now, who.staff, day=day, staff_id=staff_id, spans=spans)
    return _back("day" if spans else "closed", "#days")


@router.post("/days/clear")
def clear_day(request: Request, who: Poster, form: Typed) -> Response:
    person = hours_forms.text(form, "person")
    now = staff_pages.now(request)
    day = hours_forms.day(form, staff_pages.clinic(request).local(now).date())
    with staff_pages.database(request).transaction() as session:
        staff_id = _person(session, person).id if person else None
        hours_page.refuse_unless_mine(who, staff_id)
        booking_hours.clear_day(session, now, who.staff, day=day, staff_id=staff_id)
    return _back("cleared", "#days")


def _person(session: Session, written: str) -> StaffMember:
    found = next((one for one in register.people(session) if str(one.id) == written), None)
    if found is None:
        raise NoSuchPage()
    return found
