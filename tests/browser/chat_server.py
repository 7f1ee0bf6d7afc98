"""The chat API as the visitor's page knows it, in memory, with replies and faults that a test sets beforehand."""

import asyncio
import json
import secrets
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader
from starlette.types import Receive, Scope, Send

WEB = Path(__file__).parents[2] / "frontdesk" / "web"
CONTACT = "call (212) 555-0142. In an emergency call 911. In a crisis call or text 988."
WELCOME = (
    "Hello, this is PMC Heal’s automated assistant, not a person and not a clinician. What you write is saved and "
    "our staff read it. In an emergency call 911. In a crisis call or text 988. We are open Monday to Thursday, "
    "9 am to 5 pm, and Friday until 3 pm."
)
MENU = [
    {"title": "Book a consultation", "choice": "book"},
    {"title": "What is a session like?", "choice": "session"},
    {"title": "Talk to a person", "choice": "person"},
]

Message = dict[str, Any]


class Dropped(Response):
    """Breaks the connection in the middle of the answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request instead of, or after, its work."""

    status: int | None = None  # None: the connection breaks
    retry_after: int | None = None  # seconds
    saved: bool = False

    def response(self) -> Response:
        if self.status is None:
            return Dropped()
        body = {"error": {"code": str(self.status), "message": f"Refused with {self.status}. You can {CONTACT}"}}
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return JSONResponse(body, self.status, headers)


@dataclass
class Reply:
    messages: list[Message]
    route: str = "answer"
    delay: float = 0.0  # seconds
    delay_after: float = 0.0  # seconds in which only the stream knows the reply


CRISIS = Reply(
    [
        {"text": "Call or text 988 any time, or chat at 988lifeline.org. If you are in danger now, call 911."},
        {
            "text": "Are you in danger right now?",
            "buttons": [{"title": "Yes", "choice": "now"}, {"title": "Not now", "choice": "not-now"}],
        },
    ],
    route="crisis",
)


@dataclass
class Conversation:
    answered_by: str = "bot"
    messages: list[Message] = field(default_factory=list)
    replies: dict[str, dict[str, Any]] = field(default_factory=dict)  # by client id

    def add(self, author: str, text: str, **more: Any) -> Message:
        at = datetime.now(UTC).isoformat()
        message = {"id": len(self.messages) + 1, "author": author, "text": text, "buttons": [], "at": at, **more}
        self.messages.append(message)
        return message

    def after(self, last: int) -> list[Message]:
        return [message for message in self.messages if message["id"] > last]


class ChatServer:
    def __init__(self, demonstration: bool = True) -> None:
        self.demonstration = demonstration
        self.conversations: dict[str, Conversation] = {}
        self.replies: dict[str, Reply] = {}
        self.faults: dict[str, deque[Fault]] = {"begin": deque(), "send": deque(), "stream": deque()}
        self.received: list[dict[str, str]] = []
        self.streams: list[int] = []  # the Last-Event-ID of each stream that was opened
        self.hung_up = 0  # raise it, and every open stream ends
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(self._app(), port=0, ws="none", log_level="critical", timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self._uvicorn.run, daemon=True)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._uvicorn.servers[0].sockets[0].getsockname()[1]}"

    @property
    def only(self) -> Conversation:
        (conversation,) = self.conversations.values()
        return conversation

    def start(self) -> None:
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._uvicorn.started:
            assert time.monotonic() < deadline, "the chat server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        self._uvicorn.should_exit = True
        self.hung_up += 1
        self._thread.join(10)

    def _app(self) -> FastAPI:
        app = FastAPI()
        app.middleware("http")(self._guard)
        app.get("/")(self._page)
        app.post("/api/chat/conversations")(self._begin)
        app.post("/api/chat/messages")(self._send)
        app.get("/api/chat/messages")(self._list)
        app.get("/api/chat/stream")(self._stream)
        app.mount("/static", StaticFiles(directory=WEB / "static"))
        return app

    @staticmethod
    async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        return response

    async def _page(self) -> Response:
        page = Environment(loader=FileSystemLoader(WEB / "templates"), autoescape=True).get_template("visitor.html")
        clinic = SimpleNamespace(name="PMC Heal", phone="(212) 555-0142")
        return HTMLResponse(page.render(clinic=clinic, demonstration=self.demonstration))

    async def _begin(self) -> Response:
        if self.faults["begin"]:
            return self.faults["begin"].popleft().response()
        token = secrets.token_urlsafe()
        conversation = self.conversations[token] = Conversation()
        conversation.add("bot", WELCOME, buttons=MENU)
        return JSONResponse({"token": token, "messages": conversation.messages}, 201)

    async def _send(self, request: Request) -> Response:
        body = await request.json()
        self.received.append(body)
        conversation = self._conversation(request)
        if conversation is None:
            return Fault(401).response()
        fault = self.faults["send"].popleft() if self.faults["send"] else None
        if fault and not fault.saved:
            return fault.response()
        reply = conversation.replies.get(body["client_id"]) or await self._answer(conversation, body)
        return fault.response() if fault else JSONResponse(reply)

    async def _answer(self, conversation: Conversation, body: dict[str, str]) -> dict[str, Any]:
        titles = {button["choice"]: button["title"] for m in conversation.messages for button in m["buttons"]}
        text = body.get("text") or titles[body["choice"]]
        own = conversation.add("visitor", text, client_id=body["client_id"])
        scripted = self.replies.get(text, Reply([{"text": f"You asked: {text}"}]))
        await asyncio.sleep(scripted.delay)
        said = [] if conversation.answered_by == "staff" else scripted.messages
        messages = [conversation.add("bot", **{"route": scripted.route, **message}) for message in said]
        reply = {"route": scripted.route, "answer": None, "handoff": None, "check_in": False}
        conversation.replies[body["client_id"]] = {**reply, "message_id": own["id"], "messages": messages}
        await asyncio.sleep(scripted.delay_after)
        return conversation.replies[body["client_id"]]

    async def _list(self, request: Request, after: int = 0) -> Response:
        conversation = self._conversation(request)
        return JSONResponse({"messages": conversation.after(after)}) if conversation else Fault(401).response()

    async def _stream(self, request: Request) -> Response:
        conversation = self._conversation(request)
        if conversation is None:
            return Fault(401).response()
        if self.faults["stream"]:
            return self.faults["stream"].popleft().response()
        last = int(request.headers["Last-Event-ID"])
        self.streams.append(last)
        return StreamingResponse(self._events(conversation, last), media_type="text/event-stream")

    async def _events(self, conversation: Conversation, last: int) -> AsyncIterator[str]:
        began, state = self.hung_up, ""
        yield ": hello\r\n\r\n"
        while self.hung_up == began:
            if state != conversation.answered_by:
                state = conversation.answered_by
                yield f"event: state\ndata: {json.dumps({'answered_by': state})}\n\n"
            for message in conversation.after(last):
                last = message["id"]
                event = f"id: {last}\nevent: message\ndata: {json.dumps(message)}\n\n"
                # in two pieces, as networks like to do
                yield event[:25]
                yield event[25:]
            await asyncio.sleep(0.02)

    def _conversation(self, request: Request) -> Conversation | None:
        return self.conversations.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
