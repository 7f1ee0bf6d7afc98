"""The inbox as staff use it, without its script: pages, forms, refusals in plain words."""

import logging
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from frontdesk import clinic, consultations, contacts, conversations, handoffs
from frontdesk.config import ROOT, Settings
from frontdesk.conversations import Reply
from frontdesk.database import Database
from frontdesk.inbox import View
from frontdesk.model import (
    AuditEvent,
    Author,
    Consultation,
    ConsultationStatus,
    Contact,
    Conversation,
    Handoff,
    HandoffStatus,
    Kind,
    Mark,
    Message,
    Notice,
    NoticeStatus,
    Priority,
    Role,
    StaffMember,
    State,
)
from frontdesk.web import inbox, inbox_deeds
from tests.staff_browser import StaffBrowser, forms, words

Arrive = Callable[..., Handoff]
SignIn = Callable[[StaffMember], StaffBrowser]
QUESTION = "I have bipolar <b>& asthma</b>, can I still do it?"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def app(database: Database, tmp_path: Path, now: datetime) -> FastAPI:
    app = FastAPI()
    app.state.database, app.state.settings = database, Settings(var=tmp_path)
    app.state.clinic, app.state.demonstration = clinic.load(ROOT / "clinic.yml"), True
    app.state.now = lambda: now
    app.include_router(inbox.router)
    return app


@pytest.fixture
def sign_in(app: FastAPI, password: str) -> SignIn:
    def signing(member: StaffMember) -> StaffBrowser:
        browser = StaffBrowser(app)
        browser.sign_in(member.email, password)
        return browser

    return signing


@pytest.fixture
def arrive(database: Database, now: datetime) -> Arrive:
    """A new conversation whose first message is passed on."""

    def arriving(
        kind: Kind = Kind.ELIGIBILITY,
        priority: Priority = Priority.NORMAL,
        *,
        text: str = QUESTION,
        mark: Mark | None = None,
        due_at: datetime = now + timedelta(hours=2),
        role: Role | None = None,
    ) -> Handoff:
        with database.transaction() as session:
            conversation, _ = conversations.start(session, now - timedelta(minutes=20))
            message, _ = conversations.record_visitor(
                session, now - timedelta(minutes=20), conversation.id, text, client_id=None
            )
            message.route = kind.value
            message.verdict = {
                "clinician": "certain",
                "cues": ["eligibility.en:can-i"],
                "scores": {"eligibility": 0.93},
            }
            conversations.record_replies(
                session, now, conversation.id, [Reply("A clinician decides that.", "utter_eligibility")], message
            )
            return handoffs.pass_on(
                session,
                now - timedelta(minutes=20),
                conversation_id=conversation.id,
                message_id=message.id,
                kind=kind,
                priority=priority,
                due_at=due_at,
                mark=mark,
                role=role,
            )

    return arriving


def conversation_of(database: Database, handoff: Handoff) -> Conversation:
    with database.reading() as session:
        return session.get_one(Conversation, handoff.conversation_id)


def handoff_now(database: Database, handoff: Handoff) -> Handoff:
    with database.reading() as session:
        return session.get_one(Handoff, handoff.id)


def test_an_empty_inbox_has_friendly_words_and_says_that_it_is_a_demonstration(
    sign_in: SignIn, fay: StaffMember
) -> None:
    page = sign_in(fay).visit("/staff?show=all")

    assert "Every visitor has been looked after" in page.text
    assert "Demonstration." in page.text


def test_the_queue_says_what_it_is_how_urgent_and_until_when(
    sign_in: SignIn, fay: StaffMember, arrive: Arrive, now: datetime
) -> None:
    arrive(Kind.CRISIS, Priority.URGENT, mark=Mark.NOW, text="no point", due_at=now - timedelta(minutes=20))
    booking = arrive(Kind.BOOK, text="thursday please")

    page = sign_in(fay).visit("/staff?show=all")

    said = words(page)
    assert said.index("Crisis Urgent: now no point overdue 20 min Nobody has it yet") < said.index(
        f"Wants a consultation thursday please due today at 5 pm Nobody has it yet {booking.reference} waits 20 min"
    )
    assert "<title>(1) Inbox · PMC Heal</title>" in page.text


