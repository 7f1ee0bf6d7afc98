"""What reaches a visitor through a real mail server: neutral, with its file for the calendar, and never after a STOP."""

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from icalendar import Calendar
from pydantic import SecretStr
from sqlalchemy import select, update

from frontdesk import booking_links, consultations, contacts, conversations, openings, outbox
from frontdesk.config import ROOT, Settings
from frontdesk.database import Database
from frontdesk.model import (
    Consultation,
    ConsultationType,
    Contact,
    Conversation,
    Handoff,
    Kind,
    Notice,
    NoticeStatus,
    Priority,
)
from frontdesk.notices import Words
from frontdesk.notifier import Notifier
from frontdesk.texts import Texts
from frontdesk.visitor_words import WORDS as VISITOR_WORDS
from frontdesk.visitor_words import VisitorWords
from tests import published
from tests.mail_server import ACCEPTED, REFUSED, MailServer

TEXTS, WORDS = Texts.load(ROOT / "data"), Words.load()
CLINIC = published.clinic_in()
TELLING = re.compile(
    r"ketamin|infusion|therap|treat|clinic\b|clinician|doctor|patient|consult|depress|mental|health|PMC|Heal|988|suicid",
    re.I,
)


@pytest.fixture
def kind(database: Database) -> ConsultationType:
    now = datetime.now(UTC)
    with database.transaction() as session:
        return published.offer(
            session, now, published.hire(session, now, "Dana"), weekdays=range(7), name="Ketamine consultation"
        )


def book(
    database: Database, kind: ConsultationType, number: int = -1, *, now: datetime | None = None, **given: Any
) -> Consultation:
    now = now or datetime.now(UTC)
    with database.transaction() as session:
        conversation, _ = conversations.start(session, now)
        known: dict[str, Any] = {"name": "Quillon", "email": "quillon+me@x.org", "phone": None} | given
        contact = contacts.keep(session, now, conversation.id, **known)
        opening = openings.openings(session, now, CLINIC, kind=kind)[number]
        key = f"form {contact.id}"
        return consultations.book(
            session, now, CLINIC, contact=contact, form_key=key, opening=opening, note="ketamine for depression"
        )[0]


def notifier(database: Database, var: Path, *, mail: str = "", text: str = "", **given: Any) -> Notifier:
    settings = Settings(mail_url=SecretStr(mail), text_url=SecretStr(text), var=var, **given)
    return Notifier(settings, database, TEXTS, WORDS, 5)


def url(server: MailServer) -> str:
    return f"mailto://127.0.0.1:{server.port}/?from=desk@clinic.example&mode=insecure"


def send_all(working: Notifier) -> None:
    for lane in working.lanes:
        while working.send_next(lane):
            pass


def make_due(database: Database) -> None:
    with database.transaction() as session:
        now = datetime.now(UTC)
        session.execute(update(Notice).values(next_at=now, claimed_at=now - 2 * outbox.CLAIM_LASTS))


def visitors(database: Database) -> dict[str, Notice]:
    with database.reading() as session:
        found = session.scalars(select(Notice).where(Notice.audience == "visitor").order_by(Notice.created_at))
        return {notice.kind: notice for notice in found}


def parts(mail: EmailMessage) -> tuple[str, Calendar | None]:
    body, file = "", None
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            body = part.get_content()
        elif part.get_content_type() == "text/calendar":
            file = Calendar.from_ical(part.get_payload(decode=True))
    return body.replace("\r\n", "\n"), file


def event(mail: EmailMessage) -> tuple[str, Any]:
    _, file = parts(mail)
    assert file is not None
    [found] = file.walk("VEVENT")
    return str(file["METHOD"]), found


