"""A real SMTP server in a thread, which can refuse and hang as others do."""

import asyncio
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTED = "250 2.0.0 ok"
REFUSED = "451 4.3.0 try again later"


@dataclass
class MailServer:
    """`answer` gets the count of the mail (from 1) and says what the server replies."""

    answer: Callable[[int], str] = lambda count: ACCEPTED
    replies_after: float = 0.0  # seconds between accepting a mail and saying so
    accepted: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)  # of the accepted mails
    seen: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.seen += 1
        reply = self.answer(self.seen)
        if reply == ACCEPTED:
            content = envelope.content
            assert isinstance(content, bytes)
            parsed = message_from_bytes(content, policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            self.accepted.append(parsed)
            self.recipients.append(list(envelope.rcpt_tos))
        if self.replies_after:
            await asyncio.sleep(self.replies_after)
        return reply

    def __enter__(self) -> Self:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._controller: Any = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def url(self, to: str = "staff@clinic.example", **options: str) -> str:
        given = "".join(f"&{name}={value}" for name, value in options.items())
        return f"mailto://127.0.0.1:{self.port}/?from=desk@clinic.example&to={to}&mode=insecure{given}"

    def notice_ids(self, to: str | None = None) -> list[str]:
        """Of the accepted mails, in order."""
        mails = [mail for mail in self.accepted if to in (None, mail["To"])]
        return [found for mail in mails for found in re.findall(r"Notice ([0-9a-f]{32})", text(mail))[:1]]


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content


def wait_for(is_there: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not is_there():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)
