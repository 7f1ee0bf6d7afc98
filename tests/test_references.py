"""References are read aloud and typed by hand: a slip must never lead to somebody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk import references
from frontdesk.references import ALPHABET

LETTERS = st.text(ALPHABET, min_size=7, max_size=7)


def made(body: str) -> str:
    return body + references._check(body)


def test_a_new_reference_is_two_groups_of_four_and_reads_as_itself() -> None:
    new = [references.new() for _ in range(200)]

    assert len(set(new)) == 200
    assert all(len(one) == 9 and one[4] == "-" and references.parse(one) == one for one in new)


@given(LETTERS)
def test_every_single_slip_is_caught(body: str) -> None:
    right = made(body)

    for place, letter in enumerate(right):
        for slip in ALPHABET.replace(letter, ""):
            assert references.parse(right[:place] + slip + right[place + 1 :]) is None


@given(LETTERS)
def test_every_swap_of_neighbours_is_caught(body: str) -> None:
    right = made(body)

    for place in range(7):
        swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        assert references.parse(swapped) is None or swapped == right


@given(LETTERS, st.integers(0, 7))
def test_a_missing_or_doubled_character_is_caught(body: str, place: int) -> None:
    right = made(body)

    assert references.parse(right[:place] + right[place + 1 :]) is None
    assert references.parse(right[:place] + right[place] + right[place:]) is None


@pytest.mark.parametrize("write", ["{}", " {} ", "{}.", "#{}"])
def test_it_is_known_however_it_is_written(write: str) -> None:
    reference = references.new()

    for typed in (reference, reference.lower(), reference.replace("-", ""), reference.replace("-", " ")):
        assert references.parse(write.format(typed)) == reference


def test_no_two_characters_look_or_sound_alike() -> None:
    for alike in ("0OQ", "1IL", "8B", "6G", "5S", "2Z", "UV", "WV", "YV"):
        assert len(set(alike) & set(ALPHABET)) <= 1


@given(st.text(max_size=30))
def test_other_texts_are_no_references(text: str) -> None:
    found = references.parse(text)

    assert found is None or references.parse(found) == found


def test_a_reference_is_found_within_a_sentence_however_it_is_written() -> None:
    reference = references.new()
    loose = reference.replace("-", "").lower()

    for said in (
        f"it is {reference} ok",
        f"please cancel {loose}",
        f"my ref: {' '.join(loose)}.",
        loose[:4] + " " + loose[4:],
    ):
        assert references.found_in(said) == reference


def test_ordinary_words_hold_no_reference() -> None:
    assert references.found_in("please cancel my appointment on thursday at 10:30, thank you") is None
