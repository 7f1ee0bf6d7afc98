"""The booking form: whose consultation, how to reach them, a free time or a wish, a note, and the read-back."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import times
from actions.form import NOTHING, Event, ValidateForm
from actions.turn import Turn, database, settings
from frontdesk import details, handing_over, openings
from frontdesk.details import Details
from frontdesk.openings import Gone

NOTE = re.compile(r"\s*(?:the |my )?note(?: should be| is|:)?\s+(.+)", re.IGNORECASE | re.DOTALL)
HOW_TO_CALL = {
    "contact_preferred": None,
    "contact_voicemail": None,
    "contact_texts": None,
}  # asked once there is a phone
SOMEONE = re.compile(r"\b(?:some(?:one|body)|another|him|her|them|not me)\b", re.IGNORECASE)
FIELDS = {
    "booking_for": r"\b(?:who|for me|someone else|somebody else|myself)\b",
    "contact_voicemail": r"\b(?:voicemail|voice mail|message)\b",
    "contact_texts": r"\b(?:texts?|texting|sms)\b",
    "contact_name": r"\bname\b",
    "contact_reach": r"\b(?:e-?mail|phone|number|contact)\b",
    "booking_time": r"\b(?:time|day|date|when|hour)\b",
    "booking_note": r"\bnote\b",
}  # what somebody may name at the summary, and how


class ValidateBookingForm(ValidateForm):
    form = "booking_form"
    order = (
        "contact_consent", "booking_for", "patient_name", "contact_name", "contact_reach", "contact_preferred",
        "contact_voicemail", "contact_texts", "booking_type", "booking_time", "booking_wish", "booking_note",
        "booking_confirmed",
    )  # fmt: skip
    may_skip = (
        "patient_name",
        "contact_preferred",
        "contact_voicemail",
        "contact_texts",
        "booking_wish",
        "booking_note",
    )

    def _settled(self, turn: Turn, slots: dict[str, Any]) -> list[Event]:
        settled: dict[str, Any] = {}
        if slots.get("booking_for") == "me":
            settled |= {"patient_name": NOTHING, "patient_relation": None}
        if slots.get("contact_reach"):
            has_new_phone = bool(slots.get("contact_phone")) and not turn.slot("contact_phone")
            settled |= _reach_settled(
                {**slots, **HOW_TO_CALL} if has_new_phone and turn.slot("contact_reach") else slots
            )
        if slots.get("contact_reach") and slots.get("booking_type") is None:
            settled |= _published()
        if settled.get("booking_type", slots.get("booking_type")) == NOTHING:
            settled["booking_time"] = NOTHING
        if slots.get("booking_time") and slots.get("booking_wish") is None:
            settled["booking_wish"] = NOTHING
        return [SlotSet(slot, value) for slot, value in settled.items() if slots.get(slot) != value]

    def _booking_for(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        if found.patient_name or found.relation:
            return []
        says_self = re.search(r"\b(?:me|myself|i am|i'm|mine|my own)\b", turn.text, re.IGNORECASE)
        if turn.intent in ("for_me", "affirm") or (says_self and not turn.is_button):
            return [SlotSet("booking_for", "me")]
        if turn.intent in ("for_someone", "deny") or SOMEONE.search(turn.text):
            return [SlotSet("booking_for", "someone")]
        if found.is_empty:
            dispatcher.utter_message(response="utter_choice_unclear")
        return [SlotSet("booking_for", None)]

    def _patient_name(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        name = found.patient_name or found.name
        if name:  # the name told here is theirs, not the visitor's
            own = [] if found.patient_name else [SlotSet("contact_name", turn.slot("contact_name"))]
            return [SlotSet("patient_name", name), *own]
        if not found.relation:
            dispatcher.utter_message(response="utter_name_unclear")
        return [SlotSet("patient_name", None)]

    def _contact_preferred(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        by_button = {"prefer_phone": "phone", "prefer_email": "email"}.get(turn.intent)
        by_word = "email" if re.search(r"\be-?mail|write|mail\b", turn.text, re.IGNORECASE) else None
        by_word = by_word or ("phone" if re.search(r"\b(?:phone|call|ring)\b", turn.text, re.IGNORECASE) else None)
        if wanted := by_button or found.preferred or by_word:
            return [SlotSet("contact_preferred", wanted)]
        dispatcher.utter_message(response="utter_choice_unclear")
        return [SlotSet("contact_preferred", None)]

    def _contact_voicemail(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        if found.voicemail is not None:
            return []
        if turn.intent in ("affirm", "deny"):
            return [SlotSet("contact_voicemail", turn.intent == "affirm")]
        if found.safe_hours or (
            not turn.is_button and turn.text.strip()
        ):  # "only after 5": said, and not about voicemail
            return [
                SlotSet("contact_voicemail", NOTHING),
                SlotSet("contact_safe_hours", found.safe_hours or turn.text.strip()[: details.LONGEST_TEXT]),
                SlotSet("booking_wish", turn.slot("booking_wish")),
            ]
        return [SlotSet("contact_voicemail", NOTHING)]

    def _contact_texts(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        if turn.intent in ("affirm", "deny", "skip"):
            return [SlotSet("contact_texts", turn.intent == "affirm")]
        dispatcher.utter_message(response="utter_choice_unclear")
        return [SlotSet("contact_texts", None)]

    def _booking_type(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        if turn.intent == "choose_type" and turn.chosen.isdigit():
            return [SlotSet("booking_type", int(turn.chosen))]
        dispatcher.utter_message(response="utter_choice_unclear")
        return [SlotSet("booking_type", None)]

    def _booking_time(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        return answer_time(turn, dispatcher, found, int(turn.slot("booking_type")))

    def _booking_wish(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        return [] if found.wish else [SlotSet("booking_wish", None if not found.is_empty else NOTHING)]

    def _booking_note(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        kept = [SlotSet("booking_wish", turn.slot("booking_wish"))]  # a time in a note is no wish
        if turn.intent == "deny":
            return [SlotSet("booking_note", NOTHING)]
        if not found.is_empty and not _says_more(turn.text, found):
            return [SlotSet("booking_note", None)]
        if turn.verdict.get("clinician") == "certain":
            route = turn.verdict.get("clinician_route") or "eligibility"
            with database().transaction() as session:
                turn.hand_over(session, handing_over.plan(str(route), turn.facets))
            dispatcher.utter_message(response="utter_note_passed_on")
        return [SlotSet("booking_note", turn.text.strip()[: details.LONGEST_TEXT]), *kept]

    def _booking_confirmed(self, turn: Turn, dispatcher: CollectingDispatcher, found: Details) -> list[Event]:
        if turn.intent == "affirm":
            return _confirmed(turn, dispatcher)
        if turn.intent == "change" and turn.chosen:
            return self._changed(turn, turn.chosen)
        unsettled = [SlotSet("booking_confirmed", None)]
        if found.wish and turn.slot("booking_time"):  # another time than the one that is kept
            return [*unsettled, SlotSet("booking_time", None), SlotSet("booking_from", None)]
        if not found.is_empty:
            return unsettled
        if note := NOTE.match(turn.text):
            return [SlotSet("booking_note", note.group(1).strip()), *unsettled]
        if field := _field(turn.text):
            return self._changed(turn, field)
        if turn.intent not in ("change", "deny"):
            dispatcher.utter_message(response="utter_confirm_unclear")
        return [*unsettled, SlotSet("booking_change", True)]

    def _changed(self, turn: Turn, field: str) -> list[Event]:
        """Asks a part again; what hangs on it is asked again as well."""
        again = {
            "booking_for": ("booking_for", "patient_name", "patient_relation"),
            "contact_voicemail": ("contact_preferred", "contact_voicemail", "contact_texts", "contact_safe_hours"),
            "contact_texts": ("contact_texts",),
            "booking_time": ("booking_time", "booking_wish", "booking_from", "booking_near"),
        }.get(field, (field,) if field in self.order else ())
        if field == "booking_time" and turn.slot("booking_type") == NOTHING:
            again = ("booking_wish",)
        return [*(SlotSet(slot, None) for slot in again), SlotSet("booking_confirmed", None)]


def answer_time(
    turn: Turn, dispatcher: CollectingDispatcher, found: Details, kind_id: int, moving: int | None = None
) -> list[Event]:
    """What a message says to the times that were offered: this one, other ones, none, or a wish."""
    again = [SlotSet("booking_time", None)]
    if turn.intent in ("later", "another_day"):
        return [*times.page(turn), *again]
    if turn.intent == "no_time_suits":
        return [SlotSet("booking_time", NOTHING), SlotSet("booking_wish", None)]
    picked = times.chosen(turn, found.wish)
    if picked is None:
        if turn.intent in ("affirm", "skip", "unsure", "book"):
            dispatcher.utter_message(response="utter_which_one")
            return [SlotSet("booking_wish", turn.slot("booking_wish")), *again]
        if times.is_understood(found.wish):
            return [SlotSet("booking_from", None), *again]
        if found.wish or found.is_empty:
            dispatcher.utter_message(response="utter_wish_unclear")
        return [SlotSet("booking_wish", turn.slot("booking_wish")), *again]
    try:
        opening = times.keep(turn, kind_id, picked, moving)
    except Gone:
        dispatcher.utter_message(response="utter_opening_gone")
        return [SlotSet("booking_near", picked.isoformat()), *again]
    dispatcher.utter_message(response="utter_opening_kept", when=times.spoken(opening.starts_at), **route(turn))
    return [SlotSet("booking_time", opening.starts_at.isoformat()), SlotSet("booking_wish", turn.slot("booking_wish"))]


def route(turn: Turn) -> dict[str, str]:
    """The route of words that several forms share."""
    return {"route": {"move": "reschedule", "cancel": "cancel_booking"}.get(str(turn.slot("change_kind")), "book")}


def _reach_settled(slots: dict[str, Any]) -> dict[str, Any]:
    """What need not be asked about how to reach somebody."""
    has_both = slots.get("contact_phone") and slots.get("contact_email")
    settled: dict[str, Any] = {slot: slots.get(slot) for slot in HOW_TO_CALL}
    if not has_both and not slots.get("contact_preferred"):
        settled["contact_preferred"] = NOTHING
    if not slots.get("contact_phone"):
        settled["contact_voicemail"] = settled["contact_texts"] = NOTHING
    elif slots.get("contact_texts") is None and not settings().text_url.get_secret_value():
        settled["contact_texts"] = NOTHING  # nobody could be texted
    return settled


def _published() -> dict[str, Any]:
    """The type when there is only one with free times; nothing when none has any."""
    with database().reading() as session:
        kinds = list(times.with_free_times(session, openings.types(session)))
    if not kinds:
        return {"booking_type": NOTHING}
    return {"booking_type": kinds[0]} if len(kinds) == 1 else {}


def _confirmed(turn: Turn, dispatcher: CollectingDispatcher) -> list[Event]:
    """Keeps the time once more, so that it is still there when it is booked in a moment."""
    if not turn.slot("booking_time"):
        return [SlotSet("booking_confirmed", True)]
    try:
        times.keep(turn, int(turn.slot("booking_type")), times.moment(turn.slot("booking_time")))
    except Gone:
        dispatcher.utter_message(response="utter_opening_gone")
        gone = turn.slot("booking_time")
        return [SlotSet("booking_confirmed", None), SlotSet("booking_time", None), SlotSet("booking_near", gone)]
    return [SlotSet("booking_confirmed", True)]


def _says_more(text: str, found: Details) -> bool:
    """Whether a message holds words beside the contact details it gives."""
    rest = details.redacted(text, " ")
    return len(re.findall(r"\w+", rest)) > (8 if found.name else 5)


def _field(text: str) -> str | None:
    return next((field for field, words in FIELDS.items() if re.search(words, text, re.IGNORECASE)), None)


class ActionAskContactName(Action):
    """Asks for the visitor's own name, in other words when the consultation is for somebody else."""

    def name(self) -> str:
        return "action_ask_booking_form_contact_name"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        is_for_another = tracker.get_slot("booking_for") == "someone"
        own = "utter_ask_caller_name" if is_for_another else "utter_ask_booking_form_contact_name"
        dispatcher.utter_message(response=own)
        return []


