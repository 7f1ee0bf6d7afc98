"""Stretches of time that a visitor wishes for. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Window:
    """From when to when a consultation may begin; the end is no longer in it. Both times are aware."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a window needs times with a zone")

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def touches(self, start: datetime, end: datetime) -> bool:
        """Whether any moment from start until end lies in it."""
        return self.start < end and start < self.end
