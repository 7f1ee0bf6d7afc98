"""A sentence as items: at each place the rule that fits the longest stretch."""

import re

from frontdesk.wishes import clock_words, date_words, day_words, period_words, small_words
from frontdesk.wishes.items import Item, Join, Number, Unread, Word
from frontdesk.wishes.rules import Seen

HOURS_QUESTION = re.compile(
    r"^(?:[,!.]|so|and|hi|hello|hey|also|ok| )*(?:(?:when|what time|what times|what hours|how late|how early|until when|which days|what days|what|what are)\b.*)?"
    r"\b(?:are|is|do|does|r|your)\b (?:you|u|yall|guys|the|clinic|office|place|they|your|all|even| )*"
    r"(?:open|opened|closed?|closing|opening hours|hours|work|operate|operating hours|office hours|business hours)\b(?!.*\b(?:have|with me|for me|see me|to see)\b)"
)
STOPS = re.compile(r"(?<=[.!?]) ")
COUNTED = re.compile(
    r"\S+ (?:choice|option|pick|time|visit|session|appointment|consultation|consult|infusion|treatment|one|question|opinion|dose|week|thing|m[gl]|mcg|kg)"
)
NUMBER = re.compile(r"\d+(?![^\W_])")


def items(text: str, seen: Seen) -> list[Item]:
    """Everything in a normally spelled text. A question about opening hours is no wish."""
    for sentence in STOPS.split(text):
        if not HOURS_QUESTION.search(sentence):
            _read(sentence, seen)
        seen.items.append(Join.STOP)
    return seen.items


def _read(text: str, seen: Seen) -> None:
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        if holiday := date_words.holiday(text, at, seen):
            found, at = holiday
            seen.items += found
        else:
            at = _read_one(text, at, seen)


def _read_one(text: str, at: int, seen: Seen) -> int:
    rules = (*date_words.RULES, *day_words.RULES, *period_words.RULES, *clock_words.RULES, *small_words.rules())
    fitting = [(found, rule) for rule in rules if (found := rule.pattern.match(text, at)) and found.end() > at]
    for found, rule in sorted(fitting, key=lambda pair: -pair[0].end()):
        read = rule.build(found, seen)
        if read is not None:
            seen.items += read
            return found.end()
    if number := NUMBER.match(text, at):
        seen.items.append(Number(int(number.group()[:9])))
        return number.end()
    word = text[at:].split(" ", 1)[0]
    is_time = any(map(str.isdigit, word)) and not COUNTED.match(text, at)
    seen.items.append(Unread(word) if is_time else Word(word))
    return at + len(word)
