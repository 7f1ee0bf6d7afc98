"""The screen's rule for cues and probabilities, over many messages at once: what thresholds are searched and drawn by."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from understanding.language import language
from understanding.probabilities import Floats
from understanding.reading import Reading
from understanding.screen import Level, screen

QUESTIONS = ("danger", "clinician")
NONE, POSSIBLE, CERTAIN, FIRM = range(4)
NAMES = (Level.NONE, Level.POSSIBLE, Level.CERTAIN, Level.CERTAIN)


@dataclass(frozen=True)
class Asked:
    """One question over many messages: what cues and model say, and what is so."""

    cue: Floats
    probability: Floats
    wanted: Floats
    other: Floats


def cue_level(text: str, name: str) -> int:
    """What the cues alone say; FIRM is what no reading can talk down."""
    doubted = screen(text, Reading({}, danger=-1, clinician=-1, scope=0))
    if language(text) == "en" and getattr(doubted, name) is Level.CERTAIN:
        return FIRM
    return NAMES.index(getattr(screen(text), name))


def levels(asked: Asked, limits: Mapping[str, float]) -> Floats:
    p, cue = asked.probability, asked.cue
    certain = (cue == FIRM) | (p >= limits["certain"]) | ((cue == POSSIBLE) & (p >= limits["certain_with_cue"]))
    certain |= (cue == CERTAIN) & (p >= limits["doubt_certain"])
    possible = (cue == CERTAIN) | (p >= limits["possible"]) | ((cue == POSSIBLE) & (p >= limits["doubt_possible"]))
    return np.where(certain, CERTAIN, np.where(possible, POSSIBLE, NONE))
