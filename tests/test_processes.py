import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from frontdesk.config import ROOT
from frontdesk.processes import check_port, read_settings

pytestmark = pytest.mark.product  # every start takes a second or two


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    running: list[subprocess.Popen[str]] = []

    def start(*names: str, var: Path = tmp_path) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.small_copy", str(var), *names]
        copy = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        running.append(copy)
        return copy

    yield start
    for copy in running:
        copy.kill()
        copy.communicate()


def test_a_copy_says_when_it_is_open_and_ends_on_sigterm(start: Any, tmp_path: Path) -> None:
    copy = start("steady")
    read_until(copy, "open")
    pid = report(tmp_path)["steady"]["pid"]

    copy.send_signal(signal.SIGTERM)

    assert copy.wait(timeout=60) == 0
    assert not is_running(pid)
    assert report(tmp_path)["steady"]["state"] == "stopped"


def test_a_part_that_does_not_hear_sigterm_is_killed(start: Any, tmp_path: Path) -> None:
    copy = start("deaf")
    read_until(copy, "open")
    pid = report(tmp_path)["deaf"]["pid"]
    wait_until(lambda: "deaf" in text_of(tmp_path / "logs" / "deaf.log"))

    copy.send_signal(signal.SIGINT)

    assert copy.wait(timeout=60) == 0
    assert not is_running(pid)


def test_a_part_that_stops_is_started_again_and_reported(start: Any, tmp_path: Path) -> None:
    copy = start("steady")
    read_until(copy, "open")
    before = report(tmp_path)["steady"]["pid"]

    os.kill(before, signal.SIGKILL)

    read_until(copy, "steady stopped")
    wait_until(lambda: report(tmp_path)["steady"]["restarts"] == 1 and report(tmp_path)["steady"]["state"] == "running")
    assert report(tmp_path)["steady"]["pid"] != before


def test_no_part_outlives_a_supervisor_that_was_killed(start: Any, tmp_path: Path) -> None:
    copy = start("steady", "deaf", "parent")
    read_until(copy, "open")
    pids = [part["pid"] for part in report(tmp_path).values()]
    wait_until(lambda: bool(children(pids[2])))
    pids += children(pids[2])

    copy.kill()

    wait_until(lambda: not any(map(is_running, pids)))


def test_a_start_that_cannot_work_ends_and_says_why(start: Any) -> None:
    copy = start("steady", "broken")

    printed, _ = copy.communicate(timeout=60)

    assert copy.returncode == 1
    assert "broken could not start" in printed
    assert "the clinic file is missing" in printed


def test_a_second_copy_in_the_same_folder_is_refused(start: Any, tmp_path: Path) -> None:
    first = start("steady")
    read_until(first, "open")

    printed, _ = start("steady").communicate(timeout=60)

    assert f"running in {tmp_path} already (process {first.pid})" in printed
    assert "FRONTDESK_VAR" in printed


def test_copies_in_two_folders_run_side_by_side(start: Any, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    read_until(start("steady"), "open")

    read_until(start("steady", var=tmp_path / "other"), "open")


def test_a_folder_is_free_again_after_a_kill(start: Any) -> None:
    first = start("steady")
    read_until(first, "open")
    first.kill()
    first.wait()

    read_until(start("steady"), "open")


def test_a_taken_port_is_named_with_a_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SystemExit):
            check_port("127.0.0.1", port)

    said = capsys.readouterr().err
    assert f"Port {port}" in said
    assert f"FRONTDESK_PORT={port + 1}" in said


def test_wrong_settings_are_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FRONTDESK_PORT", "eighty")

    with pytest.raises(SystemExit):
        read_settings()

    assert "FRONTDESK_PORT" in capsys.readouterr().err


def report(var: Path) -> dict[str, Any]:
    """What parts.json says as soon as every part has been started."""

    def read() -> dict[str, Any]:
        return dict(json.loads(text_of(var / "parts.json") or "{}"))

    wait_until(lambda: bool(read()) and all(part["pid"] or part["state"] == "stopped" for part in read().values()))
    return read()


def text_of(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def read_until(copy: subprocess.Popen[str], words: str) -> None:
    assert copy.stdout is not None
    seen = []
    for line in copy.stdout:
        seen.append(line)
        if words in line:
            return
    raise AssertionError(f"{words!r} never came: {''.join(seen)}")


def children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if int(line.split()[1]) == pid]


def is_running(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def wait_until(happens: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "that never happened"
        time.sleep(0.05)
