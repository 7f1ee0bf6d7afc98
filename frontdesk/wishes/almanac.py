"""Dates by their names: "december 3", "12/3", "the 3rd", "thanksgiving"."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache

import dateparser
import holidays

from frontdesk.wishes.days import DAY, Days, last_of_month, month_of, month_start
from frontdesk.wishes.spelling import MONTHS, normal

JUST_PAST = timedelta(days=31)
ALIASES = {
    "washingtons birthday": ("presidents day",),
    "martin luther king jr day": ("martin luther king day", "mlk day", "mlk"),
    "juneteenth national independence day": ("juneteenth",),
    "columbus day": ("indigenous peoples day",),
    "easter sunday": ("easter",),
    "new years day": ("new years", "new year"),
    "saint patricks day": ("st patricks day", "saint paddys day", "st paddys day"),
}
NEEDS_ITS_DAY = (
    "independence",
    "memorial",
    "labor",
    "columbus",
    "veterans",
    "mothers",
    "fathers",
    "groundhog",
    "boxing",
)


@dataclass(frozen=True)
class Almanac:
    """What dates are called, seen from today."""

    today: date
    country: str = "US"

    def dated(self, written: str) -> date | None:
        """A day of a month, with its year or without. Without: the next one, unless it has just passed."""
        has_year = bool(re.search(r"\d{4}|/\d+/", written))
        found = _parsed(written, self.today, self.country, future=not has_year)
        if found is None or has_year or found - self.today < 365 * DAY - JUST_PAST:
            return found
        passed = _parsed(written, self.today, self.country, future=False)
        return passed if passed and DAY <= self.today - passed < JUST_PAST else found

    def nth(self, number: int, since: date | None = None) -> date | None:
        """ "the 3rd": the next one, from today or from a later day on."""
        start = since or self.today
        months = (month_start(start, ahead) for ahead in range(12))
        days = (first.replace(day=number) for first in months if number <= last_of_month(first).day)
        return next((day for day in days if day >= start), None)

    def month(self, name: str) -> Days:
        """This month or the next one of that name."""
        number = MONTHS.index(name) + 1
        year = self.today.year + (number < self.today.month)
        return month_of(date(year, number, 1))

    def holiday(self, name: str) -> date | None:
        """The next holiday of this name."""
        days = _holidays(self.country, self.today.year).get(name, ())
        return next((day for day in days if day >= self.today), None)

    @property
    def holiday_names(self) -> tuple[str, ...]:
        """Longer ones first."""
        return tuple(sorted(_holidays(self.country, self.today.year), key=len, reverse=True))


@lru_cache(maxsize=1000)
def _parsed(written: str, today: date, country: str, *, future: bool) -> date | None:
    found = dateparser.parse(
        written,
        languages=["en"],
        settings={
            # dateparser takes today for past: it looks from midnight of the day before.
            "RELATIVE_BASE": datetime.combine(today - (DAY if future else timedelta()), time()),
            "PREFER_DATES_FROM": "future" if future else "current_period",
            "DATE_ORDER": "MDY" if country == "US" else "DMY",
            "REQUIRE_PARTS": ["day", "month"],
        },
    )
    return found.date() if found else None


@cache
def _holidays(country: str, year: int) -> dict[str, tuple[date, ...]]:
    calendar = holidays.country_holidays(country)
    kinds = [kind for kind in ("public", "unofficial") if kind in calendar.supported_categories]
    language = "en_US" if "en_US" in calendar.supported_languages else None
    calendar = holidays.country_holidays(country, years=[year, year + 1], categories=kinds, language=language)
    days: dict[str, list[date]] = {}
    for day in sorted(calendar):
        for name in calendar.get_list(day):
            if not re.search(r"\(|observed", name):
                for spoken in _names(name):
                    days.setdefault(spoken, []).append(day)
    for thanksgiving in days.get("thanksgiving", ()):
        days.setdefault("black friday", []).append(thanksgiving + DAY)
    return {name: tuple(dates) for name, dates in days.items()}


def _names(official: str) -> list[str]:
    name = re.sub(r"[^\w ]", "", normal(official)).replace("  ", " ").strip()
    short = name.removesuffix(" day")
    has_short = short != name and short not in NEEDS_ITS_DAY and len(short) > 4
    return [name, *([short] if has_short else []), *ALIASES.get(name, ())]
