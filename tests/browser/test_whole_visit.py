"""A visitor and a staff member in two browsers, with the whole product between them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.browser.visitor import say, wait_for_welcome
from tests.mail_server import MailServer
from tests.product.running import PASSWORD, Product, started, wait_for

pytestmark = pytest.mark.product

EMAIL = "ann@clinic.example"
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 800}
PATIENCE = 30_000  # milliseconds; a whole turn on a busy build machine


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A copy whose web process may be killed."""
    with MailServer() as mail, started(tmp_path_factory.mktemp("var"), mail) as running:
        running.add_staff("Ann Admin", EMAIL, "admin")
        yield running


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def visitor(browser: Browser, own: Product) -> Iterator[Page]:
    with on_a_phone(browser) as context:
        yield opened(context, own)


@pytest.fixture
def staff(browser: Browser, own: Product) -> Iterator[Page]:
    with browser.new_context(viewport=DESK) as context:
        yield signed_in(context, own)


@contextmanager
def on_a_phone(browser: Browser, scheme: str = "light") -> Iterator[BrowserContext]:
    dark = scheme == "dark"
    with browser.new_context(
        viewport=PHONE, color_scheme="dark" if dark else "light", reduced_motion="reduce", locale="en-US"
    ) as context:
        context.set_default_timeout(PATIENCE)
        yield context


def opened(context: BrowserContext, own: Product) -> Page:
    page = context.new_page()
    page.goto(own.url)
    wait_for_welcome(page)
    return page


def signed_in(context: BrowserContext, own: Product) -> Page:
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{own.url}/staff")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Queue")).to_be_visible()
    return page


def asks(page: Page, text: str, reply: str) -> None:
    """By the keys alone, and waits for a new message of the bot with these words in it."""
    expect(page.get_by_label("Your message")).to_be_focused()
    before = page.locator(".message.bot").count()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    answered(page, before, reply)


