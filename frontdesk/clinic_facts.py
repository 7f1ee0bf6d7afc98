"""The parts of clinic.yml, each checked as it is read."""

from datetime import date
from functools import cached_property
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    field_validator,
    model_validator,
)

from frontdesk import clinic_checks as checks
from frontdesk.hours import WEEKDAYS, Spans, parse_spans

Day: TypeAlias = date
Text = Annotated[str, StringConstraints(min_length=1)]
Phone = Annotated[Text, AfterValidator(checks.phone)]
Hours = Annotated[Spans, BeforeValidator(parse_spans)]


class Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Week(Facts):
    monday: Hours
    tuesday: Hours
    wednesday: Hours
    thursday: Hours
    friday: Hours
    saturday: Hours
    sunday: Hours

    @cached_property
    def days(self) -> tuple[Spans, ...]:
        return tuple(getattr(self, name.lower()) for name in WEEKDAYS)

    @model_validator(mode="after")
    def _ever_open(self) -> "Week":
        if not any(self.days):
            raise ValueError("every day is closed, so nobody would ever read a message")
        return self


class Holidays(Facts):
    public: bool
    state: Annotated[str | None, AfterValidator(checks.state)] = None
    open_on: Annotated[tuple[str, ...], BeforeValidator(lambda given: given or ())] = ()

    _known = field_validator("open_on")(checks.holiday_names)


class SpecialDay(Facts):
    date: Day
    hours: Hours
    why: Text


class OnCall(Facts):
    when: Annotated[Literal["always", "after_hours", "none"], BeforeValidator(checks.on_call_when)]
    who: Text | None = None
    phone: Phone | None = None

    @model_validator(mode="after")
    def _reachable(self) -> "OnCall":
        if self.when != "none" and not (self.who and self.phone):
            raise ValueError("write who is on call and their phone, or “when: none”")
        return self
