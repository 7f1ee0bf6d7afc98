from pathlib import Path

import pytest

from frontdesk import part_log
from frontdesk.part_log import PartLog


def test_a_log_keeps_a_few_files_of_limited_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_log, "LARGEST", 100)
    log = PartLog(tmp_path / "logs" / "rasa.log")

    for number in range(60):
        log.write(f"line number {number:02}\n".encode())

    files = sorted(path.name for path in log.path.parent.iterdir())
    assert files == ["rasa.log", "rasa.log.1", "rasa.log.2", "rasa.log.3"]
    assert all(path.stat().st_size <= 100 for path in log.path.parent.iterdir())
    assert log.last_lines(1) == ["line number 59"]
