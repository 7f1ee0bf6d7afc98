"""Reads a YAML file that an operator wrote, and says in plain words which line of it is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from frontdesk.errors import FrontdeskError

Place: TypeAlias = tuple[str | int, ...]  # ("special_days", 0, "date")

_WORDS = {
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "int_parsing": "write a whole number",
    "greater_than": "write a number above 0",
    "less_than_equal": "this number is too large",
    "string_type": "something is missing here",
    "string_too_short": "something is missing here",
    "tuple_type": "write a list: one “- …” a line",
}


class ClinicFileWrong(FrontdeskError):
    """The clinic's file cannot be used."""

    def __init__(self, path: Path, mistakes: Sequence[str]) -> None:
        super().__init__("\n  ".join([f"{path.name} cannot be used:", *mistakes]))


class _Mistake(Exception):
    def __init__(self, line: int, words: str) -> None:
        super().__init__(f"line {line}: {words}")


@dataclass
class Written:
    """The content of a file, every scalar as text (None when empty), and the line on which each thing stands."""

    content: object = None
    lines: dict[Place, int] = field(default_factory=lambda: {(): 1})

    def line(self, place: Place) -> int:
        """The line of the nearest thing around this place that was written."""
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]


def read(path: Path) -> Written:
    """Refuses what is not YAML, and a name written twice (YAML itself would silently take the later one)."""
    written = Written()
    try:
        # Composing instead of loading keeps lines, and keeps 9:00 from becoming the number 540.
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        written.content = _content(node, (), written.lines) if node else {}
    except OSError as exc:
        raise ClinicFileWrong(path, [f"it cannot be read ({exc.strerror})"]) from exc
    except UnicodeDecodeError as exc:
        raise ClinicFileWrong(path, ["it is not saved as UTF-8 text"]) from exc
    except (yaml.YAMLError, RecursionError) as exc:
        raise ClinicFileWrong(path, [_syntax_words(exc)]) from exc
    except _Mistake as exc:
        raise ClinicFileWrong(path, [str(exc)]) from exc
    return written


def _content(node: yaml.Node, place: Place, lines: dict[Place, int]) -> object:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        content: dict[str, object] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in content:
                raise _Mistake(line, f"“{key.value}” stands already on line {lines[*place, key.value]}. Keep one.")
            lines[*place, key.value] = line
            content[key.value] = _content(value, (*place, key.value), lines)
        return content
    if isinstance(node, yaml.SequenceNode):
        return [_content(item, (*place, index), lines) for index, item in enumerate(node.value)]
    is_plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return None if is_plain and node.value in ("", "~", "null") else node.value


def _syntax_words(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    line = f"line {mark.line + 1}: " if mark else ""
    return (
        f"{line}this is not readable. Write “name: value”, indent with spaces (never tabs), "
        "and put a value that holds “: ” or “ #” in quotes."
    )


def mistakes(error: ValidationError, written: Written, examples: Mapping[str, str]) -> list[str]:
    """One sentence a mistake, in the order of the file. Examples: place without list numbers → what one would write."""
    found = sorted(_without_doubles(error), key=lambda problem: written.line(problem["loc"]))
    return [f"line {written.line(problem['loc'])}: {_problem_words(problem, examples)}" for problem in found]


def _without_doubles(error: ValidationError) -> list[ErrorDetails]:
    return list({problem["loc"]: problem for problem in error.errors()}.values())


def _problem_words(problem: ErrorDetails, examples: Mapping[str, str]) -> str:
    names = [str(part) for part in problem["loc"] if isinstance(part, str)]
    place = ".".join(names)
    said = " → ".join(names)
    if problem["type"] == "missing":
        return f"{said} is missing. Add: {examples.get(place, names[-1] + ': …')}"
    if problem["type"] == "extra_forbidden":
        known = [key.split(".")[-1] for key in examples if key.split(".")[:-1] == names[:-1]]
        close = get_close_matches(names[-1], known, 1)
        return f"{said} is not a name this file knows. " + (
            f"Did you mean {close[0]}?" if close else f"Known here: {', '.join(known)}."
        )
    words = str(problem.get("ctx", {}).get("error") or _WORDS.get(problem["type"]) or problem["msg"])
    # For something made up the examples, made up as well, would be no help.
    has_example = place in examples and problem["type"] != "made_up"
    hint = f" Write for example: {examples[place]}" if has_example else ""
    return f"{said or 'the file'}: {words.rstrip('.')}.{hint}"
