"""From what a message was read as to the intent that Rasa's rules act on: PRODUCT's order of routes, in one place.

Pure: no Rasa, no model. `decide` gets the screen's verdict, the classifier's reading and where the dialogue stands.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from understanding.reading import Reading
from understanding.screen import Level, Verdict

HERE = Path(__file__).parent
BESIDE_CLINICIAN = ("session_length", "treatment_count", "evaluation_first", "hours", "contact", "location")
REQUESTS = ("privacy", "cancel_booking", "reschedule", "book", "human")  # in the order they win
QUIET = ("smalltalk", "out_of_scope", "distress")  # what cannot end a crisis talk
SCREENED = ("crisis", "emergency", "eligibility", "medical_advice")  # labels that only the screen may route to
MISSES_BEFORE_A_PERSON = 2
ASKED_DETAILS = ("contact_consent", "contact_name", "contact_reach", "booking_wish", "booking_confirmed")
UNCLEAR, PLAINLY_UNCLEAR = 0.5, 0.9  # probability of the label "clarify"
STANDS_OUT = 4.0  # how many times likelier than the next an answer is when a question is clear after all


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


@dataclass(frozen=True)
class Decision:
    """What Rasa is told. `route` is PRODUCT's word for it, None inside a flow (the flow's own response knows)."""

    intent: str
    answer: str | None = None
    also: tuple[str, ...] = ()  # answers that are safe beside a clinician's question
    options: tuple[str, ...] = ()  # answers between which is asked
    topic: str | None = None
    check_in: bool = False
    confidence: float = 1.0
    verdict: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


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
            **_rounded(everything),
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
        return decided(verdict.clinician_route or "eligibility", also=_safe_answers(reading, parts, limits))
    if context.loop:
        if verdict.clinician is Level.POSSIBLE and is_question(text) and not _DETAIL.search(text):
            return decided("ask_back", answer=top.removeprefix("faq/") if top.startswith("faq/") else None)
        return decided(**_in_form(text, said, ranked, context, limits))
    if said == "resume" and context.is_paused:
        return decided("resume")
    if said in ("greet", "thank", "say_goodbye"):
        return decided(said)
    if language != "en":
        return decided("other_language")
    for request in REQUESTS:
        if top == request or reading.labels.get(request, 0) >= 0.5:
            return decided(_finer(request, text, facets))
    if verdict.danger is Level.POSSIBLE and most_like in ("crisis", "emergency", "distress"):
        return decided("distress")
    is_plainly_unanswered = (
        top.startswith("unanswered/") and confidence >= limits.interrupt
    )  # a person answers it anyway
    is_screened = most_like in SCREENED and confidence < limits.answer
    if (verdict.clinician is Level.POSSIBLE and not is_plainly_unanswered) or is_screened:
        general = top.removeprefix("faq/") if top.startswith("faq/") else None
        return decided("ask_back", answer=general)
    if between := _readings_of_unclear(ranked, reading.labels.get("clarify", 0.0)):
        return decided("offer_person" if context.misses >= MISSES_BEFORE_A_PERSON else "clarify", options=between)
    return decided(**_plain_question(said, ranked, context, limits))


def _without_clarify(ranked: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Whether a question is unclear shows in the answers themselves: what "clarify" took is shared out among the rest."""
    taken = dict(ranked).get("clarify", 0.0)
    share = 1.0 / (1.0 - taken) if taken < 0.95 else 1.0
    return [(label, value * share) for label, value in ranked if label != "clarify"]


def _readings_of_unclear(ranked: Sequence[tuple[str, float]], unclear: float) -> tuple[str, ...]:
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
        if _DETAIL.search(text):
            return "call_back"
    return request


def _rounded(ranked: Sequence[tuple[str, float]]) -> dict[str, float]:
    return {label: round(value, 4) for label, value in ranked[:3]}


def _within_danger(
    said: str | None, text: str, top: str, confidence: float, limits: Limits, context: Context
) -> str | None:
    """The intent that keeps a crisis talk a crisis talk, or None when the visitor plainly asks for something else."""
    if said == "resume":
        return "resume" if context.is_paused else "danger_unclear"
    if said == "affirm":
        return "danger_yes"
    if said == "deny":
        return "danger_no"
    if said in ("unsure", "skip", "again", "stop", "back"):
        return "danger_unclear"
    if said in ("thank", "say_goodbye", "greet"):
        return "danger_unclear"
    is_short = len(text.split()) <= 3 and not is_question(text)
    if top.split("/")[0] in QUIET or is_short or confidence < limits.answer:
        return "danger_unclear"
    return None


