"""Reading contact details and wishes out of what people type."""

import string

import pytest
from hypothesis import example, given, settings
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
@settings(deadline=None)
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


MORE_NAMES = [
    "Robert Downey Jr.", "Martin Luther King III", "Juan de la Cruz", "María José Fernández-Ochoa", "J. R. R. Tolkien", "JR",
    "Abdul-Rahman al-Sudais", "Renée", "Þóra Jónsdóttir", "Ng", "Thu Nguyen", "Sun Li", "Kim You", "Anh To", "Min So", "Kim Do",
    "Will", "Mark", "Hope", "Dawn", "Will Smith", "Noah Day", "Mary Best", "May June", "Dorothy Day", "Ó Briain", "İbrahim",
    "Ms. Lee", "Mai Linh", "Jean-Claude Van Damme", "Chloé", "Ana Sofía de Jesús", "Nuño", "Sean O'Neil", "Ewa Łukasiewicz",
    "Xi", "Guy Young", "Art", "Rich Price", "山田太郎", "Нгуен", "عائشة", "ஜெயா", "Tuesday Weld", "Early Cuyler",
]  # fmt: skip
MORE_NO_NAMES = [
    "no thanks", "No Thanks", "no way", "no idea", "just me", "me", "myself", "the same as before", "same", "n/a", "nvm", "lol", "test it",
    "you tell me", "not telling", "later please", "i forgot", "good question", "why?", "what for", "is this private?", "the patient",
    "my mom", "for my mom", "it's for my husband", "i want to book", "can you call me", "when can i come", "any time", "asap",
    "tomorrow at 3", "next week", "mornings", "12/3", "i have a question", "how much is it", "stop", "cancel that", "go back",
    "i'm not comfortable sharing that", "do i have to", "thank you", "yes please", "sounds good", "my phone is 212 555 0142",
    "does it hurt", "I am on Zoloft", "i'm 45", "Hello there", "who is this", "is this a bot", "are you a person", "help",
    "speak to a human", "what are your hours", "I take lithium", "my number", "first name", "call me later", "the first one",
]  # fmt: skip


@pytest.mark.parametrize("name", MORE_NAMES)
@pytest.mark.parametrize("sentence", ["{}", "my name is {}", "it's {}", "{}, 212 555 0142", "Hi, {}"])
def test_short_long_and_odd_names_are_names(name: str, sentence: str) -> None:
    assert read(sentence.format(name), "contact_name").name == name


@pytest.mark.parametrize("text", MORE_NO_NAMES)
def test_an_answer_that_tells_no_name_is_none(text: str) -> None:
    assert read(text, "contact_name").name is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ann lee", "Ann Lee"),
        ("o'connor", "O'Connor"),
        ("juan de la cruz", "Juan de la Cruz"),
        ("van nguyen", "Van Nguyen"),
        ("anne-marie st. john", "Anne-Marie St. John"),
        ("josé garcía", "José García"),
        ("ngũgĩ wa thiong'o", "Ngũgĩ wa Thiong'o"),
        ("bo", "Bo"),
        ("ANN LEE", "ANN LEE"),
        ("it's ann", "Ann"),
        ("Ann Lee here", "Ann Lee"),
        ("you can call me Ann", "Ann"),
        ("just Ann", "Ann"),
        ("sure, it's Ann Lee", "Ann Lee"),
        ("Ann Lee (she/her)", "Ann Lee"),
        ("Ann Lee 🙂", "Ann Lee"),
        ("Ann Lee and my number is 212 555 0142", "Ann Lee"),
        ("John Smith, Jr.", "John Smith Jr."),
        ("Smith, John", "John Smith"),
        ("first name Ann last name Lee", "Ann Lee"),
        ("First: Ann, Last: Lee", "Ann Lee"),
        ("no, my name is Ann", "Ann"),
        ("no, it's Ann Lee", "Ann Lee"),
        ("yes, Ann Lee", "Ann Lee"),
        ("my name is Ann Lee. what time is it?", "Ann Lee"),
        ("I'm Ann, when can I come?", "Ann"),
        ("hi im ann lee", "Ann Lee"),
        ("name: ann lee", "Ann Lee"),
    ],
)
def test_a_name_is_read_however_it_is_given(typed: str, name: str) -> None:
    assert read(typed, "contact_name").name == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("change name to Robert Smith", "Robert Smith"),
        ("please change my name to robert smith", "Robert Smith"),
        ("no, my name is Robert Smith", "Robert Smith"),
        ("the name is wrong, it's Robert Smith", "Robert Smith"),
        ("my name isn't Bob, it's Robert Smith", "Robert Smith"),
        ("the name should be Robert Smith", "Robert Smith"),
        ("actually my name is Robert", "Robert"),
        ("can you fix the name? it should be Robert Smith", "Robert Smith"),
        ("put it under Robert Smith please", "Robert Smith"),
        ("it's under the name Robert Smith", "Robert Smith"),
        ("Maria Lopez, 212 555 0199, mornings is best", "Maria Lopez"),
        ("Maria Lopez 212-555-0199", "Maria Lopez"),
        ("212-555-0199 Maria Lopez", "Maria Lopez"),
        ("Maria Lopez\nmaria@x.org\ntuesday", "Maria Lopez"),
        ("maria@x.org, Maria Lopez", "Maria Lopez"),
    ],
)
def test_a_name_is_told_or_corrected_unasked(text: str, name: str) -> None:
    assert read(text).name == name


