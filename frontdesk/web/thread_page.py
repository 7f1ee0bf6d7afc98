"""The inbox page with one conversation in it, or with none."""

import uuid
from dataclasses import dataclass

from fastapi import Request, Response
from sqlalchemy.orm import Session

from frontdesk import conversations, handoffs, inbox, takeover
from frontdesk.inbox import View
from frontdesk.model import Conversation, Role, StaffMember
from frontdesk.web import staff_pages
from frontdesk.web.auth import SignedIn


@dataclass(frozen=True)
class Place:
    """Where in the inbox a staff member is: which list, and which conversation, opened from which handoff."""

    view: View | None = None  # None: the first one of the role
    conversation_id: int | None = None
    reference: str | None = None
    is_context: bool = False  # a phone shows one pane at a time: the context, or the conversation

    @property
    def path(self) -> str:
        if self.reference:
            return f"/staff/handoffs/{self.reference}"
        return f"/staff/conversations/{self.conversation_id}" if self.conversation_id else "/staff"

    def address(self, **extra: str) -> str:
        query = ({"show": self.view.value} if self.view else {}) | extra
        return self.path + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")


@dataclass(frozen=True)
class Said:
    """What the page answers to a deed: its outcome, or why it was refused, with the words kept."""

    done: str = ""
    alert: str = ""
    missed: str = ""  # why no conversation was found for a reference
    typed: str = ""  # that reference
    reply: str = ""
    note: str = ""
    status: int = 200


def show(request: Request, who: SignedIn, place: Place, said: Said) -> Response:
    with staff_pages.database(request).reading() as session:
        view = place.view or inbox.FIRST_VIEWS[who.staff.role]
        return staff_pages.page(
            request,
            "inbox",
            status=said.status,
            who=who,
            place=place,
            said=said,
            **_queue(session, view, who.staff),
            **(_thread(session, place, place.conversation_id, who.staff) if place.conversation_id else {}),
            version=inbox.version(session, place.conversation_id),
        )


def _queue(session: Session, view: View, staff: StaffMember) -> dict[str, object]:
    found = inbox.queue(session, view, staff)
    still_open = [] if view in (View.DONE, View.URGENT) else inbox.open_conversations(session, staff)
    return {
        "view": view,
        "views": [v for v in View if v is not View.ADMIN or staff.role is Role.ADMIN],
        "counts": inbox.counts(session, staff),
        "urgent_new": inbox.urgent_new(session),
        "queue": found,
        "open_conversations": still_open,
        "latest_words": {c.id: inbox.latest_words(session, c.id) for c in still_open},
        "awaiting": inbox.awaiting_reply(session, [*still_open, *(h.conversation for h in found)]),
        "undelivered": inbox.undelivered(session, [h.id for h in found]),
    }


def _thread(session: Session, place: Place, conversation_id: int, staff: StaffMember) -> dict[str, object]:
    conversation = session.get_one(Conversation, conversation_id)
    related = handoffs.of_conversation(session, conversation.id)
    selected = next((h for h in related if h.reference == place.reference), None)
    return {
        "conversation": conversation,
        "handoff": selected,
        "related": related,
        "messages": conversations.transcript(session, conversation.id, with_notes=True),
        "passed_on": {m.id: [h for h in related if m in h.messages] for h in related for m in h.messages},
        "may_resolve": {h.id: handoffs.may_resolve(staff, h) for h in related},
        "notices": inbox.notices_of(session, selected.id) if selected else [],
        "consultations": inbox.consultations_of(session, conversation.id),
        "form_id": uuid.uuid4(),
        "longest_text": takeover.LONGEST_TEXT,
    }
