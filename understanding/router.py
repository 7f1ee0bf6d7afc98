"""From what a message was read as to the intent that Rasa's rules act on: PRODUCT's order of routes, in one place.

Pure: no Rasa, no model. `decide` gets the screen's verdict, the classifier's reading and where the dialogue stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from understanding.reading import Reading
from understanding.screen import Level, Verdict
from understanding.utterances import follow_up, holds_detail, is_about, is_question, plain, reply_kind

HERE = Path(__file__).parent
BESIDE_CLINICIAN = ("session_length", "treatment_count", "evaluation_first", "hours", "contact", "location")
REQUESTS = ("privacy", "cancel_booking", "reschedule", "book", "human")  # in the order they win
CHANGES = ("cancel_booking", "reschedule")
QUIET = ("smalltalk", "out_of_scope", "distress")  # what cannot end a crisis talk
SCREENED = ("crisis", "emergency", "eligibility", "medical_advice")  # labels that only the screen may route to
MISSES_BEFORE_A_PERSON = 2
MOST_ANSWERS = 3  # to one message
TYPED_DETAILS = (
    "contact_consent", "contact_name", "contact_reach", "contact_preferred", "contact_voicemail", "contact_texts",
    "patient_name", "booking_for", "booking_wish", "booking_time", "booking_confirmed", "find_reference", "find_reach",
)  # fmt: skip
IN_OWN_WORDS = (  # details that are sentences
    "booking_for", "patient_name", "booking_wish", "booking_time", "contact_voicemail", "find_reference",
)  # fmt: skip
LONGEST_DETAIL = 8  # words
UNCLEAR, PLAINLY_UNCLEAR = 0.5, 0.9  # probability of the label "clarify"
STANDS_OUT = 4.0  # how many times likelier than the next an answer is when a question is clear after all
PLAIN_STATEMENT = 0.85  # probability from which something that is no question interrupts a form


@dataclass(frozen=True)
class Limits:
    """Probabilities from which a label counts; found on held-out writers (thresholds.yml)."""

    answer: float = 0.45
    margin: float = 0.15  # two answers nearer than this are asked about
    interrupt: float = 0.6  # a question inside a form
    scope: float | None = None  # below: like nothing the model has seen

    @classmethod
    def load(cls) -> "Limits":
        content = yaml.safe_load((HERE / "thresholds.yml").read_text(encoding="utf-8")) or {}
        known = content.get("answers") or {}
        return cls(**{name: known[name] for name in ("answer", "margin", "interrupt", "scope") if name in known})


@dataclass(frozen=True)
class Context:
    """Where the dialogue stands, as far as a message's meaning depends on it."""

    loop: str | None = None  # the active form
    requested: str | None = None  # the slot it asked for
    in_danger: bool = False  # a crisis or emergency was the last thing talked about
    is_paused: bool = False  # a form waits behind it
    misses: int = 0  # turns in a row that were not understood
    last_answer: str | None = None  # the answer given right before
    was_about_minor: bool = False  # the message before was a question about somebody under 18


@dataclass(frozen=True)
class Decision:
    """What Rasa is told. `route` is PRODUCT's word for it, None inside a flow (the flow's own response knows)."""

    intent: str
    answer: str | None = None
    also: tuple[str, ...] = ()  # further answers: asked for as well, or safe beside a clinician's question
    options: tuple[str, ...] = ()  # answers between which is asked
    topic: str | None = None
    check_in: bool = False
    confidence: float = 1.0
    verdict: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


Ranked = Sequence[tuple[str, float]]


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
    ranked = _without_clarify([(label, value) for label, value in everything if label not in SCREENED])
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
    if context.in_danger and (staying := _within_danger(said, text, top, confidence, limits, context)):
        return decided(staying)
    if verdict.clinician is Level.CERTAIN and not (context.requested == "booking_note" and not is_question(text)):
        return decided(verdict.clinician_route or "eligibility", also=_safe_answers(parts, limits))
    general = top.removeprefix("faq/") if top.startswith("faq/") else None
    if context.loop:
        if verdict.clinician is Level.POSSIBLE and is_question(text) and not holds_detail(text):
            return decided("ask_back", answer=general)
        return decided(**_in_form(text, said, ranked, context, limits))
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
    is_plainly_unanswered = (
        top.startswith("unanswered/") and confidence >= limits.interrupt
    )  # a person answers it anyway
    is_screened = most_like in SCREENED and confidence < limits.answer
    if (verdict.clinician is Level.POSSIBLE and not is_plainly_unanswered) or is_screened:
        return decided("ask_back", answer=general)
    if between := _readings_of_unclear(ranked, reading.labels.get("clarify", 0.0)):
        return decided("offer_person" if context.misses >= MISSES_BEFORE_A_PERSON else "clarify", options=between)
    if len(asked := _asked_for(parts, limits)) > 1:
        return decided("faq", answer=asked[0], also=asked[1:])
    return decided(**_plain_question(said, ranked, context, limits))