def test_a_role_picks_the_first_list_and_keeps_nobody_from_the_others(
    sign_in: SignIn, fay: StaffMember, arrive: Arrive
) -> None:
    question = arrive(Kind.ELIGIBILITY)
    browser = sign_in(fay)

    assert question.reference not in browser.visit("/staff").text
    assert question.reference in browser.visit("/staff?show=clinician").text
    assert "Claim" in browser.visit(f"/staff/handoffs/{question.reference}").text


@pytest.mark.parametrize("role", list(Role))
def test_every_list_opens_for_every_role_empty_and_full(
    sign_in: SignIn, database: Database, now: datetime, password_hash: str, arrive: Arrive, role: Role
) -> None:
    member = StaffMember(
        name="Sam", email="sam@pmcheal.example", role=role, password_hash=password_hash, created_at=now
    )
    with database.transaction() as session:
        session.add(member)
    browser = sign_in(member)
    lists = [f"/staff?show={show}" for show in [*(view.value for view in View), "nonsense", ""]]

    assert {browser.visit(path).status_code for path in lists} == {200}
    arrive(Kind.CRISIS, Priority.URGENT)
    assert {browser.visit(path).status_code for path in lists} == {200}


def test_the_thread_shows_the_words_why_and_what_was_passed_on_but_runs_no_html_of_a_visitor(
    sign_in: SignIn, carl: StaffMember, arrive: Arrive
) -> None:
    page = sign_in(carl).visit(f"/staff/handoffs/{arrive().reference}")

    assert f"<mark>{escape(QUESTION)}</mark>" in page.text
    said = words(page)
    assert "Passed on: May they have the treatment?" in said
    assert "Taken as: For a clinician: may they have it" in said
    assert "eligibility.en:can-i" in said
    assert "eligibility 93 %" in said
    assert "All times are Eastern time." in said
    assert "Visitor 2:40 pm" in said


def test_a_reply_reaches_the_visitor_and_takes_conversation_and_handoff(
    sign_in: SignIn, carl: StaffMember, arrive: Arrive, database: Database
) -> None:
    handoff = arrive()
    browser = sign_in(carl)
    browser.visit(f"/staff/handoffs/{handoff.reference}")

    browser.send("reply", text="Hello, this is Carl.")

    assert "Sent. You have the conversation now" in words(browser.page)
    conversation = conversation_of(database, handoff)
    assert (conversation.state, conversation.assigned_to_id) == (State.OPEN, carl.id)
    assert handoff_now(database, handoff).claimed_by_id == carl.id
    with database.reading() as session:
        assert conversations.transcript(session, conversation.id)[-1].text == "Hello, this is Carl."


def test_a_reply_of_the_front_desk_leaves_a_clinicians_question_for_a_clinician(
    sign_in: SignIn, fay: StaffMember, arrive: Arrive, database: Database
) -> None:
    handoff = arrive(Kind.ELIGIBILITY)
    browser = sign_in(fay)
    page = browser.visit(f"/staff/handoffs/{handoff.reference}")
    assert "Please give no medical view of your own." in words(page)

    browser.send("reply", text="A clinician will write to you.")

    assert handoff_now(database, handoff).status is HandoffStatus.NEW


def test_the_same_reply_sent_twice_is_stored_once(
    sign_in: SignIn, fay: StaffMember, arrive: Arrive, database: Database
) -> None:
    handoff = arrive(Kind.BOOK)
    browser = sign_in(fay)
    form = forms(browser.visit(f"/staff/handoffs/{handoff.reference}"))["reply"]

    with ThreadPoolExecutor(2) as threads:
        answers = list(
            threads.map(lambda _: browser.http.post(form.action, data=form.fields | {"text": "Hello"}), range(2))
        )

    assert [answer.status_code for answer in answers] == [200, 200]
    with database.reading() as session:
        assert session.scalar(select(func.count(Message.id)).where(Message.author == Author.STAFF)) == 1


def test_a_reply_in_anothers_conversation_is_kept_and_says_who_has_it(
    sign_in: SignIn, fay: StaffMember, carl: StaffMember, arrive: Arrive, database: Database
) -> None:
    handoff = arrive(Kind.BOOK)
    mine, his = sign_in(fay), sign_in(carl)
    for browser in (mine, his):
        browser.visit(f"/staff/handoffs/{handoff.reference}")
    his.send("reply", text="I am on it")

    mine.send("reply", text="So am I")

    assert mine.page.status_code == 409
    assert "Carl Clinician has this conversation now." in words(mine.page)
    assert ">So am I</textarea>" in mine.page.text
    mine.send("take")
    assert conversation_of(database, handoff).assigned_to_id == fay.id


