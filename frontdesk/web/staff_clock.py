"""Times as staff say them, in the clinic's zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from frontdesk.clinic import Clinic
from frontdesk.hours import date_words, day_and_time, time_words


@dataclass(frozen=True)
class Clock:
    now: datetime
    clinic: Clinic

    def time(self, at: datetime) -> str:
        """`2:05 pm`."""
        return time_words(self.clinic.local(at))

    def day(self, at: datetime) -> str:
        """`Today`, `Yesterday`, `Monday, November 23`."""
        local = self.clinic.local(at).date()
        behind = (self.clinic.local(self.now).date() - local).days
        names = {0: "Today", 1: "Yesterday"}
        return names.get(behind, date_words(local))

    def stamp(self, at: datetime) -> str:
        """`today at 2:05 pm`, `Monday, November 23, at 2:05 pm`."""
        day = self.day(at)
        return f"{day.lower()} at {self.time(at)}" if "," not in day else f"{day}, at {self.time(at)}"

    def moment(self, at: datetime) -> str:
        """`Monday, November 23, at 2:05 pm`, of an appointment."""
        return day_and_time(self.clinic.local(at))

    def range(self, start: datetime, end: datetime) -> str:
        """`9 – 9:30 am`, `11 am – noon`."""
        first, last = self.time(start), self.time(end)
        half = last.rpartition(" ")[2]
        return f"{first.removesuffix(f' {half}')} – {last}" if half in ("am", "pm") else f"{first} – {last}"

    def appointment(self, start: datetime, end: datetime) -> str:
        """`Monday, November 23, 9 – 9:30 am`; with the year when it is not this one."""
        day = self.clinic.local(start).date()
        year = f" {day.year}" if day.year != self.clinic.local(self.now).year else ""
        return f"{date_words(day)}{year}, {self.range(start, end)}"

    def is_overdue(self, due_at: datetime) -> bool:
        return due_at <= self.now

    def due(self, due_at: datetime) -> str:
        """`due today at 5 pm`, `overdue 20 min`."""
        if abs(self.now - due_at) < timedelta(minutes=1):
            return "due now"
        if self.is_overdue(due_at):
            return f"overdue {span(self.now - due_at)}"
        if due_at - self.now < timedelta(minutes=60):
            return f"due in {span(due_at - self.now)}"
        return f"due {self.clinic.words(due_at, self.now)}"

    def since(self, at: datetime) -> str:
        """`20 min`."""
        return span(self.now - at)


def span(length: timedelta) -> str:
    """Rounded down to what one would say."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "less than 1 min"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if hours < 3 and rest else f"{hours} h"
    return f"{minutes // (24 * 60)} days"
