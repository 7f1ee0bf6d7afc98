"""What a message is decided by and as: thresholds, where the dialogue stands, and the intent that Rasa's rules act on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
Ranked = Sequence[tuple[str, float]]  # labels with their probabilities, the likeliest first


@dataclass(frozen=True)
class Limits:
    """Probabilities from which a label counts; found on held-out writers (thresholds.yml)."""

    answer: float = 0.45
    margin: float = 0.15  # two answers nearer than this are asked about
    interrupt: float = 0.6  # a question inside a form

    @classmethod
    def load(cls) -> "Limits":
        content = yaml.safe_load((HERE / "thresholds.yml").read_text(encoding="utf-8")) or {}
        known = content.get("answers") or {}
        return cls(**{name: known[name] for name in ("answer", "margin", "interrupt") if name in known})


@dataclass(frozen=True)
class Context:
    """Where the dialogue stands, as far as a message's meaning depends on it."""

    loop: str | None = None  # the active form
    requested: str | None = None  # the slot it asked for
    in_danger: bool = False  # a crisis or emergency was the last thing talked about
    is_paused: bool = False  # a form waits behind it
    misses: int = 0  # turns in a row that were not understood
    last_answer: str | None = None  # the answer given right before
    was_about_minor: bool = False  # the message before was a question about somebody under 18


@dataclass(frozen=True)
class Decision:
    """What Rasa is told. Which of PRODUCT's routes it is, the response of the rule says that acts on the intent."""

    intent: str
    answer: str | None = None
    also: tuple[str, ...] = ()  # further answers: asked for as well, or safe beside a clinician's question
    options: tuple[str, ...] = ()  # answers between which is asked
    topic: str | None = None
    check_in: bool = False
    confidence: float = 1.0
    verdict: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
