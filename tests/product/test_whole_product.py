"""The real thing over HTTP: web, Rasa, actions and notifier as a clinic runs them."""

import time

import pytest

from frontdesk.config import ROOT
from frontdesk.texts import Texts
from tests.mail_server import text as mail_text
from tests.product.running import Product, Visitor, said, wait_for

pytestmark = pytest.mark.product

ANSWERS = [response.answer for response in Texts.load(ROOT / "data").answers()]


@pytest.mark.parametrize("answer", ANSWERS)
def test_each_answer_is_given_when_its_own_title_is_asked(product: Product, answer: str) -> None:
    question = Texts.load(ROOT / "data")[f"utter_faq/{answer}"].metadata["label"]

    reply = product.visitor().says(question)

    assert (reply["route"], reply["answer"]) == ("answer", answer)
    assert reply["messages"][0]["about"]["reviewed_by"] == "not yet reviewed"


def test_a_button_that_stands_for_an_answer_gives_it(product: Product) -> None:
    reply = product.visitor().presses("What is ketamine infusion?")

    assert (reply["route"], reply["answer"]) == ("answer", "what_is_it")


def test_an_unclear_question_is_asked_about_and_the_choice_answered(product: Product) -> None:
    visitor = product.visitor()

    asked = visitor.says("how long do the effects last?")
    chosen = visitor.presses("How long until the feeling wears off?")

    assert asked["route"] == "clarify"
    assert (chosen["route"], chosen["answer"]) == ("answer", "how_long_effects_fade")


def test_an_eligibility_question_is_passed_on_word_for_word(product: Product) -> None:
    reply = product.visitor().says("i take lithium and blood thinners, can i still have the infusion?")

    page = product.staff("ann@clinic.example").handoff(reply["handoff"])

    assert reply["route"] == "eligibility"
    assert "clinician" in said(reply)
    assert "i take lithium and blood thinners" in page


def test_a_whole_booking_with_a_question_and_a_correction(product: Product) -> None:
    visitor = product.visitor()

    visitor.says("I'd like to book a consultation")
    visitor.presses("Yes, that's fine")
    visitor.presses("For me")
    visitor.says("Zoë O'Neill-García")
    asked = visitor.says("how long does one infusion take?")
    visitor.says("zoe@example.org")
    visitor.says("tuesday afternoon")
    visitor.says("I get nervous around needles")
    visitor.says("actually my phone is 212-555-0188")
    visitor.presses("Phone")
    summary = visitor.presses("No voicemail")
    sent = visitor.presses("Yes, send it")

    assert asked["answer"] == "session_length"
    assert "phone number or e-mail" in asked["messages"][-1]["text"]
    for line in (
        "Zoë O'Neill-García",
        "(212) 555-0188, zoe@example.org",
        "tuesday afternoon",
        "nervous around needles",
    ):
        assert line in said(summary)
    page = product.staff("ann@clinic.example").handoff(sent["handoff"])
    assert "zoe@example.org" in page
    assert "tuesday afternoon" in page


def test_a_booking_given_in_one_sentence_is_read_whole(product: Product) -> None:
    visitor = product.visitor()

    visitor.says("book me a consultation please, I'm Ann Lee, ann.lee@example.org, mornings are best")
    visitor.presses("Yes, that's fine")
    visitor.presses("For me")
    summary = visitor.presses("Skip")

    for detail in ("Ann Lee", "ann.lee@example.org", "mornings are best"):
        assert detail in said(summary)


def test_saying_no_to_being_kept_leaves_nothing_behind(product: Product) -> None:
    visitor = product.visitor()
    visitor.says("please book me in, my email is nobody@example.org")

    refused = visitor.presses("No")

    assert refused["route"] == "human"
    assert "kept no contact details" in said(refused)
    assert not any("nobody@example.org" in message["text"] for message in visitor.transcript())


def test_a_health_note_in_a_booking_goes_to_a_clinician_and_the_form_goes_on(product: Product) -> None:
    visitor = booking_up_to_the_note(product)

    noted = visitor.says("i have bipolar disorder and take lithium")

    assert noted["route"] == "book"
    assert noted["handoff"]
    assert "Shall I send it" in said(noted)


