"""What the forms have in common: what one message fills in, corrects or leaves for a rule."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecutionRejected, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Turn, clinic, now
from frontdesk import details
from frontdesk.details import Details

Event = dict[str, Any]
NOTHING = ""  # a skipped slot: answered, and empty
IDLE = timedelta(hours=1)  # after which the visitor is asked whether to go on
SLOTS = (
    "form_key", "contact_consent", "contact_name", "contact_email", "contact_phone", "contact_reach", "contact_preferred",
    "contact_voicemail", "contact_texts", "contact_safe_hours", "booking_for", "patient_name", "patient_relation",
    "booking_type", "booking_time", "booking_offered", "booking_from", "booking_near", "booking_wish", "booking_wish_said",
    "booking_note", "booking_confirmed", "booking_change", "change_kind", "change_reference", "change_confirmed", "find_reference",
    "find_reach", "find_tries",
)  # fmt: skip
ANSWERS = (
    "inform", "affirm", "deny", "skip", "back", "unsure", "change", "book", "for_me", "for_someone", "prefer_phone",
    "prefer_email", "choose_type", "pick_opening", "later", "another_day", "no_time_suits",
)  # fmt: skip


class ValidateForm(Action, ABC):  # the action server makes one of every class that is not abstract
    """Reads every detail out of a message, asked for or not. What is a question or screened is left to its rule."""

    order: tuple[str, ...]
    may_skip: tuple[str, ...] = ()
    answers: tuple[str, ...] = ANSWERS  # intents that are meant for the form; others are left to their rules

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
        asked = turn.slot("requested_slot") if turn.active_loop == self.form else None
        if asked and turn.intent not in self.answers:
            # an answer's rule speaks now; what was told beside the question is kept, but no time: "open on saturday?"
            told = details.read(turn.text, asked=None, country=clinic().country)
            kept = slots_of(told, turn, with_wish=False)
            return [*kept, *self._settled(turn, _after(turn, kept)), ActionExecutionRejected(self.form)]
        asked_as = "booking_wish" if asked == "booking_time" else asked
        found = Details() if turn.is_button else details.read(turn.text, asked=asked_as, country=clinic().country)
        if asked and _is_idle(turn):
            dispatcher.utter_message(response="utter_back_in_form")
        events = self._answer(turn, dispatcher, str(asked), found) if asked else self._start(turn, found)
        return [*events, *self._settled(turn, _after(turn, events))]

    def _start(self, turn: Turn, found: Details) -> list[Event]:
        known = turn.slot("form_key")
        return [SlotSet("form_key", known or f"{turn.tracker.sender_id}:{turn.message_id}"), *slots_of(found, turn)]

    def _answer(self, turn: Turn, dispatcher: CollectingDispatcher, asked: str, found: Details) -> list[Event]:
        events = slots_of(found, turn)
        if turn.intent == "back":
            return [*events, *self._back(turn, asked)]
        if turn.intent == "skip" and asked in self.may_skip:
            return [*events, SlotSet(asked, NOTHING)]
        answer: list[Event] = getattr(self, f"_{asked}")(turn, dispatcher, found)
        return [*events, *answer]

    def _back(self, turn: Turn, asked: str) -> list[Event]:
        """To the question before that was answered with something; the first one stays the first."""
        before = [slot for slot in self.order[: self.order.index(asked)] if turn.slot(slot) not in (None, NOTHING)]
        return [SlotSet(before[-1], None), SlotSet(asked, None)] if len(before) > 1 else [SlotSet(asked, None)]

    def _settled(self, turn: Turn, slots: dict[str, Any]) -> list[Event]:
        """What need not be asked any more, given everything said so far."""
        return []

    def _contact_consent(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        if turn.intent == "affirm" and (turn.is_button or not _was_interrupted(turn)):
            return [SlotSet("contact_consent", True)]
        if turn.intent in ("deny", "skip"):
            return [SlotSet("contact_consent", False), SlotSet("requested_slot", None)]
        dispatcher.utter_message(response="utter_consent_unclear")
        return [SlotSet("contact_consent", None)]

    def _contact_name(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        if found.name:
            return []
        if found.is_empty:
            dispatcher.utter_message(response="utter_name_unclear")
        return [SlotSet("contact_name", None)]

    def _contact_reach(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        if found.email or found.phone:
            return []
        say_what_is_wrong(dispatcher, found)
        return [SlotSet("contact_reach", None)]


def slots_of(found: Details, turn: Turn, *, with_wish: bool = True) -> list[Event]:
    """Everything that a message told, as slots."""
    told: dict[str, Any] = {
        "contact_name": found.name,
        "contact_email": found.email,
        "contact_phone": found.phone,
        "contact_preferred": found.preferred,
        "contact_voicemail": found.voicemail,
        "contact_safe_hours": found.safe_hours,
        "patient_name": found.patient_name,
        "patient_relation": found.relation,
        "booking_for": "someone" if found.relation or found.patient_name else None,
    }
    if with_wish and found.wish:
        said = {"wish": found.wish, "text": turn.text[: details.LONGEST_TEXT], "at": now().isoformat()}
        told |= {"booking_wish": found.wish, "booking_wish_said": said}
    events = [SlotSet(slot, value) for slot, value in told.items() if value is not None]
    if found.email or found.phone:
        email = found.email or turn.slot("contact_email")
        phone = found.phone or turn.slot("contact_phone")
        shown = [details.spoken_phone(phone, clinic().country)] if phone else []
        events.append(SlotSet("contact_reach", ", ".join([*shown, *([email] if email else [])])))
    return events


def say_what_is_wrong(dispatcher: CollectingDispatcher, found: Details) -> None:
    if found.suggestion:
        dispatcher.utter_message(response="utter_email_suggestion", suggestion=found.suggestion)
    elif found.email_problem:
        dispatcher.utter_message(response="utter_email_unclear")
    elif found.phone_problem:
        dispatcher.utter_message(response="utter_phone_unclear")
    elif found.is_empty:
        dispatcher.utter_message(response="utter_reach_unclear")


def ended() -> list[Event]:
    """A form that is over: nothing of it is remembered."""
    return [
        {"event": "active_loop", "name": None, "timestamp": None},
        SlotSet("requested_slot", None),
        SlotSet("paused_form", None),
        *(SlotSet(slot, None) for slot in SLOTS),
    ]


def _after(turn: Turn, events: list[Event]) -> dict[str, Any]:
    """The slots as they are once these events have happened."""
    return dict(turn.tracker.slots) | {event["name"]: event["value"] for event in events if event["event"] == "slot"}


def _was_interrupted(turn: Turn) -> bool:
    """True when the message before this one led to another question beside the form's: a typed "yes" may mean that."""
    before = next(turn.earlier(), {})
    intent = ((before.get("parse_data") or {}).get("intent") or {}).get("name")
    return str(intent).startswith(("unanswered", "ask_back", "clarify", "offer_person"))


def _is_idle(turn: Turn) -> bool:
    """Whether the message before this one was long ago."""
    before = next(turn.earlier(), {}).get("timestamp")
    return before is not None and now() - datetime.fromtimestamp(float(before), UTC) > IDLE