def test_who_claims_second_is_told_who_was_first(
    sign_in: SignIn, fay: StaffMember, carl: StaffMember, arrive: Arrive, database: Database
) -> None:
    handoff = arrive()
    mine, his = sign_in(fay), sign_in(carl)
    for browser in (mine, his):
        browser.visit(f"/staff/handoffs/{handoff.reference}")

    assert "It is yours now." in words(his.send("claim"))
    mine.send("claim")

    assert mine.page.status_code == 409
    assert "Carl Clinician took this one before you." in words(mine.page)
    assert handoff_now(database, handoff).claimed_by_id == carl.id


def test_the_front_desk_has_no_button_to_finish_a_clinicians_question_and_is_refused_kindly(
    sign_in: SignIn, fay: StaffMember, arrive: Arrive, database: Database
) -> None:
    handoff = arrive(Kind.ELIGIBILITY)
    browser = sign_in(fay)
    buttons = forms(browser.visit(f"/staff/handoffs/{handoff.reference}"))
    assert "resolve" not in buttons
    assert "claim" in buttons

    answer = browser.http.post(f"/staff/handoffs/{handoff.reference}/resolve", data=buttons["claim"].fields)

    assert answer.status_code == 403
    assert "Only a clinician can mark this one as done." in words(answer)
    assert handoff_now(database, handoff).status is HandoffStatus.NEW


def test_from_claim_to_done_and_back_again(
    sign_in: SignIn, carl: StaffMember, arrive: Arrive, database: Database
) -> None:
    handoff = arrive()
    browser = sign_in(carl)
    browser.visit(f"/staff/handoffs/{handoff.reference}?show=clinician")

    for name, expected in [
        ("claim", HandoffStatus.CLAIMED),
        ("release", HandoffStatus.NEW),
        ("resolve", HandoffStatus.RESOLVED),
        ("reopen", HandoffStatus.CLAIMED),
    ]:
        assert browser.send(name).status_code == 200
        assert handoff_now(database, handoff).status is expected
        assert "show=clinician" in str(browser.page.url), "one stays in one's list"


def test_taking_handing_back_and_closing_a_conversation(
    sign_in: SignIn, carl: StaffMember, arrive: Arrive, database: Database
) -> None:
    handoff = arrive()
    browser = sign_in(carl)
    browser.visit(f"/staff/handoffs/{handoff.reference}")

    for name, expected in [("take", State.OPEN), ("hand-back", State.PENDING)]:
        browser.send(name)
        assert conversation_of(database, handoff).state is expected
    assert "close" not in forms(browser.page), "something is left to do"
    browser.send("resolve")
    browser.send("close")

    assert conversation_of(database, handoff).state is State.RESOLVED


def test_a_note_shows_to_staff_as_one(sign_in: SignIn, fay: StaffMember, arrive: Arrive, database: Database) -> None:
    handoff = arrive(Kind.BOOK)
    browser = sign_in(fay)
    browser.visit(f"/staff/handoffs/{handoff.reference}")

    browser.send("note", text="Prefers mornings")

    assert "Note by Fay Frontdesk, only for staff" in words(browser.page)
    with database.reading() as session:
        assert "Prefers mornings" not in [m.text for m in conversations.transcript(session, handoff.conversation_id)]


@pytest.mark.parametrize(("name", "typed"), [("reply", ""), ("reply", "x" * 4001), ("note", "  ")])
def test_nothing_and_too_much_come_back_with_a_reason(
    sign_in: SignIn, fay: StaffMember, arrive: Arrive, name: str, typed: str
) -> None:
    browser = sign_in(fay)
    browser.visit(f"/staff/handoffs/{arrive(Kind.BOOK).reference}")

    browser.send(name, text=typed)

    assert browser.page.status_code == 422
    assert 'role="alert"' in browser.page.text


