"""Renders what is sent to visitors, from a consultation as it stands, without a word of what it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Formatter

import yaml

from frontdesk import calendar_file, visitor_notices
from frontdesk.clinic import Clinic
from frontdesk.hours import button_words
from frontdesk.model import Consultation, ConsultationStatus, Notice
from frontdesk.notices import NoWords

WORDS = Path(__file__).with_name("visitor_notices.yml")
WITH_CALENDAR = ("requested", visitor_notices.CONFIRMED, visitor_notices.MOVED, visitor_notices.CANCELLED)


@dataclass(frozen=True)
class Letter:
    subject: str  #: empty for a text message
    text: str
    calendar: bytes | None = None
    file: str = ""  #: what the calendar's file is called


@dataclass(frozen=True)
class VisitorWords:
    parts: Mapping[str, str]
    email: Mapping[str, Mapping[str, str]]
    text: Mapping[str, str]
    calendar: Mapping[str, str]

    @classmethod
    def load(cls, path: Path = WORDS) -> "VisitorWords":
        return cls(**yaml.safe_load(path.read_text(encoding="utf-8")))

    def render(
        self, notice: Notice, consultation: Consultation, way: str, clinic: Clinic, now: datetime, link: str | None
    ) -> Letter:
        """`link`: to the page where the visitor can change it; None when there is no address for it."""
        values = self._values(consultation, clinic, now, link or "")
        name = _wording(notice.kind, consultation)
        try:
            if way == "text":
                return Letter("", _filled(self.text[name], values))
            words = self.email[name]
            letter = Letter(words["subject"], _filled(words["text"], values))
        except KeyError as missing:
            raise NoWords from missing
        if notice.kind not in WITH_CALENDAR or not consultation.starts_at:
            return letter
        file = calendar_file.appointment(consultation, clinic, now, self._calendar_words(values))
        return Letter(letter.subject, letter.text, file, self.calendar["file"])

    def _values(self, consultation: Consultation, clinic: Clinic, now: datetime, link: str) -> dict[str, str]:
        values = visitor_notices.spoken(consultation, clinic) | {"clinic_phone": clinic.phone, "link": link}
        if starts_at := consultation.starts_at:
            values["soon"] = clinic.words(starts_at, now)
            values["short"] = f"{button_words(clinic.local(starts_at))} ({clinic.time_zone_name})"
        reached = "here" if link else "by_phone"
        for part, wording in {"change": f"change_{reached}", "request": f"request_{reached}"}.items():
            values[part] = _filled(self.parts[wording], values)
        return values | {part: self.parts[part].strip() for part in ("calendar", "care")}

    def _calendar_words(self, values: Mapping[str, str]) -> dict[str, str]:
        return {name: text.format_map(values) for name, text in self.calendar.items()}


def _wording(kind: str, consultation: Consultation) -> str:
    waits = consultation.status is ConsultationStatus.REQUESTED and consultation.starts_at is not None
    if waits and kind in ("requested", visitor_notices.MOVED):
        return f"{kind}_waiting"
    if kind == visitor_notices.CANCELLED and consultation.starts_at is None:
        return "cancelled_request"
    return kind


def _filled(text: str, values: Mapping[str, str]) -> str:
    """With its values; a line that names an empty one is left out."""
    lines = [line for line in text.strip().splitlines() if all(values[name] for name in _names(line))]
    return "\n".join(lines).format_map(values)


def _names(line: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(line) if name]
