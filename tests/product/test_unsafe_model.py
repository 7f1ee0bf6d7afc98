"""A model that was really broken is measured for real, and then nothing of the product starts."""

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from frontdesk.config import ROOT
from frontdesk.parts import ASSISTANT_PYTHON
from tests.product.running import environment

pytestmark = pytest.mark.product

FORGET_DANGER = """
import sys, numpy
stored = dict(numpy.load(sys.argv[1]))
dark = numpy.isin(stored["labels"], ["crisis", "emergency"])
stored["label_weights"][dark] = 0
numpy.savez(sys.argv[1], **stored)
"""


@contextmanager
def opened(model: Path, folder: Path) -> Iterator[Path]:
    """The reader's own folder within a model's archive, which is packed again afterwards."""
    with tarfile.open(model) as packed:
        packed.extractall(folder, filter="tar")
    yield next(folder.rglob("heads.npz"))
    with tarfile.open(model, "w:gz") as packed:
        packed.add(folder / "components", "components")


def test_a_model_that_forgot_what_danger_is_is_not_served(tmp_path: Path) -> None:
    model, report, var = tmp_path / "broken.tar.gz", tmp_path / "broken.json", tmp_path / "var"
    model.write_bytes(Path(os.environ["FRONTDESK_MODEL"]).read_bytes())
    with opened(model, tmp_path / "opened") as heads:
        subprocess.run([ASSISTANT_PYTHON, "-c", FORGET_DANGER, heads], check=True)
    measure = [ASSISTANT_PYTHON, "-m", "understanding.report.safety_report", model, report]
    subprocess.run(measure, cwd=ROOT, check=True, capture_output=True)

    start = [sys.executable, "-m", "frontdesk.processes"]
    named = {"FRONTDESK_MODEL": str(model), "FRONTDESK_SAFETY_REPORT": str(report)}
    started = subprocess.run(start, cwd=ROOT, env=environment(var, 8199, **named), capture_output=True, text=True)

    assert started.returncode == 1
    assert "is not served" in started.stderr
    assert "urgent, only checked in" in started.stderr
    assert "What to do" in started.stderr
    assert not var.exists()
