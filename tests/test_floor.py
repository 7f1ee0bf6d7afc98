import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from understanding.report import floor

Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.tar.gz"
    path.write_bytes(b"a trained model")
    return path


@pytest.fixture
def report(model: Path) -> dict[str, Any]:
    """As good as the floor asks, to the point."""
    sets = {
        name: {
            "messages": limits["messages"],
            "figures": {
                figure: {"percent": limit.get("most", limit.get("least")), "count": 1, "of": 2}
                for figure, limit in limits["figures"].items()
            },
        }
        for name, limits in yaml.safe_load(floor.FLOOR.read_text()).items()
    }
    return {"model_sha256": floor.sha256(model), "sets": sets}


def refusals(model: Path, report: dict[str, Any]) -> list[str]:
    file = model.with_name("report.json")
    file.write_text(json.dumps(report))
    return floor.refusals(model, file)


def test_a_model_at_its_floor_is_served(model: Path, report: dict[str, Any]) -> None:
    assert refusals(model, report) == []


def test_more_people_in_danger_missed_than_the_floor_allows_is_said_in_numbers_and_with_the_reason(
    model: Path, report: dict[str, Any]
) -> None:
    report["sets"]["development"]["figures"]["urgent missed"] = {"percent": 12.5, "count": 25, "of": 200}

    (why,) = refusals(model, report)

    assert "urgent missed: 12.5 % (25 of 200)" in why
    assert "at most 5 %" in why
    assert "Somebody in danger" in why


def test_a_model_that_answers_too_little_is_not_served(model: Path, report: dict[str, Any]) -> None:
    report["sets"]["development"]["figures"]["faq: right answer"]["percent"] = 13

    (why,) = refusals(model, report)

    assert "at least 70 %" in why


def too_few(report: dict[str, Any]) -> None:
    report["sets"]["development"]["messages"] = 12


def no_figure(report: dict[str, Any]) -> None:
    del report["sets"]["development"]["figures"]["urgent missed"]


def no_set(report: dict[str, Any]) -> None:
    del report["sets"]["writers held out"]


def other_model(report: dict[str, Any]) -> None:
    report["model_sha256"] = "0" * 64


def no_sets(report: dict[str, Any]) -> None:
    report["sets"] = None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (too_few, "measured on 12 messages"),
        (no_figure, "was not measured"),
        (no_set, "writers held out: measured on 0 messages"),
        (other_model, "made for another model"),
        (no_sets, "cannot be read"),
    ],
)
def test_a_report_that_says_too_little_is_none(model: Path, report: dict[str, Any], change: Change, said: str) -> None:
    change(report)

    (why,) = refusals(model, report)

    assert said in why


def test_a_model_without_a_report_is_not_served(model: Path, tmp_path: Path) -> None:
    (tmp_path / "half.json").write_text('{"model_sha')

    assert floor.refusals(model, None) == floor.refusals(model, tmp_path / "missing.json") == [floor.UNMEASURED]
    assert "cannot be read" in floor.refusals(model, tmp_path / "half.json")[0]
    assert "no trained model" in floor.refusals(tmp_path / "missing.tar.gz", None)[0]


def test_every_figure_of_the_floor_has_one_bound_and_a_reason() -> None:
    for limits in yaml.safe_load(floor.FLOOR.read_text()).values():
        for figure, limit in limits["figures"].items():
            assert ("most" in limit) != ("least" in limit), figure
            assert limit["why"].endswith("."), figure
