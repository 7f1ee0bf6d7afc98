"""What the page is for its visitor: opening, sending, the way out, nothing from elsewhere."""

import gzip
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chat_server import CRISIS, WEB, ChatServer, Reply
from tests.browser.visitor import say, wait_for_welcome

pytestmark = pytest.mark.product

SIZE_LIMIT = 25_000  # bytes, gzipped


def test_the_first_message_and_its_choices_are_there_on_opening_and_nothing_grabs_the_focus(page: Page) -> None:
    log = page.get_by_role("log")

    expect(log.get_by_text("not a person and not a clinician")).to_be_visible()
    expect(log.get_by_role("button")).to_have_text(
        ["Book a consultation", "What is a session like?", "Talk to a person"]
    )
    assert page.evaluate("document.activeElement === document.body")


def test_a_message_is_shown_at_once_then_as_sent_and_its_reply_follows(page: Page, chat: ChatServer) -> None:
    chat.replies["how long is it?"] = Reply([{"text": "An infusion takes 40 to 60 minutes."}], delay=1.5)

    say(page, "how long is it?")

    own = page.locator(".message.visitor")
    expect(own).to_contain_text("Sending…", timeout=500)
    expect(page.get_by_role("status").get_by_text("The assistant is writing")).to_be_visible()
    expect(own).to_contain_text("Sent")
    expect(page.locator(".message").last).to_contain_text("40 to 60 minutes")
    expect(page.get_by_text("The assistant is writing")).to_have_count(0)


def test_enter_sends_shift_enter_starts_a_line_and_the_focus_stays_in_the_box(page: Page, chat: ChatServer) -> None:
    box = page.get_by_label("Your message")
    box.fill("first line")

    box.press("Shift+Enter")
    box.press_sequentially("second line")
    box.press("Enter")

    expect(page.locator(".message.bot")).to_have_count(2)
    assert chat.received[0]["text"] == "first line\nsecond line"
    expect(box).to_have_value("")
    expect(box).to_be_focused()


def test_the_send_button_leaves_the_focus_in_the_box(page: Page) -> None:
    page.get_by_label("Your message").fill("hello")

    page.get_by_role("button", name="Send").click()

    expect(page.get_by_label("Your message")).to_be_focused()


@pytest.mark.parametrize("way", ["button", "escape"])
def test_quick_exit_leaves_nothing_behind(page: Page, context: BrowserContext, way: str) -> None:
    context.route("https://www.weather.gov/**", lambda route: route.fulfill(body="sunny", content_type="text/html"))
    say(page, "something private")
    expect(page.locator(".message.bot")).to_have_count(2)
    page.get_by_label("Your message").fill("half a sentence")
    origin = page.url

    if way == "button":
        page.get_by_role("link", name="Leave quickly").click()
    else:
        for _ in range(3):
            page.keyboard.press("Escape")

    expect(page.get_by_text("sunny")).to_be_visible()
    page.go_back()
    assert page.url != origin
    page.goto(origin)
    expect(page.locator(".message")).to_have_count(1)
    expect(page.get_by_label("Your message")).to_have_value("")


def test_two_presses_of_escape_leave_nobody_outside(page: Page) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)

    expect(page.get_by_role("log")).to_be_visible()


def test_the_demonstration_says_so_and_gives_no_number_to_dial(page: Page) -> None:
    expect(page.get_by_text("Demonstration: not a real clinic.")).to_be_visible()
    assert page.locator("header a[href^='tel:']").count() == 0


def test_a_real_clinic_shows_its_number_and_no_banner(context: BrowserContext, chat: ChatServer) -> None:
    chat.demonstration = False
    page = context.new_page()

    page.goto(chat.origin)

    expect(page.get_by_role("link", name="Call PMC Heal")).to_have_attribute("href", "tel:2125550142")
    expect(page.get_by_text("Demonstration")).to_have_count(0)


def test_without_scripts_the_page_still_says_whom_to_call(browser: Browser, chat: ChatServer) -> None:
    chat.demonstration = False
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()

        page.goto(chat.origin)

        expect(page.get_by_text("It needs JavaScript.")).to_be_visible()
        expect(page.get_by_role("link", name="Emergency 911")).to_be_visible()
        expect(page.get_by_role("link", name="(212) 555-0142", exact=True)).to_be_visible()


def test_everything_comes_from_our_own_origin_under_a_strict_policy(context: BrowserContext, chat: ChatServer) -> None:
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    chat.replies["help"] = CRISIS

    page.goto(chat.origin)
    say(page, "help")
    expect(page.locator(".message.urgent")).to_have_count(2)

    assert {urlsplit(url).netloc for url in asked} == {urlsplit(chat.origin).netloc}
    assert complaints == []


def test_the_page_is_small(context: BrowserContext, chat: ChatServer) -> None:
    page = context.new_page()
    bodies = []
    page.on("response", lambda response: "/api/" in response.url or bodies.append(response))

    page.goto(chat.origin)
    wait_for_welcome(page)

    loaded = {response.url: response.body() for response in bodies}
    modules = {path.name for path in (WEB / "static" / "visitor").iterdir()}
    assert modules <= {url.rsplit("/", 1)[1] for url in loaded}
    assert sum(len(gzip.compress(body)) for body in loaded.values()) <= SIZE_LIMIT


def test_every_module_is_preloaded_by_the_page() -> None:
    page = (WEB / "templates" / "visitor.html").read_text()
    preloaded = set(re.findall(r'"(\w+)"', re.search(r"for module in \[(.+?)\]", page)[1]))

    modules = {path.stem for path in (WEB / "static" / "visitor").glob("*.js")}

    assert preloaded == modules - {"chat"}
