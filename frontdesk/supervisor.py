"""Keeps parts running: starts again what stops by itself, reports how each one is, and ends them in order."""

import asyncio
import json
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import httpx

from frontdesk.orphans import Guard, kill_group
from frontdesk.part_log import PartLog
from frontdesk.parts import Part

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a part that stopped is started again
STEADY_AFTER = 60.0  # seconds after which a stop counts as a first one again
HEALTH_EVERY, HEALTH_LIMIT = 10.0, 5.0  # seconds
SLOWEST_START = 300.0  # seconds
SETTLED_AFTER = 1.5  # seconds after which a part that cannot be asked is taken to work
UNHEALTHY = 6  # failed looks in a row before a part that hangs is killed
GRACE = 4.5  # seconds for the web to finish the turns it has begun, before Rasa and the actions go
PATIENCE = 6.5  # seconds until what is still there is killed


class State(StrEnum):
    STARTING = "starting"
    RUNNING = "running"
    STOPPED = "stopped"


class RunningPart:
    """One part and its process, started again whenever it stops by itself."""

    def __init__(self, part: Part, log: PartLog, guard: Guard) -> None:
        self.part = part
        self.log = log
        self.state = State.STARTING
        self.since = datetime.now(UTC)
        self.restarts = 0
        self.is_ready = asyncio.Event()
        self.has_failed = False  # a vital part that never came up: the whole start is off
        self.process: asyncio.subprocess.Process | None = None
        self._guard = guard
        self._is_ending = False

    async def keep_running(self, client: httpx.AsyncClient) -> None:
        pause = FIRST_PAUSE
        while not self._is_ending:
            begun = time.monotonic()
            code = await self._run_once(client)
            if self._is_ending:
                return
            if self.part.is_vital and not self.is_ready.is_set():
                self.has_failed = True
                self.is_ready.set()
                return
            pause = FIRST_PAUSE if time.monotonic() - begun > STEADY_AFTER else pause
            tell(f"{self.part.name} stopped (exit code {code}); starting it again in {pause:.0f} s.")
            show(self.log)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            self.restarts += 1

    async def _run_once(self, client: httpx.AsyncClient) -> int:
        self._become(State.STARTING)
        self.process = await asyncio.create_subprocess_exec(
            *self.part.command,
            env=self.part.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends the parts in order
        )
        self._guard.watch(self.process.pid)
        if self._is_ending:  # said while the process was being made
            self.send(signal.SIGTERM)
        watching = asyncio.create_task(self._watch(client))
        try:
            await self._keep_log()
            return await self.process.wait()
        finally:
            watching.cancel()
            self._become(State.STOPPED)
            kill_group(self.process.pid, signal.SIGKILL)  # what the part itself has started
            self._guard.forget(self.process.pid)

    async def _keep_log(self) -> None:
        output = self.process.stdout if self.process else None
        while output and (printed := await output.read(65536)):
            self.log.write(printed)

    async def _watch(self, client: httpx.AsyncClient) -> None:
        begun = time.monotonic()
        while not await self._is_healthy(client):
            if time.monotonic() - begun > SLOWEST_START:
                tell(f"{self.part.name} has not become ready; ending it.")
                self.send(signal.SIGKILL)
                return
            await asyncio.sleep(0.1)
        self._become(State.RUNNING)
        if not self.is_ready.is_set() or self.restarts:
            tell(f"{self.part.name} is ready after {time.monotonic() - begun:.1f} s.")
        self.is_ready.set()
        failures = 0
        while failures < UNHEALTHY:
            await asyncio.sleep(HEALTH_EVERY)
            failures = 0 if await self._is_healthy(client) else failures + 1
        tell(f"{self.part.name} has not answered for a minute; ending it.")
        self.send(signal.SIGKILL)

    async def _is_healthy(self, client: httpx.AsyncClient) -> bool:
        if self.part.health is None:
            await asyncio.sleep(SETTLED_AFTER)
            return True
        try:
            return (await client.get(self.part.health)).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def _become(self, state: State) -> None:
        self.state, self.since = state, datetime.now(UTC)

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.returncode is None

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.returncode is None:
            kill_group(self.process.pid, number)

    def end(self) -> None:
        """Asks it to stop; may be said again, since Rasa does not hear it at some moments of its start."""
        self._is_ending = True
        self.send(signal.SIGTERM)


