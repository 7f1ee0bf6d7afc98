"""References that can be read aloud: two groups of four, no letters or digits that look or sound alike, a check character."""

import re
import secrets

ALPHABET = "23456789ACDEFHJKMNPRTVX"  # no 0 O Q, 1 I L, B G S Z (8 6 5 2), U W Y; 23 is a prime
LENGTH = 8
_LIKELY = re.compile(r"\b(?=([A-Za-z0-9](?:[ \-.]?[A-Za-z0-9]){7})\b)")  # also one that overlaps another


def new() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return _grouped(body + _check(body))


def parse(typed: str) -> str | None:
    """The reference in its written form, or None when a character is wrong, missing or swapped."""
    letters = "".join(c for c in typed.upper() if c.isalnum())
    if len(letters) != LENGTH or not set(letters) <= set(ALPHABET) or letters[-1] != _check(letters[:-1]):
        return None
    return _grouped(letters)


def found_in(text: str) -> str | None:
    """The reference within a sentence, in its written form; None when there is none, or one is mistyped."""
    return next((known for typed in _LIKELY.findall(text) if (known := parse(typed))), None)


def _check(body: str) -> str:
    # modulo a prime the weights 1 to 7 catch every single slip and every swap of neighbours
    total = sum((place + 1) * ALPHABET.index(c) for place, c in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]


def _grouped(letters: str) -> str:
    return f"{letters[:4]}-{letters[4:]}"
