"""Trains one of Rasa's pipelines on data/ from nothing and has it read messages: the routes, and how long it took.

python -m understanding.report.pipelines default MESSAGES.json OUT.json
python -m understanding.report.pipelines ours MESSAGES.json OUT.json

A process of its own, for it needs Rasa. "default" is what `rasa init` gives everybody; a hundred epochs take long.
"""

import argparse
import asyncio
import json
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import rasa
from rasa.core.agent import Agent

ROOT = Path(__file__).parents[2]
CONFIGS = {
    "default": Path(rasa.__file__).parent / "cli" / "initial_project" / "config.yml",  # Rasa fills the pipeline in
    "ours": ROOT / "config.yml",
}
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONWARNINGS": "ignore",
    "LOG_LEVEL": "WARNING",
    "TF_INTRA_OP_PARALLELISM_THREADS": "2",
    "TF_INTER_OP_PARALLELISM_THREADS": "1",
}


def train(config: Path, folder: Path) -> Path:
    own = folder / "config.yml"
    shutil.copy(config, own)  # Rasa writes what it filled in back into it
    from_nothing = {"RASA_CACHE_DIRECTORY": str(folder / "cache"), "FRONTDESK_VAR": str(folder)}
    command = [sys.executable, "-m", "rasa", "train", "nlu", "--config", str(own), "--nlu", "data"]
    command += ["--domain", "domain.yml", "--out", str(folder), "--fixed-model-name", "model"]
    environment = {**os.environ, **QUIET, **from_nothing}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(ran.stderr[-2000:])
    return folder / "model.tar.gz"


def route_of(parsed: dict[str, Any]) -> str:
    """Its fallback counts as the safest thing it could stand for: a polite "I do not know"."""
    intent = str(parsed["intent"]["name"])
    if intent == "faq":
        chosen = parsed["response_selector"]["faq"]["response"]["intent_response_key"]
        return "answer:" + str(chosen).split("/")[-1]
    return "unanswered" if intent == "nlu_fallback" else intent


async def read(model: Path, texts: Sequence[str]) -> tuple[list[str], float]:
    """The routes, and the median of milliseconds a message."""
    agent = Agent.load(str(model))
    routes, taken = [], []
    for text in texts:
        started = time.perf_counter()
        parsed = await agent.parse_message(text)
        taken.append(1000 * (time.perf_counter() - started))
        routes.append(route_of(parsed))
    return routes, round(median(taken), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("pipeline", choices=CONFIGS)
    parser.add_argument("messages", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    logging.getLogger("rasa").setLevel(logging.WARNING)  # at debug level it prints every message
    started, (load, _, _) = time.monotonic(), os.getloadavg()
    with TemporaryDirectory() as folder:
        model = train(CONFIGS[options.pipeline], Path(folder))
        seconds = round(time.monotonic() - started)
        texts = json.loads(options.messages.read_text(encoding="utf-8"))
        routes, milliseconds = asyncio.run(read(model, texts))
    found = {"routes": routes, "training_seconds": seconds, "milliseconds": milliseconds, "load": round(load, 1)}
    options.out.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
