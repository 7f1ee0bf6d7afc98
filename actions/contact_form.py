"""Contact details left for a reply."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from actions.form import ValidateForm, ended
from actions.turn import Turn, database, now
from frontdesk import contacts, handoffs
from frontdesk.handing_over import Plan
from frontdesk.model import Contact, HandoffStatus, Kind, Priority


class ValidateContactForm(ValidateForm):
    form = "contact_form"
    order = ("contact_consent", "contact_name", "contact_reach")
    may_skip = ("contact_name",)


class ActionSubmitContact(Action):
    """Keeps the contact details beside the conversation's handoffs."""

    def name(self) -> str:
        return "action_submit_contact"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        turn = Turn(tracker)
        if not turn.slot("contact_consent") or not turn.slot("contact_reach"):
            refuse(turn, dispatcher)
            return ended()
        with database().transaction() as session:
            contact = kept(session, turn)
            known = handoffs.of_conversation(session, contact.conversation_id)
            waiting = [handoff for handoff in known if handoff.status is not HandoffStatus.RESOLVED]
            handoff = (
                waiting[-1] if waiting else turn.hand_over(session, Plan(Kind.HUMAN, Priority.NORMAL, None, None, ()))
            )
        shown = [turn.slot("contact_name"), turn.slot("contact_reach")]
        dispatcher.utter_message(
            response="utter_contact_saved", contact_lines=", ".join(filter(None, shown)), handoff=handoff.reference
        )
        return ended()


def kept(session: Session, turn: Turn) -> Contact:
    return contacts.keep(
        session,
        now(),
        turn.conversation(session).id,
        name=turn.slot("contact_name") or None,
        email=turn.slot("contact_email"),
        phone=turn.slot("contact_phone"),
        preferred=turn.slot("contact_preferred") or None,
        may_leave_voicemail=_yes_or_no(turn.slot("contact_voicemail")),
        safe_hours=turn.slot("contact_safe_hours") or None,
        agrees_to_texts=_yes_or_no(turn.slot("contact_texts")),
    )


def _yes_or_no(value: object) -> bool | None:
    """None: not asked, or left open."""
    return value if isinstance(value, bool) else None


def refuse(turn: Turn, dispatcher: CollectingDispatcher) -> None:
    """Without consent nothing is kept, and what was typed already is taken out."""
    names = [turn.slot("contact_name"), turn.slot("patient_name")]
    with database().transaction() as session:
        contacts.refuse(session, turn.conversation(session).id, names=[name for name in names if name])
    dispatcher.utter_message(response="utter_consent_refused")
