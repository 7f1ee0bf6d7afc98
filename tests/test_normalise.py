import pytest

from understanding.language import language
from understanding.normalise import words


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("I'm", "i am"),
        ("dont wanna", "do not want to"),
        ("he's", "he is"),
        ("my throat's closing", "my throat is closing"),
        ("moms not breathing", "mom is not breathing"),
        ("my mother's pills", "my mothers pills"),
        ("u r gr8", "you are gr8"),
        ("at 9.30", "at 9_30"),
        ("wait... what?!", "wait . what ? ."),
    ],
)
def test_short_forms_are_read_in_full(typed: str, read: str) -> None:
    assert words(typed) == f" {read} "


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("k1ll mys3lf", "kill myself"),
        ("K!LL MY$ELF", "kill myself"),
        ("want 2 d13", "want to die"),
        ("h€lp i w@nt to d!e", "help i want to die"),
        ("su*cide", "suicide"),
        ("s u i c i d e", "suicide"),
        ("k.i.l.l myself", "kill myself"),
        ("k-i-l-l  m-e", "kill me"),
        ("i w a n t t o d i e", "i want to die"),
        ("wanttodie", "want to die"),
        ("killl myselfff", "kill myself"),
        ("dieeeeee", "die"),
        ("ｓｕｉｃｉｄｅ", "suicide"),
        ("ѕuісіdе", "suicide"),
        ("su\u200bic\u00adide", "suicide"),
        ("s̶u̶i̶c̶i̶d̶e̶", "suicide"),
        ("𝓴𝓲𝓵𝓵 𝕞𝕖", "kill me"),
        ("ᴋɪʟʟ ᴍʏsᴇʟꜰ", "kill myself"),
        ("🇰🇮🇱🇱 🅜🅔", "kill me"),
        ("sucide thougts", "suicide thoughts"),
        ("overdosse", "overdose"),
        ("sui cide", "suicide"),
    ],
)
def test_disguises_are_undone(typed: str, read: str) -> None:
    assert words(typed) == f" {read} "


@pytest.mark.parametrize(
    "typed",
    [
        "b12 and d3",
        "u.s.a",
        "a b c",
        "skills",
        "deadline",
        "diesel",
        "homeless",
        "billing",
        "willing",
        "hanging",
        "breather",
        "4pm",
        "covid19",
        "i v",
    ],
)
def test_ordinary_words_are_not_taken_for_disguises(typed: str) -> None:
    read = set(words(typed).split())

    assert not read & {"kill", "die", "dead", "suicide", "hopeless", "killing", "hurt", "harm"}


def test_letters_of_other_scripts_stay_what_they_are() -> None:
    assert words("хочу умереть") == " хочу умереть "
    assert words("죽고 싶어요") == " 죽고 싶어요 "
    assert words("मैं मरना") == " मैं मरना "
    assert words("不想活") == " 不 想 活 "
    assert words("tôi muốn chết") == " toi muon chet "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what are your hours", "en"),
        ("lithium", "en"),
        ("see ya", "en"),
        ("time per treatment", "en"),
        ("¿cuánto cuesta?", "es"),
        ("cuanto cuesta el tratamiento", "es"),
        ("quiero morir", "es"),
        ("hola", "es"),
        ("je veux mourir", "other"),
        ("quero me matar", "other"),
        ("ich will nicht mehr", "other"),
        ("voglio morire", "other"),
        ("我不想活了", "other"),
        ("хочу записаться", "other"),
        ("مرحبا", "other"),
        ("", "en"),
        ("😀", "en"),
    ],
)
def test_language_is_guessed(text: str, expected: str) -> None:
    assert language(text) == expected
