"""What people type, spelled one way: small letters, one space between tokens, numbers as digits."""

import re
import unicodedata

# Numbers of these kinds are no times.
TAKEN_OUT = re.compile(
    r"[^\s,;:<>()]+@[^\s,;<>()]+|\bhttps?://\S+|\bwww\.\S+"  # e-mail and web addresses
    r"|(?<![\d/:-])\+?\(?\d(?:[ ().-]{0,3}\d){6,}(?![\d/:])"  # phone numbers
    r"|[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:%|percent\b|dollars\b|bucks\b)|\b\d+'\s?\d+\"?|\b24/7\b|\b\d+/10\b(?=\s*(?:pain|bad))"
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
    "tomorrow": "tmrw tmr tmrow tomrw tmmrw tomoro tommorow tomorow tommorrow tomarrow tomorrows morrow",
    "wednesday ": "wensday wendsday wensdays wedensday wendesday wedsday", "thursday ": "thrsday thurday thirsday",
    "february ": "febuary feburary", "tuesday ": "tusday teusday", "saturday ": "saterday satuday", "today": "tdy todays",
    "tonight": "tonite", "morning": "morn mornin mrng", "afternoon": "aft arvo afternon aftn afternoonish",
    "evening": "eve evng", "week": "wk", "weeks": "wks", "weekend": "wkend wknd wkd", "weekends": "wkends wknds",
    "weekday": "wkday", "weekdays": "wkdays", "month": "mo mth", "minutes": "min mins", "hours": "hrs", "hour": "hr",
    "days": "dys", "appointment": "appt apt appointmnt", "please": "pls plz", "before": "b4 befor", "after": "aftr",
    "around": "arnd arround", "between": "btwn betwen beetween", "except": "exept excpt execpt", "until": "till til untill",
    "through": "thru", "because": "bc cuz", "available": "avail availble avaliable", "next": "nxt", "with": "w",
    "thanksgiving": "thxgiving tgiving", "christmas": "xmas", "quarter": "qtr quater",
    "anytime": "anythime", "ok": "okay okey", "later": "latr", "you": "u", "are": "r",
    "noon": "midday noontime", "around noon": "noonish",
}  # fmt: skip
MEANT = {short: full.strip() for full, shorts in ABBREVIATED.items() for short in shorts.split()}
SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
RUN_TOGETHER = [
    (re.compile(pattern), meant)
    for pattern, meant in (
        (r"\b([ap])\.\s?m\b\.?", r"\1m"),
        (r"\ba\.s\.a\.p\b\.?", "asap"),
        (r"\b([01]?\d|2[0-3])h([0-5]\d)\b", r"\1:\2"),
        (r"\b([01]?\d|2[0-3])h\b", r"\1:00"),
        (r"\b([01]?\d|2[0-3])\.([0-5][05])\b(?! ?(?:m[gl]|mcg|g|kg|hours?)\b)", r"\1:\2"),
        (r"\b((?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]* \d{1,2})/(\d{1,2})\b", r"\1 or \2"),
        (r"\bx-mas\b", "christmas"),
        (r"\bo ?'? ?clock\b", "oclock"),
        (r"\b2m(?:oro|orrow|rw|rrw)\b", "tomorrow"),
        (r"\b2(?:day)\b", "today"),
        (r"\b2n(?:ite|ight)\b", "tonight"),
        (
            r"\b(jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun|appt|dr|mrs?|ms|approx)\.",
            r"\1 ",
        ),
        (r"\bm[ /,&-]*w[ /,&-]*f\b", "mondays wednesdays fridays"),
        (r"\bt(?:u|ue)?[ /,&-]*(?:th|r)\b", "tuesdays thursdays"),
        (r"\bm ?[/&] ?w\b", "mondays wednesdays"),
        (r"\bm ?- ?f\b", "monday - friday"),
        (r"\bm ?- ?th\b", "monday - thursday"),
        (r"\b(4) (?=(?:me|us|you|u)\b)", "for "),
        (rf"\b({'|'.join((*SMALL[1:13], *TENS))})-(?=[a-z])", r"\1 "),
        (r"\b(\w+ty) ?-?ish\b", r"\1 ish"),
    )
]
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
ORDINALS = (
    "zeroth", "first", "2nd", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
)  # fmt: skip
BEFORE_ONE = ("this", "that", "the", "next", "earliest", "1st", "last", "each", "any", "every", "which", "no", "either")
BEFORE_SAT = ("i", "we", "he", "she", "they", "just")  # "I sat down"


def normal(text: str) -> str:
    """One spelling for all: what only looks like a time (phone numbers, prices, addresses) is gone."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[’‘ʼ`´]", "'", text).translate({ord(dash): "-" for dash in "–—−"})
    text = re.sub(r"\b(\d{1,2})[-.](\d{1,2})[-.](20\d\d)\b", r"\1/\2/\3", text)
    text = ISO_DATE.sub(lambda found: found.group().replace("-", "\x00"), text)
    text = TAKEN_OUT.sub(" ", text).replace("\x00", "-")
    text = re.sub(r"(\d)\s*([ap])(?:\.\s?m\b\.?|\s?m\b\.?)|(\d)([ap])\b", _with_half, text)
    for pattern, meant in RUN_TOGETHER:
        text = pattern.sub(meant, text)
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
    for index, typed in enumerate(tokens):
        before = tokens[index - 1] if index else ""
        after = tokens[index + 1] if index + 1 < len(tokens) else ""
        words.extend(_word(typed, before, after).split())
    return words


def _word(typed: str, before: str, after: str) -> str:
    is_other = (
        (typed == "sat" and before in BEFORE_SAT)
        or (typed == "sun" and before == "the")
        or (typed in ("mar", "jan", "min", "mo", "eve", "w", "r") and not (before.isdigit() or after[:1].isdigit()))
    )
    if is_other:
        return typed
    if typed == "second":
        is_day = after in ("of", "half", "week", *WEEKDAYS) or MEANT.get(before, before) in MONTHS
        return "2nd" if is_day else typed
    return MEANT.get(typed) or _meant(typed)


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
        is_pronoun = word == "one" and numbered and (numbered[-1] in BEFORE_ONE or numbered[-1].rstrip("s") in WEEKDAYS)
        small = None if is_pronoun else _number(word)
        tens = numbered[-1] if numbered and numbered[-1] in TENS else None
        if tens and small and re.fullmatch(r"[1-9]\D*", small):
            numbered[-1] = f"{TENS[tens] // 10}{small}"
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
