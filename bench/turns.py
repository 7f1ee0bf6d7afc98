"""How long a start takes and visitors wait, and what each part holds: a whole running copy under several visitors.

./run bench turns [--visitors 4] [--rounds 10]

Every visitor writes the same few messages, round after round. `healthz` is asked in between and reaches no other
part: what it takes is the machine and the web server, the rest is ours and Rasa's.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx

from frontdesk.config import ROOT

MESSAGES = {
    "answer": "how long does one infusion take?",
    "clinician": "can I have it with high blood pressure?",
    "form begins": "I would like to book a consultation",
    "form goes on": "yes",
}
READY_WITHIN = 300.0  # seconds

Waits = dict[str, list[float]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench turns")
    parser.add_argument("--visitors", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        var, port = Path(folder), free_port()
        url = f"http://127.0.0.1:{port}"
        copy, took = start(var, port, url)
        try:
            print(f"start to ready: {took:.1f} s")
            with ThreadPoolExecutor(options.visitors) as visitors:
                rounds = list(visitors.map(lambda _: visit(url, options.rounds), range(options.visitors)))
            show_waits(rounds)
            show_memory(json.loads((var / "parts.json").read_text()))
        finally:
            began = time.monotonic()
            copy.send_signal(signal.SIGTERM)
            copy.wait(timeout=30)
        print(f"stop: {time.monotonic() - began:.1f} s")
    return 0


def start(var: Path, port: int, url: str) -> tuple[subprocess.Popen[bytes], float]:
    mine = {"FRONTDESK_VAR": str(var), "FRONTDESK_PORT": str(port), "FRONTDESK_LIMITS": "relaxed"}
    began = time.monotonic()
    copy = subprocess.Popen([ROOT / "run"], cwd=ROOT, env=os.environ | mine, stdout=subprocess.DEVNULL)
    while not is_ready(url):
        if copy.poll() is not None or time.monotonic() - began > READY_WITHIN:
            sys.exit("It did not start; ./run says why.")
        time.sleep(0.1)
    return copy, time.monotonic() - began


def visit(url: str, rounds: int) -> Waits:
    waits: Waits = defaultdict(list)
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
        for _ in range(rounds):
            token = http.post("/api/chat/conversations").raise_for_status().json()["token"]
            waits["healthz"].append(timed(partial(http.get, "/healthz")))
            for kind, text in MESSAGES.items():
                headers = {"Authorization": f"Bearer {token}"}
                waits[kind].append(
                    timed(partial(http.post, "/api/chat/messages", json={"text": text}, headers=headers))
                )
    return waits


def timed(ask: Callable[[], httpx.Response]) -> float:
    began = time.perf_counter()
    ask().raise_for_status()
    return (time.perf_counter() - began) * 1000


def show_waits(rounds: list[Waits]) -> None:
    print(f"{'ms':15}{'half':>8}{'95 %':>8}{'worst':>8}")
    for kind in ("healthz", *MESSAGES):
        waits = sorted(wait for each in rounds for wait in each[kind])
        late = waits[int(0.95 * (len(waits) - 1))]
        print(f"{kind:15}{statistics.median(waits):8.0f}{late:8.0f}{waits[-1]:8.0f}")


def show_memory(parts: dict[str, dict[str, int]]) -> None:
    print(f"{'MB':15}{'resident':>8}")
    for name, part in parts.items():
        resident = subprocess.check_output(["ps", "-o", "rss=", "-p", str(part["pid"])], text=True)
        print(f"{name:15}{int(resident) / 1024:8.0f}")


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
