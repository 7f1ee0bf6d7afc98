"""What people type, spelled one way: small letters, one space between tokens, numbers as digits."""

import re
import unicodedata
from functools import cache

# Numbers of these kinds are no times.
TAKEN_OUT = re.compile(
    r"[^\s,;:<>()]+@[^\s,;<>()]+|\bhttps?://\S+|\bwww\.\S+"  # e-mail and web addresses
    r"|(?<![\d/:-])\+?\(?\d(?:[ ().-]{0,3}\d){6,}(?![\d/:])"  # phone numbers
    r"|[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:%|percent\b|dollars\b|bucks\b)|\b\d+'\s?\d+\"?|\d+/7\b|\b\d+/10\b(?=\s*(?:pain|bad))"
)
ISO_DATE = re.compile(r"\b20\d\d-\d{1,2}-\d{1,2}\b")
TOKEN = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d/])|\d{1,2}:\d\d(?!\d)|\d+\.\d+|\d+(?:st|nd|rd|th)\b|\d+"
    r"|[^\W\d_]+|[,.;:!?()/+-]"
)

ABBREVIATED = {
    "monday": "mon", "tuesday": "tue tues", "wednesday": "wed weds wednes", "thursday": "thu thur thurs", "friday": "fri",
    "saturday": "sat", "sunday": "sun", "mondays": "mons", "fridays": "fris",
    "january": "jan", "february": "feb", "march": "mar", "april": "apr", "june": "jun", "july": "jul", "august": "aug",
    "september": "sep sept", "october": "oct", "november": "nov", "december": "dec",
    "tomorrow": "tmrw tmr tmrow tomrw tmmrw tomoro 2moro 2morrow tommorow tomorow tommorrow tomarrow tomorrows morrow",
    "wednesday ": "wensday wendsday wensdays wedensday wendesday wedsday", "thursday ": "thrsday thurday thirsday",
    "february ": "febuary feburary", "tuesday ": "tusday teusday", "saturday ": "saterday satuday", "today": "tdy todays 2day",
    "tonight": "tonite 2nite 2night", "morning": "morn mornin mrng am's", "afternoon": "aft arvo afternon aftn afternoonish",
    "evening": "eve evng", "week": "wk", "weeks": "wks", "weekend": "wkend wknd wkd", "weekends": "wkends wknds",
    "weekday": "wkday", "weekdays": "wkdays", "month": "mo mth", "minutes": "min mins", "hours": "hrs", "hour": "hr",
    "days": "dys", "appointment": "appt apt appointmnt", "please": "pls plz", "before": "b4 befor", "after": "aftr",
    "around": "arnd arround", "between": "btwn betwen beetween", "except": "exept excpt execpt", "until": "till til untill",
    "through": "thru", "because": "bc cuz", "available": "avail availble avaliable", "next": "nxt", "with": "w",
    "thanksgiving": "thxgiving tgiving", "christmas": "xmas x-mas", "oclock": "o'clock", "quarter": "qtr quater",
    "anytime": "any-time anythime", "asap": "a.s.a.p", "ok": "okay okey", "later": "latr", "you": "u", "are": "r",
    "noon": "midday noontime", "around noon": "noonish",
}  # fmt: skip
MEANT = {short: full.strip() for full, shorts in ABBREVIATED.items() for short in shorts.split()}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
OFTEN_MISSPELLED = (
    *(f"{day}{plural}" for day in WEEKDAYS for plural in ("", "s")),
    *(month for month in MONTHS if len(month) > 5),
    "tomorrow", "tonight", "morning", "mornings", "afternoon", "afternoons", "evening", "evenings", "weekend", "weekends",
    "weekday", "weekdays", "thanksgiving", "christmas", "lunchtime", "available", "earliest", "anytime",
)  # fmt: skip
REAL_WORDS = {"mourning", "sundae", "sundaes", "weakened", "weekender"}
SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
ORDINALS = (
    "zeroth first 2nd third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
BEFORE_SAT = ("i", "we", "he", "she", "they", "just")  # "I sat down"


def normal(text: str) -> str:
    """One spelling for all: what only looks like a time (phone numbers, prices, addresses) is gone."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[’‘ʼ`´]", "'", text).translate({ord(dash): "-" for dash in "–—−"})
    text = re.sub(r"\b(\d{1,2})[-.](\d{1,2})[-.](20\d\d)\b", r"\1/\2/\3", text)
    text = ISO_DATE.sub(lambda found: found.group().replace("-", "\x00"), text)
    text = TAKEN_OUT.sub(" ", text).replace("\x00", "-")
    text = re.sub(r"(\d)\s*([ap])(?:\.\s?m\b\.?|\s?m\b\.?)|(\d)([ap])\b", _with_half, text)
    text = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", text)
    text = re.sub(r"a\.s\.a\.p\.?|x-mas|o ?'clock|any-time", lambda found: MEANT[found.group().rstrip(".").replace("o '", "o'")], text)
    text = re.sub(r"(?<=\w)'(?=\w)|(?<=s)'", "", text)
    text = re.sub(r"(?<=\d)\.(?=[0-5]\d ?[ap]m\b)", ":", text)  # 2.30 pm
    text = re.sub(r"@", " at ", text).replace("&", " and ").replace("~", " around ")
    text = re.sub(r"\bw/ ?o\b", " without ", text)
    text = re.sub(r"(?<=[^\W\d_])-(?=[^\W\d_])", " - ", text)
    return _joined(_words(TOKEN.findall(text)))


def _with_half(found: re.Match[str]) -> str:
    hour, half = (found[1], found[2]) if found[1] else (found[3], found[4])
    return f"{hour} {half}m "


def _words(tokens: list[str]) -> list[str]:
    words: list[str] = []
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else ""
        after = tokens[index + 1] if index + 1 < len(tokens) else ""
        words.extend(_word(token, before, after).split())
    return words


def _word(token: str, before: str, after: str) -> str:
    is_other = (
        (token == "sat" and before in BEFORE_SAT)
        or (token == "sun" and before == "the")
        or (token in ("mar", "jan", "min", "mo", "eve", "w", "r") and not (before.isdigit() or after[:1].isdigit()))
    )
    if is_other:
        return token
    if token == "second":
        is_day = after in ("of", "half", "week", *WEEKDAYS) or MEANT.get(before, before) in MONTHS
        return "2nd" if is_day else token
    return MEANT.get(token) or _meant(token)


@cache
def _meant(word: str) -> str:
    """A word of time that is one slip of the finger away."""
    if len(word) < 6 or not word.isalpha() or word in OFTEN_MISSPELLED or word in REAL_WORDS:
        return word
    return next((meant for meant in OFTEN_MISSPELLED if _is_one_slip(word, meant)), word)


def _is_one_slip(typed: str, meant: str) -> bool:
    """One letter too many, too few, wrong, or two that changed places."""
    if abs(len(typed) - len(meant)) > 1 or typed[0] != meant[0]:
        return False
    same = next((i for i, (a, b) in enumerate(zip(typed, meant)) if a != b), min(len(typed), len(meant)))
    rest, other = typed[same:], meant[same:]
    return (
        rest[1:] == other or rest == other[1:] or rest[1:] == other[1:]
        or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    )  # fmt: skip


def _joined(words: list[str]) -> str:
    numbered: list[str] = []
    for word in words:
        small = _number(word)
        tens = numbered[-1] if numbered and numbered[-1] in TENS else None
        if tens and small and small.rstrip("stndrdth").isdigit() and len(small.rstrip("stndrdth")) == 1:
            numbered[-1] = small.replace(small[0], str(TENS[tens] // 10) + small[0], 1)
        else:
            numbered.append(small or word)
    return " ".join(str(TENS.get(word, word)) for word in numbered)


def _number(word: str) -> str | None:
    if word in SMALL:
        return str(SMALL.index(word))
    if word in ORDINALS:
        return ordinal(ORDINALS.index(word))
    return "30th" if word == "thirtieth" else None


def ordinal(number: int) -> str:
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
