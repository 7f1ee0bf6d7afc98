"""The words of `data/`: reads the responses, renders them, and knows which answers are reviewed."""

import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from frontdesk.conversations import Reply

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Response:
    """One thing the bot can say, in one or several wordings."""

    id: str
    variants: tuple[dict[str, Any], ...]
    metadata: Mapping[str, Any]

    @property
    def route(self) -> str | None:
        """The route of a turn that begins with this response; None for what only follows another."""
        route: str | None = self.metadata.get("route")
        return route

    @property
    def answer(self) -> str | None:
        """The id of a reviewed answer."""
        return self.id.removeprefix("utter_faq/") if self.id.startswith("utter_faq/") else None

    @property
    def is_reviewed(self) -> bool:
        return bool(self.metadata.get("reviewed_by"))

    def is_expired(self, today: date) -> bool:
        """Past its review date an answer is not uttered."""
        review_by = self.metadata.get("review_by")
        return bool(self.answer and review_by and today > review_by)


class Texts:
    """Every response by id. The values in braces come from the clinic's facts and from the action that spoke."""

    def __init__(self, responses: Mapping[str, Response]) -> None:
        self._responses = responses

    @classmethod
    def load(cls, data: Path) -> "Texts":
        """Reads `faq/*.yml` and `flows/*.yml` (the examples lie in folders below and are not read)."""
        responses: dict[str, Response] = {}
        for path in sorted([*data.glob("faq/*.yml"), *data.glob("flows/*.yml")]):
            content = yaml.load(path.read_text(encoding="utf-8"), LOADER) or {}  # noqa: S506 - a safe loader
            for name, variants in (content.get("responses") or {}).items():
                responses[name] = Response(name, tuple(variants), variants[0].get("metadata") or {})
        return cls(responses)

    def __getitem__(self, response_id: str) -> Response:
        return self._responses[response_id]

    def __contains__(self, response_id: str) -> bool:
        return response_id in self._responses

    def ids(self) -> tuple[str, ...]:
        return tuple(self._responses)

    def answers(self) -> tuple[Response, ...]:
        return tuple(r for r in self._responses.values() if r.answer)

    def are_reviewed(self) -> bool:
        return all(answer.is_reviewed for answer in self.answers())

    def reply(
        self,
        response_id: str,
        values: Mapping[str, str],
        said: int = 0,
        options: Sequence[tuple[str, str]] = (),
        without: Collection[str] = (),
    ) -> Reply:
        """Renders a response.

        `said`: how often it was given in this conversation; another wording is taken each time.
        `options`: titles and commands of buttons that stand before its own.
        `without`: commands whose buttons are left out.
        """
        response = self[response_id]
        variant = response.variants[said % len(response.variants)]
        words = response.metadata.get("words") or {}
        worded = {name: words[name].get(value, value) if name in words else value for name, value in values.items()}
        paragraphs = [_filled(variant["text"], worded)]
        paragraphs += [
            self[f"utter_note_{note}"].variants[0]["text"].strip() for note in response.metadata.get("notes", ())
        ]
        own = variant.get("buttons") or response.variants[0].get("buttons") or []
        buttons = [*options, *((b["title"], b["payload"]) for b in own if b["payload"] not in without)]
        return Reply(
            text="\n\n".join(p for p in paragraphs if p),
            response=response_id,
            buttons=tuple(
                {"title": title, "choice": secrets.token_urlsafe(9), "command": command} for title, command in buttons
            ),
            about=self._about(response),
            route=response.route,
        )

    def answer_option(self, answer: str) -> tuple[str, str]:
        """The button that asks for an answer."""
        return self[f"utter_faq/{answer}"].metadata["label"], f"/faq/{answer}"

    def _about(self, response: Response) -> dict[str, Any] | None:
        """What a visitor is shown on request: where an answer comes from and who reviewed it."""
        if not response.answer:
            return None
        sources = [response.metadata["source"]]
        sources += [self[f"utter_note_{note}"].metadata["source"] for note in response.metadata.get("notes", ())]
        reviewed_on = response.metadata.get("reviewed_on")
        return {
            "source": "; ".join(sources),
            "reviewed_by": response.metadata.get("reviewed_by") or "not yet reviewed",
            "reviewed_on": reviewed_on.isoformat() if reviewed_on else None,
        }


def _filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its values. A line all of whose values are empty is left out. KeyError when a value is missing."""
    lines = [line for line in text.strip().splitlines() if not _is_empty(line, values)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip().format_map(values)


def _is_empty(line: str, values: Mapping[str, str]) -> bool:
    names = [name for _, name, _, _ in Formatter().parse(line) if name]
    return bool(names) and not any(values[name] for name in names)
