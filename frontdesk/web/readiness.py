"""Whether each part that a visitor's answer needs is there."""

from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from frontdesk.model import Heartbeat

SILENT_AFTER = timedelta(seconds=40)


def parts(state: Any) -> dict[str, str]:
    return {
        "database": _database(state),
        "rasa": "ready" if state.bot.is_ready() else "down",
        "actions": _actions(state.settings.actions_url),
        "notifier": _notifier(state, state.now()),
    }


def _database(state: Any) -> str:
    try:
        with state.database.reading() as session:
            session.execute(select(1))
    except SQLAlchemyError:
        return "down"
    return "ready"


def _actions(url: str) -> str:
    try:
        health = httpx.get(httpx.URL(url).copy_with(path="/health"), timeout=2.0, trust_env=False)
    except httpx.HTTPError:
        return "down"
    return "ready" if health.is_success else "down"


def _notifier(state: Any, now: datetime) -> str:
    try:
        with state.database.reading() as session:
            beat = session.get(Heartbeat, "notifier")
    except SQLAlchemyError:
        return "unknown"
    return "ready" if beat and now - beat.at < SILENT_AFTER else "silent"
