"""Moving or cancelling: what this conversation booked, or a consultation found by reference and contact."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import times
from actions.booking_form import answer_time, route
from actions.form import ANSWERS, NOTHING, Event, ValidateForm, ended, say_what_is_wrong
from actions.turn import Turn, clinic, database, now
from frontdesk import consultations, lookups, openings, references
from frontdesk.details import Details
from frontdesk.handing_over import Plan
from frontdesk.model import Consultation, ConsultationStatus, Kind, Priority
from frontdesk.openings import Gone

LOST = re.compile(
    r"\b(?:lost|forgot|forgotten|can'?t find|no idea|do(?:n'?t| not) (?:have|know|remember)|threw)\b", re.IGNORECASE
)
WANTED = {"reschedule": "move", "cancel_booking": "cancel"}  # by intent
KINDS = {"move": Kind.RESCHEDULE, "cancel": Kind.CANCEL_BOOKING}
LEFT_TO_STAFF = {"move": "utter_reschedule", "cancel": "utter_cancel_booking"}
MOST_TRIES = 4


class ValidateChangeForm(ValidateForm):
    form = "change_form"
    order = ("find_reference", "find_reach", "booking_time", "change_confirmed")
    answers = (*ANSWERS, *WANTED)

    def _answer(self, turn: Turn, dispatcher: CollectingDispatcher, asked: str, found: Details) -> list[Event]:
        if WANTED.get(turn.intent, turn.slot("change_kind")) != turn.slot("change_kind"):  # "actually, cancel it"
            again = [SlotSet("booking_time", None), SlotSet("change_confirmed", None)]
            return [SlotSet("change_kind", WANTED[turn.intent]), *again]
        return super()._answer(turn, dispatcher, asked, found)

    def _start(self, turn: Turn, found: Details) -> list[Event]:
        kind = WANTED.get(turn.intent, "move")
        started = [*super()._start(turn, found), SlotSet("change_kind", kind)]
        with database().transaction() as session:
            own = consultations.open_one(session, turn.conversation(session).id)
            if own is None:
                # somebody who leaves now was heard all the same
                turn.hand_over(session, _plan(kind))
                reference = references.found_in(turn.text)
                return [*started, *([SlotSet("find_reference", reference)] if reference else [])]
            return [*started, *_found(own)]

    def _settled(self, turn: Turn, slots: dict[str, Any]) -> list[Event]:
        if slots.get("change_kind") == "cancel" and slots.get("booking_time") is None:
            return [SlotSet("booking_time", NOTHING)]
        if not slots.get("change_reference") or slots.get("booking_time") is not None:
            return []
        with database().reading() as session:
            is_offered = _kind_of(session, _consultation(session, str(slots["change_reference"]))) is not None
        return [] if is_offered else _left_to_staff()

    def _find_reference(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        reference = references.found_in(turn.text)
        if turn.intent in ("skip", "deny", "unsure") or (reference is None and LOST.search(turn.text)):
            dispatcher.utter_message(response="utter_without_reference", **route(turn))
            return _left_to_staff(said=True)
        if reference is None:
            dispatcher.utter_message(response="utter_reference_unclear")
        return [SlotSet("find_reference", reference)]

    def _find_reach(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        if not (found.email or found.phone):
            say_what_is_wrong(dispatcher, found)
            return [SlotSet("find_reach", None)]
        tries = int(turn.slot("find_tries") or 0) + 1
        with database().transaction() as session:
            consultation = lookups.find(
                session, now(), str(turn.slot("find_reference")), email=found.email, phone=found.phone
            )
            events = _found(consultation) if consultation else []
        if events:
            return events
        if tries >= MOST_TRIES:
            dispatcher.utter_message(response="utter_find_ended", **route(turn))
            return _left_to_staff(said=True)
        dispatcher.utter_message(response="utter_booking_not_found")
        return [SlotSet("find_reference", None), SlotSet("find_reach", None), SlotSet("find_tries", tries)]

    def _booking_time(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        with database().reading() as session:
            consultation = _consultation(session, str(turn.slot("change_reference")))
            kind_id, moving = _kind_of(session, consultation), consultation.id
        if turn.intent == "no_time_suits" or kind_id is None:
            return _left_to_staff()
        return answer_time(turn, dispatcher, found, kind_id, moving)

    def _change_confirmed(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        if turn.intent in ("affirm", "deny"):
            return [SlotSet("change_confirmed", turn.intent == "affirm")]
        wants_other_time = turn.intent == "change" or bool(found.wish)
        if wants_other_time and turn.slot("change_kind") == "move":
            return [SlotSet("booking_time", None), SlotSet("booking_from", None), SlotSet("change_confirmed", None)]
        dispatcher.utter_message(response="utter_choice_unclear")
        return [SlotSet("change_confirmed", None)]


def _found(consultation: Consultation) -> list[Event]:
    return [
        SlotSet("change_reference", consultation.reference),
        SlotSet("find_reference", consultation.reference),
        SlotSet("find_reach", NOTHING),
    ]


def _left_to_staff(*, said: bool = False) -> list[Event]:
    """Ends the form; the front desk has the message, or gets it when the form is submitted."""
    end = dict.fromkeys(("find_reference", "find_reach", "booking_time"), NOTHING)
    return [*(SlotSet(slot, value) for slot, value in end.items()), SlotSet("change_confirmed", False),
            SlotSet("change_reference", None), SlotSet("requested_slot", None),
            SlotSet("find_tries", MOST_TRIES if said else 0)]  # fmt: skip


def _plan(kind: str) -> Plan:
    return Plan(KINDS[kind], Priority.NORMAL, None, None, ())


def _consultation(session: Session, reference: str) -> Consultation:
    return session.scalars(select(Consultation).where(Consultation.reference == reference)).one()


def _kind_of(session: Session, consultation: Consultation) -> int | None:
    """The type whose free times are offered; None when there are none."""
    kinds = openings.types(session)
    own = [kind for kind in kinds if kind.id == consultation.type_id] if consultation.type_id else kinds
    return next(times.with_free_times(session, own, consultation.id), None)


class ActionAskReference(Action):
    def name(self) -> str:
        return "action_ask_change_form_find_reference"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        dispatcher.utter_message(response="utter_ask_reference", **route(Turn(tracker)))
        return []


class ActionAskReferenceContact(Action):
    def name(self) -> str:
        return "action_ask_change_form_find_reach"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        dispatcher.utter_message(response="utter_ask_reference_contact", **route(Turn(tracker)))
        return []


class ActionAskNewTime(Action):
    """Offers the nearest free times for a consultation that is moved."""

    def name(self) -> str:
        return "action_ask_change_form_booking_time"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        with database().reading() as session:
            consultation = _consultation(session, str(turn.slot("change_reference")))
            kind_id, moving = _kind_of(session, consultation), consultation.id
        if kind_id is None:  # the last free time went since
            dispatcher.utter_message(response="utter_reschedule")
            return ended()
        return times.offer(turn, dispatcher, times.Wanted.of(turn, kind_id, moving), "reschedule")


class ActionAskChangeConfirmed(Action):
    """Reads back what would be changed."""

    def name(self) -> str:
        return "action_ask_change_form_change_confirmed"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        with database().reading() as session:
            consultation = _consultation(session, str(turn.slot("change_reference")))
            old = times.spoken(consultation.starts_at) if consultation.starts_at else ""
        new = times.spoken(times.moment(turn.slot("booking_time"))) if turn.slot("booking_time") else ""
        if turn.slot("change_kind") == "cancel":
            response = "utter_ask_cancel" if old else "utter_ask_cancel_request"
        else:
            response = "utter_ask_move" if old else "utter_ask_first_time"
        dispatcher.utter_message(
            response=response, when=new or old, old_when=old, reference=consultation.reference, **route(turn)
        )
        return []


class ActionSubmitChange(Action):
    """Moves or cancels what was confirmed; anything else is the front desk's."""

    def name(self) -> str:
        return "action_submit_change"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        kind = str(turn.slot("change_kind"))
        if turn.slot("change_confirmed") and turn.slot("change_reference"):
            _change(turn, dispatcher, kind)
        elif turn.slot("change_reference"):
            times.release(turn)
            dispatcher.utter_message(response="utter_booking_kept", **route(turn))
        elif turn.slot("find_tries") != MOST_TRIES:  # the front desk was not spoken of yet
            with database().transaction() as session:
                handed = turn.hand_over(session, _plan(kind)).reference
            dispatcher.utter_message(response=LEFT_TO_STAFF[kind], handoff=handed)
        return ended()


