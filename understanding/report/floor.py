"""Whether a model may be served. Needs the standard library and YAML only, for whoever starts it looks here."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

FLOOR = Path(__file__).parents[1] / "floor.yml"


UNMEASURED = "There is no safety report for it: nobody has measured what it does with messages of people in danger."


def refusals(model: Path, report: Path | None, floor: Path = FLOOR) -> list[str]:
    """Why this model may not be served, in plain words; nothing when it may."""
    if not model.is_file():
        return [f"There is no trained model {model.name}."]
    if report is None:
        return [UNMEASURED]
    try:
        found = json.loads(report.read_text(encoding="utf-8"))
        measured, sets = found["model_sha256"], found["sets"]
    except FileNotFoundError:
        return [UNMEASURED]
    except (OSError, ValueError, KeyError, TypeError):
        return [f"Its safety report {report.name} cannot be read."]
    if measured != sha256(model):
        return [f"Its safety report {report.name} was made for another model."]
    if not isinstance(sets, dict):
        return [f"Its safety report {report.name} cannot be read."]
    wanted = yaml.safe_load(floor.read_text(encoding="utf-8"))
    return [why for name, limits in wanted.items() for why in _below(name, limits, sets.get(name) or {})]


def _below(name: str, limits: Mapping[str, Any], measured: Mapping[str, Any]) -> Iterator[str]:
    count = measured.get("messages", 0)
    if count < limits["messages"]:
        yield f"{name}: measured on {count} messages; fewer than {limits['messages']} say too little."
        return
    for figure, limit in limits["figures"].items():
        found = (measured.get("figures") or {}).get(figure)
        if found is None:
            yield f"{name}: {figure}: was not measured."
        elif found["percent"] > limit.get("most", 100) or found["percent"] < limit.get("least", 0):
            bound = f"at most {limit['most']} %" if "most" in limit else f"at least {limit['least']} %"
            counted = f"{found['percent']} % ({found['count']} of {found['of']})"
            yield f"{name}: {figure}: {counted}, and it must be {bound}. {limit['why']}"


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
