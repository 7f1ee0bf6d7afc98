"""The parts of a message that are read on their own."""

import re
import textwrap

WINDOW = 480  # characters that the encoder can hold
MOST_SENTENCES = 8
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
NEXT_QUESTION = re.compile(  # "when are you open and how long is one session"
    r",?\s+(?:and also|and|also|plus)\s+(?=(?:how|what|whats|when|where|who|which|do|does|is|are|can|will)\s+\w)",
    re.IGNORECASE,
)
EDITS_NOTE = re.compile(
    r"^\W*(?:please\s+)?(?:(?:change|make)\s+)?(?:the|my)\s+note\s+(?:should\s+(?:be|say|read)|to(?:\s+say)?)\W+",
    re.IGNORECASE,
)
LETTER = re.compile(r"[^\W\d_]")


def sentences(text: str) -> list[str]:
    """Also the questions that one sentence joins. None when there is only one."""
    found = [
        part
        for sentence in SENTENCE_END.split(text.strip())
        for part in NEXT_QUESTION.split(sentence)
        if LETTER.search(part)
    ]
    return found[:MOST_SENTENCES] if len(found) > 1 else []


def windows(text: str) -> list[str]:
    """The text in pieces of the encoder's size, cut between words."""
    return textwrap.wrap(text, WINDOW) if len(text) > WINDOW else [text]


def without_edit(text: str) -> str:
    """What a note is to be, without "the note should be": those words speak of a booking's note, not of a farewell."""
    return EDITS_NOTE.sub("", text) or text
