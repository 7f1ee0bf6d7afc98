"""The tables. Words as in PRODUCT's glossary: visitor, staff member, conversation, message, handoff, consultation, hold,
notice. All times are UTC and aware; states are enums whose values stand in the database."""

from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Utc(TypeDecorator[datetime]):
    """An aware time, kept as UTC (SQLite has no zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        stored: datetime = value
        return stored.replace(tzinfo=UTC) if stored.tzinfo is None else stored.astimezone(UTC)


def _enum(kind: type[Enum]) -> SqlEnum:
    return SqlEnum(kind, native_enum=False, length=20, values_callable=lambda members: [m.value for m in members])


Key = BigInteger().with_variant(Integer(), "sqlite")  # SQLite only counts up INTEGER keys by itself


class State(Enum):
    """Who has the conversation."""

    PENDING = "pending"  #: the bot answers
    OPEN = "open"  #: a staff member answers, the bot is silent
    RESOLVED = "resolved"  #: staff have closed it; a new visitor message makes it pending again


class Author(Enum):
    VISITOR = "visitor"
    BOT = "bot"
    STAFF = "staff"
    NOTE = "note"  #: written by staff for staff, never shown to the visitor


class Role(Enum):
    FRONT_DESK = "front_desk"
    CLINICIAN = "clinician"
    ADMIN = "admin"


class Kind(Enum):
    """What a handoff is about: the route that made it, or what the front door itself found."""

    CRISIS = "crisis"
    EMERGENCY = "emergency"
    POSSIBLE_DANGER = "possible_danger"  #: the check-in line was shown; nobody is paged
    ELIGIBILITY = "eligibility"
    MEDICAL_ADVICE = "medical_advice"
    DISTRESS = "distress"
    BOOK = "book"
    RESCHEDULE = "reschedule"
    CANCEL_BOOKING = "cancel_booking"
    HUMAN = "human"
    UNANSWERED = "unanswered"
    PRIVACY = "privacy"
    FAILURE = "failure"  #: a part of the product did not answer, so a person has to


class Priority(Enum):
    URGENT = "urgent"  #: pages whoever is on call
    HIGH = "high"  #: first in the queue, no page
    NORMAL = "normal"


class Mark(Enum):
    """How near the danger was in the visitor's words."""

    NOW = "now"
    MENTIONED = "mentioned"
    POSSIBLE = "possible"


class HandoffStatus(Enum):
    NEW = "new"
    CLAIMED = "claimed"
    RESOLVED = "resolved"


class ConsultationStatus(Enum):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DONE = "done"
    MISSED = "missed"


class NoticeStatus(Enum):
    WAITING = "waiting"  #: to be sent at `next_at`, also after a failed try
    CLAIMED = "claimed"  #: a notifier is sending it; free again when the claim is old
    SENT = "sent"  #: the sender accepted it
    FAILED = "failed"  #: given up; the reason stands in `error`, the inbox shows it
    WITHDRAWN = "withdrawn"  #: no longer to be sent; the reason stands in `error`


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {
        date: Date(),
        datetime: Utc(),
        dict[str, Any]: JSON(none_as_null=True),
        list[dict[str, Any]]: JSON(none_as_null=True),
    }
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class StaffMember(Base):
    __tablename__ = "staff_member"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    role: Mapped[Role] = mapped_column(_enum(Role))
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class StaffSession(Base):
    """One logged-in browser. Only the hash of its cookie is kept."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    staff: Mapped[StaffMember] = relationship()


class Conversation(Base):
    __tablename__ = "conversation"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)  # Rasa's sender id; random, never shown
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[State] = mapped_column(_enum(State), default=State.PENDING)
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    last_visitor_at: Mapped[datetime]
    checked_in_at: Mapped[datetime | None]  # when the check-in line was shown
    assigned_to: Mapped[StaffMember | None] = relationship()
    contact: Mapped["Contact | None"] = relationship(back_populates="conversation")


class Message(Base):
    """Ids rise within a conversation in the order of the commits: writers lock the conversation first."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_id"),
        Index("ix_message_conversation_id_id", "conversation_id", "id"),
        {"sqlite_autoincrement": True},  # an id is never given twice, also after an erasure
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    author: Mapped[Author] = mapped_column(_enum(Author))
    text: Mapped[str] = mapped_column(Text)  # as typed
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id", ondelete="SET NULL"))

    # None until the reply to a visitor's message is stored; of a bot's message what it belongs to
    route: Mapped[str | None] = mapped_column(String(20))

    # of a visitor's message
    client_id: Mapped[str | None] = mapped_column(String(36))
    command: Mapped[str | None] = mapped_column(String(120))  # what the pressed button stands for
    answer: Mapped[str | None] = mapped_column(String(40))
    check_in: Mapped[bool] = mapped_column(default=False)
    verdict: Mapped[dict[str, Any] | None]  # why it was routed so: cues and scores, for staff

    # of a bot's message, or of a pressed button: the visitor's message that it answers or is about
    in_reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))

    # of a bot's message
    response: Mapped[str | None] = mapped_column(String(80))  # id of the text in data/
    buttons: Mapped[list[dict[str, Any]] | None]  # [{"title", "choice", "command"}]
    about: Mapped[dict[str, Any] | None]  # an answer's source and review

    staff: Mapped[StaffMember | None] = relationship()


