"""From what Rasa chose to say to the words of this conversation: values filled in, no wording twice in a row."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from frontdesk import conversations
from frontdesk.bot import Said
from frontdesk.clinic import Clinic
from frontdesk.conversations import Reply
from frontdesk.model import Message
from frontdesk.texts import Texts


class Rendering:
    def __init__(self, texts: Texts, clinic: Clinic, *, is_demonstration: bool) -> None:
        self._texts, self._clinic, self._is_demonstration = texts, clinic, is_demonstration

    def is_expired(self, response: str, now: datetime) -> bool:
        return self._texts[response].is_expired(self._clinic.local(now).date())

    def replies(self, session: Session, now: datetime, conversation_id: int, said: Iterable[Said]) -> tuple[Reply, ...]:
        """Raises KeyError when a text names a value that its action did not give."""
        times = conversations.times_said(session, conversation_id)
        values = self.values(now)
        replies = []
        for one in said:
            name = "utter_unanswered" if self.is_expired(one.response, now) else one.response
            given = {key: str(value) for key, value in one.values.items()}
            without = one.values.get("without") or ()
            reply = self._texts.reply(name, values | given, times.get(name, 0), self._options(one), without)
            replies.append(replace(reply, route=given.get("route", reply.route)))
            times[name] = times.get(name, 0) + 1
        return tuple(replies)

    def _options(self, said: Said) -> list[tuple[str, str]]:
        """The buttons that only this turn has: the answers that may be meant, or what its action offers."""
        if said.response == "utter_clarify":
            return [self._texts.answer_option(answer) for answer in said.understanding.get("options") or ()]
        return [(str(title), str(command)) for title, command in said.values.get("offered") or ()]

    def again(self, session: Session, now: datetime, question: Message) -> Reply:
        """A question once more, in other words where there are some, with the buttons it had."""
        times = conversations.times_said(session, question.conversation_id)
        text = question.text
        if question.response and question.response in self._texts:
            with suppress(KeyError):  # it may name values that only its action knew
                text = self._texts.reply(question.response, self.values(now), times[question.response]).text
        return Reply(text, question.response, tuple(question.buttons or ()), question.about)

    def values(self, now: datetime) -> dict[str, str]:
        values = self._clinic.values(now)
        is_open = self._clinic.is_open(now)
        if self._is_demonstration:  # never a fictional number where somebody may need help
            line = "utter_line_nobody_on_call"
        elif "on_call_phone" in values:
            line = "utter_line_on_call"
        else:
            line = "utter_line_open" if is_open else "utter_line_nobody_on_call"
        values["on_call_line"] = self._texts.reply(line, values).text
        values["after_hours_line"] = "" if is_open else values["on_call_line"]
        return values
