import tarfile
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from typing import Any

import pytest
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message as RasaMessage

from understanding import dataset
from understanding.classifier import HEADS, WORDING, WORDS, Classifier, train
from understanding.components import Reader
from understanding.components_router import Router
from understanding.figures import Case
from understanding.report import confusions, curves, evaluation, full, judging, messages, page, without_topics
from understanding.report.intervals import Share
from understanding.report.measuring import Outcome
from understanding.report.messages import Message
from understanding.report.perturbations import BY_NAME, perturbations, turned
from understanding.report.reliability import reliability
from understanding.report.served import COMPONENT, NoReader, unpacked
from understanding.report.tables import reached
from understanding.report.variants import VARIANTS, silent_cues
from understanding.screen import Level, screen, thresholds

SHARE = 8  # every so many examples, and every so many messages
VOID = ("meta", "br")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    examples = dataset.read()[::SHARE]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRONTDESK_VAR", str(tmp_path_factory.mktemp("var")))
        return train([example.text for example in examples], [example.label for example in examples])


@pytest.fixture(scope="module")
def archive(trained: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `rasa train` packs it."""
    folder = tmp_path_factory.mktemp("model")
    trained.save(folder)
    packed = folder / "model.tar.gz"
    with tarfile.open(packed, "w:gz") as tar:
        for name in (HEADS, WORDING, WORDS):
            tar.add(folder / name, f"{COMPONENT}/{name}")
    return packed


class Structure(HTMLParser):
    """Every element is closed where it should be; keeps what matters."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, Any]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.addresses += [given[name] for name in ("href", "src", "xlink:href") if name in given]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outcome(expect: str, got: str, danger: float = 0.0) -> Outcome:
    case = Case("where are you", (expect,), expect, got)
    return Outcome(case, danger, 0.0, "faq/location", 0.5)


def test_the_intervals_are_wilsons() -> None:
    assert Share(0, 230).interval == (0, 1.64)
    assert Share(50, 100).interval == (40.38, 59.62)
    assert Share(3, 3).interval == (43.85, 100)


def test_messages_are_judged_as_rasas_components_take_them(trained: Classifier) -> None:
    reader, router = Reader(1, Resource("x"), None, trained), Router()
    chosen = messages.in_file()[:: SHARE * 2]

    for message in chosen:
        sent = RasaMessage({TEXT: message.text})
        router.process(reader.process([sent]))
        case = judging.judge(message, *judging.read(trained, message))

        decided = sent.get("understanding")
        assert case.check_in == decided["check_in"], message.text
        assert case.got == judging.route_of(judging.Decision(decided["intent"], answer=decided["answer"])), message.text


def test_every_intent_that_rasa_may_be_told_has_a_route() -> None:
    routes = {judging.route_of(judging.Decision(intent)) for intent in ("call_back", "erase_data", "unanswered_cost")}

    assert routes == {"human", "privacy", "unanswered"}


def test_the_whole_evaluation_becomes_one_page_that_needs_nothing_else(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [*messages.in_file()[:: SHARE * 2], Message("<script>alert('x')</script> & more", ("crisis",), "crisis")]
    unread = messages.held_out()[:: SHARE * 4]
    monkeypatch.setattr(messages, "in_file", lambda: few)
    monkeypatch.setattr(messages, "held_out", lambda calibration=None: unread)

    content = evaluation.evaluated(archive, lambda doing: None)
    measured = content["sets"]["development"]
    rows = [
        {"without": "cues/lists.yml", "needed": True},
        {"without": "cues/idioms.yml", "worse": 1, "better": 0, **measured},
    ]
    taken = {"training_seconds": 9, "milliseconds": 8.5, "load": 0.1}
    in_full = {"without_cues": {"before": measured, "rows": rows}, "default": {**measured, **taken, "ours": taken}}
    shown = page.rendered({**content, **in_full})

    found = Structure(shown)
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert {address[0] for address in found.addresses} == {"#"}
    assert {address[1:] for address in found.addresses} <= set(found.ids)
    assert "script" not in found.tags
    assert "&lt;script&gt;" in shown
    assert 'id="removals"' in shown
    assert 'id="removals"' not in page.rendered(content)
    assert [each["part"] for each in content["parts"]] == list(VARIANTS)
    assert {each["how"] for each in content["perturbations"]} == {one.name for one in perturbations()}
    everything = content["parts"][0]["development"]
    assert everything["figures"] == content["sets"]["development"]["figures"]
    for about in page.words()["figures"].values():
        assert about["name"].replace("'", "&#x27;") in shown


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    packed = tmp_path / "model.tar.gz"
    with tarfile.open(packed, "w:gz") as tar:
        tar.add(Path(__file__), "components/train_Other0/heads.npz")

    with pytest.raises(NoReader, match="no trained reader"), unpacked(packed):
        pass


@pytest.mark.parametrize("one", perturbations(), ids=lambda one: one.name)
def test_a_message_typed_otherwise_is_the_same_at_every_run(one: Any) -> None:
    message = Message("Can my mother come with me tomorrow, please?", ("unanswered",), "faq")

    again = [one.applied(message) for _ in range(2)]

    assert again[0] == again[1]
    assert again[0].text != message.text
    assert (again[0].expect, again[0].kind) == (message.expect, message.kind)


def test_a_typo_is_one_slip_within_one_word() -> None:
    text = "how long does one session take"

    slipped = BY_NAME["one typo"](text, Random(3))

    pairs = list(zip(text.split(), slipped.split()))
    assert sum(before != after for before, after in pairs) <= 1
    assert all(before[0] == after[0] for before, after in pairs)


def test_what_turned_wrong_is_counted_by_message() -> None:
    before = [Case("a", ("human",), "booking", got) for got in ("human", "human", "book")]
    after = [Case("a", ("human",), "booking", got) for got in ("book", "human", "human")]

    assert turned(before, after) == (1, 1)


def test_cues_are_silent_only_while_they_are_left_out() -> None:
    with silent_cues(True):
        silent = screen("I want to kill myself")

    assert silent.danger is Level.NONE
    assert screen("I want to kill myself").danger is Level.CERTAIN


def test_a_perfect_model_misses_nobody_and_raises_no_false_alarm() -> None:
    outcomes = [outcome("crisis", "crisis", 0.99)] * 20 + [outcome("answer:hours", "answer:hours", 0.0001)] * 20

    found = curves.curves("danger", outcomes)

    assert found["chosen"]["model alone"][1:] == [0, 0]
    assert found["chosen"]["at least asked"][1:] == [0, 0]
    assert (found["wanted"], found["other"]) == (20, 20)


def test_a_lower_threshold_never_misses_more() -> None:
    outcomes = [outcome("crisis", "crisis", n / 40) for n in range(40)]
    outcomes += [outcome("human", "human", n / 80) for n in range(40)]

    for points in curves.curves("danger", outcomes)["lines"].values():
        missed, false = [point[1] for point in points], [point[2] for point in points]
        assert missed == sorted(missed)
        assert false == sorted(false, reverse=True)


def test_a_probability_that_says_too_much_is_off() -> None:
    true = [outcome("crisis", "", 0.75)] * 30 + [outcome("human", "", 0.75)] * 10
    boasting = [outcome("crisis", "", 0.95)] * 20 + [outcome("human", "", 0.95)] * 20

    assert reliability(true)["danger"]["off_by"] == 0
    assert reliability(boasting)["danger"]["off_by"] == 45
    assert reliability(true)["danger"]["points"][0]["count"] == 30


def test_confused_routes_are_counted_with_examples() -> None:
    wrong = [Case(text, ("crisis",), "crisis", "distress") for text in ("b", "aa")]
    right = Case("c", ("unanswered",), "logistics_unvetted", "unanswered")

    pairs = confusions.pairs([*wrong, right])

    assert pairs == [{"expect": "crisis", "got": "distress", "count": 2, "of": 2, "examples": ["b", "aa"]}]
    assert confusions.matrix([*wrong, right])["crisis"]["distress"] == 2
    assert [(kind["kind"], kind["percent"]) for kind in confusions.kinds([*wrong, right])] == [
        ("crisis", 0),
        ("logistics_unvetted", 100),
    ]


@pytest.mark.parametrize(
    ("count", "of", "state"), [(0, 1000, "reached"), (1, 100, "likely"), (3, 100, "unlikely"), (30, 100, "missed")]
)
def test_an_aim_is_reached_or_not_and_for_sure_or_by_chance(count: int, of: int, state: str) -> None:
    assert reached(Share(count, of).as_dict(), {"most": 2}) == state
    assert reached(Share(of - count, of).as_dict(), {"least": 98}) == state


def test_a_cue_file_left_out_no_longer_counts() -> None:
    unsure = thresholds("danger").doubt_certain  # just enough for a certain cue, and for nothing else
    reading = judging.Reading({"out_of_scope": 1.0}, danger=unsure, clinician=0.0, scope=0.0)
    read = [Message("i want to kms", ("crisis",), "crisis", reading=reading)]
    before = [judging.judge(message, *judging.read(None, message)) for message in read]

    files = ["crisis_slang.yml", "lists.yml", "medical_advice.yml"]
    found = dict(full.without_cue_files(files, read))

    assert before[0].got == "crisis"
    assert set(files) < set(full.cue_files())
    assert found["cues/crisis_slang.yml"] != before
    assert found["cues/medical_advice.yml"] == before
    assert found["cues/lists.yml"] is None


def test_a_topic_is_left_out_with_all_its_files_and_nothing_else() -> None:
    everything, folder = dataset.read(), dataset.DATA / "faq" / "start"

    kept = without_topics.examples_without("faq/start")

    own = {f"faq/{file.stem}" for file in folder.glob("*.yml")}
    assert "faq/start" in without_topics.topics()
    assert kept == [example for example in everything if example.label not in own]
    assert len(kept) < len(everything)
