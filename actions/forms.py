"""The forms' answers: what one message fills in, corrects or leaves for a rule."""

import re
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import FORM_SLOTS, Turn, clinic, database, now
from frontdesk import details, handing_over
from frontdesk.details import Details

ANSWERS = ("inform", "affirm", "deny", "skip", "back", "unsure", "book")
CLINICIANS = ("eligibility", "medical_advice")
NOTHING = ""  # a skipped slot: answered, and empty


class _ValidateForm(Action, ABC):  # the action server makes one of every class that is not abstract
    """Reads every detail out of a message, asked for or not. What is a question or screened is left to its rule."""

    order: tuple[str, ...]
    may_skip: tuple[str, ...]

    @property
    @abstractmethod
    def form(self) -> str: ...

    def name(self) -> str:
        return f"validate_{self.form}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        if turn.is_answered_already():
            return []
        asked = tracker.get_slot("requested_slot") if turn.active_loop == self.form else None
        is_start = asked is None
        found = Details() if turn.is_button else details.read(turn.text, asked=asked, country=clinic().country)
        if not is_start and turn.intent not in ANSWERS:
            unasked = details.read(turn.text, asked=None, country=clinic().country)
            return [*_slots(unasked, tracker), ActionExecutionRejected(f"{self.form}")]
        if is_start:
            return [*_start(turn), *_slots(found, tracker)]
        return self._answer(turn, dispatcher, str(asked), found)

    def _answer(self, turn: Turn, dispatcher: CollectingDispatcher, asked: str, found: Details) -> list[dict[str, Any]]:
        events = _slots(found, turn.tracker)
        if turn.intent == "back":
            return [*events, *self._back(asked)]
        if turn.intent == "skip" and asked in self.may_skip:
            return [*events, SlotSet(asked, NOTHING)]
        answer: list[dict[str, Any]] = getattr(self, f"_{asked}")(turn, dispatcher, found)
        return [*events, *answer]

    def _back(self, asked: str) -> list[dict[str, Any]]:
        place = self.order.index(asked)
        before = self.order[max(place - 1, 1)]
        return [SlotSet(before, None), SlotSet(asked, None)]

    def _contact_consent(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[dict[str, Any]]:
        if turn.intent == "affirm" and (turn.is_button or not _was_interrupted(turn)):
            return [SlotSet("contact_consent", True)]
        if turn.intent in ("deny", "skip"):
            return [SlotSet("contact_consent", False), SlotSet("requested_slot", None)]
        dispatcher.utter_message(response="utter_consent_unclear")
        return [SlotSet("contact_consent", None)]

    def _contact_name(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[dict[str, Any]]:
        if found.name:
            return []
        if not found.is_empty:
            return [SlotSet("contact_name", None)]
        dispatcher.utter_message(response="utter_name_unclear")
        return [SlotSet("contact_name", None)]

    def _contact_reach(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[dict[str, Any]]:
        if found.email or found.phone:
            return []
        _say_what_is_wrong(dispatcher, found)
        return [SlotSet("contact_reach", None)]


class ValidateBookingForm(_ValidateForm):
    form = "booking_form"
    order = ("contact_consent", "contact_name", "contact_reach", "booking_wish", "booking_note", "booking_confirmed")
    may_skip = ("booking_wish", "booking_note")

    def _booking_wish(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[dict[str, Any]]:
        return [] if found.wish else [SlotSet("booking_wish", None if not found.is_empty else NOTHING)]

    def _booking_note(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[dict[str, Any]]:
        if turn.intent == "deny":
            return [SlotSet("booking_note", NOTHING)]
        if not found.is_empty and not _says_more(turn.text, found):
            return [SlotSet("booking_note", None)]
        if turn.verdict.get("clinician") == "certain":
            _pass_on_note(turn)
            dispatcher.utter_message(response="utter_note_passed_on")
        return [SlotSet("booking_note", turn.text.strip()[: details.LONGEST_TEXT])]

    def _booking_confirmed(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[dict[str, Any]]:
        if turn.intent == "affirm":
            return [SlotSet("booking_confirmed", True)]
        if not found.is_empty:
            return [SlotSet("booking_confirmed", None)]
        if note := re.match(r"\s*(?:the |my )?note(?: should be| is|:)?\s+(.+)", turn.text, re.IGNORECASE | re.DOTALL):
            return [SlotSet("booking_note", note.group(1).strip()), SlotSet("booking_confirmed", None)]
        if slot := _slot_to_change(turn.text):
            return [SlotSet(slot, None), SlotSet("booking_confirmed", None)]
        dispatcher.utter_message(response="utter_confirm_unclear")
        return [SlotSet("booking_confirmed", None)]


class ValidateContactForm(_ValidateForm):
    form = "contact_form"
    order = ("contact_consent", "contact_name", "contact_reach")
    may_skip = ("contact_name",)


def _start(turn: Turn) -> list[dict[str, Any]]:
    if turn.intent == "resume":
        return [SlotSet("form_key", turn.tracker.get_slot("form_key"))]
    return [SlotSet("form_key", f"{turn.tracker.sender_id}:{turn.message_id}")]


def _slots(found: Details, tracker: Tracker) -> list[dict[str, Any]]:
    events = [
        SlotSet(slot, value)
        for slot, value in (
            ("contact_name", found.name),
            ("contact_email", found.email),
            ("contact_phone", found.phone),
            ("booking_wish", found.wish),
        )
        if value
    ]
    if found.email or found.phone:
        email = found.email or tracker.get_slot("contact_email")
        phone = found.phone or tracker.get_slot("contact_phone")
        shown = [details.spoken_phone(phone, clinic().country)] if phone else []
        events.append(SlotSet("contact_reach", ", ".join([*shown, *([email] if email else [])])))
    return events


def _was_interrupted(turn: Turn) -> bool:
    """True when the message before this one led to another question beside the form's: a typed "yes" may mean that."""
    users = [event for event in turn.tracker.events if event["event"] == "user"]
    said = [((event.get("parse_data") or {}).get("intent") or {}).get("name") for event in users]
    return len(said) > 1 and str(said[-2]).startswith(("unanswered", "ask_back", "clarify", "offer_person"))


def _say_what_is_wrong(dispatcher: CollectingDispatcher, found: Details) -> None:
    if found.suggestion:
        dispatcher.utter_message(response="utter_email_suggestion", suggestion=found.suggestion)
    elif found.email_problem:
        dispatcher.utter_message(response="utter_email_unclear")
    elif found.phone_problem:
        dispatcher.utter_message(response="utter_phone_unclear")
    elif found.is_empty:
        dispatcher.utter_message(response="utter_reach_unclear")


def _says_more(text: str, found: Details) -> bool:
    """Whether a message holds words beside the contact details it gives."""
    rest = details.redacted(text, " ")
    return len(re.findall(r"\w+", rest)) > (8 if found.name else 5)


def _slot_to_change(text: str) -> str | None:
    asked = {
        "contact_name": r"\bname\b",
        "contact_reach": r"\b(?:e-?mail|phone|number|contact)\b",
        "booking_wish": r"\b(?:time|day|date|when)\b",
        "booking_note": r"\bnote\b",
    }
    return next((slot for slot, words in asked.items() if re.search(words, text, re.IGNORECASE)), None)


def _pass_on_note(turn: Turn) -> None:
    route = turn.verdict.get("clinician_route") or "eligibility"
    with database().transaction() as session:
        handing_over.hand_over(
            session,
            now(),
            clinic(),
            handing_over.plan(str(route), turn.facets),
            conversation_id=turn.conversation(session).id,
            message_id=turn.message_id,
        )


class ActionAskBookingConfirmed(Action):
    """Reads the booking back."""

    def name(self) -> str:
        return "action_ask_booking_form_booking_confirmed"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        dispatcher.utter_message(
            response="utter_ask_booking_form_booking_confirmed",
            booking_name=tracker.get_slot("contact_name") or "–",
            booking_reach=tracker.get_slot("contact_reach") or "–",
            booking_wish=tracker.get_slot("booking_wish") or "–",
            booking_note=tracker.get_slot("booking_note") or "–",
        )
        return []


class ActionStopForm(Action):
    """Ends a form without sending anything; forgets what was filled in."""

    def name(self) -> str:
        return "action_stop_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        dispatcher.utter_message(response="utter_stopped")
        return cleared()


def cleared() -> list[dict[str, Any]]:
    return [
        {"event": "active_loop", "name": None, "timestamp": None},
        SlotSet("requested_slot", None),
        SlotSet("paused_form", None),
        *(SlotSet(slot, None) for slot in FORM_SLOTS),
    ]