def presses(page: Page, title: str, reply: str) -> None:
    """Goes back to an offered button with the Tab key and presses it."""
    button = page.get_by_role("button", name=title, exact=True).last
    before = page.locator(".message.bot").count()
    for _ in range(20):
        if is_focused(button):
            break
        page.keyboard.press("Shift+Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    answered(page, before, reply)


def answered(page: Page, before: int, reply: str) -> None:
    expect(page.locator(".message.bot").nth(before)).to_be_visible()
    expect(page.locator(".message.bot").filter(has_text=reply).last).to_be_in_viewport()


def is_focused(locator: Locator) -> bool:
    return bool(locator.evaluate("(node) => node === document.activeElement"))


def books(page: Page, name: str) -> None:
    page.get_by_label("Your message").focus()
    asks(page, "I'd like to book a consultation", "Is that all right?")
    presses(page, "Yes, that's fine", "someone else")
    presses(page, "For me", "name")
    asks(page, name, "phone number or e-mail")
    asks(page, "elena@example.org", "When would suit you?")
    presses(page, "Any time", "clinician should know")
    presses(page, "Skip", "Shall I send it")
    presses(page, "Yes, send it", "Your request is saved.")


def test_a_visit_by_keyboard_reaches_staff_and_their_reply_comes_by_itself(visitor: Page, staff: Page) -> None:
    visitor.evaluate("window.isTheSamePage = true")
    visitor.get_by_label("Your message").focus()
    asks(visitor, "how long is one session?", "40 to 60 minutes")
    books(visitor, "Elena Petrova")
    asks(visitor, "can i have it if i take lithium?", "for a clinician to decide")

    rows = staff.locator("#rows a.row").filter(has_text="Elena Petrova")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Wants a consultation")).to_be_visible()
    rows.filter(has_text="May they have the treatment?").click()
    expect(staff.locator("#messages mark").last).to_have_text("can i have it if i take lithium?")
    staff.get_by_role("button", name="Claim", exact=True).click()
    expect(staff.locator("#head")).to_contain_text("You have it")
    staff.get_by_label("Reply to the visitor").fill(
        "Dr. Example would like to talk about it with you. Is Tuesday good?"
    )
    staff.get_by_role("button", name="Send reply").click()

    reply = visitor.locator(".message.staff")
    expect(reply).to_contain_text("Is Tuesday good?")
    expect(reply).to_contain_text("Ann Admin")
    expect(visitor.get_by_text("With clinic staff")).to_be_visible()
    expect(visitor.get_by_role("link", name="Emergency 911")).to_be_in_viewport()
    assert visitor.evaluate("window.isTheSamePage")


def test_what_the_visitor_answers_staff_is_shown_to_them_without_a_reload(visitor: Page, staff: Page) -> None:
    books(visitor, "Noor Aziz")
    staff.locator("#rows a.row").filter(has_text="Noor Aziz").first.click()
    staff.get_by_label("Reply to the visitor").fill("Is Tuesday good?")
    staff.get_by_role("button", name="Send reply").click()
    expect(visitor.locator(".message.staff")).to_be_visible()
    bot_messages = visitor.locator(".message.bot").count()

    say(visitor, "yes, after four")

    expect(staff.locator("#messages")).to_contain_text("yes, after four")
    expect(visitor.locator(".message.visitor").last).to_contain_text("Sent")
    expect(visitor.locator(".message.bot")).to_have_count(bot_messages)


def test_the_first_buttons_of_the_page_lead_on(visitor: Page) -> None:
    before = visitor.locator(".message.bot").count()

    visitor.get_by_role("button", name="What is ketamine infusion?").click()

    answered(visitor, before, "low dose")
    expect(visitor.get_by_text("Where this comes from")).to_be_visible()


def test_choosing_what_was_meant_gives_its_answer(visitor: Page) -> None:
    say(visitor, "how long do the effects last?")
    choice = visitor.get_by_role("group", name="Choices").last.get_by_role("button").first
    expect(visitor.get_by_role("button", name="Something else")).to_be_visible()
    before = visitor.locator(".message.bot").count()

    choice.click()

    answered(visitor, before, "")
    expect(visitor.locator(".message.bot").last.get_by_text("Where this comes from")).to_be_visible()


def test_words_of_crisis_show_the_urgent_card_and_stand_first_in_the_inbox(visitor: Page, staff: Page) -> None:
    say(visitor, "i want to kill myself")

    card = visitor.locator(".message.urgent").first
    numbers = card.locator(".numbers")
    expect(numbers.get_by_role("link", name="Call 988")).to_have_attribute("href", "tel:988")
    expect(numbers.get_by_role("link", name="Text 988")).to_have_attribute("href", "sms:988")
    expect(numbers.get_by_role("link", name="Call 911")).to_be_in_viewport()
    expect(visitor.get_by_role("button", name="Not now")).to_be_visible()
    expect(staff.locator("#rows a.row").first).to_contain_text("Urgent")
    expect(staff.locator("#rows a.row.urgent").filter(has_text="i want to kill myself")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("moment", ["opening", "in a conversation", "urgent"])
def test_axe_finds_nothing_on_the_visitors_page(browser: Browser, own: Product, scheme: str, moment: str) -> None:
    with on_a_phone(browser, scheme) as context:
        page = opened(context, own)
        if moment == "in a conversation":
            say(page, "how long is one session?")
            page.get_by_text("Where this comes from").click()
            say(page, "I'd like to book a consultation")
            page.get_by_role("button", name="Yes, that's fine").wait_for()
        if moment == "urgent":
            say(page, "i want to kill myself")
            page.get_by_role("button", name="Not now").wait_for()

        found = Axe().run(page)

        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("place", ["sign-in", "queue", "thread", "details"])
def test_axe_finds_nothing_on_the_staff_pages(
    browser: Browser, own: Product, visitor: Page, window: ViewportSize, place: str
) -> None:
    say(visitor, "can i have it if i take lithium?")
    visitor.get_by_text("for a clinician to decide").wait_for()
    with browser.new_context(viewport=window, reduced_motion="reduce") as context:
        if place == "sign-in":
            page = context.new_page()
            page.goto(f"{own.url}/staff/login")
        else:
            page = signed_in(context, own)
        if place in ("thread", "details"):
            page.locator("#rows a.row").filter(has_text="May they have the treatment?").first.click()
            page.locator("#messages mark").first.wait_for()
        if place == "details" and window is PHONE:
            page.get_by_role("link", name="Details").click()
            page.get_by_role("heading", name="Contact").wait_for()

        found = Axe().run(page)

        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("killed", ["while it is typed", "while it is on its way"])
def test_what_is_typed_while_the_server_is_killed_is_sent_once_when_it_is_back(
    visitor: Page, own: Product, killed: str
) -> None:
    box = visitor.get_by_label("Your message")
    box.press_sequentially("do you have ")

    if killed == "while it is typed":
        own.kill("web")
    box.press_sequentially("an appointment on friday?")
    box.press("Enter")
    if killed == "while it is on its way":
        own.kill("web")

    sent = visitor.locator(".message.visitor")
    wait_for(own.is_ready, 60)
    expect(sent.locator(".state")).to_have_text("Sent")
    expect(visitor.locator(".message.bot").nth(1)).to_be_visible()
    visitor.reload()
    wait_for_welcome(visitor)
    expect(sent).to_have_count(1)
    expect(sent).to_contain_text("do you have an appointment on friday?")
    expect(visitor.get_by_text("No connection to the clinic’s chat")).to_have_count(0)
