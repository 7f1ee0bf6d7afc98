"""The part of a sentence that says when, in the visitor's own words."""

import re
from collections.abc import Iterable

TIME = re.compile(
    r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\b|\b(?:today|tonight|tomorrow|tmrw|tmr|morning|mornings|"
    r"noon|midday|lunch|lunchtime|afternoon|afternoons|evening|evenings|weekdays?|weekends?|next week|this week|next month|asap|"
    r"any ?time|whenever|soonest|earliest|january|february|march|april|june|july|august|september|october|november|december)\b|"
    r"\b\d{1,2}(?::\d{2})?\s?(?:am|pm|a\.m\.|p\.m\.|o'?clock)(?!\w)|\b(?:the )?\d{1,2}(?:st|nd|rd|th)\b|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b|"
    r"\b(?:after|before|around|at|from|until) \d{1,2}(?::\d{2})?\b|\bmay \d{1,2}\b|\bin (?:a|an|\d+|two|three|four|a couple(?: of)?|a few) (?:days?|weeks?|months?)\b",
    re.IGNORECASE,
)
BEFORE = re.compile(
    r"(?:\b(?:any|next|this|on|in(?= (?:the|an?|early|late|mid|about|\d+|two|three|four)\b)|the|early|late|not|before|after|around|about|best|most|end|of|week|first|thing|between|until|by|"
    r"except|every|all|but|no)\s+)+$",
    re.IGNORECASE,
)
AFTER = re.compile(
    r"(?:\s+(?:is|are|works?|would be|or later|or earlier|best|good|better|great|fine|please|only|onwards?|after|next|week))+",
    re.IGNORECASE,
)


CLAUSE = re.compile(r"[^.;:!?,\n]+(?:[.:](?=\w)[^.;:!?,\n]*)*")
NEW_CLAUSE = re.compile(
    r"\s*\b(?:but|and|so|because)\s+(?=(?:please|only|don|do not|never|just|you can|call|text|email|e-mail)\b)",
    re.IGNORECASE,
)


def clauses(text: str) -> list[str]:
    return [part.strip() for clause in CLAUSE.findall(text) for part in NEW_CLAUSE.split(clause) if part.strip()]


def wish(text: str, others: Iterable[str], longest: int) -> str | None:
    """Without the clauses that are about something else, as when to call."""
    for clause in others:
        text = text.replace(clause, " ")
    found = list(TIME.finditer(text))
    if not found:
        return None
    start, end = found[0].start(), found[-1].end()
    before, after = BEFORE.search(text[:start]), AFTER.match(text, end)
    return text[before.start() if before else start : after.end() if after else end].strip()[:longest]