class ActionAskBookingType(Action):
    def name(self) -> str:
        return "action_ask_booking_form_booking_type"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        with database().reading() as session:
            offered = [[kind.name, f"/choose_type/{kind.id}"] for kind in openings.types(session)]
        dispatcher.utter_message(response="utter_ask_booking_form_booking_type", offered=offered)
        return []


class ActionAskBookingTime(Action):
    """Offers the nearest free times."""

    def name(self) -> str:
        return "action_ask_booking_form_booking_time"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        return times.offer(turn, dispatcher, times.Wanted.of(turn, int(turn.slot("booking_type"))), "book")


class ActionAskBookingConfirmed(Action):
    """Reads the booking back, or asks what is wrong about it."""

    def name(self) -> str:
        return "action_ask_booking_form_booking_confirmed"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        if turn.slot("booking_change"):
            dispatcher.utter_message(response="utter_ask_what_to_change")
            return [SlotSet("booking_change", None)]
        starts_at = turn.slot("booking_time")
        patient = ", ".join(filter(None, [turn.slot("patient_name"), turn.slot("patient_relation")]))
        dispatcher.utter_message(
            response="utter_confirm_booking" if starts_at else "utter_confirm_request",
            booking_when=times.spoken(times.moment(starts_at)) if starts_at else "",
            booking_name=turn.slot("contact_name") or "",
            booking_patient=patient,
            booking_reach=turn.slot("contact_reach") or "",
            booking_wish=turn.slot("booking_wish") or "",
            booking_note=turn.slot("booking_note") or "",
            **{
                slot: _told(turn.slot(slot))
                for slot in ("contact_preferred", "contact_voicemail", "contact_safe_hours", "contact_texts")
            },
        )
        return []


def _told(value: object) -> str:
    return "" if value is None else str(value)
