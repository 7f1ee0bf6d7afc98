import ast
import os
import re
import shutil
import subprocess
import sys
import time
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from frontdesk.config import ROOT, Settings

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


@pytest.fixture
def run(tmp_path: Path) -> ModuleType:
    """The script as a module, in a checkout of its own that nothing is set up in."""
    for name in ("run", "config.yml", "domain.yml"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("requirements", "data"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "understanding" / "weights").mkdir(parents=True)
    (tmp_path / "understanding" / "reader.py").write_text("CODE = 1\n")
    (tmp_path / "understanding" / "weights" / "encoder.onnx").write_bytes(b"weights")
    loader = SourceFileLoader("run", str(tmp_path / "run"))
    spec = spec_from_loader("run", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    (tmp_path / ".venv").mkdir()
    return module


def test_the_script_is_read_by_any_python_from_3_8() -> None:
    ast.parse((ROOT / "run").read_text(), feature_version=(3, 8))


def test_the_script_needs_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "run").read_text())

    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_help_is_there_before_anything_is_set_up(tmp_path: Path) -> None:
    script = shutil.copy(ROOT / "run", tmp_path)

    printed = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True, check=True).stdout

    assert "./run test" in printed
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_holds_exact_versions_with_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()

    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_holds_what_its_short_list_asks_for(lock: Path) -> None:
    asked = [
        re.split(r"[\[<>=; ]", line)[0].lower()
        for line in lock.with_suffix(".in").read_text().splitlines()
        if line and not line.startswith(("#", "-"))
    ]

    for name in asked:
        assert re.search(rf"^{re.escape(name)}(\[|==)", lock.read_text(), re.MULTILINE), name


def test_every_setting_is_explained_with_its_default() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()

    explained = dict(line.split("=", 1) for line in lines if line.startswith("FRONTDESK_"))

    assert {name.removeprefix("FRONTDESK_").lower() for name in explained} == set(Settings.model_fields)
    given = Settings.model_validate(
        {name.removeprefix("FRONTDESK_").lower(): value for name, value in explained.items()}
    )
    defaults = Settings.model_validate({})
    for name in Settings.model_fields:
        if name != "clinic":  # relative to the checkout in the file, absolute in the code
            assert getattr(given, name) == getattr(defaults, name), name


def test_a_setting_in_the_environment_wins_over_the_env_file(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("# FRONTDESK_VAR=x\nFRONTDESK_PORT=1\nFRONTDESK_LIMITS = 'relaxed'\n\nnonsense\n")
    monkeypatch.setenv("FRONTDESK_PORT", "2")
    monkeypatch.setenv("FRONTDESK_LIMITS", "to be removed at the end of this test")
    monkeypatch.delenv("FRONTDESK_LIMITS")

    run.read_env_file(tmp_path / ".env")

    assert os.environ["FRONTDESK_PORT"] == "2"
    assert os.environ["FRONTDESK_LIMITS"] == "relaxed"
    assert "FRONTDESK_VAR" not in os.environ


@pytest.mark.parametrize(
    "changed",
    ["config.yml", "domain.yml", "understanding/reader.py", "understanding/weights/encoder.onnx", "data/new.yml"],
)
def test_another_model_is_wanted_when_its_sources_change(run: ModuleType, tmp_path: Path, changed: str) -> None:
    before = run.model_path()

    with (tmp_path / changed).open("a") as file:
        file.write("\n# changed\n")

    assert run.model_path() != before


def test_the_same_model_is_wanted_after_running_the_code(run: ModuleType, tmp_path: Path) -> None:
    before = run.model_path()

    (tmp_path / "understanding" / "__pycache__").mkdir()
    (tmp_path / "understanding" / "__pycache__" / "reader.pyc").write_bytes(b"compiled")

    assert run.model_path() == before


@pytest.mark.parametrize("changed", ["understanding/report/page.py", "understanding/floor.yml", "tests/eval/dev.jsonl"])
def test_what_only_measures_asks_for_a_new_report_and_for_no_training(
    run: ModuleType, tmp_path: Path, changed: str
) -> None:
    model = run.model_path()
    report = run.report_path(model)

    (tmp_path / changed).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / changed).write_text("changed\n")

    assert run.model_path() == model
    assert run.report_path(model) != report


def test_a_model_is_measured_once_and_older_reports_on_it_go(run: ModuleType, tmp_path: Path) -> None:
    measurer = tmp_path / ".venv" / "python"
    measurer.write_text(f"#!{sys.executable}\nimport sys\nopen(sys.argv[-1], 'x').write('{{}}')\n")
    measurer.chmod(0o755)
    run.ASSISTANT = measurer
    run.MODELS.mkdir()
    model = run.model_path()
    report = run.report_path(model)
    older = run.MODELS / f"{model.name.split('.')[0]}.before.json"
    older.touch()

    run.measure_safety(model, report)
    measurer.write_text("#!/bin/sh\nexit 1\n")
    run.measure_safety(model, report)

    assert [path.name for path in run.MODELS.iterdir()] == [report.name]


