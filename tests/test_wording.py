"""How the bot says things: its own short, plain words, with no figure that its source does not give."""

import re
from collections import Counter
from statistics import mean

import pytest

from tests.said import (
    ANSWERS,
    ARTICLE,
    NOTES,
    factual,
    figures,
    grade,
    metadata,
    responses,
    sections,
    sentences,
    spoken,
    texts,
    words,
)

HELPLINES = {"988", "911", "1-800-799-7233", "88788", "1-800-222-1222"}
NEVER_SAID = ["I understand", "calm down", "committed suicide", "safe for you", "cures?", "guarantee[ds]?"]
NEVER_CLAIMED = ["works", "work for", "effective", "success", "proven", "relief", "hope", "always helps", "eligible"]
EMOJI = re.compile("[\N{WHITE STAR}\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")
LONGEST_SENTENCE, LONGEST_MEAN = 25, 15  # words
HARDEST_ANSWER, MEAN_ANSWER = 8.0, 6.0  # school years
COPIED = 6  # words in a row


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_figure_of_an_answer_stands_in_its_source(answer: str) -> None:
    sources = metadata(f"utter_faq/{answer}")["source"].split("; ")
    named = "\n".join(sections().get(source.removeprefix("article: "), "") for source in sources)

    for text in texts(f"utter_faq/{answer}"):
        assert figures(text) <= figures(named)


@pytest.mark.parametrize("name", sorted(set(responses()) - set(factual())))
def test_a_text_that_is_no_answer_gives_no_number_but_those_of_the_helplines(name: str) -> None:
    for text in texts(name):
        assert {figure for figure in figures(text) if re.match(r"\d{3}|1-", figure)} <= HELPLINES


@pytest.mark.parametrize("name", sorted(set(responses()) - {f"utter_note_{note}" for note in NOTES}))
def test_no_text_repeats_the_article_or_a_note(name: str) -> None:
    taken = _runs(ARTICLE).union(*(_runs(note) for note, _ in NOTES.values()))

    for text in texts(name):
        for sentence in sentences(text):
            assert not _runs(sentence) & taken


def test_no_text_is_said_under_two_names() -> None:
    # The same words with other buttons are meant: inside a form nothing more is offered.
    wordings = [(variant, entries[0]) for entries in responses().values() for variant in entries]
    said = Counter(
        (" ".join(words(variant["text"])), str(variant.get("buttons") or first.get("buttons")))
        for variant, first in wordings
    )

    assert [text for text, count in said.items() if count > 1] == []


@pytest.mark.parametrize("name", sorted(responses()))
def test_sentences_are_short(name: str) -> None:
    for text in texts(name):
        lengths = [len(words(sentence)) for sentence in sentences(spoken(text))]
        assert max(lengths, default=0) <= LONGEST_SENTENCE, text
        # One or two sentences have no mean to speak of.
        assert len(lengths) < 3 or mean(lengths) <= LONGEST_MEAN, text


def test_answers_read_easily() -> None:
    grades = {text: grade(spoken(text)) for answer in ANSWERS for text in texts(f"utter_faq/{answer}")}

    assert {text: found for text, found in grades.items() if found > HARDEST_ANSWER} == {}
    assert mean(grades.values()) <= MEAN_ANSWER


@pytest.mark.parametrize("name", sorted(responses()))
def test_no_text_has_words_that_must_not_be_said(name: str) -> None:
    never = NEVER_SAID + (NEVER_CLAIMED if name in factual() else [])

    for text in texts(name):
        assert [phrase for phrase in never if re.search(rf"\b{phrase}\b", text, re.IGNORECASE)] == []
        assert not EMOJI.search(text)


def _runs(text: str) -> set[tuple[str, ...]]:
    said = words(text)
    return {tuple(said[start : start + COPIED]) for start in range(len(said) - COPIED + 1)}
