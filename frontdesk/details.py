"""Contact details and wishes as people type them, several at once, asked for or not. Pure."""

import re
import unicodedata
from dataclasses import dataclass, replace

import phonenumbers
from email_validator import EmailNotValidError, validate_email

EMAIL = re.compile(r"[^\s,;:<>()\"']+@[^\s,;<>()\"']+")
PHONE = re.compile(r"\+?\(?\d[\d\s().\-/]{5,18}\d(?!\w)")
NAMED = re.compile(
    r"\b(?:my name is|my name's|name is|name's|the name is|i am called|i'm called|call me|under the name(?: of)?|name:)\s+(.+)",
    re.IGNORECASE,
)
I_AM = re.compile(r"\b(?:i am|i'm|im|this is)\s+(.+)", re.IGNORECASE)
NAME_ENDS = re.compile(
    r"\s*(?:[,;!?(\n]|(?<!\b\w)(?<!\b(?:Dr|St|Jr|Sr|Mr|Ms))(?<!\bMrs)\.|"  # the stops of J. and Dr. are not the end
    r"\s(?:(?-i:my)|my (?:phone|number|e-?mail|cell|tel|mobile)|and|but|i|please|here|born|from|at|on|or|you|it|is|the|to|for|"
    r"would|want|phone|email|e-mail|number|tel|cell|mobile)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
NAME = re.compile(r"[^\W\d_][\w.'’‘ʼ`·\-]*(?: [^\W\d_][\w.'’‘ʼ`·\-]*){0,5}")
NOT_A_NAME = re.compile(
    r"\?|\b(?:what|when|where|why|who|how|which|yes|okay|thanks|thank|please|hello|hi|hey|none|nothing|skip|"
    r"want|need|could|would|appointment|consultation|cancel|later|today|tomorrow|"
    r"morning|afternoon|evening|email|phone|number|name|you|we|they|on|from|with|about|because|"
    r"don't|dont|not|prefer|wrong|correct|incorrect|spelled|misspelled|anonymous|depressed|anxious|sick|scared|"
    r"worried|pregnant|interested|idk|u[mh]+|h?mm+|maybe|private|business|urgent|serious|ridiculous|time)\b",
    re.IGNORECASE,
)
# Some are called so (Can Yılmaz, Dan Rather, Wednesday Addams): names when two capitalised words say it.
HARDLY_A_NAME = re.compile(
    r"\b(?:can|no|ok|sure|right|rather|call|book|back|alone|busy|sad|tired|hard|out|good|fine|great|new|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b",
    re.IGNORECASE,
)
CAPITALISED = re.compile(r"[^\W\d_a-z][\w'’\-]+(?: [^\W\d_a-z][\w'’\-]+)+")
DATE = re.compile(
    r"\b(?:(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d)(?:[T ,]+\d{1,2}(?=:))?\b"
)
TIME = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\b|\b(?:today|tonight|tomorrow|tmrw|tmr|morning|mornings|"
    r"noon|midday|lunch|lunchtime|afternoon|afternoons|evening|evenings|weekdays?|weekends?|next week|this week|next month|asap|"
    r"any ?time|whenever|soonest|earliest|january|february|march|april|june|july|august|september|october|november|december)\b|"
    r"\b\d{1,2}(?::\d{2})?\s?(?:am|pm|a\.m\.|p\.m\.|o'?clock)(?!\w)|\b(?:the )?\d{1,2}(?:st|nd|rd|th)\b|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b|"
    r"\b(?:after|before|around|at|from|until) \d{1,2}(?::\d{2})?\b",
    re.IGNORECASE,
)
SLIPS = {  # domains that exist but were hardly meant
    "gmail.con": "gmail.com", "gmail.co": "gmail.com", "gmial.com": "gmail.com", "gmai.com": "gmail.com",
    "gamil.com": "gmail.com", "gnail.com": "gmail.com", "gmail.cm": "gmail.com", "gmaill.com": "gmail.com",
    "hotmail.con": "hotmail.com", "hotmial.com": "hotmail.com", "hotmal.com": "hotmail.com", "yahoo.con": "yahoo.com",
    "yaho.com": "yahoo.com", "yahooo.com": "yahoo.com", "outlook.con": "outlook.com", "outlok.com": "outlook.com",
    "iclod.com": "icloud.com", "icloud.con": "icloud.com", "aol.con": "aol.com",
}  # fmt: skip
LONGEST_NAME = 100  # characters
LONGEST_TEXT = 1000


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
    safe_hours: str | None = None  # when to call, in the visitor's words

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.email or self.phone or self.wish)


