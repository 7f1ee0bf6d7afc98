"""The house keeps its order: what may import what, settings that are explained, and words only where they are reviewed."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from frontdesk.config import Settings

ROOT = Path(__file__).resolve().parent.parent
FRONTDESK = sorted([*ROOT.glob("frontdesk/**/*.py"), *ROOT.glob("actions/*.py")])
UNDERSTANDING = sorted(ROOT.glob("understanding/**/*.py"))
EDGES = (
    "frontdesk.web", "frontdesk.notifier", "frontdesk.cli", "frontdesk.action_server", "frontdesk.processes",
    "frontdesk.parts", "actions",
)  # fmt: skip
SERVICES = (
    "audit", "booking_hours", "cells", "check_ins", "consultations", "contacts", "conversations", "diary",
    "handing_over", "handoffs", "holds", "inbox", "openings", "outbox", "paging", "register", "schedules", "staff",
    "takeover", "taking", "visitor_notices", "weeks",
)  # fmt: skip
# What a visitor may read is chosen in these.
SPEAKING = sorted(
    [
        *(
            ROOT / "frontdesk" / f"{name}.py"
            for name in SERVICES
            if name not in ("booking_hours", "diary", "inbox", "register", "staff", "takeover", "handoffs")
        ),
        *(ROOT / "frontdesk" / f"{name}.py" for name in ("bot", "rendering", "texts", "turns")),
        *ROOT.glob("frontdesk/details/*.py"),
        ROOT / "frontdesk/wishes/saying.py",
        *(ROOT / "frontdesk" / f"{name}.py" for name in ("booking_links", "calendar_file", "visitor_words")),
        *ROOT.glob("actions/*.py"),
        ROOT / "frontdesk/web/chat.py",
        ROOT / "frontdesk/web/limits.py",
    ]
)
SILENT = re.compile(r"^(?:re|logger|log)\.|\.(?:error|warning|info|debug|exception)$|^(?:Refusal|BotDown)$")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> set[str]:
    """Every module a file imports, also within functions; `from a import b` counts as a and a.b."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            found |= {str(node.module)} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def reaches(path: Path, *forbidden: str) -> list[str]:
    return sorted(
        name for name in imported(path) if any(name == one or name.startswith(f"{one}.") for one in forbidden)
    )


def ids(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("path", FRONTDESK, ids=ids(FRONTDESK))
def test_nothing_of_the_front_desk_imports_rasa(path: Path) -> None:
    assert reaches(path, "rasa") == []


@pytest.mark.parametrize("path", UNDERSTANDING, ids=ids(UNDERSTANDING))
def test_nothing_in_understanding_imports_the_front_desk(path: Path) -> None:
    assert reaches(path, "frontdesk", "actions") == []


@pytest.mark.parametrize("name", ["screen", "reading", "router", "language"])
def test_what_both_environments_run_needs_only_the_standard_library_and_yaml(name: str) -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "understanding" / f"{name}.py"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        for one in imported(path):
            own = ROOT / f"{one.replace('.', '/')}.py"
            if own.exists() and own not in seen:
                waiting.append(own)
            top = one.partition(".")[0]
            assert top in ("understanding", "yaml") or top in sys.stdlib_module_names, f"{path.name} imports {one}"


@pytest.mark.parametrize("name", SERVICES)
def test_services_know_neither_the_edges_nor_rasa_nor_the_web(name: str) -> None:
    path = ROOT / "frontdesk" / f"{name}.py"

    assert reaches(path, *EDGES, "frontdesk.bot", "frontdesk.turns", "fastapi", "starlette", "httpx", "apprise") == []


@pytest.mark.parametrize("name", ["errors", "config", "details", "references"])
def test_the_innermost_modules_import_nothing_of_ours(name: str) -> None:
    package = ROOT / "frontdesk" / name
    files = sorted(package.glob("*.py")) if package.is_dir() else [package.with_suffix(".py")]
    own = {module(path) for path in FRONTDESK} - {"frontdesk"} - {module(path) for path in files}

    assert {one for path in files for one in imported(path)} & own == set()


def test_the_model_knows_only_the_database_library() -> None:
    assert reaches(ROOT / "frontdesk/model.py", "frontdesk", "understanding", "actions") == []


def test_only_the_edges_open_transactions() -> None:
    inner = [ROOT / "frontdesk" / f"{name}.py" for name in SERVICES]

    assert [path.name for path in inner if re.search(r"\.(?:transaction|reading|commit)\(", path.read_text())] == []


def test_only_the_bot_calls_rasa() -> None:
    callers = [path for path in FRONTDESK if "/webhooks/" in path.read_text() or "/model/parse" in path.read_text()]

    assert ids(callers) == ["frontdesk/bot.py"]


@pytest.mark.parametrize("path", [path for path in FRONTDESK if path.parent.name == "actions"], ids=lambda p: p.name)
def test_actions_hold_no_sql_and_no_http(path: Path) -> None:
    assert reaches(path, "httpx", "requests", "fastapi", "frontdesk.web", "frontdesk.turns", "frontdesk.bot") == []


def explained() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines if re.match(r"[A-Z]", line)]
    assert len(pairs) == len({name for name, _ in pairs}), "a setting stands twice in .env.example"
    return dict(pairs)


def test_every_setting_is_explained_in_env_example_and_nothing_else() -> None:
    assert set(explained()) == {f"FRONTDESK_{name.upper()}" for name in Settings.model_fields}


def test_env_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in explained():
        monkeypatch.delenv(name, raising=False)
    default = Settings()
    for name, value in explained().items():
        monkeypatch.setenv(name, value)

    shown = Settings()

    for name in Settings.model_fields:
        ours, theirs = getattr(default, name), getattr(shown, name)
        assert ours == theirs or str(ours).endswith(str(theirs)), name


def test_each_setting_has_a_sentence_before_it() -> None:
    blocks = (ROOT / ".env.example").read_text(encoding="utf-8").split("\n\n")

    assert all(block.startswith("#") for block in blocks if "FRONTDESK_" in block)


def sentences(path: Path) -> Iterator[str]:
    """String constants that read like something said to a person, but for docstrings, logs, patterns and refusals."""
    quiet: set[int] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            quiet.add(id(node.value))
        elif isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and SILENT.search(ast.unparse(node.func))):
            quiet |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in quiet:
            words = re.findall(r"[A-Za-z’']+", node.value)
            if len(words) >= 4 and re.search(r"[a-z] [a-z]", node.value) and not re.search(r"[\\|^]", node.value):
                yield node.value


@pytest.mark.parametrize("path", SPEAKING, ids=ids(SPEAKING))
def test_no_sentence_for_visitors_stands_in_python(path: Path) -> None:
    assert list(sentences(path)) == []


def test_the_search_for_sentences_finds_one(tmp_path: Path) -> None:
    path = tmp_path / "speaking.py"
    path.write_text('reply = "You may have the treatment."\nlogger.info("This is only for the log.")\n')

    assert list(sentences(path)) == ["You may have the treatment."]


def test_nobody_catches_everything_without_a_word() -> None:
    for path in [*FRONTDESK, *UNDERSTANDING]:
        for node in ast.walk(tree(path)):
            assert not (isinstance(node, ast.ExceptHandler) and node.type is None), f"a bare except in {path.name}"


def test_nothing_names_a_folder_of_one_machine() -> None:
    for path in [*FRONTDESK, *UNDERSTANDING, ROOT / "run"]:
        assert not re.search(r"/(?:home|work|Users)/\w", path.read_text(encoding="utf-8")), path.name
