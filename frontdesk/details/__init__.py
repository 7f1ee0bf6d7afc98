"""Contact details and wishes as people type them, several at once, asked for or not. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from frontdesk.details import names, people, reach, safety, times, voicemail, ways
from frontdesk.details.names import LONGEST_NAME
from frontdesk.details.patterns import any_of
from frontdesk.details.reach import SLIPS, redacted, spoken_phone

LONGEST_TEXT = 1000
ASKS_FOR_NAME = ("contact_name", "patient_name")
ASKS_FOR_WHOM = ("booking_for", "patient_name")
ASKS_FOR_REACH = ("contact_reach", "find_reach")
ASKS_HOW = ("contact_voicemail", "contact_preferred")

SAYS_OWN = any_of(r"\bmy (?:own |full )?name\b", r"\bi(?:'m| am)\b")

__all__ = ["LONGEST_NAME", "LONGEST_TEXT", "SLIPS", "Details", "read", "redacted", "spoken_phone"]


@dataclass(frozen=True)
class Details:
    """What one message told. None: nothing of the kind was in it."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None  # E.164
    wish: str | None = None
    email_problem: bool = False  # something like an e-mail that is none
    phone_problem: bool = False
    suggestion: str | None = None  # the e-mail that was probably meant
    patient_name: str | None = None  # of the person it is for, when that is somebody else
    relation: str | None = None  # what that person is to the visitor
    preferred: str | None = None  # "phone", "email" or "text"
    voicemail: bool | None = None  # may we leave one
    safe_hours: str | None = None  # when and how to call, in the visitor's words
    extension: str | None = None  # of the phone

    @property
    def is_empty(self) -> bool:
        told = (
            self.name,
            self.email,
            self.phone,
            self.wish,
            self.patient_name,
            self.relation,
            self.preferred,
            self.safe_hours,
        )
        return not any(told) and self.voicemail is None


def read(text: str, *, asked: str | None, country: str) -> Details:
    """Everything a message tells. `asked`: the slot just asked for, whose answer may be bare ("Ann")."""
    contact = reach.read(text, country, asked in ASKS_FOR_REACH)
    rest = reach.without_reach(text, " , ")  # where an address stood, something else begins
    patient = people.read(rest, is_asked=asked in ASKS_FOR_WHOM)
    own_words = rest.replace(patient.said, " , ") if patient.said else rest
    has_reach = bool(contact.email or contact.phone or contact.suggestion)
    name = _name(own_words, asked, has_reach, is_patient_told=bool(patient.relation or patient.name))
    patient_name = patient.name
    if asked == "patient_name" and name and not patient.name and not SAYS_OWN.search(text):
        name, patient_name = None, name
    spoken = reach.without_reach(text, f" {ways.ADDRESS} ")
    clauses = times.clauses(spoken)
    safe = safety.read(clauses, is_asked=asked in ASKS_HOW)
    wish = _wish(text, _without(spoken, (name, patient_name)), asked, safe, bool(has_reach or name))
    return Details(
        name=name,
        email=contact.email,
        phone=contact.phone,
        extension=contact.extension,
        wish=wish,
        email_problem=contact.email_problem,
        phone_problem=contact.phone_problem,
        suggestion=contact.suggestion,
        patient_name=patient_name,
        relation=patient.relation,
        preferred=ways.read(clauses),
        voicemail=voicemail.read(text, is_asked=asked in ASKS_HOW),
        safe_hours=(safety.words(safe) or "")[:LONGEST_TEXT] or None,
    )


def _name(text: str, asked: str | None, has_reach: bool, *, is_patient_told: bool) -> str | None:
    if asked in ASKS_FOR_NAME and not is_patient_told:
        return names.answered(text)
    return names.told(text) or (names.beside(text) if has_reach else None)


def _without(text: str, found: tuple[str | None, ...]) -> str:
    """April is no month once it is a name."""
    for name in filter(None, found):
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    return text


def _wish(text: str, rest: str, asked: str | None, others: Sequence[str], has_more: bool) -> str | None:
    if asked == "booking_wish" and text.strip() and not has_more:
        return text.strip()[:LONGEST_TEXT]
    return times.wish(rest, others, LONGEST_TEXT)
