"""What ./run ends in: makes sure that this copy can run, starts its parts and says where it is to be found."""

import asyncio
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NoReturn

import typer
from pydantic import ValidationError

from frontdesk import cli, staff
from frontdesk.config import Settings
from frontdesk.database import Database
from frontdesk.orphans import Guard
from frontdesk.parts import parts
from frontdesk.supervisor import Supervisor
from understanding.report import floor


def announce(settings: Settings) -> None:
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    print(f"\nThe front desk is open.\n  Visitors  {address}/\n  Staff     {address}/staff")
    print(f"  Logs      {settings.var}/logs")
    with Database(settings.database).reading() as session:
        is_first = not staff.exists_any(session)
    if is_first:
        mine = [
            f"{name}={os.environ[name]}" for name in ("FRONTDESK_VAR", "FRONTDESK_DATABASE_URL") if name in os.environ
        ]
        command = " ".join([*mine, './run staff add "Your Name" --email you@clinic.example --role admin'])
        print(f"There is no staff login yet. Make one in another terminal:\n  {command}")
    if settings.limits == "relaxed":
        print("FRONTDESK_LIMITS=relaxed: nothing limits how much anybody may send. For measuring only.")
    print("Ctrl-C ends it.\n", flush=True)


@contextmanager
def only_copy(var: Path) -> Iterator[None]:
    """Two copies must not share a folder. The system drops the lock with the process that holds it, however it ends."""
    with (var / "running.lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            refuse(
                f"A front desk is running in {var} already (process {file.read().strip() or '?'}). Stop it first,\n"
                "or give this one another folder and port: FRONTDESK_VAR=var2 FRONTDESK_PORT=8081 ./run"
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def bring_database_up_to_date() -> None:
    try:
        cli.migrate()
    except typer.Exit as refusal:  # it has said why
        sys.exit(refusal.exit_code)


def check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except PermissionError:
            refuse(
                f"Port {port} is only for the system's administrator. Take one above 1023: FRONTDESK_PORT=8080 ./run"
            )
        except socket.gaierror:
            refuse(f"FRONTDESK_HOST={host} is no address of this machine.")
        except OSError as error:
            refuse(
                f"Port {port} of {host} cannot be used: {error.strerror}.\n"
                f"Stop what uses it, or take another one: FRONTDESK_PORT={port + 1} ./run"
            )


def check_model(model: Path, report: Path | None) -> None:
    """Before anything is started or touched."""
    if reasons := floor.refusals(model, report):
        refuse(
            "\n".join(
                [
                    f"This trained model ({model.name}) is not served, for it may not be safe:",
                    *(f"  - {reason}" for reason in reasons),
                    "What to do: ./run evaluate shows every message behind a figure. Take back what was changed last in",
                    "data/, understanding/ or config.yml, or mend it, and start ./run again: it trains and measures anew.",
                    "Until then nothing has been started, and nothing that visitors wrote has been touched.",
                ]
            )
        )


def read_settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"  FRONTDESK_{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()]
        refuse("\n".join(["These settings are not right:", *wrong]))


def refuse(message: str) -> NoReturn:
    print(f"\n{message}", file=sys.stderr)
    sys.exit(1)


def main() -> None:
    settings = read_settings()
    model = os.environ.get("FRONTDESK_MODEL")
    if not model:
        refuse("Start the front desk with ./run, which trains the model and names it here.")
    report = os.environ.get("FRONTDESK_SAFETY_REPORT")
    check_model(Path(model), Path(report) if report else None)
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        (settings.var / "logs").mkdir(exist_ok=True)
    except OSError as error:
        refuse(f"The folder {settings.var} (FRONTDESK_VAR) cannot be written: {error.strerror}.")
    with only_copy(settings.var):
        check_port(settings.host, settings.port)
        bring_database_up_to_date()
        print("Starting; Rasa takes about 10 s.", flush=True)
        guard = Guard()
        supervisor = Supervisor(parts(settings, Path(model)), settings.var, guard, partial(announce, settings))
        code = asyncio.run(supervisor.run())
        guard.close()
    sys.exit(code)


if __name__ == "__main__":
    main()
