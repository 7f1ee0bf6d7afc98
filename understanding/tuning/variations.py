"""The same message as others would send it: with slips, in other case, amid chatter, beside another message."""

import random
from collections.abc import Sequence

from understanding.dataset import Example
from understanding.speller import Speller
from understanding.tuning.surroundings import Surroundings
from understanding.tuning.typos import slip

ORDER = (  # PRODUCT's: which of two requests in one message counts
    ("emergency",),
    ("crisis",),
    ("eligibility", "medical_advice"),
    ("privacy",),
    ("cancel_booking", "reschedule"),
    ("book",),
    ("human",),
)
PLACES = {route: place for place, routes in enumerate(ORDER) for route in routes}
PLAIN, SMALL = len(ORDER), len(ORDER) + 1
UNDECIDED = ("distress", "out_of_scope", "clarify")  # beside a plain question neither of the two wins
BETWEEN = (". ", ". ", " ", ", ", "? ", " and ", ". also ", ". and ", " but ", " - ", "! ", "\n")
LONGEST = 420  # characters of two messages together
GREETING_WORDS = 5
SLIPS, GREETED, JOINED, STYLED = 0.35, 0.05, 0.12, 0.3  # shares of the texts
SURROUNDED = {True: 0.2, False: 0.08}  # by whether they are joined with others
MENDED = 0.6  # of all: the others are read as they are typed, for what the speller cannot mend
NEVER_SURROUNDED = ("smalltalk", "out_of_scope", "clarify")


class Variations:
    def __init__(self, examples: Sequence[Example], speller: Speller, chance: random.Random, joins: bool) -> None:
        self._examples, self._speller, self._chance, self._joins = examples, speller, chance, joins
        self._surroundings = Surroundings(chance)
        self._small = [e for e in examples if e.label == "smalltalk" and len(e.text.split()) <= GREETING_WORDS]

    def of(self, example: Example) -> Example:
        """Each time another."""
        if self._chance.random() < SURROUNDED[self._joins] and example.label not in NEVER_SURROUNDED:
            example = _with(example, self._surroundings.around(example.text))
        elif self._joins:
            example = self._beside_another(example)
        if self._joins and self._chance.random() < STYLED:
            example = _with(example, self._styled(example.text))
        if self._chance.random() < SLIPS:
            example = _with(example, slip(example.text, self._chance))
        if self._chance.random() < MENDED:
            example = _with(example, self._speller.mended(example.text))
        return example

    def _beside_another(self, example: Example) -> Example:
        if self._chance.random() < GREETED and self._small:
            other = self._chance.choice(self._small)
        elif self._chance.random() < JOINED:
            other = self._chance.choice(self._examples)
        else:
            return example
        label = preferred(example.label, other.label)
        if label is None or len(example.text) + len(other.text) > LONGEST:
            return example
        first, second = self._chance.sample((example.text, other.text), 2)
        between = self._chance.choice(BETWEEN)
        return Example(first + (between if first[-1:].isalnum() else " ") + second, label, example.writer)

    def _styled(self, text: str) -> str:
        style = self._chance.randrange(6)
        if style == 0 and len(text) < 80:
            return text.upper()
        if style <= 2:
            return text.lower()
        if style == 3:
            return "".join(sign for sign in text.lower() if sign.isalnum() or sign in " '").strip() or text
        if style == 4:
            return text.replace("'", "").replace(",", "")
        return text[:1].upper() + text[1:] + self._chance.choice(("", ".", "?", "!", "...", "??"))


def preferred(one: str, other: str) -> str | None:
    """The label of a message that holds both; None when PRODUCT's order leaves it open."""
    first, second = sorted((one, other), key=_place)
    if one == other:
        return one
    if _place(first) == _place(second) and first not in ("eligibility", "medical_advice"):
        return None
    if _place(second) == PLAIN and _place(first) > PLACES["book"] and {first, second} & set(UNDECIDED):
        return None
    return first


def _place(label: str) -> int:
    return SMALL if label == "smalltalk" else PLACES.get(label, PLAIN)


def _with(example: Example, text: str) -> Example:
    return Example(text, example.label, example.writer)
