"""Every text of data/ has its source, its questions and its use; Rasa's own validation lets most of this through."""

import re
from collections import Counter
from typing import Any

import pytest

from tests.said import (
    ANSWERS,
    NOTES,
    ROOT,
    clinic_values,
    content,
    factual,
    metadata,
    responses,
    said_files,
    sections,
    texts,
)

DOMAIN = ROOT / "domain.yml"


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_has_a_text_and_at_least_sixty_questions(answer: str) -> None:
    questions = {
        line
        for path in ROOT.glob(f"data/faq/*/{answer}.yml")
        for block in content(path)["nlu"]
        if block["intent"] == f"faq/{answer}"
        for line in block["examples"].splitlines()
    }

    assert f"utter_faq/{answer}" in responses()
    assert len(questions) >= 60


def test_there_is_no_answer_that_the_product_does_not_know() -> None:
    written = {name.removeprefix("utter_faq/") for name in responses() if name.startswith("utter_faq/")}

    assert written == set(ANSWERS)


def test_the_questions_of_a_topic_lie_in_the_folder_beside_its_answers() -> None:
    for folder in (path for path in ROOT.glob("data/faq/*") if path.is_dir()):
        answered = {name.removeprefix("utter_faq/") for name in content(folder.with_suffix(".yml"))["responses"]}
        assert {path.stem for path in folder.glob("*.yml")} == answered


@pytest.mark.parametrize("name", factual())
def test_every_factual_text_names_its_source_and_is_reviewed_wholly_or_not_at_all(name: str) -> None:
    about = metadata(name)
    review = [about["reviewed_by"], about["reviewed_on"], about["review_by"]]

    assert about["source"]
    assert all(review) or not any(review)


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_names_its_route_its_label_and_sources_that_exist(answer: str) -> None:
    about = metadata(f"utter_faq/{answer}")
    known = {"clinic.yml", *(f"article: {heading}" for heading in sections())}

    assert about["route"] == "answer"
    assert len(about["label"]) <= 40
    assert about["label"].endswith("?")
    assert set(about["source"].split("; ")) <= known


def test_labels_tell_the_answers_apart() -> None:
    labels = Counter(metadata(f"utter_faq/{answer}")["label"] for answer in ANSWERS)

    assert max(labels.values()) == 1


@pytest.mark.parametrize("note", NOTES)
def test_a_public_note_stands_word_for_word_beside_its_answers_and_no_others(note: str) -> None:
    text, answers = NOTES[note]

    assert texts(f"utter_note_{note}")[0].startswith(text)
    assert {answer for answer in ANSWERS if note in metadata(f"utter_faq/{answer}").get("notes", [])} == answers


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_names_only_values_that_are_always_there(answer: str) -> None:
    for text in texts(f"utter_faq/{answer}"):
        assert set(re.findall(r"\{(\w+)\}", text)) <= set(clinic_values())


def test_urgent_texts_never_give_the_clinic_s_number() -> None:
    urgent = [name for name in responses() if metadata(name).get("route") in ("crisis", "emergency")]

    assert [name for name in urgent for text in texts(name) if "{clinic_phone}" in text] == []


@pytest.mark.parametrize("name", sorted(responses()))
def test_buttons_are_short_and_those_for_answers_lead_to_one(name: str) -> None:
    for button in [button for variant in responses()[name] for button in variant.get("buttons", [])]:
        assert 0 < len(button["title"]) <= 40
        assert button["payload"].startswith("/")
        assert button["payload"].removeprefix("/faq/") in ANSWERS or not button["payload"].startswith("/faq/")


def test_every_text_that_is_used_exists() -> None:
    assert sorted((named_in_code() | named_in_data()) - set(responses())) == []


def test_every_text_is_used() -> None:
    answers = {f"utter_faq/{answer}" for answer in ANSWERS} if "utter_faq" in uttered_by_rules() else set()

    unused = set(responses()) - named_in_code() - named_in_data() - put_together() - asked_by_forms() - answers
    assert sorted(unused) == []


def code() -> list[str]:
    folders = ("actions", "frontdesk", "understanding")
    return [path.read_text(encoding="utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py")]


def named_in_code() -> set[str]:
    # utter_action is Rasa's own word for the field of a ready answer.
    return {name for text in code() for name in re.findall(r"[\"'](utter_[\w/]*\w)[\"']", text)} - {"utter_action"}


def put_together() -> set[str]:
    """What code with `f"utter_{…}"` can reach: an intent's own text, or one whose ending stands in the same file."""
    intents = {next(iter(intent)) if isinstance(intent, dict) else intent for intent in content(DOMAIN)["intents"]}
    makers = [text for text in code() if re.search(r"f[\"']utter_\{", text)]
    endings = {ending for text in makers for ending in re.findall(r"[\"'](\w+)[\"']", text)}
    suffixes = {"", *(suffix for text in makers for suffix in re.findall(r"f[\"']\{[^}]+\}(_\w+)[\"']", text))}
    return {f"utter_{ending}{suffix}" for ending in intents | endings for suffix in suffixes} if makers else set()


def uttered_by_rules() -> set[str]:
    rules = [rule for path in said_files() for rule in content(path).get("rules", [])]
    steps = [step for rule in rules for step in rule["steps"]]
    return {step["action"] for step in steps if str(step.get("action")).startswith("utter_")}


def named_in_data() -> set[str]:
    notes = {f"utter_note_{note}" for name in responses() for note in metadata(name).get("notes", [])}
    return (uttered_by_rules() - {"utter_faq"}) | notes


def asked_by_forms() -> set[str]:
    forms: dict[str, Any] = content(DOMAIN).get("forms") or {}
    slots = [(form, slot) for form, about in forms.items() for slot in about["required_slots"]]
    return {f"utter_ask_{form}_{slot}" for form, slot in slots} | {f"utter_ask_{slot}" for _, slot in slots}
