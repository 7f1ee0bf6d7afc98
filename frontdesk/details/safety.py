"""When and how it is safe to reach somebody, in their own words."""

from collections.abc import Sequence

from frontdesk.details.patterns import any_of
from frontdesk.details.ways import ADDRESS, ANY_WAY, SAID_OTHERWISE

CONTACT = any_of(rf"\b(?:{ANY_WAY}|contact|reach|leave|answer|pick up)\b")
WHEN = any_of(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:days?)?s?\b",
    r"\b(?:mornings?|afternoons?|evenings?|nights?|noon|lunch\w*|weekdays?|weekends?|daytime|work hours|hours|o'clock)\b",
    r"\b\d{1,2}(?::\d\d)? ?(?:am|pm|a\.m|p\.m)\b",
    r"\b(?:after|before|until|till|between|from|around|at|by) (?:about )?\d{1,2}\b",
    r"\b(?:when|while|unless|if|at work|at home|after work|before work)\b",
)
NOT_ME = any_of(r"\b(?:don't|do not|never) (?:ever )?(?:call|ring|phone|text|contact|e-?mail)\b(?! (?:it|that))")
LEADING = any_of(r"^(?:(?:but|and|so|yes|sure|ok|okay) )+")
OTHERS = r"\b(?:my|our|his|her|he|she|they|nobody|no one|noone|anyone|anybody|people|family|parents|boss|work)\b"
HIDDEN = any_of(
    rf"{OTHERS}[^.;,]{{0,30}}\b(?:must not|mustn't|can't|cannot|may not|shouldn't|should not|doesn't|does not|don't|may|can|should|to)\b"
    r"[^.;,]{0,20}\b(?:know|find out|hear about|learn|see (?:it|this|that|my))\b",
    r"\bdiscree?t(?:ly|ion)?\b|\bdon't (?:say (?:who|why|what)|mention)\b",
    r"\b(?:phone|line|e-?mail|inbox) is shared\b|\bshared? (?:a |my |our |the )?(?:phone|e-?mail|line|inbox)\b",
    r"\b(?:reads?|checks?|answers?|looks? at) (?:my|our|the) (?:e-?mails?|phone|texts?|messages)\b",
)


def read(clauses: Sequence[str], *, is_asked: bool) -> tuple[str, ...]:
    """The clauses about it. `is_asked`: it was just asked, so that "only after 5" alone says when."""
    found = tuple(clause for clause in clauses if _is_about_it(clause))
    return found or tuple(clause for clause in clauses if is_asked and WHEN.search(clause))


def words(clauses: Sequence[str]) -> str | None:
    said = (LEADING.sub("", " ".join(clause.replace(ADDRESS, " ").split())) for clause in clauses)
    return "; ".join(said) or None


def _is_about_it(clause: str) -> bool:
    if HIDDEN.search(clause):
        return not clause.lower().startswith(("do you", "can you", "let me"))
    is_contact = CONTACT.search(clause) and not SAID_OTHERWISE.search(clause)
    return bool(is_contact and (WHEN.search(clause) or NOT_ME.search(clause)))
