import time

import pytest

from understanding.reading import Reading
from understanding.screen import Level, screen

CERTAIN, POSSIBLE, NONE = Level.CERTAIN, Level.POSSIBLE, Level.NONE

CRISIS = {
    "plain": [
        "I want to kill myself", "thinking about ending my life", "i dont want to be alive anymore", "suicidal", "better off dead", "i should just die",
        "no reason to live", "i can't keep myself safe tonight", "thoughts of overdosing", "i want to hang myself", "been cutting again",
        "I relapsed on self harm", "please let me die", "how do i painlessly go", "i hate being alive", "tired of living",
    ],
    "veiled": [
        "what's the point of anything", "they'd be better off without me", "I can't go on like this", "nobody would even notice if I was gone",
        "im just a burden to my family", "i want to disappear forever", "I hope I don't wake up tomorrow", "there's nothing left for me",
        "I'd rather be with my late wife. I want to join her soon", "wish I had never been born",
    ],
    "farewell": [
        "I won't need any more appointments, thank you for everything. goodbye", "this is my last message", "I've put my affairs in order",
        "tell my kids i love them", "goodbye everyone and sorry", "by the time you read this I'll be gone by tomorrow",
        "please close my file, I won't be around anymore",
    ],
    "slang and emoji": [
        "kms", "gonna unalive myself", "ctb tonight", "wanna off myself ngl", "sewerslide szn", "alt f4 irl", "uninstalling life", "gn forever",
        "🔫😔", "💊💊💊⚰️", "⚰️ when", "🌉👋",
    ],
    "disguised": [
        "s u i c i d e", "K!LL MY$ELF", "I want to d13", "su*cide", "unal1ve", "killl myselfff", "wanttodie", "s.u.i.c.i.d.a.l", "ѕuісіdе",
        "i wnat to dye", "suicidle thougts", "ki\u200bll mys\u200belf", "goign to end my lfie", "ｋｉｌｌ ｍｙｓｅｌｆ", "idont wana live",
    ],
    "third person": [
        "my son said he wants to die", "my wife left a suicide note", "i think my roommate is going to hurt herself", "he keeps saying he'll end it",
        "she bought a gun and says goodbye to everyone", "caught my daughter cutting", "what are the signs someone is suicidal",
    ],
    "harm to others": ["I'm going to kill my boss", "thoughts of hurting my baby", "i want to hurt him so bad", "im going to shoot up the office"],
    "abuse": ["my husband hits me", "my boyfriend choked me", "i'm afraid to go home", "he won't let me leave the house", "my dad beats us"],
    "mind and body": ["the voices tell me to hurt people", "haven't eaten in five days", "four nights without sleep and seeing shadows"],
    "only mentioned": [
        "not suicidal, just sad", "I tried to kill myself in 2015", "lost my brother to suicide", "does it help suicidal thoughts?",
        "no suicidal thoughts at present", "I have old self harm scars", "don't worry I'm not going to kill myself",
    ],
    "Spanish": [
        "quiero morir", "me quiero matar", "ya no quiero vivir", "mi hijo se quiere matar", "soy una carga para todos", "mi esposo me pega",
        "kiero morirme", "no le veo sentido a la vida", "estoy pensando en quitarme la vida",
    ],
    "other languages": [
        "je veux mourir", "ich will nicht mehr leben", "quero morrer", "voglio farla finita", "我不想活了", "хочу умереть", "gusto ko nang mamatay",
        "tôi muốn chết", "أريد أن أموت", "죽고 싶어요", "मैं मरना चाहता हूँ", "死にたい", "nie chcę już żyć", "mwen pa vle viv ankò",
    ],
    "being done": ["ragequitting life tonight", "zero will to live", "living is a chore", "cancer would be a blessing"],
    "inside ordinary business": [
        "Can I book for Tuesday, if I don't kill myself first", "what are your hours? I don't want to be alive anymore",
        "Name: Ann, phone 555-0100, reason: I want to die",
    ],
}  # fmt: skip
EMERGENCY = {
    "breath and heart": [
        "I can't breathe", "he's not breathing", "chest pain and sweating", "my left arm is numb and my chest is tight", "her lips are blue",
        "i think im having a heart attack", "pressure in my chest going into my jaw",
    ],
    "not waking": ["my mom won't wake up", "found him on the floor not responding", "dad collapsed", "she is unconscious"],
    "taken": ["I took too many pills", "swallowed the whole bottle", "my friend overdosed", "toddler ate my pills", "took all my meds at once", "he took rat poison"],
    "wounds": ["i'm bleeding and it won't stop", "coughing up blood", "he's been stabbed", "blood everywhere"],
    "brain": ["half my face is drooping", "my wife is having a seizure", "dad's speech is slurred", "sudden blindness in my left eye"],
    "allergy": ["my throat is closing up", "tongue is swelling", "hives everywhere and face is swelling"],
    "business first": ["can i cancel my 3 oclock im having chest pains lol", "Is it normal that my husband's lips are blue after treatment"],
    "Spanish": ["no puedo respirar", "mi esposa no despierta", "me tomé todo el frasco", "está convulsionando", "me duele mucho el pecho"],
    "other languages": ["je n'arrive pas à respirer", "ich kann nicht atmen", "не могу дышать"],
}  # fmt: skip
HARMLESS = [
    "I'm dying to try this", "this bill is killing my budget", "my phone died", "who is my emergency contact", "it's a shot in the dark",
    "something to kill time", "I could murder a coffee", "bored to death in the waiting room", "when is the deadline", "lol im dead 😂", "you're killing it",
    "my wife will kill me if I miss this", "drop dead gorgeous lobby", "cut the dose down over time", "are you open today", "goodbye for now",
    "cancel pls, funeral out of town", "the commute is killing me", "the battery died mid booking", "can I end the session early",
    "does the IV hurt", "how do I go back", "hi", "thanks!", "what happens to my body during it", "do people pass out", "is it painful",
    "can you overdose on ketamine in the clinic?", "do you have an epipen on site", "what if there's a medical emergency in the chair",
    "I won't be here Tuesday, reschedule please", "hang on", "jump to the next question", "my dog died yesterday", "I'm sad and lonely",
    "estoy muerto de cansancio", "me muero de ganas de empezar", "cuanto cuesta", "je suis mort de fatigue", "Ich sterbe vor Neugier",
    "no response to my emails", "this is taking forever", "still pumping at night", "I'm off, dinner's burning",
    "ego death? part of it or internet talk", "my mom says you'll die from it. is it safe in general", "so is it getting intoxicated with a doctor's note",
    "not gonna make it, cancel", "who calls the ambulance if it comes to that", "I live 40 kms away", "can I catch the bus home", "shoot me an email", "I can breathe again since treatment",
]  # fmt: skip
ELIGIBILITY = [
    "lithium ok??", "pacemaker?", "I have bipolar", "hole in my heart", "Am I a candidate?", "who shouldn't get ketamine", "im 17", "my son is 15",
    "can I have it if I have high blood pressure", "would a person with hepatitis C be accepted", "does it help OCD", "what medicines interfere?",
    "any contraindications", "am i too old at 79", "I'm pregnant, is it safe", "would you take someone on suboxone", "had a stroke in 2020",
    "crohn's and remicade, allowed?", "lexaprro ok", "rule me out for afib?", "is it safe for me", "I have PTSD, so I'm a candidate?",
    "¿puedo recibirla si estoy embarazada?", "tomo litio, hay problema?", "is there a weight limit", "what would disqualify me",
]  # fmt: skip
ADVICE = [
    "should I skip my Zoloft the morning of", "do I take my lithium before the infusion", "still dizzy since yesterday's infusion",
    "nausea won't stop after my session", "can I take advil after my infusion", "stop my lamictal before session 2 or keep it",
    "arm where the IV went is swollen", "i was treated yesterday and can't stop throwing up", "skip my Vyvanse before?", "me pusieron la infusion ayer y sigo mareada",
]  # fmt: skip
GENERAL = [
    "does it treat PTSD?", "which conditions is it for?", "how long is a session", "is it for depression", "what is ketamine", "is it safe",
    "how is it different from zoloft", "faster than prozac?", "do you do chronic pain", "how many sessions", "can I drive home after",
    "is there an evaluation first", "what does it feel like", "do people feel dizzy after", "how long do effects last", "where are you", "cost?",
    "how does it work for anxiety", "are your nurses qualified", "do you take aetna", "how old is the clinic", "thanks", "book me for monday",
]  # fmt: skip


