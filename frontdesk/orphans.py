"""Ends the parts when the supervisor could not: killed with -9, they would live on and hold their ports.

A process of its own, in a session of its own. It reads the parts' process groups from a pipe; when the
other end of that pipe is gone, so is the supervisor. This works alike on Linux and macOS.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress


class Guard:
    """The supervisor's end of the pipe."""

    def __init__(self) -> None:
        reading, self._pipe = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "frontdesk.orphans"],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(reading)

    def watch(self, group: int) -> None:
        self._say(f"+{group}")

    def forget(self, group: int) -> None:
        self._say(f"-{group}")

    def close(self) -> None:
        os.close(self._pipe)
        self._process.wait(timeout=5)

    def _say(self, line: str) -> None:
        with suppress(BrokenPipeError):  # somebody ended the guard: the parts run on without it
            os.write(self._pipe, f"{line}\n".encode())


def kill_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # gone already; macOS says the latter of zombies
        os.killpg(group, number)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        change = groups.add if line[0] == "+" else groups.discard
        change(int(line[1:]))
    for group in groups:
        kill_group(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
