"""The inbox page with one conversation in it, or with none."""

import uuid
from dataclasses import dataclass

from fastapi import Request, Response
from sqlalchemy.orm import Session

from frontdesk import conversations, handoffs, inbox, takeover
from frontdesk.config import Settings
from frontdesk.inbox import View
from frontdesk.model import Conversation, Handoff, HandoffStatus, Priority, Role, StaffMember
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
            section="inbox",
            place=place,
            said=said,
            unset=_unset(staff_pages.settings(request)) if who.staff.role is Role.ADMIN else [],
            **_queue(session, place, view, who.staff),
            **(_thread(session, place, place.conversation_id, who.staff) if place.conversation_id else {}),
            version=inbox.version(session, place.conversation_id),
        )


def _unset(settings: Settings) -> list[str]:
    """Which kinds of notices go nowhere, because no address is set for them."""
    urls = {"notices": settings.notice_urls, "pages": settings.page_urls, "mail": settings.mail_url.get_secret_value()}
    return [kind for kind, given in urls.items() if not given]


def _queue(session: Session, place: Place, view: View, staff: StaffMember) -> dict[str, object]:
    found = inbox.queue(session, view, staff)
    still_open = [] if view in (View.DONE, View.URGENT) else inbox.open_conversations(session, staff)
    awaiting = inbox.awaiting_reply(session, [*still_open, *(h.conversation for h in found)])
    return {
        "view": view,
        "views": _views(staff),
        "counts": inbox.counts(session, staff),
        "urgent_new": inbox.urgent_new(session),
        "groups": _groups(found, awaiting) if view is not View.DONE else {"done": found},
        "next_up": next((h for h in found if h.reference != place.reference and _is_free(h, staff)), None),
        "open_conversations": still_open,
        "awaiting": awaiting,
        "latest_words": {id: inbox.latest_words(session, id) for id in awaiting | {c.id for c in still_open}},
        "undelivered": inbox.undelivered(session, [h.id for h in found]),
        "untold": inbox.untold(session, {c.id for c in still_open} | {h.conversation_id for h in found}),
    }


def _is_free(handoff: Handoff, staff: StaffMember) -> bool:
    return handoff.status is HandoffStatus.NEW or handoff.claimed_by_id == staff.id


def _views(staff: StaffMember) -> list[View]:
    """One's own list first: a phone shows three."""
    own = inbox.FIRST_VIEWS[staff.role]
    return [own, *(v for v in View if v is not own and (v is not View.ADMIN or staff.role is Role.ADMIN))]


def _groups(found: list[Handoff], awaiting: set[int]) -> dict[str, list[Handoff]]:
    """What is urgent, then where a visitor waits for an answer in a conversation that staff have, then the rest."""
    groups: dict[str, list[Handoff]] = {"urgent": [], "waiting": [], "to_do": []}
    for handoff in found:
        is_waiting = handoff.conversation_id in awaiting
        name = "urgent" if handoff.priority is Priority.URGENT else "waiting" if is_waiting else "to_do"
        groups[name].append(handoff)
    return groups


def _thread(session: Session, place: Place, conversation_id: int, staff: StaffMember) -> dict[str, object]:
    conversation = session.get_one(Conversation, conversation_id)
    related = handoffs.of_conversation(session, conversation.id)
    selected = next((h for h in related if h.reference == place.reference), None)
    return {
        "conversation": conversation,
        "handoff": selected,
        "related": related,
        "is_all_done": all(h.status is HandoffStatus.RESOLVED for h in related),
        "messages": conversations.transcript(session, conversation.id, with_notes=True),
        "passed_on": {m.id: [h for h in related if m in h.messages] for h in related for m in h.messages},
        "may_resolve": {h.id: handoffs.may_resolve(staff, h) for h in related},
        "notices": inbox.notices_of(session, selected.id) if selected else [],
        "consultations": inbox.consultations_of(session, conversation.id),
        "told": inbox.notices_of_consultations(session, conversation.id),
        "form_id": uuid.uuid4(),
        "longest_text": takeover.LONGEST_TEXT,
    }