def test_every_deed_needs_the_token_of_its_session(
    sign_in: SignIn, fay: StaffMember, arrive: Arrive, database: Database
) -> None:
    handoff = arrive(Kind.BOOK)
    browser = sign_in(fay)
    deeds = [path for route in inbox_deeds.router.routes if (path := getattr(route, "path", ""))]
    assert len(deeds) == 9

    for path in deeds:
        address = path.format(reference=handoff.reference, conversation_id=handoff.conversation_id)
        for token in ("", "guessed"):
            fields = {"csrf": token, "text": "Hello", "form": str(uuid.uuid4())}
            answer = browser.http.post(address, data=fields)
            assert answer.status_code == 403, address
            assert "Nothing was changed" in answer.text
    assert handoff_now(database, handoff).status is HandoffStatus.NEW
    assert conversation_of(database, handoff).state is State.PENDING


def test_no_deed_is_done_by_looking(app: FastAPI) -> None:
    for route in inbox_deeds.router.routes:
        assert getattr(route, "methods", None) == {"POST"}


def test_contact_details_show_when_they_were_given_and_are_missed_in_words_else(
    sign_in: SignIn, fay: StaffMember, arrive: Arrive, database: Database, now: datetime
) -> None:
    handoff = arrive(Kind.BOOK)
    browser = sign_in(fay)
    page = browser.visit(f"/staff/handoffs/{handoff.reference}")
    assert "No contact details were left: reply here." in words(page)

    with database.transaction() as session:
        contact = Contact(
            conversation_id=handoff.conversation_id,
            name="Maria Delgado",
            email="maria+web@example.com",
            phone="+12125550177",
            consented_at=now,
        )
        session.add(contact)
        session.flush()
        session.add(
            Consultation(
                reference="AC3D-4F5H",
                conversation_id=handoff.conversation_id,
                contact_id=contact.id,
                form_key="1",
                status=ConsultationStatus.REQUESTED,
                wish="thursday afternoon",
                note="wheelchair",
                created_at=now,
                updated_at=now,
            )
        )
    page = browser.visit(f"/staff/handoffs/{handoff.reference}")

    assert 'href="mailto:maria%2Bweb@example.com"' in page.text
    assert '<a href="tel:+12125550177">(212) 555-0177</a>' in page.text
    assert "Requested AC3D-4F5H Wished time thursday afternoon For the clinician wheelchair" in words(page)


def test_a_page_that_did_not_go_out_shows_in_queue_and_thread(
    sign_in: SignIn, carl: StaffMember, arrive: Arrive, database: Database
) -> None:
    handoff = arrive(Kind.CRISIS, Priority.URGENT)
    with database.transaction() as session:
        notice = session.scalars(select(Notice).where(Notice.kind == "page")).one()
        notice.status, notice.error = NoticeStatus.FAILED, "550 no such mailbox"

    page = sign_in(carl).visit(f"/staff/handoffs/{handoff.reference}")

    assert "Notice not delivered" in words(page)
    assert "could not be sent: nobody got it" in words(page)
    assert "550 no such mailbox" in words(page)


def test_what_a_visitor_could_not_be_sent_shows_in_queue_and_details(
    sign_in: SignIn, fay: StaffMember, arrive: Arrive, database: Database, now: datetime
) -> None:
    handoff = arrive(Kind.BOOK)
    with database.transaction() as session:
        contact = contacts.keep(session, now, handoff.conversation_id, name="V", email="v@x.org", phone=None)
        consultations.request(session, now, contact=contact, form_key="f", wish=None, note=None)
        notice = session.scalars(select(Notice).where(Notice.audience == "visitor")).one()
        notice.status, notice.error = NoticeStatus.FAILED, "550 no such mailbox"

    page = sign_in(fay).visit(f"/staff/handoffs/{handoff.reference}")

    assert "Visitor not told" in words(page)
    assert (
        "Request received by e-mail could not be sent: nobody got it. Please call them. 550 no such mailbox"
        in words(page)
    )


def test_what_is_not_set_up_is_one_calm_line_for_admins_and_no_failure_of_a_handoff(
    sign_in: SignIn, ann: StaffMember, fay: StaffMember, arrive: Arrive, database: Database
) -> None:
    arrive(Kind.BOOK)
    with database.transaction() as session:
        notice = session.scalars(select(Notice)).one()
        notice.status, notice.error = NoticeStatus.WITHDRAWN, "No address for staff notices is set"

    for_admin, for_others = (words(sign_in(who).visit("/staff?show=all")) for who in (ann, fay))

    assert "Not set up yet: an address for notices to staff (FRONTDESK_NOTICE_URLS)" in for_admin
    assert "Not set up yet" not in for_others
    assert "Notice not delivered" not in for_admin + for_others