def test_a_confirmation_arrives_with_time_place_reference_link_and_a_file_for_the_calendar(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    booked = book(database, kind)
    with MailServer() as mail:
        send_all(notifier(database, tmp_path, mail=url(mail)))

    [sent] = mail.accepted
    body, _ = parts(sent)
    method, entry = event(sent)
    assert (sent["To"], sent["Subject"]) == ("quillon+me@x.org", "Your appointment")
    assert booked.reference in body
    assert "(Eastern time), by phone" in body
    assert "(212) 555-0142" in body
    [token] = re.findall(r"http://127\.0\.0\.1:8080/booking/(\S+)", body)
    assert booking_links.read(Settings(var=tmp_path).signing_key, token) == booked.id
    assert (method, entry["STATUS"], entry["SEQUENCE"]) == ("REQUEST", "CONFIRMED", 1)
    assert (entry.decoded("DTSTART"), entry.decoded("DTEND")) == (booked.starts_at, booked.ends_at)
    assert sent["X-Notice-Id"] == visitors(database)["confirmed"].id
    assert visitors(database)["reminder"].status is NoticeStatus.WAITING


def test_nothing_that_is_sent_tells_what_it_is_about_or_who_it_is_for(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    booked = book(database, kind)
    with MailServer() as mail:
        send_all(notifier(database, tmp_path, mail=url(mail)))

    [sent] = mail.accepted
    body, file = parts(sent)
    assert file is not None
    entry = file.to_ical().decode().replace("\r\n ", "")
    shown = "\n".join(
        [sent["Subject"], sent["From"], body, *re.findall(r"^(?:SUMMARY|DESCR|LOC|PROD).*$", entry, re.M)]
    )
    link = re.sub(r"http\S+", "", shown).replace("desk@clinic.example", "")
    assert TELLING.findall(link) == []
    assert "Quillon" not in shown
    assert "quillon" not in entry.replace("mailto:quillon+me@x.org", "")
    assert booked.note not in sent.as_string()


def test_the_mail_is_plain_text_from_the_front_desk(database: Database, kind: ConsultationType, tmp_path: Path) -> None:
    book(database, kind)
    with MailServer() as mail:
        send_all(notifier(database, tmp_path, mail=url(mail)))

    kinds = [part.get_content_type() for part in mail.accepted[0].walk()]
    assert kinds == ["multipart/mixed", "text/plain", "text/calendar"]
    assert mail.accepted[0]["From"] == "desk@clinic.example"


def test_the_changes_imported_in_their_order_leave_one_cancelled_entry(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    booked = book(database, kind)
    with MailServer() as mail:
        working = notifier(database, tmp_path, mail=url(mail))
        send_all(working)
        for deed in ("move", "cancel"):
            with database.transaction() as session:
                mine, now = session.get_one(Consultation, booked.id), datetime.now(UTC)
                if deed == "move":
                    free = openings.openings(session, now, CLINIC)[-4]
                    consultations.move(session, now, CLINIC, mine, free)
                    moved_to = free.starts_at
                else:
                    consultations.cancel(session, now, mine)
            send_all(working)

    calendar: dict[str, tuple[int, str, datetime]] = {}  # as a calendar keeps entries: by UID, the highest sequence
    steps = []
    for sent in mail.accepted:
        method, entry = event(sent)
        known, sequence = calendar.get(str(entry["UID"])), int(entry["SEQUENCE"])
        assert known is None or sequence > known[0]
        calendar[str(entry["UID"])] = (sequence, str(entry["STATUS"]), entry.decoded("DTSTART"))
        steps.append((method, sent["Subject"]))
    assert steps == [
        ("REQUEST", "Your appointment"),
        ("REQUEST", "Your appointment has a new time"),
        ("CANCEL", "Your appointment is cancelled"),
    ]
    assert list(calendar.values()) == [(3, "CANCELLED", moved_to)]


def test_what_was_moved_before_it_was_sent_is_told_once_and_as_it_is_now(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    booked = book(database, kind)
    with database.transaction() as session:
        now = datetime.now(UTC)
        free = openings.openings(session, now, CLINIC)[-4]
        consultations.move(session, now, CLINIC, session.get_one(Consultation, booked.id), free)

    with MailServer() as mail:
        send_all(notifier(database, tmp_path, mail=url(mail)))

    assert [sent["Subject"] for sent in mail.accepted] == ["Your appointment has a new time"]


def test_a_reminder_is_sent_when_it_is_due_and_says_when_it_is(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    booked = book(database, kind, now=datetime.now(UTC) - timedelta(days=30), number=-1)
    with database.transaction() as session:
        tomorrow = CLINIC.local(datetime.now(UTC) + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
        session.execute(update(Notice).where(Notice.kind == "confirmed").values(status=NoticeStatus.SENT))
        found = session.get_one(Consultation, booked.id)
        found.starts_at = tomorrow.replace(hour=9) + timedelta(days=0)
        found.ends_at = found.starts_at + timedelta(minutes=30)
    make_due(database)

    with MailServer() as mail:
        send_all(notifier(database, tmp_path, mail=url(mail)))

    local = CLINIC.local(datetime.now(UTC))
    is_day = 9 <= local.hour < 21
    assert [sent["Subject"] for sent in mail.accepted] == ["A reminder: your appointment"] * is_day
    for sent in mail.accepted:
        assert "your appointment tomorrow at 9 am" in parts(sent)[0]
        assert parts(sent)[1] is None


def test_without_a_public_address_no_link_is_sent_and_the_phone_is_named(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    book(database, kind)
    with MailServer() as mail:
        send_all(notifier(database, tmp_path, mail=url(mail), host="0.0.0.0"))

    body, _ = parts(mail.accepted[0])
    assert "http" not in body
    assert "Just call us: (212) 555-0142." in body


def test_without_a_mail_address_a_notice_is_withdrawn_with_a_plain_reason(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    book(database, kind)

    send_all(notifier(database, tmp_path))

    notice = visitors(database)["confirmed"]
    assert notice.status is NoticeStatus.WITHDRAWN
    assert notice.error == "No address for messages to visitors is set: FRONTDESK_MAIL_URL"


@contextmanager
def texting() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A service for texts, as Apprise's json:// calls one."""
    sent: list[dict[str, Any]] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent.append(json.loads(body) | {"path": self.path})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}/texts", sent
    server.shutdown()
    thread.join()
    server.server_close()


def by_text(database: Database, kind: ConsultationType, **given: Any) -> Consultation:
    return book(database, kind, phone="+12125550187", preferred="text", agrees_to_texts=True, **given)


def test_who_agreed_to_texts_gets_one_that_is_short_and_says_how_to_end_them(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    booked = by_text(database, kind)
    with texting() as (address, sent):
        send_all(notifier(database, tmp_path, text=address))

    [text] = sent
    assert text["title"] == ""
    assert booked.reference in text["message"]
    assert text["message"].endswith("Reply STOP to end texts.")
    assert len(text["message"]) <= 160
    assert TELLING.findall(text["message"]) == []


def test_after_a_stop_nothing_is_texted_though_it_was_put_before(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    booked = by_text(database, kind, email=None)
    with database.transaction() as session:
        contacts.stop_texts(session, datetime.now(UTC), booked.conversation_id)

    with texting() as (address, sent):
        send_all(notifier(database, tmp_path, text=address))

    assert sent == []
    assert visitors(database)["confirmed"].status is NoticeStatus.WITHDRAWN


def test_after_a_stop_who_also_left_an_e_mail_is_mailed(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    booked = by_text(database, kind)
    with database.transaction() as session:
        contacts.stop_texts(session, datetime.now(UTC), booked.conversation_id)

    with texting() as (address, texts), MailServer() as mail:
        send_all(notifier(database, tmp_path, text=address, mail=url(mail)))

    assert texts == []
    assert [sent["To"] for sent in mail.accepted] == ["quillon+me@x.org"]


@pytest.mark.parametrize("email", ["o'neil@x.org", "o'neil&to=other@x.org", "a!b#c$d%e@x.org", "a/b=c?d@x.org"])
def test_a_mail_goes_to_its_recipient_and_nobody_else_whatever_stands_in_the_address(
    database: Database, kind: ConsultationType, tmp_path: Path, email: str
) -> None:
    book(database, kind, email=email)
    with MailServer() as mail:
        send_all(notifier(database, tmp_path, mail=url(mail)))

    assert [sent["To"] for sent in mail.accepted] == [email]
    assert mail.recipients == [[email]]


def test_a_third_refused_loses_nothing_and_repeats_nothing(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    for number in range(12):
        book(database, kind, -1 - number)
    with MailServer(answer=lambda count: REFUSED if count % 3 == 0 else ACCEPTED) as mail:
        working = notifier(database, tmp_path, mail=url(mail))
        for _ in range(8):
            send_all(working)
            with database.transaction() as session:
                session.execute(update(Notice).where(Notice.error.is_not(None)).values(next_at=datetime.now(UTC)))

    with database.reading() as session:
        put = session.scalars(select(Notice.id).where(Notice.kind == "confirmed")).all()
    assert Counter(sent["X-Notice-Id"] for sent in mail.accepted) == Counter(put)
    assert mail.seen > 12


def test_what_cannot_be_sent_becomes_the_front_desk_s(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    booked = book(database, kind)
    with database.transaction() as session:
        old = datetime.now(UTC) - outbox.PATIENCE[outbox.VISITOR]
        attempts = outbox.LEAST_TRIES
        session.execute(update(Notice).where(Notice.kind == "confirmed").values(created_at=old, attempts=attempts))

    with MailServer(answer=lambda _: REFUSED) as mail:
        send_all(notifier(database, tmp_path, mail=url(mail)))

    notice = visitors(database)["confirmed"]
    assert notice.status is NoticeStatus.FAILED
    assert "x.org" not in str(notice.error)
    with database.reading() as session:
        handed = session.scalars(select(Handoff).where(Handoff.conversation_id == booked.conversation_id)).all()
    assert [(handoff.kind, handoff.priority) for handoff in handed] == [(Kind.FAILURE, Priority.NORMAL)]


def test_a_mailbox_that_does_not_exist_is_the_front_desk_s_at_once(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    booked = book(database, kind)

    with MailServer(answer=lambda _: "550 5.1.1 no such mailbox") as mail:
        send_all(notifier(database, tmp_path, mail=url(mail)))

    assert visitors(database)["confirmed"].status is NoticeStatus.FAILED
    with database.reading() as session:
        kinds = session.scalars(select(Handoff.kind).where(Handoff.conversation_id == booked.conversation_id)).all()
    assert kinds == [Kind.FAILURE]


def test_an_erased_conversation_takes_its_notices_with_it(
    database: Database, kind: ConsultationType, tmp_path: Path
) -> None:
    booked = book(database, kind)
    with database.transaction() as session:
        session.delete(session.get_one(Contact, booked.contact_id))
        session.flush()
        session.delete(session.get_one(Conversation, booked.conversation_id))

    with MailServer() as mail:
        send_all(notifier(database, tmp_path, mail=url(mail)))

    assert mail.seen == 0


def test_every_wording_is_there_for_both_ways_and_every_text_is_one_message_long() -> None:
    words = VisitorWords.load()
    longest = {
        "reference": "ABCD-EFGH", "place": "at the clinic", "clinic_phone": "(212) 555-0142",
        "short": "Wed, Sep 23, 10:30 am (Eastern time)",
    }  # fmt: skip

    assert set(words.email) == set(words.text)
    assert {
        name: len(text.format_map(longest)) for name, text in words.text.items() if len(text.format_map(longest)) > 160
    } == {}
    assert all(text.endswith("Reply STOP to end texts.") for text in words.text.values())


def test_no_wording_tells_what_it_is_about_and_none_is_loud() -> None:
    def all_of(given: Any) -> list[str]:
        return [given] if isinstance(given, str) else [text for one in given.values() for text in all_of(one)]

    for text in all_of(yaml.safe_load(VISITOR_WORDS.read_text(encoding="utf-8"))):
        shown = re.sub(r"\{\w+\}", "", text)
        assert TELLING.findall(shown) == []
        assert "!" not in shown
        assert not re.search("[☀-➿\U0001f000-\U0001faff]", shown)
