"""Renders notices: kind in neutral words, priority, reference, link and the notice's id; nothing else leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from pathlib import Path

import yaml

from frontdesk.config import Settings
from frontdesk.errors import FrontdeskError
from frontdesk.model import Notice

WORDS = Path(__file__).with_name("notices.yml")


class NoWords(FrontdeskError):
    """frontdesk/notices.yml has no words for this notice."""


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str


@dataclass(frozen=True)
class Words:
    about: Mapping[str, str]
    priority: Mapping[str, str]
    notices: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, path: Path = WORDS) -> "Words":
        return cls(**yaml.safe_load(path.read_text(encoding="utf-8")))

    def render(self, notice: Notice, staff_pages: str) -> Rendered:
        """`staff_pages`: where the staff pages are, as staff reach them."""
        values = {"id": notice.id}
        if handoff := notice.handoff:
            values |= {
                "about": self.about.get(handoff.kind.value, ""),
                "priority": self.priority.get(handoff.priority.value, ""),
                "reference": handoff.reference,
                "link": f"{staff_pages}/handoffs/{handoff.reference}",
            }
        try:
            words = self.notices[notice.kind]
            return Rendered(words["subject"].format_map(values), words["text"].format_map(values))
        except KeyError as missing:
            raise NoWords from missing


def staff_pages(settings: Settings) -> str:
    if settings.public_url:
        return f"{settings.public_url.rstrip('/')}/staff"
    return f"http://{_in_address(settings.host)}:{settings.port}/staff"


def _in_address(host: str) -> str:
    try:
        return f"[{host}]" if isinstance(ip_address(host), IPv6Address) else host
    except ValueError:
        return host