@pytest.mark.parametrize(
    "text",
    [
        "change the name", "the name is wrong", "wrong name", "my name is not Bob", "change my phone to 212 555 0142",
        "Tuesday Morning, 212 555 0142", "Thank You, 212 555 0142", "call me asap", "call me at 212 555 0142", "call me Tuesday",
        "what is my name", "I'm Looking For Help", "I'm Allergic", "This Is Urgent", "I am Interested", "his name is Joe",
        "my mom's name is Ann", "her name is Ann Lee", "the doctor's name is Smith", "do you know my name",
        "is the name of the medicine Spravato", "my username is bob", "I'm a Veteran", "Ketamine Infusion, 212 555 0142",
    ],
)  # fmt: skip
def test_what_tells_no_name_of_the_visitor_gives_none(text: str) -> None:
    assert read(text).name is None


def test_name_address_and_time_in_one_go_are_all_taken() -> None:
    found = read("Maria Lopez, maria.lopez@x.org, 212 555 0199, mornings is best")

    assert found == Details("Maria Lopez", "maria.lopez@x.org", "+12125550199", "mornings is best")


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("actually it's bob@y.org", "bob@y.org"),
        ("no, bob@y.org", "bob@y.org"),
        ("not ann@x.org, bob@y.org", "bob@y.org"),
        ("my email is wrong, it should be bob@y.org", "bob@y.org"),
        ("change ann@x.org to bob@y.org", "bob@y.org"),
        ("bob@y.org instead of ann@x.org", "bob@y.org"),
        ("ann@x.org sorry bob@y.org", "bob@y.org"),
        ("ann@x.org or bob@y.org", "ann@x.org"),
        ("<bob@y.org>", "bob@y.org"),
        ("mailto:bob@y.org", "bob@y.org"),
        ("e-mail:bob@y.org.", "bob@y.org"),
        ("josé@exämple.org", "josé@exämple.org"),
        ("first.last+tag@sub.example.co.uk", "first.last+tag@sub.example.co.uk"),
    ],
)
def test_an_email_is_read_or_corrected(text: str, email: str) -> None:
    assert read(text).email == email


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ann@gmail.con", "ann@gmail.com"),
        ("ann@gmal.com", "ann@gmail.com"),
        ("ann@gmail.cmo", "ann@gmail.com"),
        ("ann@yhaoo.com", "ann@yahoo.com"),
        ("ann@outlok.com", "ann@outlook.com"),
        ("ann@icoud.com", "ann@icloud.com"),
        ("ann@hotmail.comm", "ann@hotmail.com"),
    ],
)
def test_a_slip_in_a_common_domain_is_asked_about(typed: str, meant: str) -> None:
    found = read(typed, "contact_reach")

    assert (found.email, found.suggestion) == (None, meant)