def _change(turn: Turn, dispatcher: CollectingDispatcher, kind: str) -> None:
    try:
        with database().transaction() as session:
            consultation = _consultation(session, str(turn.slot("change_reference")))
            if kind == "cancel":
                consultations.cancel(session, now(), consultation)
            else:
                own = turn.conversation(session).id
                kind_id, starts_at = int(_kind_of(session, consultation) or 0), times.moment(turn.slot("booking_time"))
                opening = times.opening_at(session, kind_id, starts_at, own, consultation.id)
                consultations.move(session, now(), clinic(), consultation, opening, conversation_id=own)
            handed = turn.hand_over(session, _plan(kind)).reference
            response, told = _told(kind, consultation)
    except Gone:
        dispatcher.utter_message(response="utter_opening_gone", **route(turn))
    except consultations.Over:
        dispatcher.utter_message(response="utter_booking_over")
    except consultations.Begun:
        dispatcher.utter_message(response="utter_booking_begun")
    else:
        dispatcher.utter_message(response=response, handoff=handed, **told)


def _told(kind: str, consultation: Consultation) -> tuple[str, dict[str, str]]:
    if kind == "cancel":
        return "utter_booking_cancelled", {"reference": consultation.reference}
    is_confirmed = consultation.status is ConsultationStatus.CONFIRMED
    response = "utter_booking_moved" if is_confirmed else "utter_booking_move_awaits_staff"
    return response, times.told(consultation)
