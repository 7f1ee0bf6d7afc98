from pathlib import Path

import pytest

from understanding import dataset, speller, wordlists
from understanding.encoder import Encoder
from understanding.speller import Speller


@pytest.fixture(scope="module")
def spelled() -> Speller:
    """As `rasa train` makes it."""
    return speller.fit((example.text for example in dataset.read()), Encoder().whole_words)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("how long is a sesion", "how long is a session"),
        ("can i drvie home afterwards", "can i drive home afterwards"),
        ("wil my insurence pay?", "wil my insurance pay?"),
        ("What does KETMAINE do", "What does ketamine do"),
        ("metahdone daily", "methadone daily"),
    ],
)
def test_one_slip_in_a_word_that_visitors_use_is_mended(spelled: Speller, typed: str, read: str) -> None:
    assert spelled.mended(typed) == read


@pytest.mark.parametrize(
    "text",
    [
        "how long is a session",
        "my name is Darryn Featherstonehaugh",  # names are nobody's slips
        "ask for Mrs Krill or Mr Gash",
        "should i stop aleve",  # a medicine
        "im slitting",  # a beginning of the cues
        "how do i unlive",  # a look-alike
        "quiero una cita para mi esposa",
        "ravers like raves",  # another ending, another word
        "séance with the médico",  # a part of a word is none
        "it's 40mg of abc123x",
        "ned a drp",  # too short to be sure
        "",
    ],
)
def test_everything_else_stays(spelled: Speller, text: str) -> None:
    assert spelled.mended(text) == text


def test_no_word_that_danger_or_a_medicine_is_known_by_is_rewritten(spelled: Speller) -> None:
    words, _ = wordlists.cue_words()

    assert len(words) > 3000
    assert {word: spelled.mended(word) for word in words if spelled.mended(word) != word} == {}


def test_of_two_words_a_slip_away_the_commoner_with_the_same_start_is_meant() -> None:
    counts = {"dosing": 40, "posing": 60, "rare": 1}

    assert Speller(counts, []).mended("desing") == "dosing"
    assert Speller(counts, []).mended("rarer rarre") == "rarer rarre", "what hardly stands in the text mends nothing"


def test_a_stored_speller_mends_the_same(spelled: Speller, tmp_path: Path) -> None:
    spelled.save(tmp_path / "words.json")
    loaded = Speller.load(tmp_path / "words.json", Encoder().whole_words)

    typed = "wen is the frist infuson, and who drvies me hoem afterwrads"

    assert loaded.mended(typed) == spelled.mended(typed) != typed
