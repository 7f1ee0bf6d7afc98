"""By which way somebody wants to be reached: phone, e-mail or text."""

import re
from collections.abc import Sequence

from frontdesk.details.patterns import any_of

ADDRESS = "\N{BLACK SQUARE}"  # stands for an address or a number
WAYS = {
    "email": r"(?:e-?mail(?:s|ing|ed)?)",
    "text": r"(?:text(?:s|ing|ed| messages?)?|sms)",
    "phone": r"(?:(?:phone )?calls?|calling|called|phone|telephone|ring)",
}
ANY_WAY = rf"(?:{'|'.join(WAYS.values())})"
BEST = r"(?:better|best|preferred|preferable|fine|easier|easiest|good|great|safer|safest|ok|okay|only|works)"


def _wanted(way: str) -> re.Pattern[str]:
    return any_of(
        rf"\b(?:prefer|preferably|rather (?:get|have|be)?|only|just|by|via|through|want|like) (?:to be |to |an? |get |you |me |my )*{way}\b(?! me [A-Z])",
        rf"\b{way} (?:me )?(?:is|are|works?|would be|will be) (?:the |a )?(?:much |so |way )?{BEST}\b",
        rf"\b{way} (?:works|only|instead|please|preferred|best)\b",
        rf"(?:^|\b(?:please|can you|could you|then|you can|to|so|but|and) ){way}(?: (?:only|instead|please|after|before|between)\b|$)",
        rf"\b(?:best|easiest|safest|preferred|better) (?:way|method|one|thing)?\b[^.;,]{{0,30}}\b(?:is|by|via) (?:an? |by |to |my )*{way}\b",
    )


def _asked_for(way: str) -> re.Pattern[str]:
    """`text me`, but not `call me Ann`."""
    return re.compile(
        rf"(?:^|\b(?i:please|just|only|can you|could you|then|you can|to|so|but|and) )(?i:{way} (?:me|us)(?: back)?)\b(?! [A-Z])"
    )


def _refused(way: str) -> re.Pattern[str]:
    return any_of(
        rf"\b(?:no|not|don't|do not|never|rather than|instead of|than|without|stop|avoid|hate|can't talk) "
        rf"(?:to |on |the |an? |any |get |me |you |by |want |like |do |answer |be |take |good with )*{way}\b"
    )


WANTED = {way: (_wanted(words), _asked_for(words)) for way, words in WAYS.items()}
REFUSED = {way: _refused(words) for way, words in WAYS.items()}
NAMED = {way: re.compile(rf"\b{words}\b", re.IGNORECASE) for way, words in WAYS.items()}
SAID_OTHERWISE = any_of(
    r"\b(?:i|we|you|they|he|she) (?:called|emailed|e-mailed|texted|never got|got)\b",
    rf"\b(?:can|may|could|should|do) i {ANY_WAY}",
    rf"\b(?:what|which|where)\b[^.;,]*\b{ANY_WAY}",
    r"\b(?:my|your|the|an?) (?:e-?mail|phone|number|cell)(?: address| number)?(?:'s\b| is\b|:)",
    r"\bcalled [A-Z]",
)


def read(clauses: Sequence[str]) -> str | None:
    """None as well when more than one way is wanted."""
    refused = {way for way, pattern in REFUSED.items() if any(map(pattern.search, clauses))}
    told = [clause for clause in clauses if not SAID_OTHERWISE.search(clause)]
    wanted = {way for way, patterns in WANTED.items() if any(p.search(clause) for p in patterns for clause in told)}
    wanted -= refused
    if not wanted and refused:  # "no calls, here is my email"
        wanted = {way for way, pattern in NAMED.items() if any(map(pattern.search, clauses))} - refused
    return wanted.pop() if len(wanted) == 1 else None
