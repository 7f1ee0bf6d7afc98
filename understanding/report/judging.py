"""One message as Rasa's two components take it: read, screened and routed, as the first of a conversation."""

from collections.abc import Sequence
from functools import cache

from understanding.classifier import Classifier
from understanding.decision import Context, Decision, Limits
from understanding.figures import Case
from understanding.language import language
from understanding.reading import Reading
from understanding.report.messages import Message
from understanding.router import decide
from understanding.screen import screen

ROUTES = {"ask_back": "clarify", "other_language": "human", "offer_person": "human", "call_back": "human"}
SMALL = ("greet", "thank", "say_goodbye", "affirm", "deny")
PRIVATE = ("stop_contact", "erase_data")


def read(classifier: Classifier, message: Message) -> tuple[Reading, list[Reading]]:
    """As the router gets it from the reader: through a message's data, where figures are rounded."""
    if message.reading is not None:
        return as_passed_on(message.reading), [as_passed_on(part) for part in message.parts]
    whole, parts = classifier.read_with_parts(message.text.strip())
    return as_passed_on(whole), [as_passed_on(part) for part in parts]


def as_passed_on(reading: Reading) -> Reading:
    return Reading.from_dict(reading.as_dict())


def judge(message: Message, reading: Reading, parts: Sequence[Reading], by_cues_alone: bool = False) -> Case:
    text = message.text
    verdict = screen(text, None if by_cues_alone else reading)
    decision = decide(text, verdict, reading, Context(), parts=parts, language=language(text), limits=limits())
    return Case(text, message.expect, message.kind, route_of(decision), decision.check_in)


def route_of(decision: Decision) -> str:
    if decision.intent == "faq":
        return f"answer:{decision.answer}"
    if decision.intent in SMALL:
        return "smalltalk"
    if decision.intent in PRIVATE:
        return "privacy"
    return ROUTES.get(decision.intent, "unanswered" if decision.intent.startswith("unanswered") else decision.intent)


@cache
def limits() -> Limits:
    return Limits.load()
