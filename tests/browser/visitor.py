"""What a visitor does on the page."""

from playwright.sync_api import BrowserContext, Page

from tests.browser.chat_server import ChatServer


def open_chat(context: BrowserContext, chat: ChatServer) -> Page:
    page = context.new_page()
    page.goto(chat.origin)
    wait_for_welcome(page)
    return page


def wait_for_welcome(page: Page) -> None:
    page.get_by_role("log").get_by_text("automated assistant").wait_for()


def say(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_label("Your message").press("Enter")


def texts(page: Page) -> list[str]:
    """Of every message after the first."""
    return page.locator(".message .text").all_inner_texts()[1:]
