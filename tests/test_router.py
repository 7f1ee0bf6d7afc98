import pytest

from frontdesk.config import ROOT
from understanding.answering import unanswered_intent
from understanding.decision import Context, Decision, Limits
from understanding.reading import Reading
from understanding.router import decide
from understanding.screen import Level, Verdict
from understanding.utterances import follow_up, is_about, is_question, plain, reply_kind
from understanding.within import is_plain_detail, screened

CALM = Verdict(Level.NONE, None, Level.NONE, None)
DANGER = Verdict(Level.CERTAIN, "crisis", Level.NONE, None)
CLINICAL = Verdict(Level.NONE, None, Level.CERTAIN, "eligibility")
LIMITS = Limits(answer=0.4, margin=0.15, interrupt=0.6)


def decided(text: str, verdict: Verdict = CALM, context: Context | None = None, **labels: float) -> Decision:
    named = {label.replace("__", "/"): value for label, value in labels.items()}
    return decide(text, verdict, Reading(named, 0.0, 0.0, 1.0), context or Context(), limits=LIMITS)


def test_danger_wins_over_everything_else_in_a_message() -> None:
    both = Verdict(Level.CERTAIN, "emergency", Level.CERTAIN, "eligibility")

    assert decided("book me, he is not breathing, can i have it pregnant", both, book=0.9).intent == "emergency"


def test_a_clinicians_question_wins_over_booking_and_over_an_answer() -> None:
    assert decided("book me, i take lithium", CLINICAL, book=0.9).intent == "eligibility"
    assert decided("how long is it, and is lithium ok", CLINICAL, faq__session_length=0.9).intent == "eligibility"


def test_a_safe_answer_stands_beside_a_clinicians_question() -> None:
    parts = [
        Reading({"faq/session_length": 0.9}, 0.0, 0.0, 1.0),
        Reading({"eligibility": 0.9}, 0.0, 0.9, 1.0),
        Reading({"faq/onset": 0.9}, 0.0, 0.0, 1.0),
    ]

    found = decide("…", CLINICAL, Reading({"eligibility": 0.9}, 0, 0.9, 1), Context(), parts=parts, limits=LIMITS)

    assert found.also == ("session_length",)


def test_only_the_screen_may_route_to_a_crisis() -> None:
    found = decided("ego death??", crisis=0.6, faq__feelings_during=0.2)

    assert found.intent not in ("crisis", "emergency")


def test_possible_danger_is_answered_as_usual_with_a_check_in() -> None:
    possible = Verdict(Level.POSSIBLE, "crisis", Level.NONE, None)

    found = decided("how long is a session", possible, faq__session_length=0.9)

    assert (found.intent, found.answer, found.check_in) == ("faq", "session_length", True)


def test_what_may_be_about_a_person_is_asked_back() -> None:
    possible = Verdict(Level.NONE, None, Level.POSSIBLE, "eligibility")

    found = decided("does it help people with migraine", possible, faq__conditions_treated=0.8)

    assert (found.intent, found.answer) == ("ask_back", "conditions_treated")


def test_what_has_no_answer_is_not_asked_back_for() -> None:
    possible = Verdict(Level.NONE, None, Level.POSSIBLE, "eligibility")

    assert decided("fda approved for depression?", possible, unanswered__fda=0.8).intent == "unanswered_approval"


def test_two_near_answers_are_asked_about() -> None:
    found = decided("how long does it last", faq__how_long_effects_fade=0.45, faq__session_length=0.41)

    assert (found.intent, found.options) == ("clarify", ("how_long_effects_fade", "session_length"))


def test_an_unclear_question_is_asked_about_unless_one_answer_stands_out() -> None:
    unclear = decided("how long does it last", clarify=0.99, faq__onset=0.006, faq__hours=0.001, faq__contact=0.0001)
    clear = decided("the duration of a treatment", clarify=0.7, faq__session_length=0.2, faq__hours=0.01)

    assert (unclear.intent, unclear.options) == ("clarify", ("onset", "hours", "contact"))
    assert (clear.intent, clear.answer) == ("faq", "session_length")


def test_after_two_misses_a_person_is_offered() -> None:
    found = decided("how long", context=Context(misses=2), faq__onset=0.3, faq__session_length=0.29)

    assert found.intent == "offer_person"


@pytest.mark.parametrize(("text", "intent"), [("yes", "affirm"), ("Nope!", "deny"), ("skip", "skip"), ("stop", "stop")])
def test_short_replies_inside_a_form(text: str, intent: str) -> None:
    context = Context(loop="booking_form", requested="booking_wish")

    assert decided(text, context=context, smalltalk=0.9).intent == intent