def read(text: str, *, asked: str | None, country: str) -> Details:
    """Everything a message tells. `asked`: the slot just asked for, whose answer may be bare ("Ann")."""
    details = _reach(text, country, asked)
    rest = PHONE.sub(" ", EMAIL.sub(" ", text))
    details = replace(details, name=_name(rest, asked == "contact_name"))
    if details.name:  # April is no month then
        rest = re.sub(re.escape(details.name), " ", rest, flags=re.IGNORECASE)
    if asked == "booking_wish" and text.strip():
        has_more = details.email or details.phone or details.name
        return replace(details, wish=_times(rest) if has_more else text.strip()[:LONGEST_TEXT])
    return replace(details, wish=_times(rest))


def _reach(text: str, country: str, asked: str | None) -> Details:
    details = Details()
    typed_email = EMAIL.search(text)
    if typed_email:
        details = _email(typed_email.group().rstrip(".,!?"))
    elif asked == "contact_reach" and re.search(r"\S+ ?(?:@|\(at\)|\bat\b) ?\S+(?:\.| dot )\w+", text, re.IGNORECASE):
        details = Details(email_problem=True)
    without_email = DATE.sub(" ", EMAIL.sub(" ", text))
    typed_phone = PHONE.search(without_email)
    if typed_phone:
        phone = _phone(typed_phone.group(), country)
        if phone:
            return replace(details, phone=phone)
        if sum(c.isdigit() for c in typed_phone.group()) >= 7 and not TIME.search(typed_phone.group()):
            return replace(details, phone_problem=True)
    elif asked == "contact_reach" and not details.email and re.search(r"\d{4,}", without_email):
        return replace(details, phone_problem=True)
    return details


def _email(typed: str) -> Details:
    try:
        address = validate_email(typed, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return Details(email_problem=True)
    local, _, domain = address.rpartition("@")
    if meant := SLIPS.get(domain.lower()):
        return Details(suggestion=f"{local}@{meant}")
    return Details(email=address)


def _phone(typed: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
    # "possible" and not "valid": a regulator's fictional numbers and new ranges are not "valid"
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _name(text: str, is_asked: bool) -> str | None:
    for pattern in (NAMED, *([I_AM] if is_asked else [])):
        if (found := pattern.search(text)) and (name := _tidy(NAME_ENDS.sub("", found.group(1)))):
            return name
    if not is_asked:
        return _introduced(text)
    bare = re.sub(r"^\W*(?:it'?s|its|yes|sure|ok|okay|hi|hello)[,.!]?\s+", "", text.strip(), flags=re.IGNORECASE)
    bare = re.split(r"[,;\n]|\s+-\s+|\band\b", bare)[0]
    return _tidy(bare)


def _introduced(text: str) -> str | None:
    """ "I'm Ann Lee, …" unasked: only capitalised words count, for "I'm depressed" is no name."""
    found = re.search(r"\b(?:I am|I'm|i'm|Im|im|[Tt]his is)\s+((?:[^\W\d_a-z][\w'’\-.]*\s?){1,4})", text)
    return _tidy(NAME_ENDS.sub("", found.group(1))) if found else None


def _tidy(typed: str) -> str | None:
    name = " ".join(unicodedata.normalize("NFC", typed).split()).strip(" .,!;:\"'")
    if not name or len(name) > LONGEST_NAME or NOT_A_NAME.search(name) or not NAME.fullmatch(_letters(name)):
        return None
    if HARDLY_A_NAME.search(name) and not CAPITALISED.fullmatch(name):
        return None
    return name.title() if name.islower() and len(name) > 2 and name.isascii() else name


def _letters(name: str) -> str:
    """Without vowel signs, tone marks and joiners, which many scripts write as characters of their own."""
    return "".join(c for c in name if unicodedata.category(c)[0] != "M" and c not in "\u200c\u200d")


def _times(text: str) -> str | None:
    """The part of a sentence that says when, in the visitor's own words."""
    found = list(TIME.finditer(text))
    if not found:
        return None
    start, end = found[0].start(), found[-1].end()
    before = re.search(
        r"(?:\b(?:any|next|this|on|in|the|early|late|not|before|after|around|about|best|most)\s+)+$",
        text[:start],
        re.IGNORECASE,
    )
    after = re.match(
        r"(?:\s+(?:is|are|works?|would be|or later|or earlier|best|please|only|onwards?))+", text[end:], re.IGNORECASE
    )
    return text[before.start() if before else start : end + (after.end() if after else 0)].strip()[:LONGEST_TEXT]


def spoken_phone(phone: str, country: str) -> str:
    """A number as people of the clinic's country write it."""
    number = phonenumbers.parse(phone, country)
    own = number.country_code == phonenumbers.country_code_for_region(country)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if own else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))


def redacted(text: str, replacement: str) -> str:
    """The text without e-mail addresses and phone numbers."""
    return PHONE.sub(replacement, EMAIL.sub(replacement, text))
