from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from actions.forms import cleared
from actions.turn import Turn, clinic, database, now
from frontdesk import consultations, contacts, handing_over, handoffs
from frontdesk.handing_over import Plan
from frontdesk.model import Contact, Handoff, HandoffStatus, Kind, Priority


class ActionSubmitBooking(Action):
    """Sends the request: contact, consultation and handoff in one transaction, once for each filled form."""

    def name(self) -> str:
        return "action_submit_booking"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        if tracker.get_slot("contact_consent") is False:
            _refuse(turn, dispatcher)
            return cleared()
        if not (tracker.get_slot("booking_confirmed") and tracker.get_slot("contact_consent")):
            dispatcher.utter_message(response="utter_booking_incomplete")
            return []
        with database().transaction() as session:
            try:
                consultation, is_new = consultations.request(
                    session,
                    now(),
                    contact=_kept(session, turn),
                    form_key=str(tracker.get_slot("form_key")),
                    wish=tracker.get_slot("booking_wish") or None,
                    note=tracker.get_slot("booking_note") or None,
                )
            except consultations.Incomplete:
                session.rollback()
                dispatcher.utter_message(response="utter_booking_incomplete")
                return cleared()
            handoff = _hand_to_front_desk(session, turn, Kind.BOOK)
            reference, handed = consultation.reference, handoff.reference
        response = "utter_booking_requested" if is_new else "utter_booking_already_requested"
        dispatcher.utter_message(response=response, reference=reference, handoff=handed)
        return cleared()


class ActionSubmitContact(Action):
    """Keeps the contact details beside the conversation's handoffs."""

    def name(self) -> str:
        return "action_submit_contact"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        if not tracker.get_slot("contact_consent") or not tracker.get_slot("contact_reach"):
            _refuse(turn, dispatcher)
            return cleared()
        with database().transaction() as session:
            contact = _kept(session, turn)
            known = handoffs.of_conversation(session, contact.conversation_id)
            waiting = [handoff for handoff in known if handoff.status is not HandoffStatus.RESOLVED]
            reference = (waiting or [_hand_to_front_desk(session, turn, Kind.HUMAN)])[-1].reference
        shown = [tracker.get_slot("contact_name"), tracker.get_slot("contact_reach")]
        dispatcher.utter_message(
            response="utter_contact_saved", contact_lines=", ".join(filter(None, shown)), handoff=reference
        )
        return cleared()


class ActionCancelBooking(Action):
    """Cancels what this conversation has requested, after asking; anything else goes to the front desk."""

    def name(self) -> str:
        return "action_cancel_booking"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        with database().transaction() as session:
            conversation_id = turn.conversation(session).id
            consultation = consultations.open_one(session, conversation_id)
            if consultation and turn.intent != "cancel_yes":
                dispatcher.utter_message(response="utter_ask_cancel_booking", reference=consultation.reference)
                return []
            if consultation:
                consultations.cancel(session, now(), consultation)
            handed = _hand_to_front_desk(session, turn, Kind.CANCEL_BOOKING).reference
        if consultation:
            dispatcher.utter_message(
                response="utter_booking_cancelled", reference=consultation.reference, handoff=handed
            )
        else:
            dispatcher.utter_message(response="utter_cancel_booking", handoff=handed)
        return []


def _kept(session: Session, turn: Turn) -> Contact:
    return contacts.keep(
        session,
        now(),
        turn.conversation(session).id,
        name=turn.tracker.get_slot("contact_name") or None,
        email=turn.tracker.get_slot("contact_email"),
        phone=turn.tracker.get_slot("contact_phone"),
    )


def _hand_to_front_desk(session: Session, turn: Turn, kind: Kind) -> Handoff:
    return handing_over.hand_over(
        session,
        now(),
        clinic(),
        Plan(kind, Priority.NORMAL, None, None, ()),
        conversation_id=turn.conversation(session).id,
        message_id=turn.message_id,
    )


def _refuse(turn: Turn, dispatcher: CollectingDispatcher) -> None:
    with database().transaction() as session:
        contacts.refuse(session, turn.conversation(session).id)
    dispatcher.utter_message(response="utter_consent_refused")
