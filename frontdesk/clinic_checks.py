"""What each line of clinic.yml must be. Every refusal says what is wrong; the example beside it says what to write.

Country and placeholder stand elsewhere in the file, so they come as the validation's context.
"""

from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cache
from typing import Protocol, TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import holidays as calendars
import phonenumbers
from email_validator import EmailNotValidError, validate_email
from holidays import HolidayBase
from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError

EXAMPLES = {
    "placeholder": "placeholder: true",
    "name": "name: PMC Heal",
    "phone": "phone: (212) 555-0142",
    "email": "email: hello@pmcheal.example",
    "website": "website: https://pmcheal.example",
    "address": "address: 100 Example Street, Exampleville, NY 10001",
    "country": "country: US",
    "time_zone": "time_zone: America/New_York",
    "time_zone_name": "time_zone_name: Eastern time",
    "hours": "hours: and below it, indented, one line a weekday",
    **{f"hours.{day}": f"{day}: 9:00-17:00 (or closed)" for day in ("monday", "tuesday", "wednesday", "thursday")},
    **{f"hours.{day}": f"{day}: 9:00-15:00 (or closed)" for day in ("friday", "saturday", "sunday")},
    "reads_within": "reads_within: 60",
    "holidays": "holidays: and below it, indented, public: true",
    "holidays.public": "public: true",
    "holidays.state": "state: NY (or nothing)",
    "holidays.open_on": "open_on: and below it, indented, - Columbus Day",
    "special_days": "special_days: and below it - {date: 2026-12-24, hours: closed, why: Christmas Eve}",
    "special_days.date": "date: 2026-12-24",
    "special_days.hours": "hours: 9:00-12:00 (or closed)",
    "special_days.why": "why: Christmas Eve",
    "on_call": "on_call: and below it, indented, when: none",
    "on_call.when": "when: after_hours (or always, or none)",
    "on_call.who": "who: our on-call nurse",
    "on_call.phone": "phone: (212) 555-0143",
}
FICTIONAL_HOSTS = ("example", "test", "invalid", "localhost", "example.com", "example.org", "example.net")


class Dated(Protocol):
    @property
    def date(self) -> date: ...


AnyDated = TypeVar("AnyDated", bound=Dated)


def phone(written: str, info: ValidationInfo) -> str:
    """Kept as written, so that it is said as the clinic says it."""
    try:
        number = phonenumbers.parse(written, _country(info))
    except phonenumbers.NumberParseException as exc:
        raise ValueError(f"“{written}” is not a phone number") from exc
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError(f"“{written}” is too short or too long for a phone number with its area code")
    national = str(number.national_number)
    if number.country_code == 1 and national[3:8] == "55501":
        _refuse_fiction(f"“{written}” is a number from films", info)
    elif not phonenumbers.is_valid_number(number):
        raise ValueError(f"“{written}” is not a number that exists")
    return written


def email(written: str, info: ValidationInfo) -> str:
    try:
        address = validate_email(written, check_deliverability=False)
    except EmailNotValidError as exc:
        raise ValueError(f"“{written}” is not an e-mail address") from exc
    _refuse_fictional_host(written, address.domain, info)
    return address.normalized


def website(written: str, info: ValidationInfo) -> str:
    parts = urlsplit(written)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"“{written}” is not an address that begins with https://")
    _refuse_fictional_host(written, parts.hostname, info)
    return written


def country(written: str) -> str:
    if written not in calendars.list_supported_countries(include_aliases=False):
        raise ValueError(f"“{written}” is not a country's two capital letters")
    return written


def time_zone(written: str) -> str:
    zones = available_timezones()
    if written not in zones:
        close = get_close_matches(written, zones, 1)
        hint = f" (is it {close[0]}?)" if close else ""
        raise ValueError(f"“{written}” is not a time zone{hint}")
    return written


def state(written: str | None, info: ValidationInfo) -> str | None:
    known = calendars.list_supported_countries().get(_country(info), [])
    if written is not None and written not in known:
        raise ValueError(f"“{written}” is not one of {', '.join(known)}")
    return written


def holiday_names(written: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    known = _names(_country(info), info.data.get("state"))
    for name in written:
        if name not in known:
            raise ValueError(f"“{name}” is not one of {', '.join(sorted(known))}")
    return written


def on_call_when(written: object) -> str:
    when = str(written or "").lower()
    if when not in ("always", "after_hours", "none"):
        raise ValueError(f"“{when}” is not always, after_hours or none")
    return when


def no_day_twice(days: tuple[AnyDated, ...]) -> tuple[AnyDated, ...]:
    seen = set()
    for day in days:
        if day.date in seen:
            raise ValueError(f"{day.date} stands here twice")
        seen.add(day.date)
    return days


@cache
def public_holidays(country: str, state: str | None) -> HolidayBase:
    return calendars.country_holidays(country, subdiv=state, language="en_US")


@cache
def _names(country: str, state: str | None) -> frozenset[str]:
    this_year = datetime.now(UTC).year
    # Some fall on a weekend in most years, and some are kept in a few years only.
    around = calendars.country_holidays(
        country, subdiv=state, years=range(this_year - 5, this_year + 6), language="en_US"
    )
    return frozenset(part.removesuffix(" (observed)") for names in around.values() for part in names.split("; "))


def _country(info: ValidationInfo) -> str:
    return str((info.context or {}).get("country") or "US")


def _refuse_fictional_host(written: str, host: str, info: ValidationInfo) -> None:
    if host in FICTIONAL_HOSTS or host.rpartition(".")[2] in FICTIONAL_HOSTS:
        _refuse_fiction(f"“{written}” is made up", info)


def _refuse_fiction(problem: str, info: ValidationInfo) -> None:
    placeholder = str((info.context or {}).get("placeholder", "true"))
    if placeholder.lower() not in ("true", "yes", "on", "1"):
        words = "{problem}, which only goes with “placeholder: true”; write the clinic's own"
        raise PydanticCustomError("made_up", words, {"problem": problem})
