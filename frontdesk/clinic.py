"""The clinic's own facts, from clinic.yml: what visitors are told about it, and when somebody is there.

Functions take the present time and give times in UTC; words are in the clinic's zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from frontdesk import clinic_checks as checks
from frontdesk.clinic_facts import Facts, Holidays, OnCall, Phone, SpecialDay, Text, Week
from frontdesk.clinic_file import ClinicFileWrong, mistakes, read
from frontdesk.hours import (
    OpenTime,
    Spans,
    after_open_minutes,
    date_words,
    deadline_words,
    joined,
    moment_words,
    open_times,
    spans_words,
    time_words,
    week_lines,
)

HORIZON = 366  # days looked ahead before "never"
NEXT_DAYS_OFF = 4  # named in a text
DAYS_OFF_AHEAD = 60  # days; one further off is named only when nothing is nearer


@dataclass(frozen=True)
class ReadBy:
    """When staff will have read something: the moment, and how a visitor is told (`by 9 am tomorrow`)."""

    at: datetime
    words: str


@dataclass(frozen=True)
class DayOff:
    """A day on which the clinic is not open as on other such weekdays."""

    day: date
    why: str
    spans: Spans

    def __str__(self) -> str:
        kept = f", open {spans_words(self.spans)}" if self.spans else ""
        return f"{date_words(self.day)} ({self.why}{kept})"


class Clinic(Facts):
    placeholder: bool
    name: Text
    phone: Phone
    email: Annotated[Text, AfterValidator(checks.email)]
    website: Annotated[Text, AfterValidator(checks.website)]
    address: Text
    country: Annotated[str, AfterValidator(checks.country)]
    time_zone: Annotated[str, AfterValidator(checks.time_zone)]
    time_zone_name: Text
    hours: Week
    reads_within: Annotated[int, Field(gt=0, le=7 * 24 * 60)]  # open minutes
    holidays: Holidays
    special_days: Annotated[
        tuple[SpecialDay, ...], BeforeValidator(lambda given: given or ()), AfterValidator(checks.no_day_twice)
    ] = ()
    on_call: OnCall

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError("a time without a zone means nothing here")
        return moment.astimezone(self.zone)

    def day_off(self, day: date) -> DayOff | None:
        """What makes this day unlike its weekday, or None; a holiday on a closed weekday changes nothing."""
        usual = self.hours.days[day.weekday()]
        for special in self.special_days:
            if special.date == day:
                return DayOff(day, special.why, special.hours) if special.hours != usual else None
        holiday = self.holiday(day) if usual else None
        return DayOff(day, holiday, ()) if holiday else None

    def holiday(self, day: date) -> str | None:
        """The public holiday that closes the clinic, on whatever weekday; None also where a special day decides."""
        if not self.holidays.public or any(special.date == day for special in self.special_days):
            return None
        names = checks.public_holidays(self.country, self.holidays.state).get_list(day)
        closing = (name.removesuffix(" (observed)") for name in names)
        return next((name for name in closing if name not in self.holidays.open_on), None)

    def spans_on(self, day: date) -> Spans:
        off = self.day_off(day)
        return off.spans if off else self.hours.days[day.weekday()]

    def is_open(self, now: datetime) -> bool:
        return any(found.start <= now < found.end for found in self._times_on(self.local(now).date()))

    def closes_next(self, now: datetime) -> datetime | None:
        """When the clinic, open now, closes; None when it is closed."""
        return next(self._open_times(now)).end if self.is_open(now) else None

    def opens_next(self, now: datetime) -> datetime | None:
        """The next change from closed to open after now; None when there is none within a year."""
        return next((found.start for found in self._open_times(now) if found.start > now), None)

    def next_reading(self, now: datetime, business_minutes: int | None = None) -> ReadBy:
        """By when staff will have read what comes in now: after so many open minutes (else those of the file)."""
        minutes = self.reads_within if business_minutes is None else business_minutes
        at = after_open_minutes(self._open_times(now), now.astimezone(UTC), minutes)
        if at is None:
            raise ValueError(f"the clinic is not open for {minutes} minutes within {HORIZON} days")
        return ReadBy(at, deadline_words(self.local(at), self.local(now).date()))

    def business_days_after(self, now: datetime, days: int) -> datetime:
        """Closing time of the so-manieth day after today on which the clinic opens."""
        today = self.local(now).date()
        following = (today + timedelta(ahead) for ahead in range(1, HORIZON))
        opening = (times for day in following if (times := list(self._times_on(day))))
        for count, times in enumerate(opening, start=1):
            if count == days:
                return times[-1].end
        raise ValueError(f"there are not {days} business days within {HORIZON} days")

    def on_call_now(self, now: datetime) -> OnCall | None:
        """Who may be called in an urgent case; nobody in a demonstration, whose numbers are made up."""
        if self.placeholder or self.on_call.when == "none":
            return None
        return self.on_call if self.on_call.when == "always" or not self.is_open(now) else None

    def days_off(self, now: datetime) -> tuple[DayOff, ...]:
        """The next days with other hours, today included."""
        today = self.local(now).date()
        coming = (off for ahead in range(HORIZON) if (off := self.day_off(today + timedelta(ahead))))
        first = tuple(islice(coming, NEXT_DAYS_OFF))
        return tuple(off for off in first if off.day < today + timedelta(DAYS_OFF_AHEAD)) or first[:1]

    def hours_lines(self) -> tuple[str, ...]:
        return week_lines(self.hours.days)

    def words(self, moment: datetime, now: datetime) -> str:
        """`tomorrow at 9 am`, as somebody at the clinic would say it now."""
        return moment_words(self.local(moment), self.local(now).date())

    def open_now_words(self, now: datetime) -> str:
        """`We are open until 5 pm.`, `We are closed for Labor Day until tomorrow at 9 am.`"""
        return f"We are {self._open_words(now) if self.is_open(now) else self._closed_words(now)}."

    def _open_words(self, now: datetime) -> str:
        closes = self.closes_next(now)
        if closes is None or closes - now > timedelta(days=1):
            return "open around the clock"
        return f"open until {time_words(self.local(closes))}"

    def _closed_words(self, now: datetime) -> str:
        opens = self.opens_next(now)
        off = self.day_off(self.local(now).date())
        why = f" for {off.why}" if off and not off.spans else ""
        return f"closed{why}" + (f" until {self.words(opens, now)}" if opens else "")

    def values(self, now: datetime) -> dict[str, str]:
        """What texts may name in braces. The on-call values are there only while somebody may be called."""
        opens = self.opens_next(now)
        values = {
            "clinic_name": self.name,
            "clinic_phone": self.phone,
            "clinic_email": self.email,
            "clinic_website": self.website,
            "clinic_address": self.address,
            "hours": "; ".join(self.hours_lines()),
            "open_now": self.open_now_words(now),
            "next_open": self.words(opens, now) if opens else "now",
            "closed_days": "; ".join(map(str, self.days_off(now))) or "none planned",
            "when_read": self.next_reading(now).words,
            "time_zone": self.time_zone_name,
        }
        if on_call := self.on_call_now(now):
            values |= {"on_call_who": on_call.who or "", "on_call_phone": on_call.phone or ""}
        return values

    def _times_on(self, day: date) -> Iterator[OpenTime]:
        return open_times(day, self.spans_on(day), self.zone)

    def _open_times(self, now: datetime) -> Iterator[OpenTime]:
        """From today's on, those that are over left out, those that touch made one."""
        today = self.local(now).date()
        days = (today + timedelta(ahead) for ahead in range(HORIZON))
        found = joined(span for day in days for span in self._times_on(day))
        return (span for span in found if span.end > now)


def load(path: Path) -> Clinic:
    """Refuses a file with any mistake, and names them all by line."""
    written = read(path)
    content: Any = written.content if isinstance(written.content, dict) else {}
    context = {"country": content.get("country"), "placeholder": content.get("placeholder")}
    try:
        return Clinic.model_validate(content, context=context)
    except ValidationError as exc:
        raise ClinicFileWrong(path, mistakes(exc, written, checks.EXAMPLES)) from exc
