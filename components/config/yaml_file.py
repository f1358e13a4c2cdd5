"""A YAML file as plain data, with the line of every key; a key that stands twice is an error, not a surprise."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.config.problems import Problem

MOST_BRACKETS = 500
MOST_CHARACTERS = 200_000


@dataclass(frozen=True)
class YamlFile:
    """What a file says.

    Attributes:
        name: the path as reports show it.
        data: the content; an empty mapping when the file can't be read.
        lines: dotted path to line, from 1.
        problems: what is wrong with the file itself.
    """

    name: str
    data: Any
    lines: dict[str, int]
    problems: tuple[Problem, ...]

    def line(self, path: str) -> int:
        """Return the line of a path, or of the nearest one above it; 0 when there is none."""
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path, 0)


class _BrokenError(Exception):
    """The file can't be read: the line (0: unknown), the reason and the fix."""

    def __init__(self, line: int, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.line, self.reason, self.fix = line, reason.replace("\n", " "), fix


def read(path: Path, name: str) -> YamlFile:
    """Read one document. What is wrong comes back as problems; nothing is raised."""
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    try:
        text = _text(path)
        node = _compose(text)
        _walk(node, "", name, lines, problems, set())
        data = {} if problems else _construct(text)
    except _BrokenError as error:
        return YamlFile(name, {}, {}, (Problem(name, error.line, "", "", error.reason, error.fix),))
    return YamlFile(name, data, lines, tuple(problems))


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise _BrokenError(0, f"the file can't be read: {error.strerror}", "check name and permissions") from None
    except UnicodeDecodeError as error:
        raise _BrokenError(0, f"the file is not UTF-8: {error.reason}", "save it as UTF-8") from None
    if len(text) > MOST_CHARACTERS or text.count("[") + text.count("{") > MOST_BRACKETS:
        raise _BrokenError(0, "the file is far larger or deeper than a configuration", "shorten it")
    return text


def _compose(text: str) -> yaml.Node:
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        reason = f"not valid YAML: {error.problem}"
        raise _BrokenError(line, reason, "check indentation, quotes and colons there") from None
    except yaml.YAMLError as error:
        raise _BrokenError(0, f"not valid YAML: {error}", "remove the character that it names") from None
    if node is None:
        raise _BrokenError(0, "the file is empty", "fill it, or remove it")
    return node


def _construct(text: str) -> Any:
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, LookupError, TypeError) as error:
        raise _BrokenError(0, f"not valid YAML: {error}", "write plain strings and numbers") from None


def _walk(
    node: yaml.Node, path: str, name: str, lines: dict[str, int], problems: list[Problem], visited: set[int]
) -> None:
    """Note the lines below a node, and keys that repeat or are no text; what an alias names is walked once."""
    if id(node) in visited:
        return
    visited.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            here = f"{path}.{index}".lstrip(".")
            lines[here] = item.start_mark.line + 1
            _walk(item, here, name, lines, problems, visited)
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                reason = "a key is not plain text; braces without quotes begin a mapping"
                problems.append(Problem(name, key.start_mark.line + 1, path, "", reason, 'quote it: "{{ … }}"'))
                continue
            here = f"{path}.{key.value}".lstrip(".")
            line = key.start_mark.line + 1
            if key.value in seen:
                problems.append(
                    Problem(
                        name,
                        line,
                        here,
                        "",
                        f"the key stands on line {seen[key.value]} already; only one of the two values would count",
                        "keep one of them",
                    )
                )
            seen[key.value] = lines[here] = line
            _walk(value, here, name, lines, problems, visited)
