"""Sending the booking form: one transaction for contact, consultation and handoff, once for each filled form."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from actions import times
from actions.contact_form import kept, refuse
from actions.form import ended
from actions.turn import Turn, clinic, database, now, settings
from frontdesk import consultations, contacts
from frontdesk.handing_over import Plan
from frontdesk.model import Consultation, ConsultationStatus, Contact, Kind, Priority
from frontdesk.openings import Gone

CONFIRMATIONS = {  # by way, and whether there is a time
    ("email", True): "utter_confirmation_email",
    ("email", False): "utter_confirmation_email_request",
    ("text", True): "utter_confirmation_text",
    ("text", False): "utter_confirmation_text_request",
}
FRONT_DESK = Plan(Kind.BOOK, Priority.NORMAL, None, None, ())


class ActionSubmitBooking(Action):
    """Books the opening that is held, or sends the request."""

    def name(self) -> str:
        return "action_submit_booking"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        if turn.slot("contact_consent") is False:
            refuse(turn, dispatcher)
            return ended()
        if not (turn.slot("booking_confirmed") and turn.slot("contact_consent")):
            dispatcher.utter_message(response="utter_booking_incomplete")
            return []
        try:
            with database().transaction() as session:
                contact = kept(session, turn)
                consultation, is_new = _written(session, turn, contact)
                handed = turn.hand_over(session, FRONT_DESK).reference
                way = contacts.way(contact)
                told = times.told(consultation)
        except consultations.Incomplete:
            dispatcher.utter_message(response="utter_booking_incomplete")
            return ended()
        except Gone:  # taken in the moment between the last look and now: back to choosing, nothing else is lost
            dispatcher.utter_message(response="utter_opening_gone")
            near = SlotSet("booking_near", turn.slot("booking_time"))
            again = [SlotSet("booking_time", None), SlotSet("booking_confirmed", None)]
            return [near, *again, FollowupAction("booking_form")]
        if not is_new:
            dispatcher.utter_message(response="utter_booking_already_requested", handoff=handed, **told)
            return ended()
        dispatcher.utter_message(response=_response(consultation), handoff=handed, **told)
        if line := _confirmation(way, has_time=consultation.starts_at is not None):
            dispatcher.utter_message(response=line)
        return ended()


def _written(session: Session, turn: Turn, contact: Contact) -> tuple[Consultation, bool]:
    told: dict[str, Any] = {
        "contact": contact,
        "form_key": str(turn.slot("form_key")),
        "wish": turn.slot("booking_wish") or None,
        "note": turn.slot("booking_note") or None,
        "patient_name": turn.slot("patient_name") or None,
        "relation": turn.slot("patient_relation") or None,
    }
    if not turn.slot("booking_time"):
        return consultations.request(session, now(), **told)
    starts_at, kind_id = times.moment(turn.slot("booking_time")), int(turn.slot("booking_type"))
    opening = times.opening_at(session, kind_id, starts_at, contact.conversation_id)
    return consultations.book(session, now(), clinic(), opening=opening, **told)


def _response(consultation: Consultation) -> str:
    if consultation.starts_at is None:
        return "utter_booking_requested"
    is_confirmed = consultation.status is ConsultationStatus.CONFIRMED
    return "utter_booking_booked" if is_confirmed else "utter_booking_awaits_staff"


def _confirmation(way: str | None, *, has_time: bool) -> str | None:
    """The line that promises a confirmation; none when nothing could be sent."""
    url = {"email": settings().mail_url, "text": settings().text_url}.get(way or "")
    return CONFIRMATIONS[str(way), has_time] if url and url.get_secret_value() else None
