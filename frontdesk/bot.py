"""The only caller of Rasa: one message in, the ids of the responses out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

LONGEST_TURN = 60.0  # seconds; the visitor stops waiting long before, see Settings.turn_limit


class BotDown(Exception):
    """Rasa did not answer, or what it answered is no reply."""


@dataclass(frozen=True)
class Said:
    """One response that Rasa chose: its id and the values that its action gave."""

    response: str
    values: Mapping[str, Any] = field(default_factory=dict)
    understanding: Mapping[str, Any] = field(default_factory=dict)


class Bot:
    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            params={"token": token},
            timeout=httpx.Timeout(LONGEST_TURN, connect=2.0),
            trust_env=False,
        )

    def ask(self, conversation: str, text: str, metadata: Mapping[str, Any]) -> list[Said]:
        """One turn. Raises BotDown when there is no reply, also when Rasa gives an empty one: that is how it fails."""
        body = {"sender": conversation, "message": text, "metadata": dict(metadata)}
        try:
            reply = self._client.post("/webhooks/frontdesk/webhook", json=body).raise_for_status().json()
            said = [
                Said(m["response"], dict(m.get("values") or {}), dict(m.get("understanding") or {}))
                for m in reply["messages"]
            ]
        except (httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise BotDown(type(error).__name__) from error
        if not said:
            raise BotDown("an empty reply")
        return said

    def parse(self, text: str, timeout: float) -> Mapping[str, Any]:
        """What a message would be taken as, without a turn: for conversations that staff have."""
        try:
            reply = self._client.post("/model/parse", json={"text": text.lstrip(" \t\r\n\v\f/")}, timeout=timeout)
            understanding = dict(reply.raise_for_status().json().get("understanding") or {})
        except (httpx.HTTPError, ValueError, TypeError, AttributeError) as error:
            raise BotDown(type(error).__name__) from error
        return understanding

    def is_ready(self) -> bool:
        try:
            status = self._client.get("/status", timeout=2.0)
            return status.is_success and bool(status.json().get("model_file"))
        except (httpx.HTTPError, ValueError, AttributeError):
            return False

    def close(self) -> None:
        self._client.close()