def test_a_question_interrupts_a_form_and_an_answer_does_not() -> None:
    context = Context(loop="booking_form", requested="contact_name")

    assert decided("how long is a session?", context=context, faq__session_length=0.9).intent == "faq"
    assert decided("Ann Lee", context=context, smalltalk=0.5).intent == "inform"


def test_what_may_be_about_a_person_is_asked_back_inside_a_form_as_well() -> None:
    possible = Verdict(Level.NONE, None, Level.POSSIBLE, "eligibility")
    context = Context(loop="booking_form", requested="contact_name")

    assert decided("does it help with migraine?", possible, context, faq__conditions_treated=0.9).intent == "ask_back"


@pytest.mark.parametrize(
    ("requested", "text", "expected"),
    [
        ("contact_name", "Zoë O'Neill-García", True),
        ("contact_reach", "zoe@example.org", True),
        ("contact_reach", "my number is 212 555 0188", True),
        ("booking_wish", "any weekday morning", True),
        ("contact_voicemail", "only call after 5, no voicemail", True),
        ("contact_name", "what happens if i take lithium", False),
        ("contact_name", "there is nothing left for me", False),
        ("booking_note", "Two Words", False),
        (None, "Ann", False),
    ],
)
def test_what_a_form_asked_for_is_told_from_everything_else(requested: str | None, text: str, expected: bool) -> None:
    assert is_plain_detail(text, Context(loop="booking_form", requested=requested)) is expected


def test_a_health_note_that_was_asked_for_stays_in_the_form_but_a_question_does_not() -> None:
    context = Context(loop="booking_form", requested="booking_note")

    assert decided("i have bipolar", CLINICAL, context, eligibility=0.9).intent == "inform"
    assert decided("can i come with bipolar?", CLINICAL, context, eligibility=0.9).intent == "eligibility"


@pytest.mark.parametrize("text", ["no", "idk", "whatever", "fine", "thanks", "leave me alone", "...", "asdf"])
def test_unclear_replies_stay_in_a_crisis_talk(text: str) -> None:
    found = decided(text, context=Context(in_danger=True), smalltalk=0.9)

    assert found.intent.startswith("danger_")


def test_a_plain_question_after_a_crisis_is_answered() -> None:
    found = decided("what are your opening hours?", context=Context(in_danger=True), faq__hours=0.9)

    assert (found.intent, found.answer) == ("faq", "hours")


def test_a_booking_that_was_paused_can_be_gone_back_to() -> None:
    assert decided("go back to my booking", context=Context(in_danger=True, is_paused=True)).intent == "resume"


@pytest.mark.parametrize(
    ("text", "label", "intent"),
    [
        ("delete my data please", "privacy", "erase_data"),
        ("stop texting me", "privacy", "stop_contact"),
        ("what do you store", "privacy", "privacy"),
        ("call me on 212 555 0188", "human", "call_back"),
        ("a person please", "human", "human"),
    ],
)
def test_requests_are_told_apart_finer(text: str, label: str, intent: str) -> None:
    found = decide(text, CALM, Reading({label: 0.9}, 0.0, 0.0, 1.0), Context(), limits=LIMITS)

    assert found.intent == intent


def test_topics_with_words_of_their_own_are_those_of_the_data() -> None:
    topics = {path.stem for path in (ROOT / "data" / "flows" / "unanswered").glob("*.yml")}

    assert {topic for topic in topics if unanswered_intent(topic) != "unanswered"} == {
        "cost",
        "payment",
        "insurance",
        "fda",
    }


def test_complaints_are_for_an_admin() -> None:
    found = decided("i want to file a complaint about your nurse", human=0.9)

    assert "for_admin" in found.verdict["facets"]


def test_every_answer_that_a_message_asks_for_is_given_in_the_order_asked() -> None:
    parts = [Reading({label: 0.9}, 0.0, 0.0, 1.0) for label in ("faq/hours", "faq/session_length", "faq/hours")]

    found = decide("…", CALM, Reading({"faq/session_length": 0.6}, 0, 0, 1), Context(), parts=parts, limits=LIMITS)

    assert (found.intent, found.answer, found.also) == ("faq", "hours", ("session_length",))


def test_a_follow_up_is_read_by_the_answer_before_it() -> None:
    after_count = Context(last_answer="treatment_count")

    assert decided("And after that?", context=after_count, faq__aftercare=0.5).answer == "maintenance"
    assert decided("and after that?", faq__aftercare=0.5).answer == "aftercare"
    assert follow_up("how many of those?", "session_length") == "treatment_count"
    assert follow_up("how much is one of those?", "session_length") is None