@pytest.mark.parametrize(
    "domain", ["mail.com", "ymail.com", "gmx.com", "yahoo.ca", "hotmail.co.uk", "outlook.de", "me.com", "email.com"]
)
def test_a_domain_that_is_real_is_taken(domain: str) -> None:
    assert read(f"ann@{domain}").email == f"ann@{domain}"


def test_an_address_spelled_out_is_suggested_not_taken() -> None:
    found = read("ann.lee at gmail dot com", "contact_reach")

    assert (found.email, found.suggestion) == (None, "ann.lee@gmail.com")


@pytest.mark.parametrize(
    ("text", "phone", "extension"),
    [
        ("the phone is wrong it's 212 555 0142", "+12125550142", None),
        ("not 212 555 0199, 212 555 0142", "+12125550142", None),
        ("change 212-555-0199 to 212-555-0142", "+12125550142", None),
        ("212-555-0142 or 212-555-0199", "+12125550142", None),
        ("212 555 0142 ext 204", "+12125550142", "204"),
        ("212-555-0142 x5", "+12125550142", "5"),
        ("(212) 555-0142, extension 12", "+12125550142", "12"),
        ("0044 20 7946 0958", "+442079460958", None),
        ("011 44 20 7946 0958", "+442079460958", None),
        ("+44 (0)20 7946 0958", "+442079460958", None),
        ("+33 6 12 34 56 78", "+33612345678", None),
        ("two one two, five five five, oh one four two", "+12125550142", None),
        ("2125550142 any time", "+12125550142", None),
        ("Tel.: 212-555-0142.", "+12125550142", None),
    ],
)
def test_phone_numbers_national_foreign_and_corrected(text: str, phone: str, extension: str | None) -> None:
    found = read(text, "contact_reach")

    assert (found.phone, found.extension) == (phone, extension)


@pytest.mark.parametrize(
    ("text", "relation", "patient"),
    [
        ("for my mom Ann Lee", "mother", "Ann Lee"),
        ("it's for my husband", "husband", None),
        ("I'm booking on behalf of my dad, his name is Joe", "father", "Joe"),
        ("I'd like to book for my daughter Emma", "daughter", "Emma"),
        ("it is for my wife, Jane Doe", "wife", "Jane Doe"),
        ("for my son (Tim O'Neil)", "son", "Tim O'Neil"),
        ("My mother needs a consultation", "mother", None),
        ("my brother would like an appointment", "brother", None),
        ("asking for a friend", "friend", None),
        ("for my friend named Bo", "friend", "Bo"),
        ("for my friend named bo", "friend", "Bo"),
        ("not for me, for my grandma", "grandmother", None),
        ("not me, my mom", "mother", None),
        ("the patient is my sister Li Na", "sister", "Li Na"),
        ("it's my mother-in-law who needs it", "mother-in-law", None),
        ("i want to bring my dad in", "father", None),
        ("can you schedule my wife in for tuesday", "wife", None),
        ("for my partner, her name is Ana de la Cruz", "partner", "Ana de la Cruz"),
        ("on behalf of my client Bob Smith", "client", "Bob Smith"),
        ("I'm her husband", "wife", None),
        ("im his mother", "son", None),
        ("for Ann Lee", None, "Ann Lee"),
        ("the patient's name is Ann Lee", None, "Ann Lee"),
        ("patient: Ann Lee", None, "Ann Lee"),
        ("this is for Joe, he can't type", None, "Joe"),
        ("for my step-dad", "stepfather", None),
        ("my girlfriend Sue wants to come in tuesday", "girlfriend", "Sue"),
        ("FOR MY MOM", "mother", None),
    ],
)
def test_a_booking_for_somebody_else_says_for_whom(text: str, relation: str | None, patient: str | None) -> None:
    found = read(text)

    assert (found.relation, found.patient_name, found.name) == (relation, patient, None)


