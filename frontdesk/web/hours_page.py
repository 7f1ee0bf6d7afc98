"""The hours that staff publish: what there is, and the forms to change it. Looking only; deeds are in `hours_deeds`."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from frontdesk import booking_hours, diary, openings, register
from frontdesk.clinic import Clinic
from frontdesk.hours import WEEKDAYS, Span, Spans, spans_words, week_lines
from frontdesk.model import ConsultationType, DayHours, Role, StaffMember, WeeklyHours
from frontdesk.web import staff_pages
from frontdesk.web.auth import Reader, SignedIn
from frontdesk.web.hours_forms import FIRST, WEEK, TypeForm, WeekForm
from frontdesk.web.staff_pages import NoSuchPage, NotYours, StaffRoute
from frontdesk.windows import Window

COUNTED = timedelta(days=14)  # how far ahead published times are counted

router = APIRouter(prefix="/staff/hours", route_class=StaffRoute, include_in_schema=False)


@dataclass(frozen=True)
class Weekly:
    """What one person offers of one type, every week."""

    person: StaffMember
    kind: ConsultationType
    week: dict[int, Spans]

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(
            line for line in week_lines([self.week.get(day, ()) for day in WEEK]) if not line.endswith("closed")
        )


@dataclass(frozen=True)
class Exceptional:
    """The hours of one day that are not the weekly ones."""

    day: date
    person: StaffMember | None  # None: everybody
    spans: Spans

    def __str__(self) -> str:
        return spans_words(self.spans)


@dataclass(frozen=True)
class Said:
    """What the page answers to a deed, and what was typed when it was refused."""

    done: str = ""
    alert: str = ""
    day: str = ""
    hours: str = ""
    person: str = ""
    status: int = 200


def may_edit(who: SignedIn, staff_id: int | None = None) -> bool:
    """The front desk and admins everything, clinicians their own hours."""
    return who.staff.role is not Role.CLINICIAN or staff_id == who.staff.id


def refuse_unless_mine(who: SignedIn, staff_id: int | None = None) -> None:
    if not may_edit(who, staff_id):
        raise NotYours()


@router.get("")
def hours(request: Request, who: Reader, done: str = "", day: str = "") -> Response:
    return show(request, who, Said(done=done, day=day))


def show(
    request: Request, who: SignedIn, said: Said, first: TypeForm | None = None, week: WeekForm | None = None
) -> Response:
    now, clinic = staff_pages.now(request), staff_pages.clinic(request)
    with staff_pages.database(request).reading() as session:
        kinds = booking_hours.types(session)
        free = openings.openings(session, now, clinic, windows=[Window(now, now + COUNTED)])
        people = register.people(session)
        return staff_pages.page(
            request,
            "hours",
            status=said.status,
            who=who,
            section="hours",
            said=said,
            is_manager=may_edit(who),
            kinds=kinds,
            people=people,
            editable=[person for person in people if may_edit(who, person.id)],
            weekly=weekly(session, people),
            exceptional=exceptional(session, clinic.local(now).date()),
            proposals=diary.proposals(session, now, clinic),
            outside=diary.outside_hours(session, now, clinic),
            free=len(free),
            free_of=Counter(one.type_id for one in free),
            first=first or TypeForm(dict(FIRST)),
            week=week or clinic_week(clinic),
            weekdays=WEEKDAYS,
            today=clinic.local(now).date(),
        )


def clinic_week(clinic: Clinic) -> WeekForm:
    return WeekForm.of(dict(enumerate(clinic.hours.days)))


def weekly(session: Session, people: list[StaffMember]) -> list[Weekly]:
    """By person and type; of people who have left nothing is published."""
    here = {person.id for person in people}
    rows = [row for row in booking_hours.weekly(session) if row.staff_id in here]
    rows.sort(key=lambda row: (row.staff.name, row.staff_id, row.type_id))
    groups = (list(group) for _, group in groupby(rows, key=lambda row: (row.staff_id, row.type_id)))
    return [Weekly(own[0].staff, own[0].type, _week(own)) for own in groups]


def week_of(session: Session, staff_id: int, type_id: int) -> dict[int, Spans]:
    return _week(
        row for row in booking_hours.weekly(session) if (row.staff_id, row.type_id) == (staff_id, type_id)
    )  # fmt: skip


def _week(rows: Iterable[WeeklyHours]) -> dict[int, Spans]:
    week: dict[int, Spans] = {}
    for row in rows:
        week[row.weekday] = (*week.get(row.weekday, ()), Span(row.start_minute, row.end_minute))
    return week


def exceptional(session: Session, today: date) -> list[Exceptional]:
    rows = booking_hours.days(session, today)
    return [
        Exceptional(of_day[0].day, of_day[0].staff, _spans(of_day))
        for _, group in groupby(rows, key=lambda row: (row.day, row.staff_id))
        if (of_day := list(group))
    ]


def _spans(rows: list[DayHours]) -> Spans:
    return tuple(
        Span(row.start_minute, row.end_minute)
        for row in rows
        if row.start_minute is not None and row.end_minute is not None
    )


@router.get("/types/new")
def new_type(request: Request, who: Reader) -> Response:
    refuse_unless_mine(who)
    return show_type(request, who, TypeForm(FIRST | {"name": ""}))


@router.get("/types/{type_id}")
def one_type(request: Request, who: Reader, type_id: int) -> Response:
    refuse_unless_mine(who)
    with staff_pages.database(request).reading() as session:
        kind = session.get(ConsultationType, type_id)
    if kind is None:
        raise NoSuchPage()
    return show_type(request, who, TypeForm.of(kind), kind)


def show_type(
    request: Request, who: SignedIn, form: TypeForm, kind: ConsultationType | None = None, status: int = 200
) -> Response:
    return staff_pages.page(
        request, "hours_type", status=status, who=who, section="hours", form=form, kind=kind
    )  # fmt: skip


@router.get("/people")
def choose_week(request: Request, who: Reader, person: str = "", kind: str = "") -> Response:
    """From the two choices on the page to the week of that person and type."""
    if not (person.isascii() and person.isdigit() and kind.isascii() and kind.isdigit()):
        return RedirectResponse("/staff/hours", status_code=303)
    return RedirectResponse(f"/staff/hours/people/{int(person)}/{int(kind)}", status_code=303)


@router.get("/people/{staff_id}/{type_id}")
def one_week(request: Request, who: Reader, staff_id: int, type_id: int) -> Response:
    refuse_unless_mine(who, staff_id)
    return show_week(request, who, staff_id, type_id)


def show_week(
    request: Request,
    who: SignedIn,
    staff_id: int,
    type_id: int,
    form: WeekForm | None = None,
    *,
    same: str = "",
    seen: str = "",
    alert: str = "",
    status: int = 200,
) -> Response:
    """The form as typed, or else the hours that are published."""
    with staff_pages.database(request).reading() as session:
        person, kind = session.get(StaffMember, staff_id), session.get(ConsultationType, type_id)
        if person is None or person.disabled_at or kind is None:
            raise NoSuchPage()
        week = week_of(session, staff_id, type_id)
    return staff_pages.page(
        request,
        "hours_week",
        status=status,
        who=who,
        section="hours",
        person=person,
        kind=kind,
        form=form or WeekForm.of(week),
        published=Weekly(person, kind, week),
        seen=seen or mark(week),
        same=same,
        weekdays=WEEKDAYS,
        alert=alert,
    )


def mark(week: dict[int, Spans]) -> str:
    """Differs when the hours do; in forms, so that nobody overwrites what they have not seen."""
    return "|".join(WeekForm.of(week).values)