def test_nobody_is_booked_right_after_a_question_about_a_minor_unless_it_is_the_visitor() -> None:
    minor = Context(was_about_minor=True)

    him = decided("can i book for him then", context=minor, book=0.9)

    assert him.intent == "eligibility"
    assert "under_18" in him.verdict["facets"]
    assert decided("i want to book for myself", context=minor, book=0.9).intent == "book"
    assert decided("can i book for him then", book=0.9).intent == "book"


def test_moving_and_cancelling_can_be_changed_for_each_other() -> None:
    moving = Context(loop="change_form", requested="booking_time")

    assert decided("actually cancel it altogether", context=moving, cancel_booking=0.9).intent == "cancel_booking"
    booking = Context(loop="booking_form", requested="booking_time")
    assert decided("actually cancel it altogether", context=booking, cancel_booking=0.9).intent == "stop"


def test_a_number_left_in_a_crisis_talk_is_taken() -> None:
    found = decided("my number is 212 555 0188", context=Context(in_danger=True), smalltalk=0.9)

    assert found.intent == "call_back"


def test_after_a_crisis_a_plain_request_and_the_details_that_were_asked_for_are_taken() -> None:
    asked = Context(in_danger=True, loop="contact_form", requested="contact_name")

    assert decided("book a consultation", context=Context(in_danger=True), book=0.9).intent == "book"
    assert decided("Sam", context=asked, smalltalk=0.5).intent == "inform"
    assert decided("skip", context=asked, smalltalk=0.5).intent == "skip"
    assert decided("i don't see the point any longer of it", context=asked, distress=0.9).intent == "danger_unclear"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("later", "later"),
        ("have you got other days", "another_day"),
        ("none of these", "no_time_suits"),
        ("do you have anything on tuesday?", "inform"),
        ("tuesday after 3", "inform"),
        ("how long does it take?", "faq"),
    ],
)
def test_beside_offered_openings_wishes_and_questions_are_told_apart(text: str, intent: str) -> None:
    context = Context(loop="booking_form", requested="booking_time")

    assert decided(text, context=context, faq__session_length=0.7).intent == intent


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("thx bye", "say_goodbye"),
        ("ok thank you so much", "thank"),
        ("ok thanks", "thank"),
        ("yes thanks", "affirm"),
        ("no thank you, bye", "deny"),
        ("hi, thanks", "thank"),
        ("yes no", None),
        ("thanks but how long is it", None),
    ],
)
def test_several_short_replies_are_one(text: str, kind: str | None) -> None:
    assert reply_kind(text) == kind


def test_plain_forms_of_short_replies() -> None:
    assert plain("Yesss!!") == "yes"
    assert reply_kind("N/A") == "skip"
    assert reply_kind("Yes, but what does it cost?") is None
    assert is_about("erase_data", "please DELETE everything")
    assert not is_about("for_admin", "is this an issue")


def test_questions_are_told_from_statements() -> None:
    assert is_question("how long is it")
    assert is_question("i have bipolar, ok?")
    assert not is_question("I have bipolar")


NOTE = Context(loop="booking_form", requested="booking_note")


@pytest.mark.parametrize(
    ("note", "probability", "level"),
    [
        ("he is hard of hearing", 0.1, Level.NONE),
        ("he is hard of hearing", 0.3, Level.POSSIBLE),
        ("he is hard of hearing", 0.96, Level.POSSIBLE),
        ("what is the point of coming, honestly?", 0.96, Level.CERTAIN),  # a question is no note
        ("I want to kill myself", 0.0, Level.CERTAIN),
        ("I want to kill myself", 0.99, Level.CERTAIN),
    ],
)
def test_in_a_note_the_model_alone_raises_no_more_than_a_check_in(note: str, probability: float, level: Level) -> None:
    alarmed = Reading({"emergency": 0.9}, probability, 0.0, 1.0)

    assert screened(note, alarmed, NOTE).danger is level


def test_a_note_that_the_model_is_sure_is_a_crisis_is_one() -> None:
    sure = Reading({"crisis": 0.95}, 0.97, 0.0, 1.0)

    assert screened("i have decided, tonight is the night", sure, NOTE).danger is Level.CERTAIN


def test_elsewhere_the_model_alone_may_raise_the_alarm() -> None:
    alarmed = Reading({"emergency": 0.9}, 0.96, 0.0, 1.0)

    assert screened("he is hard of hearing", alarmed, Context()).danger is Level.CERTAIN


def test_a_plain_detail_is_screened_by_its_cues_alone() -> None:
    alarmed = Reading({"crisis": 0.9}, 0.96, 0.96, 1.0)
    named = Context(loop="booking_form", requested="contact_name")

    assert screened("Grace Loss", alarmed, named).danger is Level.NONE
    assert screened("i want to die", alarmed, named).danger is Level.CERTAIN
