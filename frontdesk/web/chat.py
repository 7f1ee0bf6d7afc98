"""The chat API: what the visitor's page, the tests and the scorer talk to."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.exc import NoResultFound, SQLAlchemyError

from frontdesk import conversations, handing_over
from frontdesk.conversations import Choice, shown_author
from frontdesk.model import Author, Conversation, Message, State
from frontdesk.turns import Outcome, Turns
from frontdesk.web.errors import Refusal
from frontdesk.web.limits import Limits
from understanding.screen import Level, screen

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/api/chat")

LONGEST_TEXT = 4000  # characters
LARGEST_BODY = 256_000  # bytes
EXPIRES_AFTER_DAYS = 30  # without a visitor's message
POLL = 0.7  # seconds between looks for new messages while a stream is open
MessageId = Annotated[int, Query(ge=0, le=2**63 - 1)]


@router.post("/conversations", status_code=201)
def start_conversation(request: Request) -> dict[str, Any]:
    state = request.app.state
    _limits(request).conversation(request)
    with state.database.transaction() as session:
        conversation, token = conversations.start(session, state.now())
        first = state.turns.welcome(session, conversation)
    return {"token": token, "messages": [shown(message) for message in first]}


def bearer(authorization: Annotated[str, Header()] = "") -> str:
    kind, _, token = authorization.partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Refusal(401, "token_missing", "This chat has to be started anew. Please reload the page.")
    return token


def visitor(request: Request, token: Annotated[str, Depends(bearer)]) -> Conversation:
    """The conversation of this token, expired or not."""
    with request.app.state.database.reading() as session:
        conversation: Conversation | None = conversations.by_token(session, token)
    if conversation is None:
        raise Refusal(401, "token_unknown", "This chat is no longer known here. Please reload the page.")
    return conversation


def fresh_visitor(request: Request, conversation: Annotated[Conversation, Depends(visitor)]) -> Conversation:
    if _is_expired(request, conversation):
        raise _expired()
    return conversation


def _is_expired(request: Request, conversation: Conversation) -> bool:
    return bool((request.app.state.now() - conversation.last_visitor_at).days >= EXPIRES_AFTER_DAYS)


def _expired() -> Refusal:
    return Refusal(401, "token_expired", "This chat has ended. Please reload the page to start a new one.")


@router.post("/messages")
async def send_message(request: Request, conversation: Annotated[Conversation, Depends(visitor)]) -> dict[str, Any]:
    body = await _body(request)
    return await run_in_threadpool(_send, request, conversation, body)


async def _body(request: Request) -> Mapping[str, Any]:
    received = b""
    async for piece in request.stream():
        received += piece
        if len(received) > LARGEST_BODY:
            return {"text": _beginning(received[:LARGEST_BODY])}
    try:
        content = json.loads(received)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "not_json", "That message could not be read. Please try again.") from error
    if not isinstance(content, dict):
        raise Refusal(422, "not_a_message", "That message could not be read. Please try again.")
    return content


def _beginning(received: bytes) -> str:
    """The text of a body that is too large to be read whole: what it begins with is screened all the same."""
    found = re.search(r'"text"\s*:\s*"((?:[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u])*)', received.decode("utf-8", "replace"))
    if not found:
        raise _too_long()
    return str(json.loads(f'"{found.group(1)}"', strict=False))


def _send(request: Request, conversation: Conversation, body: Mapping[str, Any]) -> dict[str, Any]:
    client_id = _client_id(body)
    turns: Turns = request.app.state.turns
    text, choice = body.get("text"), body.get("choice")
    if (text is None) == (choice is None):
        raise Refusal(422, "text_or_choice", "Please write something, or press one of the buttons.")
    if choice is not None:
        return answered(_choose(request, turns, conversation, choice, client_id))
    return answered(_write(request, turns, conversation, text, client_id))


def _client_id(body: Mapping[str, Any]) -> str | None:
    given = body.get("client_id")
    if given is None:
        return None
    try:
        return str(UUID(str(given)))
    except ValueError as error:
        raise Refusal(422, "client_id", "That message could not be read. Please try again.") from error


def _write(request: Request, turns: Turns, conversation: Conversation, text: object, client_id: str | None) -> Outcome:
    text = _storable(text) if isinstance(text, str) else ""
    if not text.strip():
        raise Refusal(422, "empty", "Please write something first.")
    verdict = screen(text)
    if verdict.danger is Level.NONE:  # neither limits nor length nor age stop a call for help
        _admit(request, conversation, len(text))
    is_plain = verdict.danger is Level.NONE and verdict.clinician is Level.NONE
    typed = _typed_title(request, conversation, text) if is_plain else None
    return turns.take(conversation.id, text, client_id=client_id, pressed=typed)


def _storable(text: str) -> str:
    """PostgreSQL keeps no zero bytes, and half a surrogate pair is no character anywhere."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _admit(request: Request, conversation: Conversation, length: int) -> None:
    if _is_expired(request, conversation):
        raise _expired()
    if length > LONGEST_TEXT:
        raise _too_long()
    _limits(request).message(request, conversation.id)


