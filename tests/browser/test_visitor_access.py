"""The page for everybody: axe's rules in light and dark, small and zoomed windows, large targets, less motion."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.chat_server import CRISIS, ChatServer, Fault, Reply
from tests.browser.visitor import open_chat, say, wait_for_welcome

pytestmark = pytest.mark.product

WINDOWS = {
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
    "smallest": {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True},
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "zoomed twice": {"viewport": {"width": 640, "height": 400}},
    "zoomed four times": {"viewport": {"width": 320, "height": 256}},
}

# Notes whether a message is put into the log while a screen reader would read it out.
WATCH = """
addEventListener("DOMContentLoaded", () => new MutationObserver((changes) => {
  window.loud ||= changes.some((change) => change.target.closest("[aria-live=polite] .messages"));
}).observe(document, {childList: true, subtree: true}))
"""


@pytest.fixture(params=WINDOWS)
def window(request: pytest.FixtureRequest, browser: Browser, chat: ChatServer) -> Iterator[Page]:
    """The page with everything on it that it can show at once."""
    with browser.new_context(**WINDOWS[request.param]) as context:
        page = open_chat(context, chat)
        fill(page, chat)
        yield page


def fill(page: Page, chat: ChatServer) -> None:
    about = {"source": "article: What to Expect During a Ketamine Infusion", "reviewed_by": None, "reviewed_on": None}
    chat.replies["how long?"] = Reply([{"text": "40 to 60 minutes. " * 20, "about": about}])
    chat.replies["help"] = CRISIS
    say(page, "how long?")
    page.locator("details.about summary").click()
    say(page, "help")
    expect(page.locator(".message.urgent")).to_have_count(2)
    chat.only.answered_by = "staff"
    chat.only.add("staff", "Donaudampfschifffahrtsgesellschaft" * 4, name="Dana")
    expect(page.locator(".message.staff")).to_be_visible()
    chat.faults["send"].append(Fault(503))
    say(page, "not sent")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("moment", ["opening", "full", "busy"])
def test_axe_finds_nothing(browser: Browser, chat: ChatServer, scheme: str, moment: str) -> None:
    with browser.new_context(color_scheme=scheme, reduced_motion="reduce") as context:
        page = open_chat(context, chat)
        if moment == "full":
            fill(page, chat)
        if moment == "busy":
            chat.replies["slow"] = Reply([], delay=5)
            say(page, "slow")
            page.get_by_text("The assistant is writing").wait_for()

        results = Axe().run(page)

        assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("text_size", ["100%", "200%"])
def test_nothing_is_cut_off_sideways(window: Page, text_size: str) -> None:
    window.evaluate("(size) => { document.documentElement.style.fontSize = size }", text_size)

    assert window.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    cut = "(nodes) => nodes.filter((node) => node.getBoundingClientRect().right > innerWidth + 1).length"
    assert window.locator("body *:not(.unseen)").evaluate_all(cut) == 0


def test_what_can_be_pressed_is_large_enough_for_a_thumb(window: Page) -> None:
    sizes = window.locator("button:visible, footer a, header a, .numbers a, summary").evaluate_all(
        "(nodes) => nodes.map((node) => [node.textContent, node.offsetWidth, node.offsetHeight])"
    )

    assert len(sizes) >= 10
    assert [size for size in sizes if min(size[1:]) < 44] == []


def test_the_way_out_and_the_help_lines_can_always_be_reached(window: Page) -> None:
    expect(window.get_by_role("link", name="Leave quickly")).to_be_in_viewport()
    expect(window.get_by_label("Your message")).to_be_in_viewport()
    expect(window.get_by_role("link", name="Emergency 911")).to_be_in_viewport()


def test_who_speaks_is_told_with_every_message(page: Page, chat: ChatServer) -> None:
    chat.replies["hello"] = Reply([{"text": "one"}, {"text": "two"}])
    say(page, "hello")
    expect(page.get_by_text("two", exact=True)).to_be_visible()

    names = page.locator(".message").evaluate_all(
        "(nodes) => nodes.map((node) => node.querySelector('.name').textContent)"
    )

    assert names == ["Assistant", "You", "Assistant", "Assistant"]


def test_new_messages_are_announced_politely_and_old_ones_are_not_read_out_again(page: Page) -> None:
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_have_accessible_name("Conversation")

    page.add_init_script(WATCH)
    page.reload()
    wait_for_welcome(page)

    expect(log).to_have_attribute("aria-live", "polite")
    assert not page.evaluate("window.loud")


def test_the_whole_chat_works_by_keyboard(page: Page, chat: ChatServer) -> None:
    page.get_by_role("link", name="Leave quickly").focus()

    page.keyboard.press("Tab")
    expect(page.get_by_role("log").get_by_role("link").first).to_be_focused()
    page.get_by_role("button", name="Talk to a person").focus()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    page.keyboard.press("Enter")

    assert outline == "3px"
    expect(page.locator(".message.bot")).to_have_count(2)
    expect(page.get_by_label("Your message")).to_be_focused()


def test_on_a_phone_a_choice_does_not_raise_the_keyboard(browser: Browser, chat: ChatServer) -> None:
    with browser.new_context(**WINDOWS["phone"]) as context:
        page = open_chat(context, chat)

        page.get_by_role("button", name="Talk to a person").tap()

        expect(page.locator(".message.bot")).to_have_count(2)
        expect(page.get_by_role("log")).to_be_focused()


def test_nothing_moves_for_those_who_ask_for_less_motion(browser: Browser, chat: ChatServer) -> None:
    with browser.new_context(reduced_motion="reduce") as context:
        page = open_chat(context, chat)

        assert page.evaluate("document.getAnimations().length") == 0


def test_a_visitor_who_reads_further_up_is_not_moved_but_told(page: Page, chat: ChatServer) -> None:
    for number in range(6):
        say(page, f"message {number}")
        expect(page.get_by_text(f"You asked: message {number}")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(100)

    chat.only.add("staff", "good news")
    newer = page.get_by_role("button", name="More below")
    expect(newer).to_be_visible()
    expect(page.get_by_text("good news")).to_be_attached()
    assert page.evaluate("scrollY") == 0
    newer.click()

    expect(page.get_by_text("good news")).to_be_in_viewport()
    expect(newer).to_be_hidden()
