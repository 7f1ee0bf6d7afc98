"""The conversations of tests/stories against the trained model: what is understood, and which rule follows."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_story_goes_as_written(tmp_path: Path) -> None:
    environment = os.environ | {
        "RASA_TELEMETRY_ENABLED": "false",
        "FRONTDESK_RASA_TOKEN": "unused",
        "FRONTDESK_ACTIONS_URL": "http://127.0.0.1:9/webhook",
        "FRONTDESK_ACTIONS_TOKEN": "unused",
        "FRONTDESK_TRACKERS": str(tmp_path / "trackers.db"),
    }
    newest = max((ROOT / "models").glob("*.tar.gz"), key=lambda model: model.stat().st_mtime)
    command = [sys.executable, "-m", "rasa", "test", "core", "--stories", "tests/stories", "--model", str(newest)]
    command += ["--fail-on-prediction-errors", "--e2e", "--out", str(tmp_path)]

    tested = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    failed = tmp_path / "failed_test_stories.yml"
    assert tested.returncode == 0, (
        failed.read_text() if failed.exists() else tested.stdout[-3000:] + tested.stderr[-3000:]
    )
