"""The same message sent again, and several at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from tests.front_door import FrontDoor, Make, Visitor, button, leave_unanswered


def test_a_retry_gets_the_same_reply_and_does_nothing_twice(door: FrontDoor, ann: Visitor) -> None:
    client_id = str(uuid4())
    door.bot.says("utter_faq/hours")

    first = ann.says("when are you open", client_id)
    second = ann.says("when are you open", client_id.upper())

    assert first == second
    assert len(door.bot.asked) == 1
    assert ann.said() == ["when are you open"]


def test_a_retry_of_a_choice_gets_the_same_reply_though_other_choices_came(door: FrontDoor, ann: Visitor) -> None:
    client_id = str(uuid4())
    door.bot.says("utter_unanswered")
    talk = button(ann.welcome, "Talk to a person")

    first = ann.chooses(talk, client_id)
    second = ann.chooses(talk, client_id)

    assert first == second
    assert len(door.bot.asked) == 1


def test_a_retry_is_answered_when_the_first_try_died_between_save_and_reply(door: FrontDoor, ann: Visitor) -> None:
    client_id = str(uuid4())
    saved = leave_unanswered(door, ann, "when are you open", client_id)
    door.bot.says("utter_faq/hours")

    reply = ann.says("when are you open", client_id)

    assert reply["message_id"] == saved
    assert reply["answer"] == "hours"
    assert ann.said() == ["when are you open"]


def test_the_same_message_twice_at_once_is_answered_once(door: FrontDoor, ann: Visitor) -> None:
    client_id = str(uuid4())
    go_on = door.bot.holds("utter_faq/hours")
    with ThreadPoolExecutor() as pool:
        sent = [pool.submit(ann.says, "when are you open", client_id) for _ in range(4)]
        threading.Timer(0.3, go_on.set).start()
        replies = [one.result() for one in sent]

    assert all(reply == replies[0] for reply in replies)
    assert len(door.bot.asked) == 1
    assert ann.said() == ["when are you open"]


def test_the_same_message_in_two_processes_is_answered_once(make: Make) -> None:
    one, other = make(), make()
    ann = one.visitor()
    same = Visitor(other, ann.token, ann.welcome)
    client_id = str(uuid4())
    go_on = [one.bot.holds("utter_faq/hours"), other.bot.holds("utter_faq/hours")]
    with ThreadPoolExecutor() as pool:
        sent = [pool.submit(visitor.says, "when are you open", client_id) for visitor in (ann, same)]
        threading.Timer(0.3, lambda: [event.set() for event in go_on]).start()
        replies = [one.result() for one in sent]

    assert replies[0] == replies[1]
    assert [message["author"] for message in ann.reads()] == ["bot", "visitor", "bot"]


def test_messages_of_one_conversation_are_answered_in_the_order_they_came(door: FrontDoor, ann: Visitor) -> None:
    go_on = door.bot.holds("utter_faq/hours")
    door.bot.says("utter_faq/location")
    with ThreadPoolExecutor() as pool:
        first = pool.submit(ann.says, "when are you open")
        while not door.bot.asked:
            pass
        second = pool.submit(ann.says, "where are you")
        threading.Timer(0.2, go_on.set).start()

    assert (first.result()["answer"], second.result()["answer"]) == ("hours", "location")
    assert [asked.text for asked in door.bot.asked] == ["when are you open", "where are you"]


def test_ids_rise_in_the_order_of_the_commits_so_that_a_reader_misses_nothing(make: Make) -> None:
    doors = [make() for _ in range(3)]
    ann = doors[0].visitor()
    is_over = threading.Event()

    def write(door: FrontDoor) -> None:
        for number in range(6):
            Visitor(door, ann.token, ann.welcome).says(f"message {number}")

    def follow() -> list[int]:
        seen: list[int] = []
        while True:
            was_over = is_over.is_set()
            new = [message["id"] for message in ann.reads(after=max(seen, default=0))]
            seen += new
            if was_over and not new:
                return seen
            time.sleep(0.01)  # a reader that never rests would leave the writers no time on a small machine

    with ThreadPoolExecutor() as pool:
        followed = pool.submit(follow)
        try:
            for writing in [pool.submit(write, door) for door in doors]:
                writing.result(timeout=120)
        finally:
            is_over.set()  # also when a writer failed: the reader would wait for ever

    assert followed.result() == [message["id"] for message in ann.reads()]
    assert len(followed.result()) == 1 + 3 * 6 * 2
