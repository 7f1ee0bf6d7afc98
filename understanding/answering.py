"""Which reviewed answers a plain question gets, and what becomes of one that has none or could mean two."""

from collections.abc import Sequence
from typing import Any

from understanding.decision import Context, Limits, Ranked
from understanding.reading import Reading

BESIDE_CLINICIAN = ("session_length", "treatment_count", "evaluation_first", "hours", "contact", "location")
MISSES_BEFORE_A_PERSON = 2
MOST_ANSWERS = 3  # to one message
UNCLEAR, PLAINLY_UNCLEAR = 0.5, 0.9  # probability of the label "clarify"
STANDS_OUT = 4.0  # how many times likelier than the next an answer is when a question is clear after all


def without_clarify(ranked: Ranked) -> Ranked:
    """Whether a question is unclear shows in the answers themselves: what "clarify" took is shared out among the rest."""
    taken = dict(ranked).get("clarify", 0.0)
    share = 1.0 / (1.0 - taken) if taken < 0.95 else 1.0
    return [(label, value * share) for label, value in ranked if label != "clarify"]


def readings_of_unclear(ranked: Ranked, unclear: float) -> tuple[str, ...]:
    """The answers that an unclear question is between; none when it is clear, or one of them stands out after all."""
    answers = [(label.removeprefix("faq/"), value) for label, value in ranked if label.startswith("faq/")][:3]
    stands_out = len(answers) < 2 or answers[0][1] >= STANDS_OUT * answers[1][1]
    if unclear < UNCLEAR or stands_out and unclear < PLAINLY_UNCLEAR:
        return ()
    return tuple(answer for answer, _ in answers)


def plain_question(said: str | None, ranked: Ranked, context: Context, limits: Limits) -> dict[str, Any]:
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


def asked_for(parts: Sequence[Reading], limits: Limits) -> tuple[str, ...]:
    """The answers that the sentences of a message ask for plainly, each its own, in the order they were asked."""
    return _answers(parts, limits.interrupt)[:MOST_ANSWERS]


def safe_answers(parts: Sequence[Reading], limits: Limits) -> tuple[str, ...]:
    """Answers that may stand beside a clinician's question, when the message asks for them plainly in its own part."""
    asked = _answers([part for part in parts if part.clinician < 0.5], limits.answer)
    return tuple(answer for answer in asked if answer in BESIDE_CLINICIAN)


def _answers(parts: Sequence[Reading], least: float) -> tuple[str, ...]:
    """The answer that each part is most like, where it is at least so likely; each once."""
    likeliest = (max(part.labels.items(), key=lambda item: item[1], default=("", 0.0)) for part in parts)
    found = (label.removeprefix("faq/") for label, value in likeliest if label.startswith("faq/") and value >= least)
    return tuple(dict.fromkeys(found))