def test_a_question_for_a_clinician_inside_the_form_keeps_the_detail_beside_it(product: Product) -> None:
    visitor = product.visitor()
    visitor.says("i want to book a consultation")
    visitor.presses("Yes, that's fine")
    visitor.presses("For me")
    visitor.says("Rosa")

    asked = visitor.says("my email is rosa@example.org, can I do it while pregnant?")
    visitor.presses("Any time")
    summary = visitor.presses("Skip")

    assert asked["route"] == "eligibility"
    assert "rosa@example.org" in said(summary)


def test_a_crisis_inside_the_form_pauses_it_and_pages_whoever_is_on_call(product: Product) -> None:
    visitor = product.visitor()
    visitor.says("i want to book a consultation")
    visitor.presses("Yes, that's fine")
    visitor.presses("For me")
    visitor.says("Sam Hill")
    before = len(product.mail.accepted)

    crisis = visitor.says("honestly i want to kill myself")
    unclear = visitor.says("idk")
    wait_for(lambda: any(m["To"] == "on-call@clinic.example" for m in product.mail.accepted[before:]), 30)
    wait_for(lambda: "alert" in visitor.transcript()[-1]["text"].lower(), 30)
    resumed = visitor.says("go back to my booking")

    assert crisis["route"] == unclear["route"] == "crisis"
    assert "988" in said(crisis)
    assert "e-mail" not in said(crisis)
    assert crisis["handoff"] == unclear["handoff"]
    paged = [mail for mail in product.mail.accepted[before:] if mail["To"] == "on-call@clinic.example"]
    assert crisis["handoff"] in mail_text(paged[0]) + paged[0]["Subject"]
    assert "kill" not in mail_text(paged[0])
    assert resumed["route"] == "book"
    assert "phone number or e-mail" in said(resumed)


@pytest.mark.parametrize("typed", ["/restart", "  /restart", '/faq{"x": 1}', " /danger_yes", "/session_start"])
def test_rasas_own_commands_are_only_words(product: Product, typed: str) -> None:
    visitor = product.visitor()
    visitor.says("i want to book a consultation")

    reply = visitor.says(typed)

    assert typed in [message["text"] for message in visitor.transcript()]
    assert "name and your phone" in said(reply) or "yes or no" in said(reply), "the form is still there"


def test_a_reply_typed_in_the_inbox_reaches_the_visitor_and_the_bot_is_silent(product: Product) -> None:
    visitor = product.visitor()
    reference = visitor.says("can i talk to a real person please")["handoff"]

    product.staff("ann@clinic.example").replies(reference, "Hello, this is Ann. How can I help?")
    wait_for(lambda: "this is Ann" in visitor.transcript()[-1]["text"], 20)
    answered = visitor.says("how long is a session?")

    assert (answered["route"], answered["messages"]) == ("human", [])


def test_an_urgent_card_still_comes_while_staff_have_the_conversation(product: Product) -> None:
    visitor = product.visitor()
    reference = visitor.says("can i talk to a real person please")["handoff"]
    product.staff("ann@clinic.example").replies(reference, "Hello")

    reply = visitor.says("i am going to kill myself tonight")

    assert reply["route"] == "human"
    assert "988" in said(reply)


def test_nothing_a_visitor_wrote_is_in_the_logs(product: Product) -> None:
    visitor = product.visitor()
    for text in ("my secret needle is Xanthippe", "call me at 212 555 0177", "write to xanthippe@example.org"):
        visitor.says(text)
    time.sleep(1)

    logs = "".join(path.read_text(errors="replace") for path in (product.var / "logs").glob("*"))

    assert "xanthippe" not in logs.lower()
    assert "555 0177" not in logs


def booking_up_to_the_note(product: Product) -> Visitor:
    visitor = product.visitor()
    visitor.says("i want to book a consultation")
    visitor.presses("Yes, that's fine")
    visitor.presses("For me")
    visitor.says("Rosa")
    visitor.says("rosa@example.org")
    visitor.presses("Any time")
    return visitor
