"""How messages are shown: choices, numbers as links, urgent replies, sources."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chat_server import CRISIS, ChatServer, Reply
from tests.browser.visitor import open_chat, say

pytestmark = pytest.mark.product


def test_a_choice_is_sent_by_its_id_and_shown_by_its_title(page: Page, chat: ChatServer) -> None:
    page.get_by_role("button", name="Talk to a person").click()

    expect(page.locator(".message.visitor .text")).to_have_text("Talk to a person")
    expect(page.locator(".message.bot")).to_have_count(2)
    assert [(message.get("choice"), message.get("text")) for message in chat.received] == [("person", None)]
    expect(page.get_by_role("log").get_by_role("button")).to_have_count(0)


def test_only_the_choices_of_the_newest_reply_stand_open(page: Page, chat: ChatServer) -> None:
    chat.replies["how long does it last?"] = Reply(
        [
            {"text": "Which do you mean?", "buttons": [{"title": "The benefit", "choice": "a"}]},
            {"text": "If this is about safety:", "buttons": [{"title": "I need help now", "choice": "b"}]},
        ],
        route="clarify",
    )

    say(page, "how long does it last?")

    expect(page.get_by_role("log").get_by_role("button")).to_have_text(["The benefit", "I need help now"])


def test_a_typed_title_closes_its_choices_also_after_a_reload(page: Page) -> None:
    say(page, "talk to a person ")
    expect(page.locator(".message.bot")).to_have_count(2)

    page.reload()

    expect(page.locator(".message")).to_have_count(3)
    expect(page.get_by_role("log").get_by_role("button")).to_have_count(0)


def test_numbers_become_links_and_markup_stays_text(page: Page, chat: ChatServer) -> None:
    attack = "<img src=x onerror=alert(1)><b>bold</b>"
    chat.replies[attack] = Reply(
        [{"text": f"{attack} Call (212) 555-0142 or 1-800-799-7233, text START to 88788, or write to hi@pmc.example."}]
    )

    say(page, attack)

    reply = page.locator(".message.bot").last
    expect(reply).to_contain_text(attack)
    assert reply.locator("img, b").count() == 0
    assert page.locator(".message.visitor .bubble *").count() == 1
    assert [link.get_attribute("href") for link in reply.locator("a").all()] == [
        "tel:+12125550142",
        "tel:+18007997233",
        "sms:88788?&body=START",
        "mailto:hi@pmc.example",
    ]


def test_numbers_that_only_look_like_help_lines_stay_text(page: Page, chat: ChatServer) -> None:
    chat.replies["prices"] = Reply([{"text": "It was 1988, room 9110, 911.50 dollars, 40 to 60 minutes, 2026-11-23."}])

    say(page, "prices")

    expect(page.locator(".message.bot").last).to_contain_text("It was 1988")
    assert page.locator(".message.bot").last.locator("a").count() == 0


def test_an_urgent_reply_repeats_its_numbers_as_large_targets_call_before_text(
    browser: Browser, chat: ChatServer
) -> None:
    chat.replies["help"] = CRISIS
    with browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True) as context:
        page = open_chat(context, chat)

        say(page, "help")

        card = page.locator(".message.urgent").first
        numbers = card.locator(".numbers a")
        expect(numbers).to_have_text(["Call 988", "Text 988", "Chat at 988lifeline.org", "Call 911"])
        hrefs = [link.get_attribute("href") for link in numbers.all()]
        assert hrefs == ["tel:988", "sms:988", "https://988lifeline.org", "tel:911"]
        assert min(link.bounding_box()["height"] for link in numbers.all()) >= 48
        assert numbers.nth(2).get_attribute("rel") == "noopener noreferrer"
        expect(page.get_by_role("button", name="Not now")).to_be_visible()
        # the beginning of the reply is in sight, not its end
        assert card.bounding_box()["y"] >= page.locator("header").bounding_box()["y"]


def test_an_urgent_reply_looks_the_same_after_a_reload(page: Page, chat: ChatServer) -> None:
    chat.replies["help"] = CRISIS
    say(page, "help")
    expect(page.locator(".message.urgent")).to_have_count(2)

    page.reload()

    expect(page.locator(".message.urgent")).to_have_count(2)


def test_a_reply_that_the_stream_brings_first_becomes_urgent_when_its_route_is_known(
    page: Page, chat: ChatServer
) -> None:
    chat.replies["help"] = Reply([{"text": "Call 911.", "route": None}], route="emergency", delay_after=0.5)

    say(page, "help")

    expect(page.get_by_text("Call 911.", exact=True)).to_be_visible()
    expect(page.locator(".message.urgent .numbers a")).to_have_text(["Call 911"])


@pytest.mark.parametrize(
    ("text", "hrefs"),
    [
        ("A person is there at 988 any time: call or text.", ["tel:988", "sms:988"]),
        ("988 answers calls and texts day and night. 911 is for danger.", ["tel:988", "sms:988", "tel:911"]),
        ("It is meant for us.\n988 is there as well. Call or text, any time.", ["tel:988", "sms:988"]),
        ("Llame al 988 y oprima 2, o envíe AYUDA por texto.", ["tel:988", "sms:988?&body=AYUDA"]),
        ("We will text you.\nEmergency 911, crisis 988.", ["tel:911", "tel:988"]),
    ],
)
def test_texting_is_offered_where_the_text_says_so(page: Page, chat: ChatServer, text: str, hrefs: list[str]) -> None:
    chat.replies["hello"] = Reply([{"text": text}])

    say(page, "hello")

    reply = page.locator(".message.bot").nth(1)
    expect(reply.locator(".text")).to_have_text(text, use_inner_text=True)
    assert [link.get_attribute("href") for link in reply.locator("a").all()] == hrefs


def test_the_source_of_an_answer_is_shown_on_request(page: Page, chat: ChatServer) -> None:
    about = {"source": "article: What to Expect", "reviewed_by": "Dr. Example", "reviewed_on": "2026-11-02"}
    unread = {"source": "article: How Many Treatments", "reviewed_by": None, "reviewed_on": None}
    chat.replies["both"] = Reply([{"text": "One.", "about": about}, {"text": "Two.", "about": unread}])
    say(page, "both")
    first, second = page.locator("details.about").nth(0), page.locator("details.about").nth(1)

    first.get_by_text("Where this comes from").click()
    second.get_by_text("Where this comes from").click()

    expect(first.locator("dd")).to_have_text(["article: What to Expect", "Dr. Example", "November 2, 2026"])
    expect(second.locator("dd")).to_have_text(["article: How Many Treatments", "Not yet reviewed"])
