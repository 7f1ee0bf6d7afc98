"""Makes docs/screenshot.png: a visitor's phone beside the staff inbox, from a copy started for it alone.

./run setup && .venv/frontdesk/bin/python -m docs.make_screenshot
"""

import shutil
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.browser.visitor import say, wait_for_welcome
from tests.mail_server import MailServer
from tests.product.running import PASSWORD, Product, started

PICTURE = Path(__file__).with_name("screenshot.png")
LARGEST = 400_000  # bytes
EMAIL = "dana@clinic.example"
QUESTION = "can i have it if i take lithium?"
PHONE, DESK = {"width": 375, "height": 880}, {"width": 1300, "height": 860}
ZONE = "America/New_York"

SHEET = """
<style>
  body {{ margin: 0; padding: 28px; display: flex; gap: 28px; background: #dfe8e6; width: max-content }}
  img {{ display: block; height: 680px; border-radius: 10px; box-shadow: 0 4px 18px rgb(20 50 45 / 25%) }}
  img.phone {{ border: 8px solid #18232e; border-radius: 26px }}
  img.desk {{ margin: 8px 0 }}
</style>
<img class="phone" src="{phone}"><img class="desk" src="{desk}">
"""


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("This needs Chromium: apt install chromium")
    expect.set_options(timeout=30_000)
    with tempfile.TemporaryDirectory() as var, MailServer() as mail, started(Path(var), mail) as product:
        product.add_staff("Dana", EMAIL, "clinician")
        others_write(product)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            PICTURE.write_bytes(composed(browser, *visit(browser, product)))
            browser.close()
    size = PICTURE.stat().st_size
    print(f"{PICTURE.name}: {size // 1000} kB")
    if size > LARGEST:
        sys.exit(f"That is more than {LARGEST // 1000} kB.")


def others_write(product: Product) -> None:
    """The work that the inbox has beside the visit that is shown."""
    booking = product.visitor()
    booking.says("I'd like to book a consultation")
    booking.presses("Yes, that's fine")
    booking.presses("For me")
    for words in ("Jo March", "jo.march@example.org", "tuesday afternoon", "I get nervous around needles"):
        booking.says(words)
    booking.presses("Yes, send it")
    asking = product.visitor()
    asking.says("how much does one infusion cost?")
    asking.presses("Yes, pass it on")
    product.visitor().says("i had my infusion this morning and i'm still dizzy, is that normal?")


def visit(browser: Browser, product: Product) -> tuple[bytes, bytes]:
    """The phone's and the inbox's picture, once a question was answered, passed on and replied to."""
    with window(browser, PHONE) as phone, window(browser, DESK) as desk:
        phone.goto(product.url)
        wait_for_welcome(phone)
        say(phone, "how long is one session?")
        expect(phone.get_by_text("Where this comes from")).to_be_visible()
        say(phone, QUESTION)
        expect(phone.get_by_text("for a clinician to decide")).to_be_visible()

        desk.goto(f"{product.url}/staff?show=all")
        desk.get_by_label("E-mail").fill(EMAIL)
        desk.get_by_label("Password").fill(PASSWORD)
        desk.get_by_role("button", name="Sign in").click()
        desk.locator("#rows a.row").filter(has_text=QUESTION).click()
        desk.get_by_role("button", name="Claim", exact=True).click()
        desk.get_by_label("Reply to the visitor").fill(
            "Thank you for asking. We look at that together, before anything else."
        )
        desk.get_by_role("button", name="Send reply").click()
        expect(phone.locator(".message.staff")).to_be_in_viewport()
        desk.goto(desk.url.split("&done=")[0])
        expect(desk.locator(".by-staff")).to_be_visible()
        for page in (phone, desk):
            page.evaluate("document.activeElement.blur()")
            page.wait_for_timeout(500)
        return phone.screenshot(), desk.screenshot()


@contextmanager
def window(browser: Browser, size: dict[str, int]) -> Iterator[Page]:
    with browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        device_scale_factor=2,
        timezone_id=ZONE,
        locale="en-US",
        reduced_motion="reduce",
    ) as context:
        yield context.new_page()


def composed(browser: Browser, phone: bytes, desk: bytes) -> bytes:
    """Both pictures on one sheet."""
    page = browser.new_page(viewport={"width": 1600, "height": 760})
    page.set_content(SHEET.format(phone=inlined(phone), desk=inlined(desk)))
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    return page.locator("body").screenshot()


def inlined(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}"


if __name__ == "__main__":
    main()
