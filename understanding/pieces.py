"""The parts of a message that are read on their own."""

import re
import textwrap

WINDOW = 480  # characters that the encoder can hold
MOST_SENTENCES = 8
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
LETTER = re.compile(r"[^\W\d_]")


def sentences(text: str) -> list[str]:
    """None when there is only one."""
    found = [part for part in SENTENCE_END.split(text.strip()) if LETTER.search(part)]
    return found[:MOST_SENTENCES] if len(found) > 1 else []


def windows(text: str) -> list[str]:
    """The text in pieces of the encoder's size, cut between words."""
    return textwrap.wrap(text, WINDOW) if len(text) > WINDOW else [text]
