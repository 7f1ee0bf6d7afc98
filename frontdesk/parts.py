"""The processes that make up one running copy, and what each is told."""

import os
import secrets
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

from frontdesk.config import ROOT, Settings

ASSISTANT_PYTHON = ROOT / ".venv" / "assistant" / "bin" / "python"


@dataclass(frozen=True)
class Part:
    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(repr=False)  # holds tokens
    health: str | None = field(default=None, repr=False)  # address that answers 200 when it works; None: it has none
    is_vital: bool = False  # when it cannot start at all, nothing else shall


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface that nobody listens on right now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def parts(settings: Settings, model: Path) -> list[Part]:
    """Rasa first: it takes longest. Its address and tokens are new at every start, and known to the parts only."""
    rasa_port, actions_port = free_ports(2)
    rasa = f"http://127.0.0.1:{rasa_port}"
    actions = f"http://127.0.0.1:{actions_port}"
    rasa_token, actions_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    environment = {
        **os.environ,
        "FRONTDESK_VAR": str(settings.var.absolute()),
        "FRONTDESK_RASA_URL": rasa,
        "FRONTDESK_RASA_TOKEN": rasa_token,
        "FRONTDESK_ACTIONS_URL": f"{actions}/webhook",
        "FRONTDESK_ACTIONS_TOKEN": actions_token,
        "FRONTDESK_TRACKERS": str((settings.var / "trackers.db").absolute()),
        "PYTHONUNBUFFERED": "1",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for_rasa = {
        **environment,
        "PYTHONWARNINGS": "ignore",  # its libraries are of its age
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "SANIC_WORKERS": "1",
    }
    web = f"http://{_reachable(settings.host)}:{settings.port}/healthz"
    return [
        Part("rasa", _rasa_command(rasa_port, model), for_rasa, f"{rasa}/status?token={rasa_token}"),
        Part("actions", _ours("action_server"), environment, f"{actions}/health"),
        Part("web", _ours("web"), environment, web, is_vital=True),
        Part("notifier", _ours("notifier"), environment),
    ]


def _ours(module: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"frontdesk.{module}")


def _rasa_command(port: int, model: Path) -> tuple[str, ...]:
    options = {
        "--interface": "127.0.0.1",
        "--port": str(port),
        "--model": str(model),
        "--endpoints": "endpoints.yml",
        "--credentials": "credentials.yml",
    }
    words = [word for option in options.items() for word in option]
    return (str(ASSISTANT_PYTHON), "-m", "understanding.serve", "--enable-api", *words)


def _reachable(host: str) -> str:
    """Where this machine itself reaches what listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