@pytest.mark.parametrize(
    "text",
    [
        "my husband must not know", "my mom recommended you", "my wife will drive me", "don't call my husband", "my brother had ketamine",
        "I was referred by my friend", "I'm waiting for my husband", "I care for my mom so only evenings", "for me", "it's for myself",
        "not for my mom, for me", "ask for my husband when you call", "my dad died", "I live with my parents", "for tuesday",
        "an appointment for Monday morning", "for depression", "for December 3", "my emergency contact is my wife Jane",
        "is it ok for my kids to wait", "looking for a doctor", "my therapist sent me", "for ketamine treatment", "I take it for my anxiety",
        "for now", "what is it for", "for Ketamine", "thanks for your help", "for me and my wife",
    ],
)  # fmt: skip
def test_a_relative_who_is_only_mentioned_is_no_patient(text: str) -> None:
    found = read(text)

    assert (found.relation, found.patient_name) == (None, None)


@pytest.mark.parametrize(
    ("text", "asked", "relation", "patient"),
    [
        ("my mom", "booking_for", "mother", None),
        ("mom", "booking_for", "mother", None),
        ("a friend of mine", "booking_for", "friend", None),
        ("my husband Bob Lee", "booking_for", "husband", "Bob Lee"),
        ("me", "booking_for", None, None),
        ("Ann Lee", "patient_name", None, "Ann Lee"),
        ("ann lee", "patient_name", None, "Ann Lee"),
        ("her name is Ann Lee", "patient_name", None, "Ann Lee"),
        ("she's called Ann", "patient_name", None, "Ann"),
        ("my mom Ann Lee", "patient_name", "mother", "Ann Lee"),
        ("it's Ann", "patient_name", None, "Ann"),
        ("what do you need that for", "patient_name", None, None),
    ],
)
def test_whom_it_is_for_may_be_answered_shortly(
    text: str, asked: str, relation: str | None, patient: str | None
) -> None:
    found = read(text, asked)

    assert (found.relation, found.patient_name, found.name) == (relation, patient, None)


def test_the_callers_and_the_patients_names_are_told_apart() -> None:
    found = read("my name is Bob Lee and I'm booking for my mom Ann Lee, my number is 212 555 0142")

    assert found == Details(name="Bob Lee", phone="+12125550142", relation="mother", patient_name="Ann Lee")


@pytest.mark.parametrize(
    ("text", "voicemail"),
    [
        ("don't leave a voicemail", False),
        ("please do not leave messages", False),
        ("no voicemails", False),
        ("no voice mail please", False),
        ("never leave me a message", False),
        ("my husband must not know: no voicemails", False),
        ("my wife listens to my voicemail", False),
        ("voicemail is not safe", False),
        ("voicemail isn't ok", False),
        ("I'd rather you didn't leave a voicemail", False),
        ("you can leave a voicemail", True),
        ("voicemail is fine", True),
        ("ok to leave a message", True),
        ("leave a message if I don't answer", True),
        ("feel free to leave a voicemail", True),
        ("yes, voicemails are okay", True),
        ("can I leave a message for the doctor", None),
        ("I want to leave a message", None),
        ("did you get my voicemail", None),
        ("I left a voicemail yesterday", None),
        ("what is a voicemail", None),
        ("no", None),
    ],
)
def test_whether_a_voicemail_may_be_left_is_read(text: str, voicemail: bool | None) -> None:
    assert read(text).voicemail is voicemail


@pytest.mark.parametrize(
    ("text", "voicemail"),
    [("please don't", False), ("rather not", False), ("no thanks", False), ("that's fine", True), ("sure, go ahead", True),
     ("only after 5", None), ("not really", False)],
)  # fmt: skip
def test_whether_a_voicemail_may_be_left_may_be_answered_shortly(text: str, voicemail: bool | None) -> None:
    assert read(text, "contact_voicemail").voicemail is voicemail