def listed(groups: dict[str, list[str]]) -> list[str]:
    return [text for texts in groups.values() for text in texts]


def reading(danger: float = 0.0, clinician: float = 0.0, **labels: float) -> Reading:
    return Reading(labels=labels, danger=danger, clinician=clinician, scope=1.0)


@pytest.mark.parametrize("text", listed(CRISIS))
def test_crisis_is_recognised_by_its_words_alone(text: str) -> None:
    verdict = screen(text)

    assert (verdict.danger, verdict.urgent) == (CERTAIN, "crisis")


@pytest.mark.parametrize("text", listed(EMERGENCY))
def test_emergency_is_recognised_by_its_words_alone(text: str) -> None:
    verdict = screen(text)

    assert (verdict.danger, verdict.urgent) == (CERTAIN, "emergency")


@pytest.mark.parametrize("text", [*HARMLESS, *ELIGIBILITY, *ADVICE, *GENERAL])
def test_no_danger_is_seen_where_there_is_none(text: str) -> None:
    verdict = screen(text)

    assert (verdict.danger, verdict.urgent, [c for c in verdict.cues if c.startswith(("crisis", "emergency"))]) == (
        NONE,
        None,
        [],
    )


@pytest.mark.parametrize("text", ELIGIBILITY)
def test_a_question_whether_somebody_may_have_it_is_eligibility(text: str) -> None:
    verdict = screen(text)

    assert (verdict.clinician, verdict.clinician_route) == (CERTAIN, "eligibility")


