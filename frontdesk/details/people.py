"""For whom a consultation is booked, when it is for somebody else."""

import re
from dataclasses import dataclass

from frontdesk.details import words
from frontdesk.details.names import tidy, until_end

CALLED = words.relatives()
RELATIVE = rf"(?P<step>step[- ]?)?(?P<rel>{'|'.join(sorted(map(re.escape, CALLED), key=len, reverse=True))})(?P<law>[- ]in[- ]law)?(?![\w-]|['’]s\b(?! name))"
# Who says "I'm her husband" books for his wife.
SEEN_FROM_THERE = {
    "husband": "wife", "wife": "husband", "partner": "partner", "boyfriend": "girlfriend", "girlfriend": "boyfriend", "friend": "friend",
    "mother": "son", "father": "son", "son": "father", "daughter": "father", "brother": "brother", "sister": "brother",
}  # fmt: skip
OF_HER = {"son": "daughter", "father": "mother", "brother": "sister", "husband": "wife"}
OTHER_ERRANDS = re.compile(
    r"\b(?:not|wait|waiting|ask|asking to|look|looking|care|caring|pay|paying|thank|thanks|work|working|pick up|shop|cook|live|speak|ok|okay|"
    r"safe|me and|referred by|medicine|driver|ride)\s+$",
    re.IGNORECASE,
)
WHOSE = r"(?:my|our|a|the|his|her|an)"
KIND = r"(?:(?:older|younger|little|big|elderly|dear|close|best|good|sick|poor|teenage|adult|late|own|\d+[- ]year[- ]old) )*"
FRAMES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:for|on behalf of|in behalf of|regarding) {WHOSE} {KIND}{RELATIVE}",
        rf"\b(?:book|schedule|bring|bringing|get|sign up|register|enroll|booking|scheduling)(?: in)? {WHOSE} {KIND}{RELATIVE}\b",
        rf"\b(?:patient|person|one who needs it) (?:is|will be|would be) {WHOSE} {KIND}{RELATIVE}",
        rf"\bnot (?:for )?me\b\W+(?:but |it['’]?s )?(?:for )?{WHOSE} {KIND}{RELATIVE}",
        rf"\bit(?:['’]?s| is) {WHOSE} {KIND}{RELATIVE} (?:who|that)\b",
        rf"\b(?:can|could|may|would) (?:my|our) {KIND}{RELATIVE} (?:come|get|have|book|be seen|see (?:you|someone|a doctor)|start|try|do)\b(?! with)",
    )
]
ACTS = re.compile(
    rf"(?i:\b(?:my|our) {KIND}{RELATIVE})(?:\s+[^\W\d_a-z][\w'’.-]*)* "
    r"(?i:needs?|wants?|would (?:like|love)|['’]d like|is (?:the (?:one|patient)|looking|interested|hoping|wanting|considering|thinking)|"
    r"could use|should (?:come|see|get))\b",
)
FROM_THERE = re.compile(rf"\bi(?:['’]?m| am) (?P<whose>his|her|their) {RELATIVE}", re.IGNORECASE)
ALONE = re.compile(rf"^\W*(?:(?:it['’]?s|yes|no|for|someone else)\W+)*(?:{WHOSE} )?{KIND}{RELATIVE}", re.IGNORECASE)
NAME_BEHIND = re.compile(
    r"(?:\s+of mine)?(?:,?\s+(?:(?i:named|called|whose name is|by the name of))\s+(?P<any>[^,;.()]+)|['’]s\s+(?i:name(?: is|:)?)\s+(?P<said>.+)"
    r"|\s*[,:(]?\s*(?P<capital>(?:[^\W\d_a-z][\w'’.-]*(?:\s+|$|(?=[,;.)]))|(?:de|la|del|van|von|der|al|bin)\s+)+))"
)
NAMED = [
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"(?i:\b(?:his|her|their|(?:the )?patient(?:['’]s)?)\s+(?:full |first |last )?name(?:['’]s| is|:)?\s+)(?P<name>.+)",
        r"(?i:\b(?:he|she|they)(?:['’]s| is| are) (?:called|named)\s+)(?P<name>.+)",
        r"(?i:\bpatient(?: name)?(?:\s*:| is| will be)\s+)(?P<name>(?!my\b|a\b|the\b).+)",
        r"(?i:(?:^|\b(?:booking|book|appointment|consultation|this is|it is|it['’]?s|request|visit|on behalf|calling|asking|writing|inquiring)\s+)(?:for|of)\s+)"
        r"(?P<name>[^\W\d_a-z].+)",
    )
]
NO_PERSON = re.compile(
    r"(?i)\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b(?= \d|$)|"
    r"\b(?:my|this|that|a|the|ketamine|spravato|depression|anxiety|ptsd|ocd|pain|everyone|now|you)\b"
)


@dataclass(frozen=True)
class Patient:
    relation: str | None = None
    name: str | None = None
    said: str = ""  # the words that named the patient: no name of the visitor's is in them


def read(text: str, *, is_asked: bool) -> Patient:
    """`is_asked`: whom it is for was just asked, so that "my mom" alone says it."""
    found = _relative(text, is_asked)
    relation = _relation(found) if found else None
    name, said = _name(text, found)
    return Patient(relation, name, said)


def _relative(text: str, is_asked: bool) -> re.Match[str] | None:
    for frame in FRAMES:
        for found in frame.finditer(text):
            both = re.match(r" and (?:me|i|myself)\b", text[found.end() :], re.IGNORECASE)
            if not both and not OTHER_ERRANDS.search(text[: found.start()]):
                return found
    return ACTS.search(text) or FROM_THERE.search(text) or (ALONE.search(text) if is_asked else None)


def _relation(found: re.Match[str]) -> str:
    relation = CALLED[found["rel"].lower()]
    if found.re is FROM_THERE:
        there = SEEN_FROM_THERE.get(relation, relation)
        return OF_HER.get(there, there) if found["whose"].lower() == "her" else there
    return f"{'step' if found['step'] else ''}{relation}{'-in-law' if found['law'] else ''}"


def _name(text: str, relative: re.Match[str] | None) -> tuple[str | None, str]:
    if relative and relative.re is not FROM_THERE:
        end = relative.end("law") if relative["law"] else relative.end("rel")
        behind = NAME_BEHIND.match(text, end)
        typed = next(filter(None, (behind["any"], behind["said"], behind["capital"])), "") if behind else ""
        name = _person(typed)
        if behind and name:
            return name, text[relative.start() : behind.end()]
    for pattern in NAMED:
        for found in pattern.finditer(text):
            if name := _person(found["name"]):
                return name, text[found.start() :]
    return None, relative.group() if relative else ""


def _person(typed: str) -> str | None:
    name = tidy(until_end(typed))
    return name if name and not NO_PERSON.search(name) else None
