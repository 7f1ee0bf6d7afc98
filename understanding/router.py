"""From what a message was read as to the intent that Rasa's rules act on: PRODUCT's order of routes, in one place.

Pure: no Rasa, no model. `decide` gets the screen's verdict, the classifier's reading and where the dialogue stands.
"""

from collections.abc import Sequence
from typing import Any

from understanding.answering import (
    MISSES_BEFORE_A_PERSON,
    asked_for,
    plain_question,
    readings_of_unclear,
    safe_answers,
    without_clarify,
)
from understanding.decision import Context, Decision, Limits
from understanding.reading import Reading
from understanding.screen import Level, Verdict
from understanding.utterances import follow_up, holds_detail, is_about, is_question, reply_kind
from understanding.within import REQUESTS, in_form, within_danger

SCREENED = ("crisis", "emergency", "eligibility", "medical_advice")  # labels that only the screen may route to


def decide(
    text: str,
    verdict: Verdict,
    reading: Reading,
    context: Context,
    *,
    parts: Sequence[Reading] = (),
    language: str = "en",
    limits: Limits | None = None,
) -> Decision:
    """The route of one visitor message. `parts`: readings of its sentences when it has several."""
    limits = limits or Limits.load()
    everything = sorted(reading.labels.items(), key=lambda item: -item[1])
    ranked = without_clarify([(label, value) for label, value in everything if label not in SCREENED])
    top, confidence = ranked[0] if ranked else ("out_of_scope", 0.0)
    most_like = everything[0][0] if everything else top
    facets = sorted(verdict.facets)
    explained = {
        "cues": list(verdict.cues),
        "facets": facets,
        "danger": verdict.danger.value,
        "clinician": verdict.clinician.value,
        "scores": {
            "danger": round(reading.danger, 4),
            "clinician": round(reading.clinician, 4),
            **{label: round(value, 4) for label, value in everything[:3]},
        },
    }

    def decided(intent: str, **more: Any) -> Decision:
        checks_in = verdict.danger is Level.POSSIBLE and intent not in ("crisis", "emergency")
        return Decision(intent, confidence=confidence, check_in=checks_in, verdict=explained, **more)

    if verdict.danger is Level.CERTAIN:
        return decided(verdict.urgent or "crisis")
    said = reply_kind(text)
    if context.in_danger and (staying := within_danger(said, text, top, confidence, limits, context)):
        return decided(staying)
    if verdict.clinician is Level.CERTAIN and not (context.requested == "booking_note" and not is_question(text)):
        return decided(verdict.clinician_route or "eligibility", also=safe_answers(parts, limits))
    general = top.removeprefix("faq/") if top.startswith("faq/") else None
    if context.loop:
        if verdict.clinician is Level.POSSIBLE and is_question(text) and not holds_detail(text):
            return decided("ask_back", answer=general)
        return decided(**in_form(text, said, ranked, context, limits))
    if said == "resume" and context.is_paused:
        return decided("resume")
    if said in ("greet", "thank", "say_goodbye"):
        return decided(said)
    if language != "en":
        return decided("other_language")
    if meant := follow_up(text, context.last_answer):
        return decided("faq", answer=meant)
    for request in REQUESTS:
        if top == request or reading.labels.get(request, 0) >= 0.5:
            if request == "book" and context.was_about_minor and not is_about("oneself", text):
                facets.append("under_18")  # nobody under 18 is booked for here: a guardian calls
                return decided("eligibility")
            return decided(_finer(request, text, facets))
    if verdict.danger is Level.POSSIBLE and most_like in ("crisis", "emergency", "distress"):
        return decided("distress")
    # A person answers it anyway.
    is_plainly_unanswered = top.startswith("unanswered/") and confidence >= limits.interrupt
    is_screened = most_like in SCREENED and confidence < limits.answer
    if (verdict.clinician is Level.POSSIBLE and not is_plainly_unanswered) or is_screened:
        return decided("ask_back", answer=general)
    if between := readings_of_unclear(ranked, reading.labels.get("clarify", 0.0)):
        return decided("offer_person" if context.misses >= MISSES_BEFORE_A_PERSON else "clarify", options=between)
    if len(asked := asked_for(parts, limits)) > 1:
        return decided("faq", answer=asked[0], also=asked[1:])
    return decided(**plain_question(said, ranked, context, limits))


def _finer(request: str, text: str, facets: list[str]) -> str:
    """What a request for a person or about privacy wants exactly; an admin's matter is added to the facets."""
    if request == "privacy":
        return next((topic for topic in ("stop_contact", "erase_data") if is_about(topic, text)), "privacy")
    if request == "human":
        if is_about("for_admin", text):
            facets.append("for_admin")
        if holds_detail(text):
            return "call_back"
    return request
