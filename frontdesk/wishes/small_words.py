"""Words that join, bound, refuse or ask, and those that say nothing about time, as words.yml lists them."""

import re
from functools import cache
from pathlib import Path
from typing import TypeAlias

import yaml

from frontdesk.wishes.items import Item, Join, Mark, Op, Unread
from frontdesk.wishes.rules import Rule, Seen, rule

WORDS = Path(__file__).with_name("words.yml")
Lists: TypeAlias = dict[str, list[str]]

OWN_ZONE = {"e": "eastern", "c": "central", "m": "mountain", "p": "pacific"}
ZONES = r"(eastern|central|mountain|pacific|[ecmp][sd]?t|gmt|utc|alaska|hawaii|cet|cest|bst|ist|jst|aest|akst|hst|z)(?: (?:standard |daylight )?time)?"
GREETING = r"good (?:morning|afternoon|evening|night|day)(?! (?:or|on|for|too)\b)"
AT_A_START = re.compile(r"(?:^|[,.!?] |\b(?:hi|hello|hey|thanks|you) )$")


@cache
def rules() -> tuple[Rule, ...]:
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    names = {f"<{name}>": pattern for name, pattern in words["names"].items()}

    def written(patterns: list[str]) -> str:
        joined = "|".join(patterns)
        for name, pattern in names.items():
            joined = joined.replace(name, pattern)
        return joined

    return (
        *(rule(written(patterns), Join(join)) for join, patterns in words["joins"].items()),
        *(rule(written(patterns), Op[op.upper()]) for op, patterns in words["ops"].items()),
        *(rule(written(patterns), Mark[mark.upper()]) for mark, patterns in words["marks"].items()),
        rule(written(words["nothing"])),
        rule(GREETING, _greeting),
        rule(ZONES, _zone),
        rule(r"(?:after|before) that", _that),
        rule(written(words["unread"]), _unread),
        rule(r"[()]"),
    )


def _unread(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    return (Unread(found.group()),)


def _greeting(found: re.Match[str], seen: Seen) -> tuple[Item, ...] | None:
    return () if AT_A_START.search(found.string[: found.start()]) else None


def _zone(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    """The clinic's own zone says nothing; any other one is not read."""
    is_own = found[1] in seen.own_zone or found[1] in {OWN_ZONE.get(name[0]) for name in seen.own_zone}
    return () if is_own else (Unread(found.group()),)


def _that(found: re.Match[str], seen: Seen) -> tuple[Item, ...]:
    """`I work until 5 so anything after that` has said it already."""
    is_said = any(item in (Op.UNTIL, Op.FROM, Op.AFTER) for item in seen.items)
    return () if is_said else (Unread(found.group()),)
