"""Reading contact details and wishes out of what people type."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from frontdesk import details
from frontdesk.details import Details

NAMES = [
    "José García", "Nguyễn Văn Anh", "Siobhán O'Connor", "Jean-Luc Picard", "李小龙", "Мария Иванова", "محمد علي",
    "अनिता शर्मा", "ณัฐพล", "Ngũgĩ wa Thiong'o", "Björk Guðmundsdóttir", "D’Angelo", "Mary J. Blige", "Øystein",
    "Van der Berg", "Can Yılmaz", "April May", "Ludwig van Beethoven", "Bo", "Dr. Ann Lee", "Anne-Marie St. John",
    "김민수", "Şebnem Ferah", "Wednesday Addams", "Sunday Adelaja", "June Carter", "Dan Rather", "Le Thi My",
    "Zoë Kravitz", "Δημήτρης", "დავით", "שרה לוי", "Nǃxau ǂToma", "தமிழ்செல்வி", "Kaʻiulani", "Maria da Conceição",
]  # fmt: skip
NO_NAMES = [
    "what time is it", "what time is it?", "why do you need that", "who are you", "maybe later", "no", "skip", "idk",
    "i'd rather not", "it's private", "none of your business", "ummm", "I'm busy right now", "this is urgent",
    "this is my first time", "call me back", "call me tomorrow", "call me at 5", "my name is not important", "?", "...",
    "123", "asdf@", "hello", "Sure", "ok", "book an appointment", "i don't want to say", "tomorrow morning",
    "leave me alone", "Wednesday", "friday afternoon", "can i skip this", "I'm pregnant", "I'm not sure", "👍",
]  # fmt: skip


def read(text: str, asked: str | None = None) -> Details:
    return details.read(text, asked=asked, country="US")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sentence", ["{}", "my name is {}", "My name's {}.", "it's {}", "I'm {}", "Hi, {}", "  {} \n"])
def test_names_of_every_culture_are_names(name: str, sentence: str) -> None:
    found = read(sentence.format(name), "contact_name")

    assert (found.name or "").lower() == name.lower()
    assert (found.wish, found.phone, found.email) == (None, None, None)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_said_beside_other_details_is_read_unasked(name: str) -> None:
    found = read(f"my name is {name}, my phone is (212) 555-0142 and e-mail ann@x.org")

    assert found == Details(name=name, email="ann@x.org", phone="+12125550142")


@pytest.mark.parametrize("text", NO_NAMES)
def test_what_is_no_name_is_not_taken_for_one(text: str) -> None:
    assert read(text, "contact_name").name is None


@pytest.mark.parametrize(
    "text",
    [
        "I'm depressed", "i am so tired", "this is urgent", "this is my first time", "I'm On Zoloft", "I am Pregnant",
        "I'm From Texas", "what is the name of the drug", "call me back please", "i'm ann", "is ann lee there",
    ],
)  # fmt: skip
def test_unasked_only_an_introduction_is_a_name(text: str) -> None:
    assert read(text).name is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("I'm Ann Lee, can you call me", "Ann Lee"), ("Hi, this is Ann", "Ann"), ("my name is ann lee", "Ann Lee")],
)
def test_an_introduction_is_read_unasked(text: str, name: str) -> None:
    assert read(text).name == name


def test_everything_in_one_sentence_is_read_at_once() -> None:
    found = read("I'm Ann Lee, my number is 212-555-0142, e-mail Ann.Lee@X.org, any Tuesday afternoon works")

    assert found == Details("Ann Lee", "Ann.Lee@x.org", "+12125550142", "any Tuesday afternoon works")


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("2125550142", "+12125550142"),
        ("(212) 555 0142", "+12125550142"),
        ("212.555.0142", "+12125550142"),
        ("212/555-0142.", "+12125550142"),
        ("1-800-222-1222", "+18002221222"),
        ("2 1 2 5 5 5 0 1 4 2", "+12125550142"),
        ("(212) 555-0142 ext. 5", "+12125550142"),
        ("+44 20 7946 0958", "+442079460958"),
        ("call 212 555 0142 after 5", "+12125550142"),
    ],
)
def test_a_phone_number_is_read_however_it_is_written(typed: str, phone: str) -> None:
    assert read(typed, "contact_reach").phone == phone


@pytest.mark.parametrize("typed", ["555-0142", "212 555 014", "212555O142", "12345", "21255501422125"])
def test_a_phone_number_with_a_slip_is_asked_for_again(typed: str) -> None:
    found = read(typed, "contact_reach")

    assert (found.phone, found.phone_problem) == (None, True)


@pytest.mark.parametrize(
    "typed", ["2026-03-10 15:00", "10/11/2026 14:00", "3/10/2026, 3 pm", "2026/03/10", "9 to 5", "between 10 and 12"]
)
def test_a_date_is_no_phone_number(typed: str) -> None:
    found = read(typed, "booking_wish")

    assert found == Details(wish=typed)


@pytest.mark.parametrize(
    "typed",
    ["ann@gmail", "ann@x..com", "ann@gmail,com", "ann at gmail dot com", "ann @ gmail.com", "@", "ann@", "a@b@c.org"],
)
def test_an_email_with_a_slip_is_never_taken(typed: str) -> None:
    found = read(typed, "contact_reach")

    assert found.email is None
    assert found.email_problem or typed in ("@", "ann@")


@pytest.mark.parametrize(
    ("typed", "meant"), [("ann@gmail.con", "ann@gmail.com"), ("a.b@Hotmial.com", "a.b@hotmail.com")]
)
def test_a_domain_hardly_meant_is_asked_about(typed: str, meant: str) -> None:
    found = read(f"it's {typed}.", "contact_reach")

    assert (found.email, found.suggestion) == (None, meant)


@pytest.mark.parametrize("slip", sorted(details.SLIPS))
def test_no_slip_is_answered_with_another(slip: str) -> None:
    assert details.SLIPS[slip] not in details.SLIPS


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("any time", "any time"),
        ("next Tuesday at 3pm", "next Tuesday at 3pm"),
        ("whenever my kids are at school", "whenever my kids are at school"),
        ("Tuesday, and my phone is 212 555 0142", "Tuesday"),
    ],
)
def test_a_wish_is_kept_in_the_visitors_words(typed: str, wish: str) -> None:
    assert read(typed, "booking_wish").wish == wish


@given(st.text(max_size=300), st.sampled_from([None, "contact_name", "contact_reach", "booking_wish", "booking_note"]))
@example("\ud800", "contact_name")
@example("@" * 300, "contact_reach")
@example("1" * 300, "contact_reach")
def test_whatever_is_typed_is_read_without_a_mishap(text: str, asked: str | None) -> None:
    found = read(text, asked)

    assert not (found.email and found.suggestion)
    assert len(found.name or "") <= details.LONGEST_NAME
    assert len(found.wish or "") <= details.LONGEST_TEXT


@given(
    st.text(string.ascii_lowercase, min_size=1, max_size=20), st.from_regex(r"[2-9][0-9]{2}555[0-9]{4}", fullmatch=True)
)
def test_what_was_typed_is_read_and_can_be_taken_out(local: str, digits: str) -> None:
    text = f"write to {local}@example.com or call {digits[:3]}-{digits[3:6]}-{digits[6:]} please"

    found = read(text)

    assert (found.email, found.phone) == (f"{local}@example.com", f"+1{digits}")
    assert details.redacted(text, "[gone]") == "write to [gone] or call [gone] please"


def test_a_number_is_said_as_people_there_write_it() -> None:
    assert details.spoken_phone("+12125550142", "US") == "(212) 555-0142"
    assert details.spoken_phone("+442079460958", "US") == "+44 20 7946 0958"
