"""The week as staff see it. Looking only."""

from fastapi import APIRouter, Request, Response

from frontdesk import openings, register, weeks
from frontdesk.model import Consultation, Hold
from frontdesk.web import staff_pages
from frontdesk.web.auth import Reader
from frontdesk.web.staff_pages import StaffRoute
from frontdesk.weeks import Week

router = APIRouter(prefix="/staff", route_class=StaffRoute, include_in_schema=False)


@router.get("/calendar")
def calendar(request: Request, who: Reader, week: str = "", person: str = "") -> Response:
    now, clinic = staff_pages.now(request), staff_pages.clinic(request)
    today = clinic.local(now).date()
    shown = Week.parse(week) or Week.of(today)
    with staff_pages.database(request).reading() as session:
        people = register.people(session)
        chosen = next((one for one in people if str(one.id) == person), None)
        days = weeks.read(session, now, clinic, shown, chosen.id if chosen else None)
        return staff_pages.page(
            request,
            "calendar",
            who=who,
            section="calendar",
            week=shown,
            this_week=Week.of(today),
            today=today,
            days=days,
            people=people,
            person=chosen,
            names={one.id: one.name for one in people},
            types={kind.id: kind for kind in openings.types(session)},
            sort=_sort,
            is_set_up=bool(openings.types(session)),
        )


def _sort(entry: weeks.Entry) -> str:
    """What the template shows it as."""
    return "booked" if isinstance(entry, Consultation) else "held" if isinstance(entry, Hold) else "free"
