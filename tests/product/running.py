"""A whole running copy for a test: every part as ./run starts it, a mail server to page to, and visitors and staff."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx

from frontdesk.config import ROOT
from tests.mail_server import MailServer

STARTS_WITHIN = 180.0  # seconds; a busy build machine takes its time
PASSWORD = "a quiet morning in may"


@dataclass
class Product:
    """One running copy in a folder of its own."""

    var: Path
    port: int
    mail: MailServer
    process: subprocess.Popen[str]
    people: ExitStack = field(default_factory=ExitStack)  # their connections, closed at the end

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def parts(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.var / "parts.json").read_text())
        return report

    def kill(self, part: str) -> None:
        """As if the machine had taken it away."""
        os.kill(pid_of(self.parts(), part), signal.SIGKILL)

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def wait_until_ready(self) -> None:
        wait_for(self.is_ready, STARTS_WITHIN)

    def visitor(self) -> "Visitor":
        return self.people.enter_context(Visitor(self.url))

    def add_staff(self, name: str, email: str, role: str) -> None:
        command = [sys.executable, "-m", "frontdesk.cli", "staff", "add", name, "--email", email, "--role", role]
        subprocess.run(command, cwd=ROOT, env=environment(self.var, self.port), input=PASSWORD, text=True, check=True)

    def staff(self, email: str) -> "Staff":
        return self.people.enter_context(Staff(self.url, email))


class Person:
    """Somebody with a connection of their own."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False, follow_redirects=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()


class Visitor(Person):
    def __init__(self, url: str) -> None:
        super().__init__(url)
        begun = self._http.post("/api/chat/conversations").raise_for_status().json()
        self.token: str = begun["token"]
        self._http.headers["Authorization"] = f"Bearer {self.token}"
        self.latest: dict[str, Any] = {"messages": begun["messages"]}

    def says(self, text: str, **more: str) -> dict[str, Any]:
        return self._send({"text": text, **more})

    def presses(self, title: str) -> dict[str, Any]:
        buttons = {b["title"]: b["choice"] for message in self.latest["messages"] for b in message["buttons"]}
        return self._send({"choice": buttons[title]})

    def _send(self, body: dict[str, str]) -> dict[str, Any]:
        self.latest = self._http.post("/api/chat/messages", json=body).raise_for_status().json()
        return self.latest

    def transcript(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self._http.get("/api/chat/messages").raise_for_status().json()["messages"]
        return messages


class Staff(Person):
    def __init__(self, url: str, email: str) -> None:
        super().__init__(url)
        page = self._http.get("/staff/login").text
        form = {"email": email, "password": PASSWORD, "csrf": csrf(page)}
        self.page = self._http.post("/staff/login", data=form).raise_for_status().text

    def inbox(self) -> str:
        return self._http.get("/staff?show=all").raise_for_status().text

    def handoff(self, reference: str) -> str:
        return self._http.get(f"/staff/handoffs/{reference}").raise_for_status().text

    def replies(self, reference: str, text: str) -> None:
        """Through the page's own form."""
        page = self.handoff(reference)
        action = re.search(r'action="([^"]+/reply)"', page)
        hidden = (
            dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page[action.start() :]))
            if action
            else {}
        )
        assert action, "the page has a reply box"
        self._http.post(action.group(1), data={**hidden, "text": text}).raise_for_status()


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "the page has a form with a token"
    return found.group(1)


def said(reply: dict[str, Any]) -> str:
    return "\n".join(message["text"] for message in reply["messages"])


def pid_of(report: dict[str, Any], part: str) -> int:
    return int(report[part]["pid"])


def wait_for(is_there: Any, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not is_there():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.2)


def environment(var: Path, port: int, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
    return {**kept, "FRONTDESK_VAR": str(var), "FRONTDESK_PORT": str(port), "FRONTDESK_LIMITS": "relaxed", **more}


@contextmanager
def started(var: Path, mail: MailServer, **more: str) -> Iterator[Product]:
    """Starts everything through ./run's last step, on the model that ./run test has made sure of."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = environment(
        var, port, FRONTDESK_PAGE_URLS=mail.url("on-call@clinic.example"), FRONTDESK_NOTICE_URLS=mail.url(), **more
    )
    process = subprocess.Popen([str(ROOT / "run")], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, text=True)
    product = Product(var, port, mail, process)
    try:
        product.wait_until_ready()
        with product.people:
            yield product
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
