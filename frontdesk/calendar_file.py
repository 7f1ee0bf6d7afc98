"""The file that puts an appointment in the visitor's calendar, and its changes: same UID, higher sequence."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from icalendar import Calendar, Event, vCalAddress

from frontdesk.clinic import Clinic
from frontdesk.model import Consultation, ConsultationStatus

MAKER = "-//frontdesk//appointments//EN"
NAMESPACE = uuid.UUID("7d1f6a52-2c0e-4b6f-9a57-5f0f6f1f3c11")  # of our UIDs; it must never change
STATUS = {
    ConsultationStatus.REQUESTED: "TENTATIVE",
    ConsultationStatus.CONFIRMED: "CONFIRMED",
    ConsultationStatus.CANCELLED: "CANCELLED",
}


def appointment(consultation: Consultation, clinic: Clinic, now: datetime, words: Mapping[str, str]) -> bytes:
    """An invitation (RFC 5546), or its cancellation. Times are UTC, so that no clock change can move them."""
    assert consultation.starts_at is not None  # noqa: S101 - without a time there is nothing to enter
    assert consultation.ends_at is not None  # noqa: S101
    event = Event()
    event.add("uid", uid(consultation))
    event.add("sequence", consultation.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", consultation.starts_at.astimezone(UTC))
    event.add("dtend", consultation.ends_at.astimezone(UTC))
    event.add("status", STATUS[consultation.status])
    event.add("summary", words["summary"])
    event.add("description", words["description"])
    if consultation.type:
        event.add("location", consultation.type.place)
    event.add("class", "PRIVATE")
    event.add("organizer", _address(clinic.email, words["organizer"]), encode=False)
    if consultation.contact.email:
        attendee = _address(consultation.contact.email)
        attendee.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
        event.add("attendee", attendee, encode=False)
    calendar = Calendar()
    is_cancelled = consultation.status is ConsultationStatus.CANCELLED
    for name, value in {"prodid": MAKER, "version": "2.0", "method": "CANCEL" if is_cancelled else "REQUEST"}.items():
        calendar.add(name, value)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def uid(consultation: Consultation) -> str:
    """The same for all changes; tells nothing."""
    return str(uuid.uuid5(NAMESPACE, consultation.reference))


def _address(email: str, name: str = "") -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    if name:
        address.params["CN"] = name
    return address