def test_training_keeps_the_last_two_models(run: ModuleType, tmp_path: Path) -> None:
    trainer = tmp_path / ".venv" / "python"
    trainer.write_text(
        f"#!{sys.executable}\nimport sys\nopen(sys.argv[sys.argv.index('--out') + 1] + '/model.tar.gz', 'w')\n"
    )
    trainer.chmod(0o755)
    run.ASSISTANT = trainer
    run.MODELS.mkdir()
    for age, name in enumerate(["newest", "older", "oldest"]):
        (run.MODELS / f"{name}.tar.gz").touch()
        os.utime(run.MODELS / f"{name}.tar.gz", (time.time() - 100 * (age + 1),) * 2)

    (run.MODELS / "newest.1.json").touch()
    (run.MODELS / "oldest.1.json").touch()

    run.train(run.model_path())

    assert {path.name for path in run.MODELS.iterdir()} == {run.model_path().name, "newest.tar.gz", "newest.1.json"}


def test_a_training_that_fails_shows_its_last_lines_and_leaves_no_model(
    run: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer = tmp_path / ".venv" / "python"
    trainer.write_text(f"#!{sys.executable}\nraise SystemExit('data/faq/cost.yml: line 3 is no YAML')\n")
    trainer.chmod(0o755)
    run.ASSISTANT = trainer

    with pytest.raises(SystemExit):
        run.train(run.model_path())

    assert "data/faq/cost.yml: line 3 is no YAML" in capsys.readouterr().err
    assert not run.model_path().exists()


@pytest.mark.parametrize(
    ("printed", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("error sending request for url (x): dns error", "could not be reached"),
        ("WARNING: NewConnectionError: [Errno -3] Temporary failure in name resolution", "could not be reached"),
        ("invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE"),
    ],
)
def test_a_common_failure_comes_with_what_to_do(
    run: ModuleType, capsys: pytest.CaptureFixture[str], printed: str, advice: str
) -> None:
    with pytest.raises(SystemExit):
        run.run_quietly([sys.executable, "-c", f"print({printed!r}); raise SystemExit(1)"])

    said = capsys.readouterr().err
    assert printed in said
    assert advice in said


def test_only_a_working_python_of_a_wanted_version_is_taken(run: ModuleType, tmp_path: Path) -> None:
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    mine = f"{sys.version_info.major}.{sys.version_info.minor}"

    assert run.working_python(sys.executable, [mine])
    assert run.working_python(sys.executable, ["3.1"]) is None
    assert run.working_python(str(broken), [mine]) is None
    assert run.working_python(str(tmp_path / "missing"), [mine]) is None


def test_a_machine_without_the_wanted_python_is_told_how_to_get_one(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\necho 'no network'\nexit 2\n")
    uv.chmod(0o755)
    run.UV = uv
    run.PYTHONS = {"assistant": ("3.999",)}

    with pytest.raises(SystemExit):
        run.find_python("assistant")

    assert "pyenv install 3.10" in capsys.readouterr().err


def test_a_python_that_cannot_make_environments_is_told_what_to_install(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "python3"
    bare.write_text("#!/bin/sh\necho 'ensurepip is not available'\nexit 1\n")
    bare.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(bare))

    with pytest.raises(SystemExit):
        run.install_tools()

    said = capsys.readouterr().err
    assert "ensurepip is not available" in said
    assert "apt install python3" in said
    assert not (tmp_path / ".venv" / "tools").exists()


def test_a_nearly_full_disk_is_noticed_before_anything_is_fetched(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run.DISK_NEEDED = 10.0**9

    with pytest.raises(SystemExit):
        run.make_environment("assistant")

    assert "disk is nearly full" in capsys.readouterr().err


def test_a_second_set_up_waits_for_the_first(run: ModuleType, tmp_path: Path) -> None:
    holder = "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print(1, flush=True); time.sleep(1)"
    command = [sys.executable, "-c", holder, str(tmp_path / ".venv" / "setup.lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        first.stdout.readline()

        with run.one_set_up_at_a_time():
            first_is_done = first.wait(timeout=5) == 0

    assert first_is_done


def test_an_environment_whose_python_is_gone_is_made_anew(run: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / ".venv" / "frontdesk"
    (folder / "bin").mkdir(parents=True)
    (folder / "installed.txt").write_text("frontdesk abc\n")
    (folder / "bin" / "python").symlink_to(sys.executable)
    assert run.installed("frontdesk") == ["frontdesk abc"]

    (folder / "bin" / "python").unlink()
    (folder / "bin" / "python").symlink_to(tmp_path / "removed")

    assert run.installed("frontdesk") == []
