"""The same message with courtesy, chatter or a few Spanish words around it: none of these changes what is wanted."""

import re
from pathlib import Path
from random import Random
from typing import Any

import yaml

TEXTS = Path(__file__).with_name("surroundings.yml")
WORD = re.compile(r"[^\W\d_]+")
THANKED, SPANISH_WORD = 0.5, 0.5  # also behind the message; a word in Spanish when there is one for it


class Surroundings:
    def __init__(self, chance: Random) -> None:
        self._texts: dict[str, Any] = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
        self._chance = chance

    def around(self, text: str) -> str:
        kind = self._chance.randrange(4)
        if kind == 0:
            return self._one("stories") + text
        if kind == 1:
            return self._in_two_languages(text)
        greeted = self._one("greetings") + text
        return self._then(greeted, "thanks") if self._chance.random() < THANKED else greeted

    def _in_two_languages(self, text: str) -> str:
        text = WORD.sub(self._perhaps_in_spanish, text)
        if self._chance.random() < 0.5:
            return self._one("spanish_openings") + text
        return self._then(text, "spanish_closings")

    def _perhaps_in_spanish(self, found: re.Match[str]) -> str:
        spanish: str | None = self._texts["spanish_words"].get(found.group().lower())
        return spanish if spanish and self._chance.random() < SPANISH_WORD else found.group()

    def _then(self, text: str, kind: str) -> str:
        closing = self._one(kind)
        return (text.rstrip(".!") if closing[:1] in ".,!" else text) + closing

    def _one(self, kind: str) -> str:
        return str(self._chance.choice(self._texts[kind]))
