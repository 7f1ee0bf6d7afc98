"""Sends one notice to a visitor: looks once more whether it still holds and may be sent, renders it, gives it to the sender."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import joinedload

from frontdesk import booking_links, contacts, visitor_notices
from frontdesk.clinic import Clinic
from frontdesk.config import Settings
from frontdesk.database import Database
from frontdesk.model import Consultation, Contact, Notice
from frontdesk.notices import NoWords, visitor_pages
from frontdesk.sender import Attachment, Refusal, send, with_options
from frontdesk.visitor_notices import SEND, Fate
from frontdesk.visitor_words import VisitorWords

SETTINGS = {"email": "FRONTDESK_MAIL_URL", "text": "FRONTDESK_TEXT_URL"}
MAIL = ("mailto://", "mailtos://")
NOTICE_ID = "X-Notice-Id"  # header of an e-mail; the same id twice is the same notice


class VisitorPost:
    """`limit`: seconds the sender may take for one notice."""

    def __init__(
        self, settings: Settings, database: Database, clinic: Clinic, words: VisitorWords, limit: float
    ) -> None:
        self._database, self._clinic, self._words, self._limit = database, clinic, words, limit
        self._key, self._pages = settings.signing_key, visitor_pages(settings)
        self.urls: Mapping[str, str] = {
            "email": settings.mail_url.get_secret_value(),
            "text": settings.text_url.get_secret_value(),
        }

    def send(self, notice: Notice, now: datetime) -> Refusal | Fate:
        """What came of it; SEND means accepted."""
        with self._database.reading() as session:
            told_of = [joinedload(Consultation.contact), joinedload(Consultation.type)]
            consultation = session.get(Consultation, notice.consultation_id or 0, options=told_of)
        fate = visitor_notices.fate(notice, consultation, now, self._clinic)
        if fate != SEND or consultation is None:
            return fate
        way = self._way(consultation.contact)
        if way is None:
            return Fate(reason=self._why_not(consultation.contact))
        try:
            letter = self._words.render(notice, consultation, way, self._clinic, now, self._link(consultation))
        except NoWords as error:
            return Refusal(str(error), is_final=True)
        file = Attachment(letter.file, letter.calendar, "text/calendar") if letter.calendar else None
        to = consultation.contact.email if way == "email" else consultation.contact.phone
        url = self._url(notice, way)
        return send(url, letter.subject, letter.text, self._limit, to=to, attachment=file) or SEND

    def _way(self, contact: Contact) -> str | None:
        """The visitor's way as it is now, after a STOP as well; e-mail when the clinic sends no texts."""
        chosen = contacts.way(contact)
        if chosen == "text" and not self.urls["text"] and contact.email:
            chosen = "email"
        return chosen if chosen and self.urls[chosen] else None

    def _why_not(self, contact: Contact) -> str:
        chosen = contacts.way(contact)
        if chosen:
            return f"No address for messages to visitors is set: {SETTINGS[chosen]}"
        return "The visitor may only be called."

    def _link(self, consultation: Consultation) -> str | None:
        if self._pages is None:
            return None
        return f"{self._pages}/booking/{booking_links.token(self._key, consultation)}"

    def _url(self, notice: Notice, way: str) -> str:
        url = self.urls[way]
        return with_options(url, f"format=text&+{NOTICE_ID}={notice.id}") if url.startswith(MAIL) else url
