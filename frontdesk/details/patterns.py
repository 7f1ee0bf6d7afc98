"""Patterns over typed words: case does not matter, and apostrophes may be missing."""

import re


def any_of(*patterns: str) -> re.Pattern[str]:
    """A ' in a pattern stands for every apostrophe, and for none."""
    return re.compile("|".join(pattern.replace("'", "['’]?") for pattern in patterns), re.IGNORECASE)
