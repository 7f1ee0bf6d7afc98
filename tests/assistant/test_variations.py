import random

import pytest

from understanding import speller
from understanding.dataset import Example
from understanding.tuning.surroundings import Surroundings
from understanding.tuning.variations import Variations, preferred

TEXTS = [
    Example("when do you open", "faq/hours", 1),
    Example("hello there", "smalltalk", 1),
    Example("I want to end my life", "crisis", 1),
    Example("please cancel my visit", "cancel_booking", 1),
]
SPELLER = speller.fit([example.text for example in TEXTS], ["when", "do", "you", "open", "hello", "there"])


@pytest.mark.parametrize(
    ("one", "other", "label"),
    [
        ("faq/hours", "crisis", "crisis"),
        ("crisis", "emergency", "emergency"),
        ("eligibility", "faq/hours", "eligibility"),
        ("book", "cancel_booking", "cancel_booking"),
        ("human", "privacy", "privacy"),
        ("smalltalk", "faq/hours", "faq/hours"),
        ("smalltalk", "distress", "distress"),
        ("distress", "book", "book"),
        ("faq/hours", "faq/hours", "faq/hours"),
    ],
)
def test_of_two_requests_in_one_message_the_one_that_the_product_prefers_counts(
    one: str, other: str, label: str
) -> None:
    assert preferred(one, other) == preferred(other, one) == label


@pytest.mark.parametrize(
    ("one", "other"),
    [("faq/hours", "faq/contact"), ("faq/hours", "unanswered/cost"), ("distress", "faq/hours")],
)
def test_where_the_product_leaves_open_which_counts_nothing_is_joined(one: str, other: str) -> None:
    assert preferred(one, other) is None


def test_a_joined_message_holds_both_and_has_the_label_of_the_weightier() -> None:
    variations = Variations(TEXTS, SPELLER, random.Random(1), joins=True)

    varied = [variations.of(example) for example in TEXTS * 200]

    both = [one for one in varied if "open" in one.text.lower() and "life" in one.text.lower()]
    assert both
    assert {one.label for one in both} == {"crisis"}


def test_without_joining_a_message_keeps_its_label_and_mostly_its_letters() -> None:
    variations = Variations(TEXTS, SPELLER, random.Random(1), joins=False)

    varied = [variations.of(example) for example in TEXTS * 100]

    assert [one.label for one in varied] == [example.label for example in TEXTS * 100]
    changed = [abs(len(one.text) - len(example.text)) > 1 for one, example in zip(varied, TEXTS * 100)]
    assert 0 < sum(changed) < len(changed) / 5, "some stand amid chatter"


def test_what_stands_around_a_message_leaves_its_words_but_for_a_second_language() -> None:
    surroundings = Surroundings(random.Random(1))

    around = {surroundings.around("Is parking free!") for _ in range(400)}

    assert len(around) > 200
    assert all("Is parking free" in text for text in around)
    assert any(text.startswith("Is parking free") for text in around)
    assert not any("free!," in text or "free!." in text for text in around), "one end of a sentence is enough"


def test_a_second_language_swaps_words_for_words() -> None:
    surroundings = Surroundings(random.Random(1))

    around = [surroundings.around("can my sister wait") for _ in range(400)]

    assert any("can my hermana" in text for text in around)
    assert all("my sister" in text or "my hermana" in text for text in around)