def _in_form(
    text: str,
    said: str | None,
    ranked: Sequence[tuple[str, float]],
    context: Context,
    limits: Limits,
) -> dict[str, Any]:
    """Inside a form most messages are its answers; a plain question or another request interrupts it."""
    if said == "stop":
        return {"intent": "stop"}
    if said in ("affirm", "deny", "skip", "back", "unsure"):
        return {"intent": said}
    if said == "resume":
        return {"intent": "inform"}
    top, confidence = ranked[0] if ranked else ("inform", 0.0)
    route = top.split("/")[0]
    holds_detail = bool(_DETAIL.search(text))
    if context.requested == "booking_note" and not is_question(text):
        return {"intent": "inform"}
    if context.requested == "booking_wish" and not is_question(text) and route in ("book", "reschedule", "faq"):
        return {"intent": "inform"}
    if holds_detail and not is_question(text):
        return {"intent": "inform"}
    if route == "cancel_booking" and confidence >= limits.interrupt:
        return {"intent": "stop"}
    interrupts = confidence >= limits.interrupt if is_question(text) else confidence >= 0.85
    if interrupts and route == "faq":
        return {"intent": "faq", "answer": top.removeprefix("faq/")}
    if interrupts and route in ("human", "privacy", "distress"):
        return {"intent": route}
    if is_question(text) and confidence >= limits.answer and route in ("unanswered", "faq"):
        topic = top.partition("/")[2]
        if route == "faq":
            return {"intent": "faq", "answer": topic}
        return {"intent": unanswered_intent(topic), "topic": topic}
    if is_question(text) and context.requested in ("contact_name", "contact_reach"):
        return {"intent": "unanswered"}
    return {"intent": "inform"}


def _plain_question(
    said: str | None,
    ranked: Sequence[tuple[str, float]],
    context: Context,
    limits: Limits,
) -> dict[str, Any]:
    top, confidence = ranked[0] if ranked else ("out_of_scope", 0.0)
    second, runner_up = ranked[1] if len(ranked) > 1 else ("", 0.0)
    route, _, detail = top.partition("/")
    if said in ("affirm", "deny", "skip", "stop", "back", "unsure", "again") and not context.loop:
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


def _safe_answers(reading: Reading, parts: Sequence[Reading], limits: Limits) -> tuple[str, ...]:
    """Answers that may stand beside a clinician's question, when the message asks for them plainly in its own part."""
    found: list[str] = []
    for part in parts:
        label, value = max(part.labels.items(), key=lambda item: item[1], default=("", 0.0))
        answer = label.removeprefix("faq/")
        if answer in BESIDE_CLINICIAN and value >= limits.answer and answer not in found and part.clinician < 0.5:
            found.append(answer)
    return tuple(found)


def is_plain_detail(text: str, context: Context) -> bool:
    """What a form asked for, and nothing more: a name, a number, a day. The model has never learnt to read these, so the
    cues alone screen them."""
    words = text.split()
    if context.requested not in ASKED_DETAILS or is_question(text) or len(words) > 6:
        return False
    looks_typed_in = all(word[:1].isupper() or word[:1].isdigit() for word in words)
    return len(words) <= 2 or looks_typed_in or bool(_DETAIL.search(text)) or context.requested == "booking_wish"


_DETAIL = re.compile(r"\S@\S|\d(?:\D{0,2}\d){6,}")  # an e-mail address or a phone number
_QUESTION = re.compile(
    r"\?\s*$|^\W*(?:(?:and|so|but|also|wait|ok|okay|oh|well|hey|hi)\W+)?"
    r"(?:what|whats|when|where|why|who|whos|which|how|hows|do|does|did|is|isnt|are|can|could|would|will|should|may|am)\b",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    return bool(_QUESTION.search(text.strip())) or "?" in text


def reply_kind(text: str) -> str | None:
    """ "affirm", "deny", "skip" … when the whole message is one of the known short replies."""
    return _replies().get(plain(text))


def is_about(topic: str, text: str) -> bool:
    """Whether a text holds one of the words that topics.yml lists."""
    return bool(_topics()[topic].search(text))


@cache
def _topics() -> dict[str, re.Pattern[str]]:
    content = yaml.safe_load((HERE / "topics.yml").read_text(encoding="utf-8"))
    return {topic: _any_of(phrases) for topic, phrases in content.items()}


def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    words = "|".join(re.escape(phrase).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for phrase in phrases)
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


def plain(text: str) -> str:
    """Lower case, no punctuation, no stretched letters: "Yesss!!" is "yes"."""
    words = re.sub(r"[^\w\s/]", "", text.casefold().replace("_", " "))
    words = re.sub(r"([a-z])\1{2,}", r"\1", words)
    return " ".join(words.split())


@cache
def _replies() -> dict[str, str]:
    content = yaml.load((HERE / "replies.yml").read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - strings only: "yes" is a word here
    known: dict[str, str] = {}
    for kind, phrases in content.items():
        for phrase in phrases:
            known.setdefault(plain(phrase), kind)
    return known
