"""What visitors are told of their consultations: put into the outbox in the transaction of the change.

A notice holds no words. They are made when it is sent, from the consultation as it stands then; a notice of an earlier
sequence is withdrawn.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from frontdesk import contacts, conversations, outbox
from frontdesk.clinic import Clinic
from frontdesk.hours import day_and_time
from frontdesk.model import Consultation, ConsultationStatus, Handoff, Kind, Notice, NoticeStatus
from frontdesk.texts import Texts

CONFIRMED, MOVED, CANCELLED, MISSED = "confirmed", "moved", "cancelled", "missed"
REMINDER = "reminder"
TO_STAFF = {"requested": "booked", CONFIRMED: "booked", MOVED: "moved", CANCELLED: "cancelled"}
IN_CHAT = {CONFIRMED: "utter_staff_confirmed", MOVED: "utter_staff_moved", CANCELLED: "utter_staff_cancelled"}
HANDOFF_KINDS = {"booked": Kind.BOOK, MOVED: Kind.RESCHEDULE, CANCELLED: Kind.CANCEL_BOOKING}  # made with the change

DAY = timedelta(days=1)
REMINDS_FROM, REMINDS_UNTIL = 9, 19  # hours by the clinic's clock
QUIET_FROM = 21  # a reminder that could not be sent before waits until morning
LOOKED_AT = timedelta(hours=30)  # before the consultation; no reminder is due earlier
MISSED_WAITS = timedelta(hours=1)  # a slip of the finger can be mended meanwhile
MISSED_COUNTS = timedelta(days=2)
SAME_DEED = timedelta(seconds=10)

# Why a notice is not sent; staff read it.
CHANGED, BEGUN, BOOKED_LATE, TOLD_BY_HANDOFF = "Changed since.", "It has begun.", "Booked too late.", "Told by handoff."


def tell(session: Session, now: datetime, consultation: Consultation, change: str, *, by_staff: bool) -> None:
    """Puts what the visitor and staff are told of a change; what they were to be told before is withdrawn."""
    outbox.withdraw_waiting(session, consultation, CHANGED)
    if way := contacts.way(consultation.contact):
        due_at = now + MISSED_WAITS if change == MISSED else now
        _put(session, now, consultation, change, outbox.VISITOR, way=way, due_at=due_at)
        if consultation.status is ConsultationStatus.CONFIRMED and consultation.starts_at:
            due_at = max(now, consultation.starts_at - LOOKED_AT)
            _put(session, now, consultation, REMINDER, outbox.VISITOR, way=way, due_at=due_at)
    if by_staff and change in IN_CHAT:
        _put(session, now, consultation, change, outbox.CHAT)
    if not by_staff and change in TO_STAFF:
        _put(session, now, consultation, TO_STAFF[change], outbox.STAFF)


def _put(
    session: Session,
    now: datetime,
    consultation: Consultation,
    kind: str,
    audience: str,
    way: str | None = None,
    due_at: datetime | None = None,
) -> None:
    outbox.put(
        session,
        now,
        key=f"consultation:{consultation.id}:{consultation.sequence}:{audience}:{kind}",
        kind=kind,
        audience=audience,
        consultation=consultation,
        way=way,
        due_at=due_at,
    )


@dataclass(frozen=True)
class Fate:
    """What becomes of a notice now: it is put off, or withdrawn for a reason; with neither it is sent."""

    later: datetime | None = None
    reason: str | None = None


SEND = Fate()


def fate(notice: Notice, consultation: Consultation | None, now: datetime, clinic: Clinic) -> Fate:
    if consultation is None or _sequence(notice) != consultation.sequence:
        return Fate(reason=CHANGED)
    if notice.kind == MISSED:
        return _fate_of_missed(consultation, now, clinic)
    if consultation.status in (ConsultationStatus.DONE, ConsultationStatus.MISSED):
        return Fate(reason=CHANGED)
    starts_at = consultation.starts_at
    if starts_at and starts_at <= now and consultation.status is not ConsultationStatus.CANCELLED:
        return Fate(reason=BEGUN)
    if notice.kind == REMINDER and starts_at:
        return _fate_of_reminder(notice, starts_at, now, clinic)
    return SEND


def _sequence(notice: Notice) -> int:
    return int(notice.key.split(":")[2])


def _fate_of_reminder(notice: Notice, starts_at: datetime, now: datetime, clinic: Clinic) -> Fate:
    due_at = reminder_at(clinic, starts_at)
    if notice.created_at >= due_at:
        return Fate(reason=BOOKED_LATE)
    waits_until = max(due_at, _awake_at(clinic, now))
    if waits_until >= starts_at:
        return Fate(reason=BEGUN)
    return Fate(later=waits_until) if waits_until > now else SEND


def _fate_of_missed(consultation: Consultation, now: datetime, clinic: Clinic) -> Fate:
    is_old = not consultation.ends_at or now - consultation.ends_at > MISSED_COUNTS
    if is_old or consultation.status is not ConsultationStatus.MISSED:
        return Fate(reason=CHANGED)
    waits_until = _awake_at(clinic, now)
    return Fate(later=waits_until) if waits_until > now else SEND


def reminder_at(clinic: Clinic, starts_at: datetime) -> datetime:
    """The same time of the day before, but not in the night."""
    local = clinic.local(starts_at)
    wall = min(max(local.time(), time(REMINDS_FROM)), time(REMINDS_UNTIL))
    return datetime.combine(local.date() - DAY, wall, clinic.zone).astimezone(UTC)


def _awake_at(clinic: Clinic, now: datetime) -> datetime:
    """Now, or in the night the next morning."""
    local = clinic.local(now)
    if REMINDS_FROM <= local.hour < QUIET_FROM:
        return now
    day = local.date() + (DAY if local.hour >= QUIET_FROM else timedelta())
    return datetime.combine(day, time(REMINDS_FROM), clinic.zone).astimezone(UTC)


def due_since(notice: Notice, consultation: Consultation | None, clinic: Clinic) -> datetime:
    """When a notice should have been sent first: its patience is counted from then."""
    if notice.kind == MISSED:
        return _awake_at(clinic, notice.created_at + MISSED_WAITS)
    if notice.kind == REMINDER and consultation and consultation.starts_at:
        return max(notice.created_at, reminder_at(clinic, consultation.starts_at))
    return notice.created_at


def is_told_by_handoff(session: Session, notice: Notice) -> bool:
    """Whether staff get the notice of a handoff that was made with the change: one is enough."""
    if notice.consultation is None:
        return False
    beside = exists().where(
        Notice.handoff_id == Handoff.id,
        Handoff.conversation_id == notice.consultation.conversation_id,
        Handoff.kind == HANDOFF_KINDS.get(notice.kind),
        Notice.audience == outbox.STAFF,
        Notice.created_at.between(notice.created_at - SAME_DEED, notice.created_at + SAME_DEED),
    )
    return bool(session.scalar(select(beside)))


def tell_in_chat(session: Session, now: datetime, notice: Notice, texts: Texts, clinic: Clinic) -> None:
    """Writes it into the conversation and marks it sent, both or neither. Staff's deed, so also where they answer."""
    consultation = session.get(Consultation, notice.consultation_id) if notice.consultation_id else None
    if consultation is None:  # erased
        return
    conversations.lock(session, consultation.conversation_id)
    session.refresh(consultation)
    if session.get_one(Notice, notice.id, populate_existing=True).status is NoticeStatus.SENT:
        return
    found = fate(notice, consultation, now, clinic)
    if found.reason:
        outbox.withdraw(session, notice, found.reason)
        return
    response = IN_CHAT[notice.kind]
    said = conversations.times_said(session, consultation.conversation_id).get(response, 0)
    reply = texts.reply(response, clinic.values(now) | spoken(consultation, clinic), said)
    conversations.record_replies(session, now, consultation.conversation_id, [reply], None)
    outbox.mark_sent(session, now, notice)


def spoken(consultation: Consultation, clinic: Clinic) -> dict[str, str]:
    """A consultation in words: what it is about is not in them. A time that nobody has given is empty."""
    starts_at = consultation.starts_at
    return {
        "reference": consultation.reference,
        "place": consultation.type.place if consultation.type else "",
        "when": when(clinic, starts_at) if starts_at else "",
    }


def when(clinic: Clinic, starts_at: datetime) -> str:
    """`Tuesday, December 1, at 10 am (Eastern time)`."""
    return f"{day_and_time(clinic.local(starts_at))} ({clinic.time_zone_name})"