@pytest.mark.parametrize(
    ("text", "preferred"),
    [
        ("email is better", "email"),
        ("I prefer email", "email"),
        ("please e-mail me", "email"),
        ("email only", "email"),
        ("text me instead", "text"),
        ("only text after 5", "text"),
        ("texting works best", "text"),
        ("by text please", "text"),
        ("don't call, text", "text"),
        ("I'd rather get an email than a call", "email"),
        ("call me", "phone"),
        ("please call", "phone"),
        ("phone is best", "phone"),
        ("a call is fine", "phone"),
        ("by phone", "phone"),
        ("best way to reach me is email", "email"),
        ("no texts please, call", "phone"),
        ("call or text", None),
        ("my phone is 212 555 0142", None),
        ("my email is ann@x.org", None),
        ("don't call me", None),
        ("I called yesterday", None),
        ("what's your phone number", None),
        ("I never got your email", None),
        ("call me Ann", None),
        ("can I text you", None),
    ],
)
def test_the_way_people_want_to_be_reached_is_read(text: str, preferred: str | None) -> None:
    assert read(text).preferred == preferred


@pytest.mark.parametrize(
    ("text", "safe_hours"),
    [
        ("only text after 5", "only text after 5"),
        ("don't call before 10am", "don't call before 10am"),
        ("email is better. please don't call me at work", "please don't call me at work"),
        ("my husband must not know: no voicemails", "my husband must not know"),
        ("call only when my husband is at work, he leaves at 8", "call only when my husband is at work"),
        ("it's not safe to call at night", "it's not safe to call at night"),
        ("you can reach me weekdays after 3", "you can reach me weekdays after 3"),
        ("My number is 212 555 0142, only call between 9 and 12", "only call between 9 and 12"),
        ("nobody at home may know", "nobody at home may know"),
        ("don't call me", "don't call me"),
        ("best time to call is mornings", "best time to call is mornings"),
        ("next tuesday at 3", None),
        ("mornings is best", None),
        ("call 212 555 0142", None),
        ("no voicemails", None),
    ],
)
def test_when_it_is_safe_to_reach_somebody_is_kept_in_their_words(text: str, safe_hours: str | None) -> None:
    assert read(text).safe_hours == safe_hours


def test_a_time_to_call_is_no_wish() -> None:
    found = read("I'd like to come in tuesday morning, but only call me after 5")

    assert found.wish == "tuesday morning"
    assert found.safe_hours == "only call me after 5"


def test_a_time_told_when_asked_about_voicemail_is_a_safe_hour_and_no_wish() -> None:
    found = read("only after 5", "contact_voicemail")

    assert (found.safe_hours, found.wish) == ("only after 5", None)


def test_names_can_be_taken_out_as_well() -> None:
    text = "I'm Ann Lee, 212 555 0142 ext. 5, ann@x.org. Ann"

    assert details.redacted(text, "[gone]", names=["Ann Lee"]) == "I'm [gone], [gone], [gone]. Ann"


@given(st.lists(st.sampled_from([*NAMES, *NO_NAMES, "212 555 0142", "ann@x.org", "my name is", "for my mom", ",", "no voicemails",
                                 "call me after 5", "it's", "tuesday", "and", "?", ".", "not", "email is better"]), max_size=6))  # fmt: skip
@settings(deadline=None)
def test_whatever_is_put_together_keeps_its_kinds_apart(parts: list[str]) -> None:
    found = read(" ".join(parts))

    assert found.phone in (None, "+12125550142")
    assert found.email in (None, "ann@x.org")
    assert found.preferred in (None, "phone", "email", "text")
    assert found.relation in (None, "mother")
    assert len(found.safe_hours or "") <= details.LONGEST_TEXT
    for name in (found.name, found.patient_name):
        assert name is None or not any(character in "@?,0123456789" for character in name)