@pytest.mark.parametrize(
    "path",
    [
        "/staff/handoffs/AAAA-AAAA",
        "/staff/conversations/999",
        "/staff/conversations/x",
        "/staff/static/%2e%2e%2fauth.py",
        "/staff/static/nothing.js",
        "/staff/nothing",
    ],
)
def test_what_is_not_there_is_said_kindly(sign_in: SignIn, fay: StaffMember, path: str) -> None:
    page = sign_in(fay).visit(path)

    assert page.status_code == 404
    assert "There is nothing under this address." in page.text


def test_the_address_of_a_deed_leads_to_the_page_it_was_on(
    sign_in: SignIn, fay: StaffMember, arrive: Arrive, database: Database
) -> None:
    handoff = arrive(Kind.BOOK)

    page = sign_in(fay).visit(f"/staff/handoffs/{handoff.reference}/claim")

    assert page.url.path == f"/staff/handoffs/{handoff.reference}"
    assert handoff_now(database, handoff).status is HandoffStatus.NEW


def test_what_is_done_is_followed_by_what_comes_next(sign_in: SignIn, fay: StaffMember, arrive: Arrive) -> None:
    first, second = arrive(Kind.BOOK), arrive(Kind.CANCEL_BOOKING)
    browser = sign_in(fay)
    browser.visit(f"/staff/handoffs/{first.reference}")

    browser.send("resolve")

    assert "Marked as done. Next: Cancel a booking" in words(browser.page)
    assert f'href="/staff/handoffs/{second.reference}?show=front_desk"' in browser.page.text


def test_a_reference_read_out_on_the_phone_is_found(sign_in: SignIn, fay: StaffMember, arrive: Arrive) -> None:
    handoff = arrive(Kind.BOOK)
    browser = sign_in(fay)

    found = browser.visit(f"/staff/find?reference={handoff.reference.lower().replace('-', ' ')}")
    missed = browser.visit("/staff/find?reference=nonsense")

    assert found.url.path == f"/staff/handoffs/{handoff.reference}"
    assert missed.status_code == 404
    assert "one character may be wrong: “nonsense”" in words(missed)


def test_open_pages_hear_of_news_by_a_short_answer_without_anybodys_words(
    sign_in: SignIn, fay: StaffMember, arrive: Arrive
) -> None:
    browser = sign_in(fay)
    first = browser.visit("/staff/changes").json()
    assert browser.visit(f"/staff/changes?since={first['version']}").json()["changed"] is False

    arrive(Kind.CRISIS, Priority.URGENT)

    news = browser.visit(f"/staff/changes?since={first['version']}")
    assert (news.json()["changed"], news.json()["urgent_new"]) == (True, 1)
    assert set(news.json()) == {"version", "changed", "urgent_new"}


def test_a_deed_after_the_session_ended_leads_to_the_login_and_back_to_the_conversation(
    sign_in: SignIn, fay: StaffMember, arrive: Arrive, database: Database, password: str
) -> None:
    handoff = arrive(Kind.BOOK)
    browser = sign_in(fay)
    browser.visit(f"/staff/handoffs/{handoff.reference}")
    browser.http.cookies.clear()

    browser.send("reply", text="Hello")
    assert browser.page.url.path == "/staff/login"
    browser.send("login", email=fay.email, password=password)

    assert browser.page.url.path == f"/staff/conversations/{handoff.conversation_id}"


def test_neither_log_nor_audit_trail_holds_anybodys_words(
    sign_in: SignIn,
    fay: StaffMember,
    arrive: Arrive,
    database: Database,
    app: FastAPI,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    handoff = arrive(Kind.BOOK, text="secret words of a visitor")
    browser = sign_in(fay)
    browser.visit(f"/staff/handoffs/{handoff.reference}")
    form = forms(browser.page)["reply"]
    browser.send("reply", text="secret reply")
    with database.transaction() as session:
        session.connection().exec_driver_sql("DROP TABLE handoff_message")

    broken = browser.http.post(form.action, data=form.fields | {"text": "secret broken"})

    assert broken.status_code == 500
    assert "Something went wrong here" in broken.text
    assert "A staff page failed" in caplog.text
    assert "secret" not in caplog.text
    with database.reading() as session:
        assert not [e for e in session.scalars(select(AuditEvent)) if "secret" in f"{e.subject}{e.detail}"]
