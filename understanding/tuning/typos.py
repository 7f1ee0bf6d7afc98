"""One slip of the fingers, as people make them: swapped, dropped, doubled or neighbouring letters."""

import random

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS = {key: [row[i + d] for d in (-1, 1) if 0 <= i + d < len(row)] for row in ROWS for i, key in enumerate(row)}


def slip(text: str, chance: random.Random) -> str:
    places = [i for i, sign in enumerate(text) if sign.isalpha()]
    if len(places) < 4:
        return text
    at = chance.choice(places)
    kind = chance.randrange(5)
    if kind == 0 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    if kind == 3:
        return text[:at] + chance.choice(NEIGHBOURS.get(text[at].lower(), ["e"])) + text[at + 1 :]
    return text.replace("'", "").rstrip("?.!")
