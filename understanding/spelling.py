"""Usual spelling: contractions in full, chat spellings and common misspellings corrected, long key words repaired."""

import re
from functools import cache

from understanding import wordlists

STATE = r"(?:\w+ing|not|been|so|very|really|all|still|just|gone|dead|numb|tight|blue|gr[ae]y|cold|unconscious|passed|stopped|taken|a|an|in|on|out|at)\b"
# The same without the apostrophe, for those it happens to.
UNMARKED = re.compile(
    r"\b(mom|dad|wife|husband|son|daughter|brother|sister|baby|kid|friend|boyfriend|girlfriend|throat|tongue|heart|chest|arm|leg|face|lips)s"
    rf"(?= {STATE})"
)
SHORT_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), full)
    for pattern, full in (
        (r"\bcan't\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"\bshan't\b", "shall not"),
        (r"\bain't\b", "is not"),
        (r"n't\b", " not"),
        (r"\bi'm\b", "i am"),
        (r"'re\b", " are"),
        (r"'ve\b", " have"),
        (r"'ll\b", " will"),
        (r"'d\b", " would"),
        (
            r"\b(he|she|it|that|what|who|there|here|how|where|when|everything|nothing|everybody|everyone|nobody|something)'s\b",
            r"\1 is",
        ),
        (r"\blet's\b", "let us"),
        # "my throat's closing", but "my mother's pills"
        (rf"'s(?= {STATE})", " is"),
    )
)
SHORTEST_REPAIRED, LONGEST_REPAIRED = 6, 16


def expand_short_forms(text: str) -> str:
    if "'" in text:
        for pattern, full in SHORT_FORMS:
            text = pattern.sub(full, text)
    return UNMARKED.sub(r"\1 is", text)


def usual(token: str, repair: bool = True) -> str:
    """The token in its usual spelling: several words for a short form, none for a mere filler."""
    known = wordlists.canonical().get(token)
    if known is None:
        return _repaired(token) if repair else token
    return known


def _repaired(token: str) -> str:
    """The one key word that a token misses by a letter; words that merely look alike are listed, and stay."""
    if (
        not SHORTEST_REPAIRED <= len(token) <= LONGEST_REPAIRED
        or token in wordlists.real_words()
        or not token.isalpha()
    ):
        return token
    left_out = wordlists.key_words()
    near = {*left_out.get(token, ())}
    for i in range(len(token)):
        near.update(left_out.get(token[:i] + token[i + 1 :], ()))
    near = {word for word in near if len(word) >= SHORTEST_REPAIRED and one_slip(token, word)}
    return near.pop() if len(near) == 1 else token


def one_slip(typed: str, meant: str) -> bool:
    """One letter missing, added, wrong, or two neighbours swapped."""
    while typed and meant and typed[0] == meant[0]:
        typed, meant = typed[1:], meant[1:]
    while typed and meant and typed[-1] == meant[-1]:
        typed, meant = typed[:-1], meant[:-1]
    return len(typed) <= 1 and len(meant) <= 1 or len(typed) == 2 and typed == meant[::-1]


@cache
def _pairs() -> tuple[re.Pattern[str], dict[str, str]]:
    pairs: dict[str, str] = wordlists.spelling()["pairs"]
    longest_first = sorted(pairs, key=len, reverse=True)
    return re.compile(r"(?<!\S)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\S)"), pairs


def join_pairs(text: str) -> str:
    pattern, pairs = _pairs()
    return pattern.sub(lambda found: pairs[found.group()], text)
