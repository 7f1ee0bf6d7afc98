"""The staff's office for tests of its booking pages: the real pages over a database, with people, hours and visitors."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

from fastapi import FastAPI
from httpx import Response
from pydantic import SecretStr
from sqlalchemy import select

from frontdesk import booking_hours, consultations, contacts, conversations, openings
from frontdesk import clinic as clinics
from frontdesk.clinic import Clinic
from frontdesk.config import ROOT, Settings
from frontdesk.database import Database
from frontdesk.model import AuditEvent, Consultation, ConsultationType, StaffMember
from frontdesk.web import inbox
from frontdesk.windows import Window
from tests.staff_browser import StaffBrowser, all_forms, forms


class Office:
    def __init__(self, database: Database, var: Path, now: datetime, clinic: Clinic | None = None) -> None:
        self.database, self.now = database, now
        self.clinic = clinic or clinics.load(ROOT / "clinic.yml")
        self.app = FastAPI()
        state = self.app.state
        self.settings = Settings(var=var, mail_url=SecretStr("mailto://clinic"), text_url=SecretStr("sms://clinic"))
        state.database, state.settings, state.clinic = database, self.settings, self.clinic
        state.demonstration, state.now = True, lambda: self.now
        self.app.include_router(inbox.router)

    def free(self, kind: ConsultationType, *, after: timedelta = timedelta()) -> openings.Opening:
        """The first free time from then on."""
        with self.database.reading() as session:
            window = Window(self.now + after, self.now + timedelta(days=60))
            return openings.openings(session, self.now, self.clinic, kind=kind, windows=[window], limit=1)[0]

    def booked(
        self,
        name: str,
        opening: openings.Opening,
        *,
        patient: str | None = None,
        note: str | None = None,
        **reach: object,
    ) -> Consultation:
        with self.database.transaction() as session:
            conversation, _ = conversations.start(session, self.now)
            contact = contacts.keep(session, self.now, conversation.id, name=name, **_reach(reach))  # type: ignore[arg-type]
            return consultations.book(
                session,
                self.now,
                self.clinic,
                contact=contact,
                form_key=conversation.key,
                opening=opening,
                note=note,
                patient_name=patient,
                relation="son" if patient else None,
            )[0]

    def requested(self, name: str, wish: str, **reach: object) -> Consultation:
        with self.database.transaction() as session:
            conversation, _ = conversations.start(session, self.now)
            contact = contacts.keep(session, self.now, conversation.id, name=name, **_reach(reach))  # type: ignore[arg-type]
            return consultations.request(
                session, self.now, contact=contact, form_key=conversation.key, wish=wish, note=None
            )[0]

    def as_it_is(self, consultation: Consultation) -> Consultation:
        with self.database.reading() as session:
            return session.get_one(Consultation, consultation.id)


def _reach(given: dict[str, object]) -> dict[str, object]:
    return {"email": "vic@example.org", "phone": None} | given


class Desk(StaffBrowser):
    """A staff member at the booking pages."""

    def __init__(self, office: Office, member: StaffMember, password: str) -> None:
        super().__init__(office.app)
        self.office, self.email, self.password = office, member.email, password
        self.sign_in(member.email, password)

    def comes_back(self, now: datetime) -> None:
        """At another time, signed in anew."""
        self.office.now = now
        self.http.cookies.clear()
        self.sign_in(self.email, self.password)

    def post(self, path: str, fields: dict[str, str | list[str]]) -> Response:
        """Sends what no form on the page would, with the token of this person."""
        token = self.csrf()
        self.page = self.http.post(path, data={"csrf": token} | fields)
        return self.page

    def csrf(self) -> str:
        return forms(self.visit("/staff/hours"))["logout"].fields["csrf"]

    def closes(self, day: str) -> Response:
        """By the button beside a proposed holiday."""
        form = next(form for form in all_forms(self.page) if form.fields.get("day") == day)
        self.page = self.http.post(form.action, data=form.fields)
        return self.page

    def picks(self, number: int = 0) -> Response:
        """The so-manieth of the published times on the page."""
        values = re.findall(r'name="opening" value="([^"]+)"', self.page.text)
        form = next(form for form in all_forms(self.page) if form.action.endswith("/time"))
        self.page = self.http.post(form.action, data=form.fields | {"opening": values[number]})
        return self.page

    def names_time(self, day: str, at: str, **more: str) -> Response:
        """Any other time, in the second form of the page."""
        form = next(form for form in all_forms(self.page) if "own" in form.fields)
        self.page = self.http.post(form.action, data=form.fields | {"day": day, "at": at} | more)
        return self.page


def week_of(database: Database) -> list[tuple[int, int, int]]:
    with database.reading() as session:
        return [(row.weekday, row.start_minute // 60, row.end_minute // 60) for row in booking_hours.weekly(session)]


def free_on(office: Office, day: date) -> list[str]:
    with office.database.reading() as session:
        found = openings.openings(session, office.now, office.clinic)
    local = [office.clinic.local(one.starts_at) for one in found]
    return [f"{moment:%H:%M}" for moment in local if moment.date() == day]


def deeds_by(database: Database, member: StaffMember) -> list[str]:
    with database.reading() as session:
        rows = select(AuditEvent.action).where(AuditEvent.staff_id == member.id).order_by(AuditEvent.id)
        return [action for action in session.scalars(rows) if not action.startswith("staff.")]


def path_of(consultation: Consultation) -> str:
    return f"/staff/consultations/{consultation.reference}"


def deeds_on(database: Database, consultation: Consultation) -> list[str]:
    with database.reading() as session:
        rows = select(AuditEvent.action).where(AuditEvent.subject == f"consultation:{consultation.id}")
        return list(session.scalars(rows.order_by(AuditEvent.id)))


def wall(office: Office, consultation: Consultation) -> str:
    starts_at = office.as_it_is(consultation).starts_at
    return f"{office.clinic.local(starts_at):%a %d %H:%M}" if starts_at else "none"


def day(page_text: str, weekday: str) -> str:
    """What stands under a day."""
    found = re.search(
        rf'<section class="a-day.*?{weekday}.*?</section>',
        page_text[page_text.index(f">{weekday}<") - 300 :],
        re.DOTALL,
    )
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())
