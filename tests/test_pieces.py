"""The parts of a message that are read on their own."""

import pytest

from understanding.pieces import sentences, without_edit


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("when are you open and how long is one session", ["when are you open", "how long is one session"]),
        ("Is it safe? And what does it feel like", ["Is it safe?", "And what does it feel like"]),
        ("i'd like to come, also do you have parking", ["i'd like to come", "do you have parking"]),
        ("me and my wife have a question", []),
        ("can you tell me and who else", ["can you tell me", "who else"]),
        ("black and white and what", []),
    ],
)
def test_questions_that_one_sentence_joins_are_parts(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


def test_words_that_only_edit_a_bookings_note_are_not_read_as_part_of_it() -> None:
    assert without_edit("the note should be: she uses a walker") == "she uses a walker"
    assert without_edit("please change my note to say I can't climb stairs") == "I can't climb stairs"
    assert without_edit("my note is ready, goodbye") == "my note is ready, goodbye"
    assert without_edit("the note should be") == "the note should be"
