"""The only way into Rasa: our token, the message with its metadata, and the ids of the responses back. Needs Rasa."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)


class Responses(OutputChannel):
    """Keeps what understanding.nlg made of one turn."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "frontdesk"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        made = message.get("custom") or {}
        if "response" in made:
            self.messages.append(made)
        else:  # words that nobody reviewed; without a response id the front door takes the turn as failed
            logger.error("An action uttered a text of its own instead of a response; it was dropped.")


class FrontdeskChannel(InputChannel):
    def __init__(self, token: str) -> None:
        self.token = token

    @classmethod
    def name(cls) -> str:
        return "frontdesk"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        token = (credentials or {}).get("token")
        if not token:
            raise ValueError("credentials.yml gives the front desk's channel no token.")
        return cls(str(token))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        channel = Blueprint("frontdesk_channel")

        @channel.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            sent = request.headers.get("Authorization", "").encode(errors="surrogateescape")
            if not hmac.compare_digest(sent, f"Bearer {self.token}".encode()):
                return response.json({"error": "unauthorized"}, status=401)
            body = request.json
            if not isinstance(body, dict) or not body.get("sender") or not isinstance(body.get("message"), str):
                return response.json({"error": "a message needs a sender and a text"}, status=400)
            turn = Responses()
            message = UserMessage(
                words(body["message"]),
                turn,
                body["sender"],
                input_channel=self.name(),
                metadata=body.get("metadata") or {},
            )
            # A front door that stopped waiting must not leave half a turn: what an action has saved
            # and what the tracker remembers belong together.
            await asyncio.shield(asyncio.ensure_future(on_new_message(message)))
            return response.json({"messages": turn.messages})

        return channel


def words(text: str) -> str:
    """Rasa's copy of a text: what begins with a slash would be a command to it, also behind spaces."""
    return text.lstrip(" \t\r\n\v\f/")