class Contact(Base):
    """How the visitor may be reached, kept only after consent."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)  # E.164
    consented_at: Mapped[datetime]
    preferred: Mapped[str | None] = mapped_column(String(10))  # "phone", "email" or "text"
    may_leave_voicemail: Mapped[bool | None]  # None: not asked
    safe_hours: Mapped[str | None] = mapped_column(Text)  # when to call, in the visitor's words
    texts_agreed_at: Mapped[datetime | None]
    texts_stopped_at: Mapped[datetime | None]
    conversation: Mapped[Conversation] = relationship(back_populates="contact")


class Handoff(Base):
    __tablename__ = "handoff"
    __table_args__ = (
        Index(
            "uq_handoff_unresolved",  # one unresolved handoff per conversation and kind
            "conversation_id",
            "kind",
            unique=True,
            sqlite_where=text("status <> 'resolved'"),
            postgresql_where=text("status <> 'resolved'"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(_enum(Kind))
    priority: Mapped[Priority] = mapped_column(_enum(Priority))
    mark: Mapped[Mark | None] = mapped_column(_enum(Mark))
    role: Mapped[Role] = mapped_column(_enum(Role))  # who should take it
    status: Mapped[HandoffStatus] = mapped_column(_enum(HandoffStatus), default=HandoffStatus.NEW, index=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]  # when the visitor was told that somebody reads it
    paged_at: Mapped[datetime | None]  # when the latest page was put into the outbox
    claimed_at: Mapped[datetime | None]
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id", ondelete="SET NULL"))
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id", ondelete="SET NULL"))

    conversation: Mapped[Conversation] = relationship()
    claimed_by: Mapped[StaffMember | None] = relationship(foreign_keys=claimed_by_id)
    resolved_by: Mapped[StaffMember | None] = relationship(foreign_keys=resolved_by_id)
    messages: Mapped[list[Message]] = relationship(secondary="handoff_message", order_by="Message.id")


class HandoffMessage(Base):
    """The visitor's messages a handoff passes on, word for word."""

    __tablename__ = "handoff_message"

    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)


class ConsultationType(Base):
    """What can be booked, and by which rules. One that was ever booked is made inactive, not deleted."""

    __tablename__ = "consultation_type"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))  # the visitor reads it
    minutes: Mapped[int]
    buffer_minutes: Mapped[int]  # kept free after it
    step_minutes: Mapped[int]  # one may start every so often, counted from the start of the hours
    notice_minutes: Mapped[int]  # nobody may book later than so long before
    horizon_days: Mapped[int]  # nor further ahead than so many days
    needs_staff: Mapped[bool]  # staff confirm it first
    place: Mapped[str] = mapped_column(String(200))  # how or where; the visitor reads it
    is_active: Mapped[bool]
    created_at: Mapped[datetime]


