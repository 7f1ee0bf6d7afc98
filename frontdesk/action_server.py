"""Hosts the rasa-sdk package `actions` for Rasa alone: on loopback, behind a token, with replies that quote nobody."""

import asyncio
import hmac
import json
import logging
import traceback
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from frontdesk.config import Settings

logger = logging.getLogger(__name__)


def create_app(executor: ActionExecutor, token: str) -> Starlette:
    async def webhook(request: Request) -> JSONResponse:
        sent = request.headers.get("authorization", "")
        if not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
            return JSONResponse({"error": "unauthorized"}, 401)
        try:
            call = await request.json()
        except json.JSONDecodeError:
            return JSONResponse({"error": "not JSON"}, 422)
        if not isinstance(call, dict) or not isinstance(call.get("tracker"), dict):
            return JSONResponse({"error": "not an action call"}, 422)
        # Actions wait for the database; in a thread they keep nobody else waiting.
        return await run_in_threadpool(_answer, executor, call)

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    return Starlette(routes=[Route("/webhook", webhook, methods=["POST"]), Route("/health", health)])


def _answer(executor: ActionExecutor, call: dict[str, Any]) -> JSONResponse:
    name = str(call.get("next_action"))
    call["domain"] = call.get("domain") or {}  # left out for actions that do not ask for it; None would be refused
    try:
        result = asyncio.run(executor.run(call))
    except ActionExecutionRejection as rejection:  # how a form hands a message back to the rules: Rasa expects 400
        return JSONResponse({"action_name": rejection.action_name, "error": f"{name} hands back."}, 400)
    except ActionNotFoundException:
        return JSONResponse({"action_name": name, "error": "no such action"}, 404)
    except Exception as error:  # its message may hold a visitor's words
        place = traceback.extract_tb(error.__traceback__)[-1]
        logger.error("%s failed: %s at %s:%s", name, type(error).__name__, place.filename, place.lineno)
        return JSONResponse({"action_name": name, "error": "failed"}, 500)
    return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})


def main() -> None:
    settings = Settings()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.INFO)
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
    executor = ActionExecutor()
    executor.register_package("actions")
    address = urlsplit(settings.actions_url)
    uvicorn.run(
        create_app(executor, settings.actions_token.get_secret_value()),
        host=address.hostname or "127.0.0.1",
        port=address.port or 5055,
        log_config=None,
        access_log=False,
        ws="none",
    )


if __name__ == "__main__":
    main()
