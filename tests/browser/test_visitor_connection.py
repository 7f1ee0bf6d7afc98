"""Nothing typed is lost: connections that break, limits, refusals, conversations that have ended."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.chat_server import ChatServer, Fault
from tests.browser.visitor import say, texts

pytestmark = pytest.mark.product


def test_a_reload_goes_on_with_the_conversation_and_the_draft(page: Page, chat: ChatServer) -> None:
    say(page, "hello")
    expect(page.locator(".message")).to_have_count(3)
    page.get_by_label("Your message").fill("half a sen")

    page.reload()

    expect(page.locator(".message")).to_have_count(3)
    expect(page.get_by_label("Your message")).to_have_value("half a sen")
    assert len(chat.conversations) == 1


def test_a_long_conversation_is_resumed_at_its_end(page: Page) -> None:
    for number in range(8):
        say(page, f"message {number}")
        expect(page.get_by_text(f"You asked: message {number}")).to_be_visible()

    page.reload()

    expect(page.get_by_text("You asked: message 7")).to_be_in_viewport()
    expect(page.get_by_role("button", name="More below")).to_be_hidden()


def test_another_tab_knows_nothing(page: Page, context: BrowserContext, chat: ChatServer) -> None:
    say(page, "hello")
    expect(page.locator(".message")).to_have_count(3)

    other = context.new_page()
    other.goto(chat.origin)

    expect(other.locator(".message")).to_have_count(1)
    assert len(chat.conversations) == 2


@pytest.mark.parametrize("saved", [False, True], ids=["before it was saved", "after it was saved"])
def test_a_broken_connection_is_tried_again_under_the_same_id_and_shown_once(
    page: Page, chat: ChatServer, saved: bool
) -> None:
    chat.faults["send"].append(Fault(saved=saved))

    say(page, "can you hear me?")

    expect(page.locator(".message.bot")).to_have_count(2)
    expect(page.get_by_text("Not sent yet")).to_have_count(0)
    assert len(chat.received) == 2
    assert len({message["client_id"] for message in chat.received}) == 1
    assert texts(page) == ["can you hear me?", "You asked: can you hear me?"]


def test_what_is_sent_offline_is_kept_through_a_reload_and_sent_in_order(
    page: Page, context: BrowserContext, chat: ChatServer
) -> None:
    context.route("**/api/**", lambda route: route.abort())
    say(page, "first")
    say(page, "second")
    expect(page.get_by_text("Not sent yet. It is kept here.")).to_have_count(2)
    expect(page.get_by_role("status").get_by_text("No connection to the clinic’s chat")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Not sent yet. It is kept here.")).to_have_count(2)
    context.unroute("**/api/**")
    page.get_by_role("button", name="Try again").first.click()

    expect(page.locator(".message")).to_have_count(5)
    assert texts(page) == ["first", "You asked: first", "second", "You asked: second"]
    expect(page.get_by_text("No connection")).to_have_count(0)


def test_it_goes_out_by_itself_when_the_connection_is_back(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    say(page, "hello")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()

    context.set_offline(False)

    expect(page.locator(".message.bot")).to_have_count(2)


def test_a_limit_shows_the_servers_words_and_waits_as_long_as_it_says(page: Page, chat: ChatServer) -> None:
    chat.faults["send"].append(Fault(429, retry_after=3))
    say(page, "too fast")
    expect(page.get_by_role("status").get_by_text("Refused with 429.")).to_contain_text("988")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    page.wait_for_timeout(1500)
    assert len(chat.received) == 1

    expect(page.locator(".message.bot")).to_have_count(2)

    assert len(chat.received) == 2
    expect(page.get_by_text("Refused with 429.")).to_have_count(0)


def test_a_limited_message_does_not_hold_up_the_next_one(page: Page, chat: ChatServer) -> None:
    chat.faults["send"].append(Fault(429, retry_after=60))
    say(page, "too fast")
    expect(page.get_by_text("Refused with 429.")).to_be_visible()

    say(page, "i need help")

    expect(page.get_by_text("You asked: i need help")).to_be_visible()
    assert texts(page) == ["i need help", "You asked: i need help", "too fast"]


@pytest.mark.parametrize("status", [413, 422])
def test_what_cannot_be_accepted_comes_back_into_the_box(page: Page, chat: ChatServer, status: int) -> None:
    chat.faults["send"].append(Fault(status))

    say(page, "a very long story")

    expect(page.get_by_role("status").get_by_text(f"Refused with {status}.")).to_contain_text("911")
    expect(page.get_by_label("Your message")).to_have_value("a very long story")
    expect(page.locator(".message.visitor")).to_have_count(0)


def test_a_message_that_could_not_be_saved_shows_why_and_is_tried_again(page: Page, chat: ChatServer) -> None:
    chat.faults["send"].append(Fault(503))

    say(page, "hello")

    expect(page.get_by_text("Refused with 503.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".message.bot")).to_have_count(2)
    assert len({message["client_id"] for message in chat.received}) == 1


def test_an_ended_conversation_is_replaced_and_the_message_is_not_lost(page: Page, chat: ChatServer) -> None:
    say(page, "before")
    expect(page.locator(".message.bot")).to_have_count(2)
    chat.conversations.clear()

    say(page, "after")

    expect(page.get_by_text("Your earlier conversation has ended. This is a new one.")).to_be_visible()
    expect(page.get_by_text("You asked: after")).to_be_visible()
    assert texts(page)[:2] == ["before", "You asked: before"]
    assert [message["text"] for message in chat.only.messages][1:] == ["after", "You asked: after"]


def test_a_choice_of_an_ended_conversation_is_sent_as_words(page: Page, chat: ChatServer) -> None:
    chat.conversations.clear()

    page.get_by_role("button", name="Talk to a person").click()

    expect(page.get_by_text("You asked: Talk to a person")).to_be_visible()
    assert chat.received[-1]["text"] == "Talk to a person"


def test_reopening_an_ended_conversation_says_so_and_keeps_the_draft(page: Page, chat: ChatServer) -> None:
    page.get_by_label("Your message").fill("half a sentence")
    chat.conversations.clear()

    page.reload()

    expect(page.get_by_text("Your earlier conversation has ended. This is a new one.")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("half a sentence")


def test_a_page_that_could_not_open_its_conversation_opens_it_by_itself(
    context: BrowserContext, chat: ChatServer
) -> None:
    chat.faults["begin"].extend([Fault(429, retry_after=1), Fault()])
    page = context.new_page()

    page.goto(chat.origin)
    expect(page.get_by_text("Refused with 429.")).to_be_visible()
    say(page, "typed meanwhile")

    expect(page.get_by_text("You asked: typed meanwhile")).to_be_visible()
    assert texts(page) == ["typed meanwhile", "You asked: typed meanwhile"]
    expect(page.get_by_text("Refused with 429.")).to_have_count(0)