def _without_clarify(ranked: Ranked) -> Ranked:
    """Whether a question is unclear shows in the answers themselves: what "clarify" took is shared out among the rest."""
    taken = dict(ranked).get("clarify", 0.0)
    share = 1.0 / (1.0 - taken) if taken < 0.95 else 1.0
    return [(label, value * share) for label, value in ranked if label != "clarify"]


def _readings_of_unclear(ranked: Ranked, unclear: float) -> tuple[str, ...]:
    """The answers that an unclear question is between; none when it is clear, or one of them stands out after all."""
    answers = [(label.removeprefix("faq/"), value) for label, value in ranked if label.startswith("faq/")][:3]
    stands_out = len(answers) < 2 or answers[0][1] >= STANDS_OUT * answers[1][1]
    if unclear < UNCLEAR or stands_out and unclear < PLAINLY_UNCLEAR:
        return ()
    return tuple(answer for answer, _ in answers)


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


def _within_danger(
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


def _in_form(text: str, said: str | None, ranked: Ranked, context: Context, limits: Limits) -> dict[str, Any]:
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


def _plain_question(said: str | None, ranked: Ranked, context: Context, limits: Limits) -> dict[str, Any]:
    top, confidence = ranked[0] if ranked else ("out_of_scope", 0.0)
    second, runner_up = ranked[1] if len(ranked) > 1 else ("", 0.0)
    route, _, detail = top.partition("/")
    if said:
        return {"intent": "smalltalk"}
    if route == "faq" and confidence >= limits.answer:
        near = second.startswith("faq/") and confidence - runner_up < limits.margin
        if not near:
            return {"intent": "faq", "answer": detail}
    faqs = [label.removeprefix("faq/") for label, value in ranked[:3] if label.startswith("faq/") and value >= 0.15]
    if route == "faq":
        if context.misses >= MISSES_BEFORE_A_PERSON:
            return {"intent": "offer_person"}
        return {"intent": "clarify", "options": tuple(faqs[:2])} if len(faqs) >= 2 else {"intent": "unanswered"}
    if route == "unanswered":
        return {"intent": unanswered_intent(detail), "topic": detail}
    return {"intent": route}


def unanswered_intent(topic: str) -> str:
    """Money and approval have words of their own; the topics are those of data/flows/unanswered."""
    if topic in ("cost", "payment", "insurance"):
        return "unanswered_cost"
    return "unanswered_approval" if topic == "fda" else "unanswered"


def _asked_for(parts: Sequence[Reading], limits: Limits) -> tuple[str, ...]:
    """The answers that the sentences of a message ask for plainly, each its own, in the order they were asked."""
    return _answers(parts, limits.interrupt)[:MOST_ANSWERS]


def _safe_answers(parts: Sequence[Reading], limits: Limits) -> tuple[str, ...]:
    """Answers that may stand beside a clinician's question, when the message asks for them plainly in its own part."""
    asked = _answers([part for part in parts if part.clinician < 0.5], limits.answer)
    return tuple(answer for answer in asked if answer in BESIDE_CLINICIAN)


def _answers(parts: Sequence[Reading], least: float) -> tuple[str, ...]:
    """The answer that each part is most like, where it is at least so likely; each once."""
    likeliest = (max(part.labels.items(), key=lambda item: item[1], default=("", 0.0)) for part in parts)
    found = (label.removeprefix("faq/") for label, value in likeliest if label.startswith("faq/") and value >= least)
    return tuple(dict.fromkeys(found))


def is_plain_detail(text: str, context: Context) -> bool:
    """What a form asked for, and nothing more: a name, a number, a day. The model has never learnt to read these, so the
    cues alone screen them."""
    words = text.split()
    if context.requested not in TYPED_DETAILS or is_question(text) or len(words) > LONGEST_DETAIL:
        return False
    looks_typed_in = all(word[:1].isupper() or word[:1].isdigit() for word in words)
    return len(words) <= 2 or looks_typed_in or holds_detail(text) or context.requested in IN_OWN_WORDS
