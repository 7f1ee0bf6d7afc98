"""E-mail addresses and phone numbers as people type and correct them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

EMAIL = re.compile(r"(?:(?<=mailto:)|(?<![\w.+-]))[^\s,;:<>()\"']+@[^\s,;<>()\"']*[^\s,;<>()\"'.!?]")
EXTENSION = r"(?:[\s,]*(?:ext(?:ension|n)?\.?|x|#)\s?\d{1,6}\b)?"
PHONE = re.compile(r"\+?\(?\d[\d\s().\-/]{5,18}\d(?:(?=x\d)|(?![^\W_]))" + EXTENSION, re.IGNORECASE)
SPELLED_EMAIL = re.compile(r"(\S+) ?(?:@|\(at\)|\[at\]|\bat\b) ?(\S+?) ?(?:\.|\(dot\)|\bdot\b) ?(\w+)", re.IGNORECASE)
DATE = re.compile(
    r"\b(?:(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d)(?:[T ,]+\d{1,2}(?=:))?\b"
)
CLOCK = re.compile(r"\b\d{1,2}(?::\d{2})?\s?(?:am|pm|a\.m\.|p\.m\.|o'?clock)(?!\w)|\b\d{1,2}:\d{2}\b", re.IGNORECASE)
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SPELLED_NUMBER = re.compile(rf"\b(?:(?:{'|'.join(DIGITS)}|oh|o)\b[\s,-]*){{7,}}", re.IGNORECASE)
# The one before these words, or the one behind, is not meant.
TAKEN_BACK = re.compile(
    r"\b(?:not|instead of|rather than|isn'?t|wasn'?t|no longer|change(?: it)?(?: from)?|old(?: one)?(?: is| was)?|from)\s+$",
    re.IGNORECASE,
)
CORRECTED = re.compile(
    r"\b(?:sorry|actually|i mean|i meant|no|wait|scratch that|correction|should be|make that|wrong)\b", re.IGNORECASE
)
SLIPS = {  # domains that exist but were hardly meant
    "gmail.con": "gmail.com", "gmail.co": "gmail.com", "gmial.com": "gmail.com", "gmai.com": "gmail.com",
    "gamil.com": "gmail.com", "gnail.com": "gmail.com", "gmail.cm": "gmail.com", "gmaill.com": "gmail.com",
    "hotmail.con": "hotmail.com", "hotmial.com": "hotmail.com", "hotmal.com": "hotmail.com", "yahoo.con": "yahoo.com",
    "yaho.com": "yahoo.com", "yahooo.com": "yahoo.com", "outlook.con": "outlook.com", "outlok.com": "outlook.com",
    "iclod.com": "icloud.com", "icloud.con": "icloud.com", "aol.con": "aol.com",
}  # fmt: skip
COMMON = (
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "protonmail.com",
    "comcast.net",
    "verizon.net",
)
REAL = (
    "mail.com",
    "ymail.com",
    "email.com",
    "gmx.com",
    "hotmail.co",
    "yahoo.co",
    "yahoo.cm",
    "outlook.co",
    "fmail.com",
)


@dataclass(frozen=True)
class Reach:
    email: str | None = None
    phone: str | None = None
    extension: str | None = None
    email_problem: bool = False
    phone_problem: bool = False
    suggestion: str | None = None


def read(text: str, country: str, is_asked: bool) -> Reach:
    email, email_problem, suggestion = _emails(text, is_asked)
    phone, extension, phone_problem = _phones(without_emails(text), country, is_asked and not (email or suggestion))
    return Reach(email, phone, extension, email_problem and not phone, phone_problem, suggestion)


def without_emails(text: str) -> str:
    return DATE.sub(" ", EMAIL.sub(" , ", text))


def without_reach(text: str, instead: str) -> str:
    return PHONE.sub(instead, SPELLED_NUMBER.sub(instead, EMAIL.sub(instead, text)))


def redacted(text: str, replacement: str, names: Sequence[str] = ()) -> str:
    """The text without e-mail addresses and phone numbers, and without these names."""
    text = PHONE.sub(replacement, EMAIL.sub(replacement, text))
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _: replacement, text, flags=re.IGNORECASE)
    return text


def spoken_phone(phone: str, country: str) -> str:
    """A number as people of the clinic's country write it."""
    number = phonenumbers.parse(phone, country)
    own = number.country_code == phonenumbers.country_code_for_region(country)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if own else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))


def _emails(text: str, is_asked: bool) -> tuple[str | None, bool, str | None]:
    """An address, whether there was one that is none, and the one that was probably meant."""
    found = _meant(text, EMAIL)
    if found:
        return _email(found.group().rstrip(".,!?"))
    spelled = SPELLED_EMAIL.search(text) if is_asked else None
    if spelled is None:
        return None, False, None
    address, _, suggestion = _email(f"{spelled[1]}@{spelled[2]}.{spelled[3]}")
    return None, True, suggestion or address


def _email(typed: str) -> tuple[str | None, bool, str | None]:
    try:
        address = validate_email(typed, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return None, True, None
    local, _, domain = address.rpartition("@")
    if meant := _domain_meant(domain.lower()):
        return None, False, f"{local}@{meant}"
    return address, False, None


def _domain_meant(domain: str) -> str | None:
    if domain in SLIPS or domain in COMMON or domain in REAL:
        return SLIPS.get(domain)
    return next((common for common in COMMON if _is_one_slip(domain, common)), None)


def _is_one_slip(typed: str, meant: str) -> bool:
    """One letter too many, too few, wrong, or two that changed places."""
    same = next((place for place, (a, b) in enumerate(zip(typed, meant)) if a != b), min(len(typed), len(meant)))
    rest, other = typed[same:], meant[same:]
    is_swapped = rest[:2] == other[1::-1] and rest[2:] == other[2:]
    return rest[1:] == other or rest == other[1:] or rest[1:] == other[1:] or is_swapped


def _meant(text: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The first of several, unless it is taken back or corrected."""
    found = list(pattern.finditer(text))
    standing = [one for one in found if not TAKEN_BACK.search(text[: one.start()])] or found
    if len(standing) > 1 and CORRECTED.search(text[standing[0].end() : standing[-1].start()]):
        return standing[-1]
    return standing[0] if standing else None


def _phones(text: str, country: str, is_asked: bool) -> tuple[str | None, str | None, bool]:
    spelled = SPELLED_NUMBER.search(text)
    if spelled:
        text = text.replace(spelled.group(), _digits(spelled.group()) + " ")
    found = _meant(text, PHONE)
    if found is None:
        return None, None, is_asked and bool(re.search(r"\d{4,}", text))
    for typed in _from_there(text, found):
        phone, extension = _phone(typed, country)
        if phone:
            return phone, extension, False
    is_long = sum(character.isdigit() for character in found.group()) >= 7
    return None, None, is_long and not CLOCK.search(found.group())


def _from_there(text: str, found: re.Match[str]) -> Iterator[str]:
    """What may be meant: a number, and what is left of it when two of them run together."""
    yield found.group()
    yield from (part for part in re.split(r"\s{2,}|/|(?<=\d)\s(?=\+)", found.group()) if part != found.group())


def _digits(spelled: str) -> str:
    words = re.findall(r"[a-z]+", spelled.lower())
    return "".join(str(DIGITS.index(word)) if word in DIGITS else "0" for word in words)


def _phone(typed: str, country: str) -> tuple[str | None, str | None]:
    typed = re.sub(r"^00(?=[1-9])", "+", typed)
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None, None
    # "possible" and not "valid": a regulator's fictional numbers and new ranges are not "valid"
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None, None
    extension = number.extension
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)), extension