class WeeklyHours(Base):
    """When a staff member offers a type of consultation, every week, by the clock on the clinic's wall."""

    __tablename__ = "weekly_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440", name="span"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), index=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("consultation_type.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]  # 0 is Monday
    start_minute: Mapped[int]  # after midnight
    end_minute: Mapped[int]

    staff: Mapped[StaffMember] = relationship()
    type: Mapped[ConsultationType] = relationship()


class DayHours(Base):
    """An exception: the rows of a day replace the weekly hours of that day. Without minutes the day is closed."""

    __tablename__ = "day_hours"
    __table_args__ = (
        CheckConstraint(
            "(start_minute IS NULL AND end_minute IS NULL) OR "
            "(start_minute IS NOT NULL AND end_minute IS NOT NULL AND "
            "0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440)",
            name="span",
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"))  # None: everybody
    start_minute: Mapped[int | None]
    end_minute: Mapped[int | None]

    staff: Mapped[StaffMember | None] = relationship()


class Consultation(Base):
    __tablename__ = "consultation"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    form_key: Mapped[str] = mapped_column(
        String(64), unique=True
    )  # one filled form books once, however often it is sent
    status: Mapped[ConsultationStatus] = mapped_column(_enum(ConsultationStatus))
    wish: Mapped[str | None] = mapped_column(Text)  # the wished time in the visitor's words
    starts_at: Mapped[datetime | None] = mapped_column(index=True)  # None until there is a time
    ends_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    type_id: Mapped[int | None] = mapped_column(ForeignKey("consultation_type.id"))  # None until there is a time
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id", ondelete="SET NULL"))
    patient_name: Mapped[str | None] = mapped_column(Text)  # when the contact books for somebody else
    relation: Mapped[str | None] = mapped_column(Text)  # what the patient is to the contact
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")  # rises with each change the visitor is told
    confirmed_at: Mapped[datetime | None]

    conversation: Mapped[Conversation] = relationship()
    contact: Mapped[Contact] = relationship()
    type: Mapped[ConsultationType | None] = relationship()
    staff: Mapped[StaffMember | None] = relationship()


class Hold(Base):
    """An opening kept for one conversation until it expires; its cells are swept by whoever wants them next."""

    __tablename__ = "hold"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"))
    type_id: Mapped[int] = mapped_column(ForeignKey("consultation_type.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]


class Cell(Base):
    """Five minutes of one person's time that are taken. Its key is what forbids double booking."""

    __tablename__ = "cell"
    __table_args__ = (CheckConstraint("(hold_id IS NULL) <> (consultation_id IS NULL)", name="owner"),)

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"), primary_key=True, autoincrement=False)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)  # on the grid of five minutes
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id", ondelete="CASCADE"), index=True)
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"), index=True)


class Notice(Base):
    """The outbox: written with what it tells of, sent at least once by the notifier."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_status_next_at", "status", "next_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)  # also in what is sent, so a duplicate shows
    key: Mapped[str] = mapped_column(String(80), unique=True)  # kind and subject: the same thing is told once
    kind: Mapped[str] = mapped_column(String(40))  # names its words in notices.yml or visitor_notices.yml
    audience: Mapped[str] = mapped_column(String(20))  # "staff", "on_call", "visitor" or "chat"
    handoff_id: Mapped[int | None] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"), index=True)
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id", ondelete="CASCADE"), index=True)
    way: Mapped[str | None] = mapped_column(String(10))  # to a visitor: "email" or "text"
    status: Mapped[NoticeStatus] = mapped_column(_enum(NoticeStatus), default=NoticeStatus.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)

    handoff: Mapped[Handoff | None] = relationship()
    consultation: Mapped[Consultation | None] = relationship()


class AuditEvent(Base):
    """Who did what to what; never edited, never holds a visitor's words."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id", ondelete="SET NULL"))
    action: Mapped[str] = mapped_column(String(40))  # "handoff.claim", "staff.login" …
    subject: Mapped[str | None] = mapped_column(String(40))  # "handoff:12"
    detail: Mapped[dict[str, Any] | None]


class Heartbeat(Base):
    """When a part without a port (the notifier) was last at work."""

    __tablename__ = "heartbeat"

    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime]
