"""Renders notices: kind in neutral words, priority, reference, link and the notice's id; nothing else leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from pathlib import Path

import yaml

from frontdesk.config import Settings
from frontdesk.errors import FrontdeskError
from frontdesk.model import Consultation, Notice, Priority

WORDS = Path(__file__).with_name("notices.yml")
SOON = timedelta(hours=24)


class NoWords(FrontdeskError):
    """There are no words for this notice."""


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
        elif consultation := notice.consultation:
            values |= {
                "about": self.about.get(notice.kind, ""),
                "priority": self.priority[_priority(notice, consultation).value],
                "reference": consultation.reference,
                "link": f"{staff_pages}/find?reference={consultation.reference}",
            }
        try:
            words = self.notices[notice.kind]
            return Rendered(words["subject"].format_map(values), words["text"].format_map(values))
        except KeyError as missing:
            raise NoWords from missing


def _priority(notice: Notice, consultation: Consultation) -> Priority:
    """A change of what is about to begin cannot wait until somebody looks at the week."""
    starts_at = consultation.starts_at
    return Priority.HIGH if starts_at and starts_at - notice.created_at < SOON else Priority.NORMAL


def staff_pages(settings: Settings) -> str:
    return f"{_pages(settings)}/staff"


def visitor_pages(settings: Settings) -> str | None:
    """Where visitors reach the pages; None when nobody has said so, and a link would lead nowhere."""
    return _pages(settings) if settings.public_url or settings.is_loopback else None


def _pages(settings: Settings) -> str:
    return settings.public_url.rstrip("/") or f"http://{_in_address(settings.host)}:{settings.port}"


def _in_address(host: str) -> str:
    try:
        return f"[{host}]" if isinstance(ip_address(host), IPv6Address) else host
    except ValueError:
        return host
