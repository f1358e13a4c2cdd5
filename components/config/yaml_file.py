"""A YAML file as plain data, with the line of every key; a key that stands twice is an error, not a surprise."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.config.problems import Problem


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


def read(path: Path, name: str) -> YamlFile:
    """Read one document. What is wrong comes back as problems; nothing is raised."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except OSError as error:
        return _broken(name, 0, f"the file can't be read: {error.strerror}", "check its name and its permissions")
    except UnicodeDecodeError as error:
        return _broken(name, 0, f"the file is not UTF-8: {error.reason}", "save it as UTF-8")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return _broken(name, line, f"not valid YAML: {error.problem}", "check indentation, quotes and colons there")
    except yaml.YAMLError as error:
        return _broken(name, 0, f"not valid YAML: {error}".replace("\n", " "), "remove the character that it names")
    lines: dict[str, int] = {}
    repeated: list[Problem] = []
    if node is not None:
        _walk(node, "", name, lines, repeated, set())
    if repeated:
        return YamlFile(name, {}, lines, tuple(repeated))
    try:
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        return _broken(name, 0, f"not valid YAML: {error}".replace("\n", " "), "write plain strings and numbers")
    if data is None:
        return _broken(name, 0, "the file is empty", "fill it, or remove it")
    return YamlFile(name, data, lines, ())


def _broken(name: str, line: int, reason: str, fix: str) -> YamlFile:
    return YamlFile(name, {}, {}, (Problem(name, line, "", "", reason, fix),))


def _walk(
    node: yaml.Node, path: str, name: str, lines: dict[str, int], repeated: list[Problem], visited: set[int]
) -> None:
    """Note the lines below a node and the keys that repeat; `visited` keeps aliases from being walked twice."""
    if id(node) in visited:
        return
    visited.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            here = f"{path}.{index}".lstrip(".")
            lines[here] = item.start_mark.line + 1
            _walk(item, here, name, lines, repeated, visited)
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            here = f"{path}.{key.value}".lstrip(".")
            line = key.start_mark.line + 1
            if key.value in seen:
                repeated.append(
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
            _walk(value, here, name, lines, repeated, visited)
