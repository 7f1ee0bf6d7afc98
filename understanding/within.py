"""What a message means within a talk about danger or within a form, where most are answers to what was asked."""

from dataclasses import replace
from typing import Any

from understanding.answering import unanswered_intent
from understanding.decision import Context, Limits, Ranked
from understanding.reading import Reading
from understanding.screen import Level, Verdict, screen
from understanding.utterances import holds_detail, is_about, is_question, plain

REQUESTS = ("privacy", "cancel_booking", "reschedule", "book", "human")  # in the order they win
CHANGES = ("cancel_booking", "reschedule")
QUIET = ("smalltalk", "out_of_scope", "distress")  # what cannot end a crisis talk
TYPED_DETAILS = (
    "contact_consent", "contact_name", "contact_reach", "contact_preferred", "contact_voicemail", "contact_texts",
    "patient_name", "booking_for", "booking_wish", "booking_time", "booking_confirmed", "find_reference", "find_reach",
)  # fmt: skip
IN_OWN_WORDS = (  # details that are sentences
    "booking_for", "patient_name", "booking_wish", "booking_time", "contact_voicemail", "find_reference",
)  # fmt: skip
LONGEST_DETAIL = 8  # words
DARK_NOTE = 0.9  # probability of the label "crisis" from which a note without any cue counts as elsewhere
PLAIN_STATEMENT = 0.85  # probability from which something that is no question interrupts a form


def within_danger(
    said: str | None, text: str, top: str, confidence: float, limits: Limits, context: Context
) -> str | None:
    """The intent that keeps a crisis talk a crisis talk, or None when the visitor plainly asks for something else."""
    if said == "resume":
        return "resume" if context.is_paused else "danger_unclear"
    if said and context.loop == "contact_form":
        return None  # to a number that was asked for, after the crisis was spoken of
    if said in ("affirm", "deny"):
        return "danger_yes" if said == "affirm" else "danger_no"
    if said in ("unsure", "skip", "again", "stop", "back", "thank", "say_goodbye", "greet"):
        return "danger_unclear"
    if holds_detail(text) and not is_question(text):
        return "call_back"  # where somebody can reach them counts more than anything
    if top in REQUESTS and confidence >= limits.interrupt or context.loop and is_plain_detail(text, context):
        return None
    is_short = len(text.split()) <= 3 and not is_question(text)
    if top.split("/")[0] in QUIET or is_short or confidence < limits.answer:
        return "danger_unclear"
    return None


def in_form(text: str, said: str | None, ranked: Ranked, context: Context, limits: Limits) -> dict[str, Any]:
    """Inside a form most messages are its answers; a plain question or another request interrupts it."""
    if context.requested == "booking_time" and (wanted := _about_times(text)):
        return {"intent": wanted}
    if said in ("stop", "affirm", "deny", "skip", "back", "unsure", "change"):
        return {"intent": said}
    top, confidence = ranked[0] if ranked else ("inform", 0.0)
    route, _, detail = top.partition("/")
    asks = is_question(text)
    if route in CHANGES and confidence >= limits.interrupt and context.loop == "change_form":
        return {"intent": route}  # the other of the two after all
    is_own_words = context.requested in ("booking_note", "find_reference", "find_reach")
    if said == "resume" or (not asks and (is_own_words or holds_detail(text))):
        return {"intent": "inform"}
    if context.requested in ("booking_wish", "booking_time"):
        is_wish = route in ("book", "reschedule") or (route == "faq" and not asks)
        if is_wish or is_about("free_times", text):
            return {"intent": "inform"}
    if route == "cancel_booking" and confidence >= limits.interrupt:
        return {"intent": "stop"}
    interrupts = confidence >= (limits.interrupt if asks else PLAIN_STATEMENT)
    if interrupts and route in ("human", "privacy", "distress"):
        return {"intent": route}
    if route == "faq" and (interrupts or (asks and confidence >= limits.answer)):
        return {"intent": "faq", "answer": detail}
    if route == "unanswered" and asks and confidence >= limits.answer:
        return {"intent": unanswered_intent(detail), "topic": detail}
    if asks and context.requested in ("contact_name", "contact_reach"):
        return {"intent": "unanswered"}
    return {"intent": "inform"}


def _about_times(text: str) -> str | None:
    """ "later", "another day", "none of these" beside the openings that were offered."""
    if plain(text) in ("later", "more"):
        return "later"
    return next((wanted for wanted in ("another_day", "later", "no_time_suits") if is_about(wanted, text)), None)


def is_plain_detail(text: str, context: Context) -> bool:
    """What a form asked for, and nothing more: a name, a number, a day. The model has never learnt to read these, so the
    cues alone screen them."""
    words = text.split()
    if context.requested not in TYPED_DETAILS or is_question(text) or len(words) > LONGEST_DETAIL:
        return False
    looks_typed_in = all(word[:1].isupper() or word[:1].isdigit() for word in words)
    return len(words) <= 2 or looks_typed_in or holds_detail(text) or context.requested in IN_OWN_WORDS


def screened(text: str, reading: Reading, context: Context) -> Verdict:
    """The safety screen, with as much of the reading as it is worth here: the model has learnt messages, not details.

    "He is hard of hearing" reads like an alarm to it when it stands alone; beside the question what the clinic should know
    it is an answer. So in a note what the model alone holds certain is a check-in, and what it holds possible is nothing.
    """
    if is_plain_detail(text, context):
        return screen(text)
    verdict = screen(text, reading)
    is_note = context.requested == "booking_note" and not is_question(text)
    if not is_note or screen(text).danger is not Level.NONE or reading.labels.get("crisis", 0.0) >= DARK_NOTE:
        return verdict
    if verdict.danger is Level.CERTAIN:
        return replace(verdict, danger=Level.POSSIBLE)
    return replace(verdict, danger=Level.NONE, urgent=None)
