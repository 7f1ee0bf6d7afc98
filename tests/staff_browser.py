"""A staff member's browser without its screen: signs in, finds the forms of a page, fills them in and sends them."""

import re
import warnings
from dataclasses import dataclass, field
from html.parser import HTMLParser

from fastapi import FastAPI
from httpx import Response

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would rather have httpx2, which does the same here
    from starlette.testclient import TestClient


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form" and values.get("method") == "post":
            self.found.append(Form(values["action"] or ""))
        elif tag == "select":
            self.select = values.get("name") or ""
        elif tag == "option" and self.select and self.found:
            fields = self.found[-1].fields
            if self.select not in fields or "selected" in values:  # the first one, unless another is chosen
                fields[self.select] = values.get("value") or ""
        elif values.get("type") in ("checkbox", "radio") and "checked" not in values:
            return
        elif tag in ("input", "textarea") and values.get("name") and self.found:
            self.found[-1].fields[values["name"] or ""] = values.get("value") or ""


def forms(response: Response) -> dict[str, Form]:
    """The forms of a page that do something, by the last part of their address."""
    return {form.action.rpartition("/")[2]: form for form in all_forms(response)}


def all_forms(response: Response) -> list[Form]:
    parser = _Forms()
    parser.feed(response.text)
    return parser.found


def words(response: Response) -> str:
    """What a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


class StaffBrowser:
    def __init__(self, app: FastAPI, address: str = "203.0.113.7", base_url: str = "http://testserver") -> None:
        self.http = TestClient(app, base_url=base_url, client=(address, 50000), raise_server_exceptions=False)
        self.page: Response = Response(200)

    def visit(self, path: str) -> Response:
        self.page = self.http.get(path)
        return self.page

    def sign_in(self, email: str, password: str, *, goal: str = "") -> Response:
        self.visit(f"/staff/login?next={goal}")
        return self.send("login", email=email, password=password)

    def send(self, name: str, /, **typed: str) -> Response:
        """Sends a form of the page at hand, and follows to where it leads."""
        form = forms(self.page)[name]
        self.page = self.http.post(form.action, data=form.fields | typed)
        return self.page
