"""From the words in data/ to what a visitor reads."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from frontdesk import clinic as clinics
from frontdesk import conversations
from frontdesk.bot import Said
from frontdesk.clinic import Clinic
from frontdesk.config import ROOT, Settings
from frontdesk.database import Database
from frontdesk.model import Message
from frontdesk.rendering import Rendering
from frontdesk.texts import Response, Texts
from frontdesk.web import DemonstrationIsPrivate, create_app

TEXTS = Texts.load(ROOT / "data")
OPEN = datetime(2026, 3, 10, 19, tzinfo=UTC)  # a Tuesday, 3 pm
CLOSED = datetime(2026, 3, 11, 2, tzinfo=UTC)
OF_ACTIONS = dict.fromkeys(  # values that an action gives with the response
    (
        "booking_name",
        "booking_patient",
        "booking_reach",
        "booking_wish",
        "booking_when",
        "booking_note",
        "reference",
        "suggestion",
        "contact_lines",
        "contact_preferred",
        "contact_voicemail",
        "contact_safe_hours",
        "contact_texts",
        "when",
        "old_when",
        "place",
        "minutes",
        "wish_words",
    ),
    "something",
)


@pytest.fixture(scope="module")
def demonstration() -> Clinic:
    return clinics.load(ROOT / "clinic.yml")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    return clinics.load(real_file(tmp_path_factory.mktemp("clinic")))


def real_file(folder: Path) -> Path:
    """The same clinic with lines that are true."""
    path = folder / "clinic.yml"
    shipped = (ROOT / "clinic.yml").read_text(encoding="utf-8")
    real = shipped.replace("placeholder: true", "placeholder: false").replace("555-01", "736-01")
    path.write_text(real.replace("pmcheal.example", "pmcheal.com").replace("Exampleville", "New York"))
    return path


def rendering(clinic: Clinic, *, is_demonstration: bool = False) -> Rendering:
    return Rendering(TEXTS, clinic, is_demonstration=is_demonstration)


@pytest.mark.parametrize("response", TEXTS.ids())
@pytest.mark.parametrize("at", [OPEN, CLOSED])
def test_every_wording_of_every_response_finds_its_values(demonstration: Clinic, response: str, at: datetime) -> None:
    values = rendering(demonstration).values(at) | OF_ACTIONS | {"on_call_phone": "something"}

    for said in range(len(TEXTS[response].variants)):
        reply = TEXTS.reply(response, values, said)

        assert reply.text == reply.text.strip() != ""
        assert "{" not in reply.text
        assert len({button["choice"] for button in reply.buttons}) == len(reply.buttons)


@pytest.mark.parametrize("response", [id_ for id_ in TEXTS.ids() if len(TEXTS[id_].variants) > 1])
def test_no_two_wordings_in_a_row_are_alike(demonstration: Clinic, response: str) -> None:
    values = rendering(demonstration).values(OPEN) | OF_ACTIONS

    said = [TEXTS.reply(response, values, times).text for times in range(2 * len(TEXTS[response].variants) + 1)]

    assert all(one != next_ for one, next_ in pairwise(said))


def test_choices_are_new_and_unguessable_each_time(demonstration: Clinic) -> None:
    values = rendering(demonstration).values(OPEN)

    made = [b["choice"] for _ in range(20) for b in TEXTS.reply("utter_welcome", values).buttons]

    assert len(set(made)) == len(made)
    assert all(len(choice) >= 12 for choice in made)


def test_an_answer_says_where_it_comes_from_and_who_reviewed_it(demonstration: Clinic) -> None:
    reply = TEXTS.reply("utter_faq/driving_home", rendering(demonstration).values(OPEN))

    assert reply.about is not None
    assert reply.about["reviewed_by"] == "not yet reviewed"
    assert reply.about["reviewed_on"] is None
    assert "article" in reply.about["source"]
    assert ";" in reply.about["source"], "the public note's source stands beside the article's"


def test_a_reviewed_answer_says_by_whom_and_when() -> None:
    reviewed = {"reviewed_by": "Dr. Ann", "reviewed_on": date(2026, 3, 1), "source": "article", "route": "answer"}
    texts = Texts({"utter_faq/x": Response("utter_faq/x", ({"text": "Words."},), reviewed)})

    about = texts.reply("utter_faq/x", {}).about

    assert about == {"source": "article", "reviewed_by": "Dr. Ann", "reviewed_on": "2026-03-01"}
    assert texts.are_reviewed()


def test_only_answers_have_a_source(demonstration: Clinic) -> None:
    assert TEXTS.reply("utter_greet", {}).about is None


@pytest.mark.parametrize(("today", "is_expired"), [(date(2026, 3, 9), False), (date(2026, 3, 10), True)])
def test_an_answer_expires_the_day_after_its_review_date(today: date, is_expired: bool) -> None:
    answer = Response("utter_faq/x", ({"text": "Words."},), {"review_by": date(2026, 3, 9)})

    assert answer.is_expired(today) is is_expired
    assert not replace(answer, metadata={}).is_expired(today)
    assert not replace(answer, id="utter_other").is_expired(today)


def test_one_answer_without_a_reviewer_makes_it_a_demonstration() -> None:
    def answer(name: str, by: str | None) -> Response:
        return Response(f"utter_faq/{name}", ({"text": "Words."},), {"reviewed_by": by})

    assert not Texts({"a": answer("a", "Dr. Ann"), "b": answer("b", None)}).are_reviewed()


@pytest.mark.parametrize("response", ["utter_crisis", "utter_crisis_mentioned", "utter_emergency"])
def test_the_on_call_number_is_named_only_when_somebody_is_on_call(real: Clinic, response: str) -> None:
    texts = {at: TEXTS.reply(response, rendering(real).values(at)).text for at in (OPEN, CLOSED)}

    assert "(212) 736-0143" in texts[CLOSED]
    assert "(212) 736-0143" not in texts[OPEN]
    assert "(212) 736-0142" in texts[OPEN]


@pytest.mark.parametrize("at", [OPEN, CLOSED])
@pytest.mark.parametrize("is_placeholder", [True, False])
def test_a_demonstration_gives_911_and_988_and_no_number_of_the_clinic_where_somebody_may_be_in_danger(
    demonstration: Clinic, real: Clinic, at: datetime, is_placeholder: bool
) -> None:
    values = rendering(demonstration if is_placeholder else real, is_demonstration=True).values(at)

    urgent = [id_ for id_ in TEXTS.ids() if id_.startswith(("utter_crisis", "utter_emergency", "utter_danger"))]
    assert len(urgent) >= 8
    for response in urgent:
        for said in range(len(TEXTS[response].variants)):
            text = TEXTS.reply(response, values, said).text
            assert "988" in text or "911" in text
            assert "555-01" not in text
            assert "736-01" not in text


def test_after_hours_advice_names_the_on_call_number_and_only_then(real: Clinic) -> None:
    texts = {at: TEXTS.reply("utter_medical_advice", rendering(real).values(at)).text for at in (OPEN, CLOSED)}

    assert "(212) 736-0143" in texts[CLOSED]
    assert "736-01" not in texts[OPEN]


def test_when_nobody_is_on_call_the_urgent_texts_say_so(tmp_path: Path) -> None:
    path = real_file(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("  who:", "  phone: (212) 736-0143"))]
    path.write_text("\n".join(kept).replace("when: after_hours", "when: none"))

    text = TEXTS.reply("utter_crisis", rendering(clinics.load(path)).values(CLOSED)).text

    assert "Nobody from the clinic is on call" in text


def test_a_question_asked_again_has_its_buttons_and_other_words(
    database: Database, demonstration: Clinic, now: datetime
) -> None:
    voice = rendering(demonstration)
    with database.transaction() as session:
        conversation, _ = conversations.start(session, now)
        for response in ("utter_unanswered", "utter_confirm_booking"):
            given = Said(response, dict.fromkeys(OF_ACTIONS, "mine"))
            replies = voice.replies(session, now, conversation.id, [given])
            (question,) = conversations.record_replies(session, now, conversation.id, replies, None)

            again = voice.again(session, now, question)

            assert list(again.buttons) == question.buttons
            assert (again.text == question.text) is (len(TEXTS[response].variants) == 1)


def test_a_response_that_is_gone_after_an_update_is_asked_again_as_it_was(
    database: Database, demonstration: Clinic, now: datetime
) -> None:
    with database.transaction() as session:
        conversation, _ = conversations.start(session, now)
        replies = [conversations.Reply("Old words?", "utter_gone", ({"title": "A", "choice": "a", "command": "/a"},))]
        (question,) = conversations.record_replies(session, now, conversation.id, replies, None)

        assert isinstance(question, Message)
        assert rendering(demonstration).again(session, now, question).text == "Old words?"


# Start-up


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "8.8.8.8", "chat.clinic.example"])
def test_a_demonstration_refuses_a_host_that_others_can_reach(tmp_path: Path, host: str) -> None:
    with pytest.raises(DemonstrationIsPrivate, match="demonstration"):
        create_app(Settings(host=host, var=tmp_path))


def test_a_real_clinic_whose_answers_nobody_reviewed_is_a_demonstration_still(tmp_path: Path) -> None:
    with pytest.raises(DemonstrationIsPrivate):
        create_app(Settings(host="0.0.0.0", var=tmp_path, clinic=real_file(tmp_path)))


def test_a_demonstration_refuses_a_public_address_behind_a_proxy(tmp_path: Path) -> None:
    with pytest.raises(DemonstrationIsPrivate):
        create_app(Settings(public_url="https://chat.clinic.example", var=tmp_path))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.9"])
def test_a_demonstration_starts_on_this_machine(tmp_path: Path, host: str) -> None:
    app = create_app(Settings(host=host, var=tmp_path, public_url=f"http://{'[::1]' if ':' in host else host}:8080"))

    assert app.state.demonstration
    app.state.turns.close()
    app.state.bot.close()
    app.state.database.close()


def test_with_every_answer_reviewed_a_real_clinic_may_be_public(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed = {
        id_: replace(TEXTS[id_], metadata=dict(TEXTS[id_].metadata) | {"reviewed_by": "Dr. Ann"}) for id_ in TEXTS.ids()
    }
    monkeypatch.setattr(Texts, "load", lambda _: Texts(reviewed))

    app = create_app(Settings(host="0.0.0.0", var=tmp_path, clinic=real_file(tmp_path)))

    assert not app.state.demonstration
    app.state.turns.close()
    app.state.bot.close()
    app.state.database.close()


def test_a_line_whose_values_are_all_empty_is_left_out() -> None:
    response = Response("utter_x", ({"text": "Name: {name}\n\nNote: {note}\n\nRight?"},), {})
    texts = Texts({"utter_x": response})

    assert texts.reply("utter_x", {"name": "Ann", "note": ""}).text == "Name: Ann\n\nRight?"


def test_a_value_may_have_words_of_its_own() -> None:
    response = Response("utter_x", ({"text": "Texts: {texts}"},), {"words": {"texts": {"True": "yes, until STOP"}}})
    texts = Texts({"utter_x": response})

    assert texts.reply("utter_x", {"texts": "True"}).text == "Texts: yes, until STOP"
    assert texts.reply("utter_x", {"texts": "never"}).text == "Texts: never"
