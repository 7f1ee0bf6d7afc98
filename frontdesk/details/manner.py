"""How somebody may be reached safely: by which way, with voicemail or without, when, and what nobody else may know."""

import re
from dataclasses import dataclass

LONGEST_TEXT = 1000
ADDRESS = " \N{BLACK SQUARE} "  # stands for an address or a number
CLAUSE = re.compile(r"[^.;:!?,\n]+(?:\.(?=\w)[^.;:!?,\n]*)*")
BUT = re.compile(
    r"\s*\b(?:but|and|so|because)\s+(?=(?:please|only|don|do not|never|just|you can|call|text|email|e-mail)\b)",
    re.IGNORECASE,
)

MAIL_BOX = r"(?:voice ?-?mails?|vms?|answering machine|machine)"
MESSAGE = rf"(?:{MAIL_BOX}|messages?|msgs?)"
NO_VOICEMAIL = re.compile(
    rf"\b(?:do ?n[o'’]?t|don['’]?t|never|do not|cannot|can['’]?t|didn['’]?t|rather not|avoid|without|stop)\b[^.;,]{{0,25}}\b(?:leav\w*|send\w*|record)\b[^.;,]{{0,25}}\b{MESSAGE}\b|"
    rf"\b(?:no|not|without|avoid|never) (?:any |a )?(?:{MAIL_BOX}|messages on)\b|"
    rf"\b{MAIL_BOX}\b[^.;,]{{0,20}}(?:\bnot\b|n['’]?t\b|\bno\b|\bunsafe\b|\bbad\b)|"
    rf"\b(?:checks|listens|hears|has access|reads)\b[^.;,]{{0,15}}\b(?:my|our|the) {MAIL_BOX}\b|\bshared? {MAIL_BOX}\b",
    re.IGNORECASE,
)
VOICEMAIL = re.compile(
    rf"(?<!\bi )(?<!\bto )(?<!\bcan i )\b(?:leave|leaving|left) (?:me |us )?(?:a |any )?{MESSAGE}\b|\b(?:ok|okay|fine|free|safe|welcome|allowed) to leave (?:me )?(?:a |any )?{MESSAGE}\b|"
    rf"\b{MAIL_BOX}\b[^.;,]{{0,15}}\b(?:fine|ok|okay|good|safe|works|great|all right|alright)\b",
    re.IGNORECASE,
)
VISITORS_OWN = re.compile(
    rf"\b(?:i|we)(?:['’]?d like to| want to| would like to| left| just left| already left| can)?\s+(?:leave|left)\b|\b(?:can|could|may|should) (?:i|we) leave\b|\bto leave a {MESSAGE} for\b",
    re.IGNORECASE,
)
SHORT_NO = re.compile(
    r"^\W*(?:(?:no|nope|nah)\b(?! (?:problem|worries))|please (?:don|do not)|rather not|i['’]?d rather not|not really|better not|don['’]?t|do not|never)",
    re.IGNORECASE,
)
SHORT_YES = re.compile(
    r"^\W*(?:yes|yeah|yep|sure|ok|okay|fine|that['’]?s (?:fine|ok|okay|all right|good)|you (?:can|may)|no problem|of course|go ahead|absolutely)\b",
    re.IGNORECASE,
)

