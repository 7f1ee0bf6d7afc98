"""The clinic's facts: a mistake is refused by its line, and what visitors are told about times is true."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.clinic import Clinic, load
from frontdesk.clinic_file import ClinicFileWrong, read

SHIPPED = Path(__file__).resolve().parent.parent / "clinic.yml"
NEW_YORK = ZoneInfo("America/New_York")
REAL = {
    "placeholder": "false",
    "phone": "(212) 736-5000",
    "email": "desk@pmcheal.com",
    "website": "https://pmcheal.com",
}
ON_CALL = {"when": "after_hours", "who": "our on-call nurse", "phone": "(212) 736-5001"}
CLOSED = "closed"


@cache
def shipped() -> Any:
    return read(SHIPPED).content


def a_clinic(**changes: object) -> Clinic:
    merged = shipped() | changes
    return Clinic.model_validate(merged, context={"country": merged["country"], "placeholder": merged["placeholder"]})


def a_week(hours: str) -> dict[str, str]:
    return dict.fromkeys(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], hours)


def at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=NEW_YORK)


def refusal(tmp_path: Path, text: str) -> str:
    path = tmp_path / "clinic.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ClinicFileWrong) as refused:
        load(path)
    return str(refused.value)


def test_the_shipped_clinic_is_a_demonstration() -> None:
    clinic = load(SHIPPED)

    assert clinic.placeholder
    assert "555-01" in clinic.phone


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("name: PMC Heal", "nmae: PMC Heal", "nmae is not a name this file knows. Did you mean name?"),
        ("name: PMC Heal", "name:", "name: something is missing here. Write for example: name: PMC Heal"),
        ("placeholder: true", "placeholder: maybe", "placeholder: write true or false"),
        ("phone: (212) 555-0142", "phone: 555-0142", "“555-0142” is too short or too long"),
        ("phone: (212) 555-0142", "phone: call us", "“call us” is not a phone number"),
        ("email: hello@", "email: hello ", "is not an e-mail address"),
        ("https://pmcheal", "pmcheal", "is not an address that begins with https://"),
        ("country: US ", "country: USA ", "“USA” is not a country's two capital letters"),
        ("America/New_York", "America/NewYork", "(is it America/New_York?)"),
        ("monday: 9:00-17:00", "monday: 9-17", "“9-17” is not a time from-to on the 24-hour clock"),
        ("monday: 9:00-17:00", "monday: 9:00-5:00", "ends before it begins; afternoons are 13:00 to 24:00"),
        ("monday: 9:00-17:00", "monday: 9:00-17:60", "has a time that no clock shows"),
        ("monday: 9:00-17:00", "monday: 9:00-13:00, 12:00-17:00", "begins before the first one ends"),
        ("monday: 9:00-17:00", "monday:", "Write for example: monday: 9:00-17:00 (or closed)"),
        ("reads_within: 60", "reads_within: soon", "reads_within: write a whole number"),
        ("reads_within: 60", "reads_within: 0", "reads_within: write a number above 0"),
        ("state: ", "state: ZZ #", "“ZZ” is not one of AK, AL"),
        ("{date: 2026-12-24, hours: 9:00-12:00", "{date: 24.12.2026, hours: 9:00-12:00", "date: 2026-12-24"),
        ("when: after_hours", "when: weekends", "“weekends” is not always, after_hours or none"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_to_write(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    line = text[: text.index(right)].count("\n") + 1

    words = refusal(tmp_path, text.replace(right, wrong, 1))

    mistake = next(mistake for mistake in words.splitlines() if said in mistake)
    assert mistake.startswith(f"  line {line}: ")


def test_a_missing_line_is_named_with_the_line_of_what_it_belongs_to(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    line = text[: text.index("\nhours:")].count("\n") + 2

    words = refusal(tmp_path, text.replace("  friday: 9:00-15:00\n", ""))

    assert f"line {line}: hours → friday is missing. Add: friday: 9:00-15:00 (or closed)" in words


def test_an_unknown_holiday_is_answered_with_those_there_are(tmp_path: Path) -> None:
    words = refusal(tmp_path, SHIPPED.read_text(encoding="utf-8").replace("- Columbus Day", "- Columbs Day"))

    assert "“Columbs Day” is not one of Christmas Day, Columbus Day, Independence Day" in words


def test_all_mistakes_are_named_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")

    words = refusal(tmp_path, text.replace("when: after_hours", "when: no").replace("name: PMC Heal", "name:"))

    assert [line.split(": ")[1] for line in words.splitlines()[1:]] == ["name", "on_call → when"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: A\n\tphone: B", "line 2: this is not readable"),
        ("name: PMC: Heal", "line 1: this is not readable"),
        ("name: A\nphone: B\nname: C", "line 3: “name” stands already on line 1"),
        ("a: &a [*a]", "this is not readable"),
        ("", "line 1: name is missing. Add: name: PMC Heal"),
        ("- a list", "line 1: name is missing"),
    ],
)
def test_what_is_not_a_clinic_file_is_refused_in_plain_words(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path, text)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClinicFileWrong, match="it cannot be read"):
        load(tmp_path / "clinic.yml")


def test_made_up_facts_are_refused_once_it_is_no_demonstration(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")

    words = refusal(tmp_path, text.replace("placeholder: true", "placeholder: false"))

    assert [line.split(": ")[1] for line in words.splitlines()[1:]] == ["phone", "email", "website", "on_call → phone"]
    assert "Write for example" not in words


def test_a_week_that_is_never_open_and_an_on_call_without_a_phone_are_refused() -> None:
    with pytest.raises(ValueError, match="every day is closed"):
        a_clinic(hours=a_week(CLOSED))
    with pytest.raises(ValueError, match="write who is on call and their phone"):
        a_clinic(on_call={"when": "always", "who": "Dr. Grey"})


@pytest.mark.parametrize(
    ("now", "said", "opens"),
    [
        ("2026-11-23 10:00", "We are open until 5 pm.", "tomorrow at 9 am"),
        ("2026-11-23 08:59", "We are closed until today at 9 am.", "today at 9 am"),
        ("2026-11-23 17:00", "We are closed until tomorrow at 9 am.", "tomorrow at 9 am"),
        ("2026-11-26 10:00", "We are closed for Thanksgiving Day until Monday at 9 am.", "Monday at 9 am"),
        ("2026-12-24 11:00", "We are open until noon.", "Monday at 9 am"),
        ("2026-07-03 10:00", "We are closed for Independence Day until Monday at 9 am.", "Monday at 9 am"),
        ("2026-11-11 10:00", "We are open until 5 pm.", "tomorrow at 9 am"),
    ],
)
def test_open_now_is_told_over_weekends_holidays_and_special_days(now: str, said: str, opens: str) -> None:
    values = a_clinic().values(at(now))

    assert (values["open_now"], values["next_open"]) == (said, opens)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-11-23 10:02", "by 11:05 am today"),
        ("2026-11-23 16:30", "by 9:30 am tomorrow"),
        ("2026-11-25 16:30", "by 9:30 am on Monday"),
        ("2026-11-23 03:00", "by 10 am today"),
        ("2026-11-23 16:00", "by 5 pm today"),
    ],
)
def test_when_somebody_reads_it_counts_open_minutes_only(now: str, words: str) -> None:
    assert a_clinic().values(at(now))["when_read"] == words


def test_a_promise_is_rounded_up_but_never_past_closing() -> None:
    clinic = a_clinic(hours=a_week("9:00-16:58"))

    assert clinic.next_reading(at("2026-11-23 10:01"), 60).at == at("2026-11-23 11:05")
    assert clinic.next_reading(at("2026-11-23 15:57"), 60).at == at("2026-11-23 16:58")


def test_a_far_day_is_told_with_its_date() -> None:
    closed = [{"date": f"2026-11-{day}", "hours": "closed", "why": "a move"} for day in (23, 24, 25)]
    closed += [{"date": f"2026-11-{day}", "hours": "closed", "why": "a move"} for day in (27, 30)]

    values = a_clinic(special_days=closed).values(at("2026-11-23 10:00"))

    assert values["next_open"] == "Tuesday, December 1, at 9 am"
    assert values["when_read"] == "by 10 am on Tuesday, December 1"


def test_the_week_is_told_in_lines_of_like_days() -> None:
    lunch = a_week("9:00-12:00, 13:30-17:00") | {"saturday": "10:00-24:00", "sunday": CLOSED}

    assert a_clinic().hours_lines() == (
        "Monday to Thursday 9 am – 5 pm",
        "Friday 9 am – 3 pm",
        "Saturday and Sunday closed",
    )
    assert a_clinic(hours=lunch).hours_lines() == (
        "Monday to Friday 9 am – noon and 1:30 pm – 5 pm",
        "Saturday 10 am – midnight",
        "Sunday closed",
    )


def test_days_off_are_told_ahead_and_those_in_the_far_future_only_when_nothing_is_nearer() -> None:
    clinic = a_clinic(special_days=[{"date": "2026-12-24", "hours": "9:00-12:00", "why": "Christmas Eve"}])

    assert [off.why for off in clinic.days_off(at("2026-11-23 10:00"))] == [
        "Thanksgiving Day",
        "Christmas Eve",
        "Christmas Day",
        "New Year's Day",
    ]
    assert str(clinic.days_off(at("2026-12-01 10:00"))[0]) == "Thursday, December 24 (Christmas Eve, open 9 am – noon)"
    assert [off.why for off in clinic.days_off(at("2026-09-09 10:00"))] == ["Thanksgiving Day"]


def test_without_public_holidays_only_special_days_close() -> None:
    clinic = a_clinic(holidays={"public": "false"}, special_days=None)

    assert clinic.is_open(at("2026-11-26 10:00"))
    assert clinic.values(at("2026-11-26 10:00"))["closed_days"] == "none planned"


def test_a_clinic_that_never_closes_says_so() -> None:
    clinic = a_clinic(hours=a_week("0:00-24:00"), holidays={"public": "false"}, special_days=None)
    now = at("2026-11-26 23:59:59")

    assert clinic.values(now)["open_now"] == "We are open around the clock."
    assert clinic.values(now)["next_open"] == "now"
    assert clinic.next_reading(now, 10).words == "by 12:10 am tomorrow"


def test_business_days_skip_closed_days_and_end_at_closing_time() -> None:
    assert a_clinic().business_days_after(at("2026-11-24 20:00"), 3) == at("2026-12-01 17:00")
    assert a_clinic().business_days_after(at("2026-11-27 10:00"), 1) == at("2026-11-30 17:00")


def test_nobody_is_on_call_in_a_demonstration() -> None:
    night = at("2026-11-23 22:00")

    assert a_clinic().on_call_now(night) is None
    assert "on_call_phone" not in a_clinic().values(night)


@pytest.mark.parametrize(
    ("when", "by_day", "by_night"), [("always", True, True), ("after_hours", False, True), ("none", False, False)]
)
def test_on_call_follows_the_hours(when: str, by_day: bool, by_night: bool) -> None:
    clinic = a_clinic(**REAL, on_call=ON_CALL | {"when": when})

    assert bool(clinic.on_call_now(at("2026-11-23 10:00"))) == by_day
    assert bool(clinic.on_call_now(at("2026-11-23 22:00"))) == by_night
    assert (clinic.values(at("2026-11-23 22:00")).get("on_call_phone") == "(212) 736-5001") == by_night


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        a_clinic().is_open(datetime(2026, 11, 23, 10))  # noqa: DTZ001 - that is the test


# Around both clock changes of 2026 in New York, minute by minute.
CHANGES = [datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)]
moments = st.builds(
    lambda start, minutes: start + timedelta(minutes=minutes), st.sampled_from(CHANGES), st.integers(0, 4 * 24 * 60)
)
# None begins or ends between one and two at night: in autumn such a time is shown twice.
WEEKS = [
    a_week("9:00-17:00"),
    a_week("0:00-24:00"),
    a_week("0:30-2:15, 3:00-6:00") | {"saturday": "22:00-24:00"},
    a_week("2:15-2:45, 8:00-12:00, 13:00-17:00") | {"monday": CLOSED},
]
clinics = st.sampled_from([a_clinic(hours=week, holidays={"public": "false"}, special_days=None) for week in WEEKS])
within_a_loaded_minute = settings(deadline=None, max_examples=60)


def is_open_by_the_wall_clock(clinic: Clinic, moment: datetime) -> bool:
    local = moment.astimezone(NEW_YORK)
    minute = local.hour * 60 + local.minute
    return any(span.start <= minute < span.end for span in clinic.spans_on(local.date()))


@within_a_loaded_minute
@given(moments, clinics)
def test_open_means_open_by_the_clock_on_the_wall(now: datetime, clinic: Clinic) -> None:
    assert clinic.is_open(now) == is_open_by_the_wall_clock(clinic, now)


@within_a_loaded_minute
@given(moments, clinics)
def test_the_next_opening_is_the_first_minute_at_which_doors_open(now: datetime, clinic: Clinic) -> None:
    opens = clinic.opens_next(now)

    if opens is None:
        assert all(map(all, [clinic.hours.days]))
        return
    minutes = range(0, int((opens - now).total_seconds()) // 60, 5)
    states = [clinic.is_open(now + timedelta(minutes=ahead)) for ahead in minutes]
    assert (False, True) not in set(pairwise(states))
    assert clinic.is_open(opens)
    assert not clinic.is_open(opens - timedelta(seconds=1))


@within_a_loaded_minute
@given(moments, clinics, st.integers(0, 600))
def test_what_is_promised_gives_staff_the_open_minutes_they_need(now: datetime, clinic: Clinic, minutes: int) -> None:
    promised = clinic.next_reading(now, minutes).at

    whole = int((promised - now).total_seconds()) // 60
    worked = sum(is_open_by_the_wall_clock(clinic, now + timedelta(minutes=ahead)) for ahead in range(whole))
    assert minutes <= worked <= minutes + 5
    assert promised >= now


@within_a_loaded_minute
@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - zone given
def test_every_text_value_is_said_at_any_time(now: datetime) -> None:
    values = a_clinic(**REAL, on_call=ON_CALL | {"when": "always"}).values(now)

    assert all(values.values())


def test_a_special_day_wins_over_its_weekday_and_a_holiday() -> None:
    worked = [{"date": "2026-11-26", "hours": "10:00-11:00", "why": "shots"}]
    clinic = a_clinic(special_days=[*worked, {"date": "2026-11-28", "hours": "9:00-10:00", "why": "a make-up day"}])

    assert clinic.is_open(at("2026-11-26 10:30"))
    assert clinic.is_open(at("2026-11-28 09:30"))
    assert clinic.day_off(date(2026, 11, 28)) is not None
