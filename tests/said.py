"""What the bot can say, as the tests of its words read it."""

import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from frontdesk.clinic import load

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = (ROOT / "tests/article.txt").read_text(encoding="utf-8")
# fmt: off
ANSWERS = [
    "what_is_it", "how_it_works", "vs_antidepressants", "onset", "conditions_treated", "session_experience",
    "session_length", "feelings_during", "supervision", "dosing_route", "aftercare", "driving_home",
    "how_long_effects_fade", "treatment_count", "maintenance", "personalised_plan", "safety_general",
    "evaluation_first", "experimental", "not_recreational", "get_started", "hours", "contact", "location",
]
NUMBER_WORDS = {
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen", "twenty",
    "thirty", "forty", "fifty", "sixty", "ninety", "hundred", "thousand", "half", "twice", "double", "dozen", "couple",
    "percent",
}
# fmt: on
NOTES = {
    "fda_off_label": (
        "Ketamine is not FDA-approved for any psychiatric disorder; this use is off-label",
        {"experimental", "safety_general", "conditions_treated", "onset", "vs_antidepressants"},
    ),
    "driving": (
        "Do not drive for 24 hours, or longer if your care team says so",
        {"driving_home", "aftercare"},
    ),
}


def content(path: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), loader) or {}


def said_files() -> list[Path]:
    return sorted([*ROOT.glob("data/faq/*.yml"), *ROOT.glob("data/flows/*.yml")])


@cache
def responses() -> dict[str, list[dict[str, Any]]]:
    pairs = [pair for path in said_files() for pair in content(path).get("responses", {}).items()]
    doubled = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    assert not doubled, f"defined twice: {doubled}"
    return dict(pairs)


def metadata(name: str) -> dict[str, Any]:
    return responses()[name][0].get("metadata") or {}


def texts(name: str) -> list[str]:
    return [variant["text"].strip() for variant in responses()[name]]


def factual() -> list[str]:
    """The texts that state facts about the treatment or the clinic."""
    notes = {f"utter_note_{note}" for note in NOTES}
    return [name for name in responses() if name.startswith("utter_faq/") or name in notes]


@cache
def sections() -> dict[str, str]:
    """The article's parts by heading; a heading is a line of its own without a full stop."""
    parts: dict[str, str] = {}
    heading = ""
    for line in ARTICLE.splitlines():
        if line and not line.startswith(" ") and not line.endswith("."):
            heading = line.strip()
        parts[heading] = parts.get(heading, "") + line + "\n"
    return parts


@cache
def clinic_values() -> dict[str, str]:
    return load(ROOT / "clinic.yml").values(datetime(2026, 12, 1, 15, tzinfo=UTC))


def spoken(text: str) -> str:
    """As a visitor reads it; a value that an action brings counts as one word."""
    return re.sub(r"\{(\w+)\}", lambda match: clinic_values().get(match[1], "something"), text)


def words(text: str) -> list[str]:
    return re.findall(r"\d[\d-]+|[a-z0-9]+(?:'[a-z]+)?", text.lower().replace("’", "'"))


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?!;:])\s+|\n+", text) if words(part)]


def figures(text: str) -> set[str]:
    """Numbers in digits (40, 1-800-222-1222) and in words."""
    own = re.sub(r"\{\w+\}", "", text)
    return set(re.findall(r"\d+(?:-\d+)*", own)) | NUMBER_WORDS.intersection(words(own))


def grade(text: str) -> float:
    """The Flesch-Kincaid estimate of the school years it takes, syllables counted as groups of vowels."""
    read = words(text)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word)))) for word in read)
    return 0.39 * len(read) / len(sentences(text)) + 11.8 * syllables / len(read) - 15.59