def _typed_title(request: Request, conversation: Conversation, text: str) -> Choice | None:
    with request.app.state.database.reading() as session:
        return conversations.current_offer(session, conversation.id).titled(text)


def _choose(
    request: Request, turns: Turns, conversation: Conversation, choice: object, client_id: str | None
) -> Outcome:
    with request.app.state.database.reading() as session:
        pressed = conversations.find_choice(session, conversation.id, str(choice))
    if pressed is None:
        raise Refusal(422, "choice_unknown", "That button is not known here. Please write what you need.")
    is_call_for_help = handing_over.pressed_in_danger(pressed.command) is not None
    if not is_call_for_help:
        _admit(request, conversation, len(pressed.title))
    if not (pressed.is_current or is_call_for_help):  # a call for help never comes too late
        return turns.repeat_question(conversation.id, pressed, client_id)
    return turns.take(conversation.id, pressed.title, client_id=client_id, pressed=pressed)


@router.get("/messages")
def read_messages(
    request: Request, conversation: Annotated[Conversation, Depends(fresh_visitor)], after: MessageId = 0
) -> dict[str, Any]:
    with request.app.state.database.reading() as session:
        messages = conversations.transcript(session, conversation.id, after=after)
        current = conversations.current_offer(session, conversation.id).message_ids
        return {
            "messages": [shown(message, with_buttons=message.id in current) for message in messages],
            "answered_by": answered_by(conversation),
        }


@router.get("/stream", response_class=EventSourceResponse)
async def stream(
    request: Request,
    conversation: Annotated[Conversation, Depends(fresh_visitor)],
    last_event_id: Annotated[int, Header(ge=0, le=2**63 - 1)] = 0,
    after: MessageId = 0,
) -> AsyncIterator[ServerSentEvent]:
    """Messages as they are stored, and who answers; goes on after the id that the client saw last."""
    seen, told = max(last_event_id, after), ""
    while not await request.is_disconnected() and not request.app.state.is_stopping:
        try:
            new, who = await run_in_threadpool(_new_messages, request, conversation.id, seen)
        except NoResultFound:  # the conversation was erased
            return
        except SQLAlchemyError as error:
            logger.warning("A stream waits for the database (%s).", type(error).__name__)
            new, who = [], told
        if who != told:
            told = who
            yield ServerSentEvent(data={"answered_by": who}, event="state")
        for message in new:
            seen = message["id"]
            yield ServerSentEvent(data=message, event="message", id=str(seen))
        await asyncio.sleep(POLL)


def _new_messages(request: Request, conversation_id: int, after: int) -> tuple[list[dict[str, Any]], str]:
    with request.app.state.database.reading() as session:
        messages = conversations.transcript(session, conversation_id, after=after)
        who = answered_by(session.get_one(Conversation, conversation_id))
        return [shown(message) for message in messages], who


def answered_by(conversation: Conversation) -> str:
    return "staff" if conversation.state is State.OPEN else "bot"


def answered(outcome: Outcome) -> dict[str, Any]:
    return {
        "route": outcome.message.route,
        "answer": outcome.message.answer,
        "handoff": outcome.handoff,
        "check_in": outcome.message.check_in,
        "messages": [shown(reply) for reply in outcome.replies],
        "message_id": outcome.message.id,
    }


def shown(message: Message, *, with_buttons: bool = True) -> dict[str, Any]:
    """A message as the API gives it. What a button stands for stays here."""
    buttons = message.buttons or [] if with_buttons else []
    content: dict[str, Any] = {
        "id": message.id,
        "author": message.author.value,
        "text": message.text,
        "buttons": [{"title": b["title"], "choice": b["choice"]} for b in buttons],
        "at": message.at.isoformat(),
    }
    if message.author is Author.STAFF:
        content["name"] = shown_author(message)
    if message.author is Author.BOT and message.route:
        content["route"] = message.route
    if message.response and message.response.endswith("_es"):
        content["lang"] = "es"
    if message.about:
        content["about"] = message.about
    if message.client_id and message.author is Author.VISITOR:
        content["client_id"] = message.client_id
    return content


def _limits(request: Request) -> Limits:
    limits: Limits = request.app.state.limits
    return limits


def _too_long() -> Refusal:
    return Refusal(413, "too_long", f"That is too long for one message. Please send at most {LONGEST_TEXT} characters.")