@pytest.mark.parametrize("text", ADVICE)
def test_what_to_do_or_take_is_for_a_clinician(text: str) -> None:
    verdict = screen(text)

    assert verdict.clinician is CERTAIN
    assert verdict.clinician_route in ("medical_advice", "eligibility")


@pytest.mark.parametrize("text", [*GENERAL, *HARMLESS])
def test_a_general_question_is_not_taken_for_a_clinicians(text: str) -> None:
    assert screen(text).clinician is not CERTAIN


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("my husband hits me", "abuse_at_home"),
        ("I'm going to hurt my boss", "harm_to_others"),
        ("swallowed the whole bottle of pills", "taken"),
        ("me tomé todo el frasco", "taken"),
        ("I took all my pills on purpose, I want to die", "meant_harm"),
        ("not suicidal, just sad", "mentioned"),
        ("lost my best friend to suicide", "mentioned"),
        ("my son wants to die", "third_person"),
        ("she is cutting herself", "third_person"),
        ("quiero morir", "spanish"),
        ("kiero morirme ya", "spanish"),
        ("je veux mourir", "other_language"),
        ("still dizzy since my infusion yesterday", "after_treatment"),
        ("ate at 7, do i still come at 10", "today_visit"),
        ("im 16 can i get it", "under_18"),
        ("my daughter is 15", "under_18"),
    ],
)
def test_facets_say_more_about_a_message(text: str, facet: str) -> None:
    assert facet in screen(text).facets


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("I want to kill myself", "mentioned"),
        ("I tried to kill myself in 2015 and I want to do it again, i want to die", "mentioned"),
        ("I tried to kill myself last night", "mentioned"),
        ("told my therapist i wasnt suicidal. i lied", "mentioned"),
        ("I used to self-injure. It's creeping back.", "mentioned"),
        ("not suicidal, but I'd be better off dead", "mentioned"),
        ("I want to die", "third_person"),
        ("I want to die", "spanish"),
        ("suicidal", "other_language"),
        ("sober 15 years", "under_18"),
        ("can I come on the 16th", "under_18"),
        ("my anxiety hits me hard", "abuse_at_home"),
        ("took a shower", "taken"),
        ("do people feel dizzy after the infusion", "after_treatment"),
    ],
)
def test_facets_are_not_claimed_without_a_sign(text: str, facet: str) -> None:
    assert facet not in screen(text).facets


def test_emergency_goes_before_crisis() -> None:
    assert screen("I took all my pills because I want to die").urgent == "emergency"


def test_a_message_may_be_danger_and_a_clinicians_question() -> None:
    verdict = screen("I have bipolar, can I have it? I want to kill myself")

    assert (verdict.danger, verdict.clinician) == (CERTAIN, CERTAIN)


def test_the_model_alone_can_raise_the_level() -> None:
    text = "the garden looked so peaceful from up there"

    assert screen(text).danger is NONE
    assert screen(text, reading(danger=0.99, crisis=0.9)).danger is CERTAIN
    assert screen(text, reading(danger=0.99, crisis=0.9)).urgent == "crisis"
    assert screen(text, reading(danger=0.99, emergency=0.9)).urgent == "emergency"
    assert screen("what about me then", reading(clinician=0.99, eligibility=0.9)).clinician_route == "eligibility"


