"""The words of words.yml."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def _content() -> dict[str, Any]:
    path = Path(__file__).with_suffix(".yml")
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def listed(name: str) -> list[str]:
    return str(_content()[name]).split()


def relatives() -> dict[str, str]:
    """What people write, and what that person is to the visitor."""
    return {word: relation for relation, words in _content()["relatives"].items() for word in words.split()}
