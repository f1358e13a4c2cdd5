"""The stack files of a folder: what each says under our project's name, and which goes on from which."""

import contextlib
import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from components.config.above import FromContract
from components.config.problems import Problem
from components.config.yaml_file import YamlFile, read

PREFIX = "agent-platform:"
_SETTINGS_FIX = f"write the settings below it, each as `{PREFIX}<option>:`"


def stack_file(root: Path, stack: str) -> Path:
    """Return where a stack's settings lie."""
    return root / f"Pulumi.{stack}.yaml"


def stack_name(path: Path) -> str:
    """Return the stack that a file is of."""
    return path.name.removeprefix("Pulumi.").removesuffix(".yaml")


def settings_in(path: Path) -> YamlFile:
    """Read a stack file as the settings of our project, by their names without its own."""
    whole = read(path, path.name)
    config = whole.data.get("config", {}) if isinstance(whole.data, dict) else {}
    if not isinstance(config, dict):
        problem = Problem(path.name, whole.line("config"), "config", "", "`config` holds no settings", _SETTINGS_FIX)
        return YamlFile(path.name, {}, {}, (*whole.problems, problem))
    foreign = tuple(
        Problem(path.name, whole.line(f"config.{key}"), f"config.{key}", "", "Pulumi would read it for nobody", fix)
        for key, fix in _near_prefix(config)
    )
    data = {key.removeprefix(PREFIX): value for key, value in config.items() if str(key).startswith(PREFIX)}
    lines = {key.removeprefix(f"config.{PREFIX}"): line for key, line in whole.lines.items()}
    return YamlFile(path.name, data, lines, (*whole.problems, *foreign))


def uppers(root: Path) -> dict[str, str | None]:
    """Return every stack that has a file, with the stack that its contract is taken from; None: from none."""
    return {
        stack_name(path): _upper(settings_in(path).data) for path in sorted(root.glob("Pulumi.*.yaml"), key=stack_name)
    }


def below(root: Path, stack: str) -> tuple[str, ...]:
    """Return the stacks that take their contract from this one."""
    return tuple(name for name, upper in uppers(root).items() if upper == stack)


def _upper(settings: Mapping[str, Any]) -> str | None:
    with contextlib.suppress(ValidationError):
        return FromContract.model_validate(settings.get("cluster")).upper
    return None


def _near_prefix(config: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    """Yield keys whose project is nearly ours, as a typing mistake makes them, with the fix."""
    for key in map(str, config):
        project, colon, option = key.partition(":")
        if colon and project != PREFIX[:-1] and difflib.get_close_matches(project, [PREFIX[:-1]], cutoff=0.8):
            yield key, f"write `{PREFIX}{option}`"