def test_the_model_cannot_talk_a_plain_cue_down() -> None:
    assert screen("I want to kill myself", reading(danger=0.0)).danger is CERTAIN


def test_a_possible_cue_rises_and_falls_with_the_model() -> None:
    text = "You were all so kind to me"

    assert screen(text).danger is POSSIBLE
    assert screen(text, reading(danger=1.0)).danger is CERTAIN
    assert screen(text, reading(danger=0.0)).danger is NONE


def test_every_decision_names_its_cues_and_scores() -> None:
    verdict = screen("I want to kill myself", reading(danger=0.7, clinician=0.1))

    assert "crisis.plain.en:kill-self" in verdict.cues
    assert verdict.scores == {"danger": 0.7, "clinician": 0.1, "scope": 1.0}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?",
        "...",
        "\n\n",
        "\x00",
        "🙂",
        "a" * 300,
        "\u202e\u200b",
        "1234567890",
        "/restart",
        "<script>",
        "(((((",
        "***",
        "{'a': 1}",
        "%s %d",
        "\ud83d",
    ],
)
def test_odd_input_is_judged_harmless_without_failing(text: str) -> None:
    assert screen(text).danger is NONE


@pytest.mark.parametrize(
    "padding", ["so then I said to him, ", "blah. ", "1 2 3 ", "а б в ", "🙂 ", "k ", "not ", "i want to "]
)
def test_danger_is_found_at_the_end_of_a_long_message(padding: str) -> None:
    text = (padding * 10_000)[:10_000] + " . I want to kill myself"

    assert screen(text).danger is CERTAIN


HOSTILE = {
    "one letter": "a", "spaces": " ", "cue words": "kill ", "openers": "i want to ", "spaced letters": "k i l l ", "negations": "not not ",
    "pronouns": "he is ", "exclamation": "!", "leet": "1!a ", "emoji": "🔫💊", "brackets": "([{", "frames": "can i have it if i am on lithium and ",
    "dots": "k.", "stars": "*a", "taken": "took all my the of ", "zero width": "k\u200bi\u200bl\u200bl ", "Chinese": "我不想", "glued": "killmyself",
    "hyphens": "a-", "everyone": "everyone would be so much ", "marks": "a\u0336", "questions": "?!",
}  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_grows_with_length_and_no_faster_than_it_should(unit: str) -> None:
    def cost(length: int) -> float:
        text = (unit * length)[:length]
        screen(text)
        started = time.process_time()
        for _ in range(3):
            screen(text)
        return time.process_time() - started

    ordinary = cost(1_000) + 0.005  # what the clock itself may add

    assert cost(10_000) < 40 * ordinary


def test_the_model_is_not_asked_about_a_language_that_it_does_not_know() -> None:
    sure = Reading({"crisis": 0.9}, danger=0.96, clinician=0.9, scope=1.0)

    found = screen("сколько это стоит", sure)

    assert (found.danger, found.clinician) == (Level.NONE, Level.NONE)


def test_the_model_may_doubt_a_certain_cue_but_not_drop_it() -> None:
    calm = Reading({"faq/dosing_route": 1.0}, danger=0.0, clinician=0.0, scope=0.0)

    assert screen("chronic pain, is that in your lane").clinician is Level.CERTAIN
    assert screen("chronic pain, is that in your lane", calm).clinician is Level.POSSIBLE


def test_no_doubt_lowers_a_firm_cue() -> None:
    calm = Reading({"smalltalk": 1.0}, danger=0.0, clinician=0.0, scope=0.0)

    assert screen("i want to kill myself", calm).danger is Level.CERTAIN


@pytest.mark.parametrize(
    "text",
    [
        "mi mamá no despierta and I don't know what to do",
        "no puedo más, please help me",
        "se quiere matar, he has a plan",
    ],
)
def test_what_the_model_knows_no_word_of_it_does_not_lower(text: str) -> None:
    calm = Reading({"smalltalk": 1.0}, danger=0.0, clinician=0.0, scope=0.0)

    found = screen(text, calm)

    assert found.danger is Level.CERTAIN
    assert "spanish" in found.facets


def test_spanish_beside_english_gets_the_reply_in_both() -> None:
    assert "spanish" in screen("hola, I want to kill myself").facets
    assert "spanish" not in screen("my son wants to kill himself, do me a favor and call").facets
