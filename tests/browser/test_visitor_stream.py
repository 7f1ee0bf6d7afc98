"""What comes later comes by itself: staff replies, who answers, streams that break."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat_server import ChatServer, Fault, Reply
from tests.browser.visitor import say, texts

pytestmark = pytest.mark.product


def test_a_staff_reply_arrives_by_itself_with_its_writers_name(page: Page, chat: ChatServer) -> None:
    chat.only.answered_by = "staff"
    expect(page.get_by_text("Clinic staff now have this conversation.")).to_be_visible()

    chat.only.add("staff", "Good morning, this is Dana.", name="Dana")

    reply = page.locator(".message.staff")
    expect(reply.locator(".text")).to_have_text("Good morning, this is Dana.")
    expect(reply.locator(".name")).to_have_text("Dana")
    expect(page.locator(".answered-by")).to_have_text("With clinic staff")


def test_no_assistant_is_said_to_write_while_staff_have_the_conversation(page: Page, chat: ChatServer) -> None:
    chat.replies["hello"] = Reply([], route="human", delay=1.5)
    chat.only.answered_by = "staff"
    expect(page.locator(".answered-by")).to_have_text("With clinic staff")

    say(page, "hello")
    page.wait_for_timeout(1000)

    expect(page.get_by_text("The assistant is writing")).to_have_count(0)
    expect(page.locator(".message.visitor")).to_contain_text("Sent")


def test_an_interrupted_stream_goes_on_after_the_last_id_it_brought(page: Page, chat: ChatServer) -> None:
    chat.only.add("staff", "one")
    expect(page.get_by_text("one", exact=True)).to_be_visible()
    chat.faults["stream"].append(Fault())
    chat.hung_up += 1
    chat.only.add("staff", "two")

    expect(page.get_by_text("two", exact=True)).to_be_visible()

    assert texts(page) == ["one", "two"]
    assert chat.streams[-1] == 2


def test_what_staff_wrote_while_the_stream_was_down_is_not_skipped_by_a_later_reply(
    page: Page, chat: ChatServer
) -> None:
    chat.faults["stream"].append(Fault())
    chat.hung_up += 1
    page.wait_for_timeout(100)
    chat.only.add("staff", "from staff")
    say(page, "from me")
    expect(page.get_by_text("You asked: from me")).to_be_visible()

    expect(page.get_by_text("from staff")).to_be_visible()

    assert texts(page) == ["from staff", "from me", "You asked: from me"]


def test_a_stream_that_is_refused_for_good_says_that_the_conversation_has_ended(page: Page, chat: ChatServer) -> None:
    chat.conversations.clear()
    chat.hung_up += 1

    expect(page.get_by_text("That conversation has ended.")).to_be_visible()
    assert chat.conversations == {}


def test_events_are_the_same_however_the_network_cuts_them(page: Page) -> None:
    stream = ': hello\r\n\r\nid: 7\r\nevent: message\r\ndata: {"a":\r\ndata: "é: b"}\r\n\r\ndata:bare\n\nid: 9\n\n'

    read = page.evaluate(
        """async (stream) => {
          const { EventParser } = await import("/static/visitor/stream.js");
          const cut = (at) => {
            const parser = new EventParser();
            return [...parser.push(stream.slice(0, at)), ...parser.push(stream.slice(at))];
          };
          return [...stream].map((_, at) => JSON.stringify(cut(at)));
        }""",
        stream,
    )

    (only,) = set(read)
    assert json.loads(only) == [
        {"id": "7", "type": "message", "data": '{"a":\n"é: b"}'},
        {"id": "", "type": "message", "data": "bare"},
    ]
