"""Whether a voicemail may be left."""

from frontdesk.details.patterns import any_of

BOX = r"(?:voice ?-?mails?|vms?|answering machine|machine)"
MESSAGE = rf"(?:{BOX}|messages?|msgs?)"
NOT = r"(?:don't|do not|never|cannot|can't|didn't|rather not|avoid|without|stop)"
NEAR = r"[^.;,]{0,25}"

REFUSED = any_of(
    rf"\b{NOT}\b{NEAR}\b(?:leav\w*|send\w*|record)\b{NEAR}\b{MESSAGE}\b",
    rf"\b(?:no|not|without|avoid|never) (?:any |a )?(?:{BOX}|messages on)\b",
    rf"\b{BOX}\b{NEAR}(?:\bnot\b|\bisn't\b|\baren't\b|\bwon't\b|\bno\b|\bunsafe\b|\bbad\b)",
    rf"\b(?:checks|listens|hears|has access|reads)\b{NEAR}\b(?:my|our|the) {BOX}\b",
    rf"\bshared? (?:my |a |our |the )?{BOX}\b",
)
ALLOWED = any_of(
    rf"(?<!\bi )(?<!\bto )\b(?:leave|leaving) (?:me |us )?(?:a |any )?{MESSAGE}\b(?! (?:with|for)\b)",
    rf"\b(?:ok|okay|fine|free|safe|welcome|allowed) to leave (?:me )?(?:a |any )?{MESSAGE}\b",
    rf"\b{BOX}\b{NEAR}\b(?:fine|ok|okay|good|safe|works|great|all right|alright)\b",
)
VISITORS_OWN = any_of(
    r"\b(?:i|we)(?:'d like to| want to| would like to| just| already| can)? (?:leave|left)\b",
    r"\b(?:can|could|may|should) (?:i|we) leave\b",
)
SHORT_NO = any_of(
    r"^\W*(?:no|nope|nah)\b(?! (?:problem|worries))",
    r"^\W*(?:please |i'd )?(?:don't|do not|rather not|not really|better not|never)\b",
)
SHORT_YES = any_of(
    r"^\W*(?:yes|yeah|yep|sure|ok|okay|fine|no problem|of course|go ahead|absolutely|you can|you may)\b",
    r"^\W*that's (?:fine|ok|okay|all right|good)\b",
)


def read(text: str, *, is_asked: bool) -> bool | None:
    """`is_asked`: it was just asked, so that "please don't" alone says it."""
    if REFUSED.search(text):
        return False
    if ALLOWED.search(text) and not VISITORS_OWN.search(text):
        return True
    if is_asked and SHORT_NO.search(text):
        return False
    return True if is_asked and SHORT_YES.search(text) else None
