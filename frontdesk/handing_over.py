"""What handing over means for each intent: which handoff is made, and which responses tell of it.

One table for the action that Rasa calls and for the front door when Rasa does not answer.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from frontdesk import handoffs
from frontdesk.clinic import Clinic
from frontdesk.model import Handoff, Kind, Mark, Priority, Role

URGENT = (Kind.CRISIS, Kind.EMERGENCY)
KINDS = {
    "crisis": Kind.CRISIS,
    "need_help_now": Kind.CRISIS,
    "emergency": Kind.EMERGENCY,
    "distress": Kind.DISTRESS,
    "eligibility": Kind.ELIGIBILITY,
    "about_someone": Kind.ELIGIBILITY,
    "medical_advice": Kind.MEDICAL_ADVICE,
    "human": Kind.HUMAN,
    "call_back": Kind.HUMAN,
    "other_language": Kind.HUMAN,
    "pass_on": Kind.UNANSWERED,
    "reschedule": Kind.RESCHEDULE,
    "cancel_booking": Kind.CANCEL_BOOKING,
    "erase_data": Kind.PRIVACY,
    "stop_contact": Kind.PRIVACY,
}
FIRST_RESPONSES = {
    "need_help_now": "utter_crisis",
    "about_someone": "utter_eligibility",
    "call_back": "utter_human_in_form",
    "pass_on": "utter_passed_on",
    "erase_data": "utter_erasure_requested",
}


@dataclass(frozen=True)
class Plan:
    """One handing over, before it is written."""

    kind: Kind
    priority: Priority
    mark: Mark | None
    role: Role | None  # None: whoever usually takes this kind
    responses: tuple[str, ...]


def plan(intent: str, facets: Collection[str] = (), *, asks_danger: bool = True, in_form: bool = False) -> Plan:
    """`facets` are the screen's; `asks_danger`: no danger was talked of before, so that may be asked; `in_form`: a form
    goes on afterwards, so no contact details are offered to be left."""
    kind = KINDS[intent]
    priority, mark, role = Priority.NORMAL, None, None
    if kind in URGENT:
        priority, mark = Priority.URGENT, _mark(intent, facets)
    elif kind is Kind.MEDICAL_ADVICE and "after_treatment" in facets:
        priority = Priority.URGENT
    elif "today_visit" in facets or "under_18" in facets:
        priority = Priority.HIGH
    if kind is Kind.HUMAN and "for_admin" in facets:
        role = Role.ADMIN
    return Plan(kind, priority, mark, role, tuple(_responses(intent, kind, facets, mark, asks_danger, in_form)))


def pressed_in_danger(command: str | None) -> Plan | None:
    """For the buttons that speak of danger, which need no Rasa; None for every other."""
    name = (command or "").removeprefix("/")
    if name == "need_help_now":
        return plan(name, asks_danger=False)
    if name.startswith("danger_"):
        mark = Mark.NOW if name == "danger_yes" else None
        return Plan(Kind.CRISIS, Priority.URGENT, mark, None, (f"utter_{name}",))
    return None


def _mark(intent: str, facets: Collection[str]) -> Mark:
    return Mark.MENTIONED if intent == "crisis" and "mentioned" in facets else Mark.NOW


def _responses(
    intent: str, kind: Kind, facets: Collection[str], mark: Mark | None, asks_danger: bool, in_form: bool
) -> list[str]:
    if kind is Kind.CRISIS:
        said = ["utter_crisis_mentioned" if mark is Mark.MENTIONED else "utter_crisis"]
        said += ["utter_crisis_es"] if "spanish" in facets else []
        said += ["utter_abuse_at_home"] if "abuse_at_home" in facets else []
        asked = "utter_ask_danger_es" if "spanish" in facets else "utter_ask_danger"
        return said + ([asked] if asks_danger else [])
    if kind is Kind.EMERGENCY:
        said = ["utter_emergency"] + (["utter_emergency_es"] if "spanish" in facets else [])
        said += ["utter_something_taken"] if "taken" in facets else []
        return said + (["utter_meant_harm"] if "meant_harm" in facets else [])
    if intent == "other_language" and "spanish" in facets:
        return ["utter_other_language_es"]
    if intent == "eligibility" and "under_18" in facets:
        return ["utter_under_18"]
    said = [FIRST_RESPONSES.get(intent, f"utter_{intent}")]
    if in_form and said[0] in ("utter_eligibility", "utter_medical_advice", "utter_human"):
        said = [f"{said[0]}_in_form"]
    said += ["utter_visit_today"] if "today_visit" in facets else []
    return said + (["utter_until_then_988"] if kind is Kind.HUMAN and not asks_danger else [])


def hand_over(
    session: Session,
    now: datetime,
    clinic: Clinic,
    planned: Plan,
    *,
    conversation_id: int,
    message_id: int | None,
) -> Handoff:
    is_at_once = planned.priority is Priority.URGENT
    return handoffs.pass_on(
        session,
        now,
        conversation_id=conversation_id,
        message_id=message_id,
        kind=planned.kind,
        priority=planned.priority,
        mark=planned.mark,
        role=planned.role,
        due_at=now if is_at_once else clinic.next_reading(now).at,
    )
