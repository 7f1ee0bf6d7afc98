"""The file for the visitor's calendar: readable, the same entry through all changes, at the right moment."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from frontdesk import calendar_file
from frontdesk.model import Consultation, ConsultationStatus, ConsultationType, Contact
from tests.published import clinic_in

CLINIC = clinic_in()
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = {"summary": "Appointment", "description": "Reference: ABCD; to change it, call", "organizer": "Front desk"}


def booked(starts_at: datetime, **given: object) -> Consultation:
    about: dict[str, object] = {
        "reference": "ABCD-EFGH",
        "status": ConsultationStatus.CONFIRMED,
        "sequence": 1,
        "starts_at": starts_at.astimezone(UTC),
        "ends_at": starts_at.astimezone(UTC) + timedelta(minutes=30),
        "contact": Contact(name="Quillon", email="quillon@x.org"),
        "type": ConsultationType(name="Secret", place="at the clinic, 2nd floor; ring \\ knock\nthen wait"),
    }
    return Consultation(**about | given)


def read(consultation: Consultation) -> Calendar:
    found = Calendar.from_ical(calendar_file.appointment(consultation, CLINIC, NOW, WORDS))
    assert isinstance(found, Calendar)
    return found


@pytest.mark.parametrize(
    "wall", ["2026-03-07 10:00", "2026-03-08 10:00", "2026-10-31 10:00", "2026-11-01 10:00", "2026-11-01 00:30"]
)
def test_the_moment_is_right_also_when_clocks_change(wall: str) -> None:
    local = datetime.fromisoformat(wall).replace(tzinfo=CLINIC.zone)

    [entry] = read(booked(local)).walk("VEVENT")

    assert f"{entry.decoded('DTSTART').astimezone(CLINIC.zone):%Y-%m-%d %H:%M}" == wall
    assert entry.decoded("DTEND") - entry.decoded("DTSTART") == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("status", "method", "written"),
    [
        (ConsultationStatus.REQUESTED, "REQUEST", "TENTATIVE"),
        (ConsultationStatus.CONFIRMED, "REQUEST", "CONFIRMED"),
        (ConsultationStatus.CANCELLED, "CANCEL", "CANCELLED"),
    ],
)
def test_every_state_has_its_method_and_status_and_the_same_uid(
    status: ConsultationStatus, method: str, written: str
) -> None:
    calendar = read(booked(NOW, status=status, sequence=7))

    [entry] = calendar.walk("VEVENT")
    assert (str(calendar["METHOD"]), str(entry["STATUS"]), entry["SEQUENCE"]) == (method, written, 7)
    assert str(entry["UID"]) == calendar_file.uid(booked(NOW + timedelta(days=3)))


def test_it_has_all_that_an_invitation_must_have_and_nothing_of_the_visit() -> None:
    raw = calendar_file.appointment(booked(NOW), CLINIC, NOW, WORDS)

    calendar = Calendar.from_ical(raw)
    [entry] = calendar.walk("VEVENT")
    assert {"PRODID", "VERSION", "METHOD"} <= set(calendar)
    assert {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "STATUS", "ORGANIZER", "ATTENDEE", "SUMMARY"} <= set(
        entry
    )
    assert str(entry["ORGANIZER"]) == "mailto:hello@pmcheal.example"
    assert str(entry["LOCATION"]) == "at the clinic, 2nd floor; ring \\ knock\nthen wait"
    assert b"\r\n" in raw
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    assert [word for word in (b"Secret", b"Quillon", b"EFGH") if word in raw] == []


def test_who_left_no_e_mail_is_not_named_as_an_attendee() -> None:
    [entry] = read(booked(NOW, contact=Contact(phone="+12125550187"))).walk("VEVENT")

    assert "ATTENDEE" not in entry
