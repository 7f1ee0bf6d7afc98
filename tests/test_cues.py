import re
from collections import Counter
from pathlib import Path

import pytest

from understanding import normalise, phrases, spelling, terms, wordlists
from understanding.cuebook import Cue, cuebook
from understanding.language import language
from understanding.screen import CLINICIAN, URGENT

FILES = sorted(wordlists.CUES.rglob("*.yml"))
CUES = cuebook().cues
PLAIN_WORD = re.compile(r"(?<![\\<])\b([^\W\d_]{4,}) ")
FACETS = {
    "harm_to_others", "abuse_at_home", "taken", "meant_harm", "mentioned", "third_person", "spanish", "other_language", "after_treatment", "today_visit", "under_18",
}  # fmt: skip


def fired(text: str) -> set[str]:
    return {hit.cue.id for hit in cuebook().hits(normalise.words(text), language(text))}


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_cue_file_is_versioned(file: Path) -> None:
    assert int(wordlists.read(file)["version"]) >= 1


def test_cue_ids_are_unique() -> None:
    repeated = [cue_id for cue_id, times in Counter(cue.id for cue in CUES).items() if times > 1]

    assert repeated == []


@pytest.mark.parametrize("cue", CUES, ids=lambda cue: cue.id)
def test_every_cue_says_what_it_is_for(cue: Cue) -> None:
    assert cue.kind in (*URGENT, *CLINICIAN)
    assert cue.level in ("certain", "possible")
    assert cue.facets <= FACETS
    assert cue.fires
    assert cue.silent


@pytest.mark.parametrize("cue", CUES, ids=lambda cue: cue.id)
def test_every_cue_fires_on_its_examples_and_not_on_its_counterexamples(cue: Cue) -> None:
    missed = [text for text in cue.fires if cue.id not in fired(text)]
    wrong = [text for text in cue.silent if cue.id in fired(text)]

    assert (missed, wrong) == ([], [])


@pytest.mark.parametrize("cue", CUES, ids=lambda cue: cue.id)
def test_every_phrase_compiles(cue: Cue) -> None:
    for phrase in (*cue.phrases, *cue.unless, *cue.absent, *cue.also):
        assert phrase.regex.search(" ") is None or phrase.text


@pytest.mark.parametrize("cue", CUES, ids=lambda cue: cue.id)
def test_no_word_of_a_cue_is_taken_for_the_misspelling_of_another(cue: Cue) -> None:
    listed = {
        word
        for phrase in (*cue.phrases, *cue.unless, *cue.absent, *cue.also)
        for word in PLAIN_WORD.findall(phrase.pattern)
    }

    assert {word: spelling.usual(word) for word in listed if spelling.usual(word) != word} == {}


def test_terms_are_kept_apart_from_their_look_alikes() -> None:
    assert "<medicine>" in terms.tagged(normalise.words("is lexaprro ok")).marked
    assert "<medicine>" in terms.tagged(normalise.words("lamotragine 200")).marked
    assert "<condition>" in terms.tagged(normalise.words("i have hole in my heart")).marked
    assert "<" not in terms.tagged(normalise.words("which station is it, is there a vitamin shop in progress")).marked


@pytest.mark.parametrize("text", ["a (b", "a )", "{nothing}", "[maybe]", "..", "( | )"])
def test_a_phrase_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(phrases.BadPhrase):
        phrases.compile_phrase(text, phrases.Lists({}))


def test_no_key_word_is_listed_as_its_own_look_alike() -> None:
    data = wordlists.spelling()

    assert set(data["key_words"]) & set(data["look_alikes"]) <= {"pacemaker", "recovery"}
    assert all(spelling.usual(word) == word for word in data["look_alikes"] if word not in wordlists.canonical())


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("kill (myself|me)", "kill me", True),
        ("end [my] life", "end life", True),
        ("suicid*", "suicidality", True),
        ("want .. die", "want to just die", True),
        ("want .. die", "want to. die", False),
        ("want .. die", "want to one two three four die", False),
        ("^ die", "so. die", True),
        ("^^ die", "so. die", False),
        ("die $", "die now", False),
        ("take # <medicine>", "take 20mg prozac", True),
    ],
)
def test_the_phrase_language_means_what_it_says(phrase: str, text: str, found: bool) -> None:
    compiled = phrases.compile_phrase(phrase, phrases.Lists({}))

    assert bool(list(terms.tagged(normalise.words(text)).spans(compiled))) is found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hola, what is ketamine", "en"),
        ("hola can I get una cita for next week", "en"),
        ("buenas, wasp sting, tongue feels huge gracias", "en"),
        ("mi mamá took todas las pastillas, she won't wake up", "en"),
        ("my husband is asleep, gracias", "en"),
        ("hola", "es"),
        ("hola, cita por favor", "es"),
        ("muchas gracias", "es"),
        ("me duele mucho, ok thanks", "es"),
        ("¿cuánto cuesta?", "es"),
        ("he tomado litio, puedo recibir ketamina", "es"),
        ("no he dormido nada", "es"),
        ("hola dolor pecho fuerte", "es"),
        ("por favor ambulancia rapido urgente", "es"),
        ("hola sobredosis clonazepam ahora", "es"),
        ("buenas tardes, aceptan seguro medico", "es"),
        ("bonjour, combien ça coûte", "other"),
    ],
)
def test_a_few_spanish_words_beside_english_ones_leave_a_message_english(text: str, expected: str) -> None:
    assert language(text) == expected
