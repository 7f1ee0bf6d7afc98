"""The one fake of the tests: what stands in for Rasa, and says what a test has put before it."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from frontdesk.bot import Bot, Said

Turn = list[Said] | Exception | Callable[[Mapping[str, Any]], list[Said]]


@dataclass(frozen=True)
class Asked:
    conversation: str
    text: str
    metadata: Mapping[str, Any] = field(default_factory=dict)


class FakeBot(Bot):
    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.parsed: list[str] = []
        self.turns: deque[Turn] = deque()  # one for each message; then always `usual`
        self.usual: Turn = [Said("utter_smalltalk")]
        self.understanding: Mapping[str, Any] | Exception = {}  # of a message that staff have
        self.is_up = True
        self.is_closed = False

    def says(self, *responses: str | Said) -> None:
        """The next turn."""
        self.turns.append([one if isinstance(one, Said) else Said(one) for one in responses])

    def fails(self, error: Exception) -> None:
        self.turns.append(error)

    def holds(self, *responses: str | Said) -> threading.Event:
        """The next turn comes only once the returned event is set."""
        go_on = threading.Event()
        said = [one if isinstance(one, Said) else Said(one) for one in responses]

        def wait(metadata: Mapping[str, Any]) -> list[Said]:
            assert go_on.wait(20), "nobody let the turn go on"
            return said

        self.turns.append(wait)
        return go_on

    def ask(self, conversation: str, text: str, metadata: Mapping[str, Any]) -> list[Said]:
        self.asked.append(Asked(conversation, text, metadata))
        turn = self.turns.popleft() if self.turns else self.usual
        if isinstance(turn, Exception):
            raise turn
        return turn(metadata) if callable(turn) else turn

    def parse(self, text: str, timeout: float) -> Mapping[str, Any]:
        self.parsed.append(text)
        if isinstance(self.understanding, Exception):
            raise self.understanding
        return self.understanding

    def is_ready(self) -> bool:
        return self.is_up

    def close(self) -> None:
        self.is_closed = True