WAYS = {
    "email": r"e-?mail(?:s|ing|ed)?", "text": r"text(?:s|ing| messages?)?|sms", "phone": r"(?:phone )?calls?|calling|phone|telephone|ring",
}  # fmt: skip
ANY_WAY = rf"(?:{'|'.join(WAYS.values())})"
WANTED = (
    r"\b(?:prefer|preferably|rather (?:get|have|be)?|only|just|by|via|through|want|like)\s+(?:to be |to |an? |get |you |me |my )*{way}\b",
    r"\b{way}\s+(?:me )?(?:is|are|works?|would be|will be)\s+(?:the |a )?(?:much |so |way )?(?:better|best|preferred|preferable|fine|easier|easiest|good|great|safer|safest|ok|okay|only|works)\b",
    r"\b{way}\s+(?:works|only|instead|please|preferred|best|is better)\b",
    r"(?:^|\b(?:please|just|only|can you|could you|then|you can|to|so|but|and|,)\s+){way}(?:\s+(?:me|us|back)\b(?!\s+[A-Z])|\s+(?:only|instead|please|after|before|between)\b|$)",
    r"\b(?:best|easiest|safest|preferred|better) (?:way|method|one|thing)?\b[^.;,]{{0,30}}\b(?:is|by|via|=|:)\s+(?:an? |by |to |my )*{way}\b",
)  # fmt: skip
REFUSED = r"\b(?:no|not|don['’]?t|do not|never|rather than|instead of|than|without|stop|avoid|hate)\s+(?:to |an? |any |get |me |you |by |want |like |do |answer |be |take |good with )*{way}\b"
NOT_WISHED = re.compile(
    rf"\b(?:i|we|you|they|he|she)\s+(?:called|emailed|e-mailed|texted|never got|got)\b|\b(?:can|may|could|should|do) i (?:{ANY_WAY})|"
    rf"\b(?:what|which|where)\b[^.;,]*\b{ANY_WAY}|\b(?:my|your|the|an?) (?:e-?mail|phone|number|cell)(?: address| number)?(?:['’]s| is|:)",
    re.IGNORECASE,
)
CONTACT = re.compile(rf"\b(?:{ANY_WAY}|contact|reach|leave|answer|pick up)\b", re.IGNORECASE)
WHEN = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:days?)?s?\b|\b(?:mornings?|afternoons?|evenings?|nights?|noon|lunch\w*|weekdays?|weekends?|"
    r"daytime|work hours|hours|o'?clock)\b|\b\d{1,2}(?::\d\d)? ?(?:am|pm|a\.m|p\.m)\b|\b(?:after|before|until|till|between|from|around|at|by) (?:about )?\d{1,2}\b|"
    r"\b(?:when|while|unless|if|at (?:work|home|night)|only)\b",
    re.IGNORECASE,
)
HIDDEN = re.compile(
    r"\b(?:must ?n[o'’]?t|must not|can['’]?t|cannot|may not|shouldn['’]?t|should not|doesn['’]?t|does not|don['’]?t want|not allowed to|(?:nobody|no one|noone)\b.{0,30}\b(?:may|can|should|must|to))\b"
    r"[^.;,]{0,30}\b(?:know|find out|see|hear|learn)\b",
    re.IGNORECASE,
)
NOT_ME = re.compile(
    r"\bdo(?:n['’]?t| not)\s+(?:ever )?(?:call|ring|phone|text|contact|e-?mail)\b(?: me)?(?!\s+(?:it|that))",
    re.IGNORECASE,
)
SAFE = re.compile(r"\b(?:safe|unsafe)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Manner:
    voicemail: bool | None = None
    preferred: str | None = None
    safe_hours: str | None = None
    clauses: tuple[str, ...] = ()  # the words about it: a time in them is no wish


def read(text: str, *, is_asked: bool) -> Manner:
    """`is_asked`: whether a voicemail may be left was just asked, so that "only after 5" alone says when."""
    clauses = [clause.strip() for part in CLAUSE.findall(text) for clause in BUT.split(part) if clause.strip()]
    kept = [clause for clause in clauses if _is_about_safety(clause)]
    if is_asked and not kept:
        kept = [clause for clause in clauses if WHEN.search(clause)]
    safe_hours = (
        "; ".join(" ".join(clause.replace(ADDRESS.strip(), " ").split()) for clause in kept)[:LONGEST_TEXT] or None
    )
    return Manner(_voicemail(text, is_asked), _preferred(clauses), safe_hours, tuple(kept))


def _is_about_safety(clause: str) -> bool:
    if HIDDEN.search(clause):
        return True
    says_how = CONTACT.search(clause) and not NOT_WISHED.search(clause)
    if not says_how:
        return False
    return bool(WHEN.search(clause) or NOT_ME.search(clause)) and not re.fullmatch(
        r"(?:only|just) \S+(?: me)?|\S+ only", clause, re.IGNORECASE
    )


def _voicemail(text: str, is_asked: bool) -> bool | None:
    if NO_VOICEMAIL.search(text):
        return False
    if VOICEMAIL.search(text) and not VISITORS_OWN.search(text):
        return True
    if is_asked and (SHORT_NO.search(text) or SHORT_YES.search(text)):
        return bool(SHORT_YES.search(text))
    return None


def _preferred(clauses: list[str]) -> str | None:
    wanted: set[str] = set()
    refused: set[str] = set()
    for clause in clauses:
        for way, words in WAYS.items():
            if re.search(REFUSED.format(way=f"(?:{words})"), clause, re.IGNORECASE):
                refused.add(way)
            elif not NOT_WISHED.search(clause) and _is_wanted(words, clause):
                wanted.add(way)
    wanted -= refused
    return wanted.pop() if len(wanted) == 1 else None


def _is_wanted(words: str, clause: str) -> bool:
    return any(re.search(pattern.format(way=f"(?:{words})"), clause) for pattern in WANTED) or any(
        re.search(pattern.format(way=f"(?:{words})"), clause.lower()) for pattern in WANTED[:3]
    )