class Supervisor:
    def __init__(self, parts: Sequence[Part], var: Path, guard: Guard, announce: Callable[[], None]) -> None:
        self.parts = [RunningPart(part, PartLog(var / "logs" / f"{part.name}.log"), guard) for part in parts]
        self._report_path = var / "parts.json"
        self._announce = announce
        self._asked_to_stop = asyncio.Event()

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._stop)
        async with httpx.AsyncClient(timeout=HEALTH_LIMIT, trust_env=False) as client:
            keeping = [asyncio.create_task(part.keep_running(client)) for part in self.parts]
            reporting = asyncio.create_task(self._report())
            opening = asyncio.create_task(self._open())
            stopping = asyncio.create_task(self._asked_to_stop.wait())
            await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            failed = [part for part in self.parts if part.has_failed]
            for part in failed:
                tell(f"{part.part.name} could not start:")
                show(part.log)
            if not failed:
                await stopping
            await self._end_all()
            for task in (*keeping, reporting, opening, stopping):
                task.cancel()
        self._write_report()
        return 1 if failed else 0

    async def _open(self) -> None:
        """Returns as soon as everything works, or a vital part cannot start."""
        waits = [asyncio.create_task(part.is_ready.wait()) for part in self.parts]
        while not all(wait.done() for wait in waits):
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED, timeout=1)
            if any(part.has_failed for part in self.parts):
                return
        if not any(part.has_failed for part in self.parts):
            await asyncio.to_thread(self._announce)

    async def _report(self) -> None:
        while True:
            self._write_report()
            await asyncio.sleep(1)

    def _write_report(self) -> None:
        """`parts.json`: how each part is, for readiness and for a person who looks."""
        report = {
            part.part.name: {
                "state": part.state,
                "since": part.since.isoformat(timespec="seconds"),
                "restarts": part.restarts,
                "pid": part.process.pid if part.process and part.is_alive else None,
            }
            for part in self.parts
        }
        new = self._report_path.with_suffix(".new")
        with suppress(OSError):
            new.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
            new.replace(self._report_path)

    def _stop(self) -> None:
        if self._asked_to_stop.is_set():  # asked twice: at once
            for part in self.parts:
                part.send(signal.SIGKILL)
        else:
            print("", flush=True)  # below the ^C
            tell("Stopping; what has been begun is finished first.")
        self._asked_to_stop.set()

    async def _end_all(self) -> None:
        begun = time.monotonic()
        first = [part for part in self.parts if part.part.name in ("web", "notifier")]
        await end(first, until=begun + GRACE)
        await end(self.parts, until=begun + PATIENCE)
        for part in self.parts:
            part.send(signal.SIGKILL)
        while any(part.is_alive for part in self.parts):
            await asyncio.sleep(0.02)
        tell(f"Stopped after {time.monotonic() - begun:.1f} s.")


async def end(running: list[RunningPart], until: float) -> None:
    asked = 0.0
    while any(part.is_alive for part in running) and time.monotonic() < until:
        if time.monotonic() - asked > 1:
            asked = time.monotonic()
            for part in running:
                part.end()
        await asyncio.sleep(0.05)
    for part in running:
        part.end()  # also what is just being started


def tell(line: str) -> None:
    print(f"{datetime.now().astimezone():%H:%M:%S}  {line}", flush=True)


def show(log: PartLog) -> None:
    for line in log.last_lines(5):
        print(f"          | {line[:300]}", flush=True)
    print(f"          more in {log.path}", flush=True)
