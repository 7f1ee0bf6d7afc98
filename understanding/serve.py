"""Rasa's server, with no token in the process list and no visitor's words in the log. Needs Rasa."""

import logging
import os
import re
import sqlite3
import sys
import traceback
from typing import Any

from rasa.__main__ import main
from sqlalchemy import event
from sqlalchemy.engine import Engine

from understanding.fast_actions import check_schema_once

# SQLAlchemy's errors end in the statement and its parameters, which hold the whole conversation.
STATEMENT = re.compile(r"\s*\[(SQL|parameters): .*", re.DOTALL)


def record_without_words(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """A log record whose exception is told by its type and its place: the message may quote a visitor."""
    record = logging.LogRecord(*args, **kwargs)
    record.msg, record.args = STATEMENT.sub("", record.getMessage()), None
    if record.exc_info and record.exc_info[1]:
        error = record.exc_info[1]
        frames = "".join(traceback.format_tb(error.__traceback__))
        record.exc_info, record.exc_text = None, f"{frames}{type(error).__qualname__}"
    return record


def write_ahead(connection: Any, _: Any) -> None:
    """Half the waiting for the tracker store. Only a power cut may take the last turns; the transcript is elsewhere."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")


def serve() -> None:
    os.environ["LOG_LEVEL"] = "INFO"  # at debug level Rasa prints every message
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    logging.setLogRecordFactory(record_without_words)
    check_schema_once()
    event.listen(Engine, "connect", write_ahead)
    sys.argv.append(f"--auth-token={os.environ['FRONTDESK_RASA_TOKEN']}")  # it may begin with a dash
    sys.argv[:1] = ["rasa", "run"]
    main()


if __name__ == "__main__":
    serve()
