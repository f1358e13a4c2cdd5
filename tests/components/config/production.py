"""The production environment in AWS, for tests to break and to read the report."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.load import ROOT, read_stack_file
from components.config.platform import PlatformConfig
from components.config.problems import ConfigurationError, Problem
from tests.components.eks.making import STACK_FILE

Change = Callable[[dict[str, Any]], object]


def read(folder: Path, *changes: Change, others: dict[str, Any] | None = None) -> PlatformConfig:
    """Read the production environment with its cluster's settings changed."""
    config = yaml.safe_load(STACK_FILE.read_text())["config"] | {
        f"agent-platform:{key}": value for key, value in (others or {}).items()
    }
    for change in changes:
        change(config["agent-platform:cluster"])
    path = folder / "Pulumi.prod.yaml"
    path.write_text(yaml.safe_dump({"config": config}))
    return read_stack_file(path, ROOT / "agents")


def refused(folder: Path, *changes: Change, **others: Any) -> tuple[Problem, ...]:
    """Return what is wrong after the changes."""
    with pytest.raises(ConfigurationError) as caught:
        read(folder, *changes, others=others)
    return caught.value.problems


def only(folder: Path, *changes: Change, **others: Any) -> Problem:
    """Return the only thing that is wrong after the changes."""
    (problem,) = refused(folder, *changes, **others)
    return problem


def groups(settings: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = settings["compute"]["nodeGroups"]
    return found


def group(which: str, **changes: Any) -> Change:
    """Return a change of one node group; None removes an option."""

    def change(settings: dict[str, Any]) -> None:
        (found,) = [each for each in groups(settings) if each["name"] == which]
        found.update(changes)
        for key in [key for key, value in changes.items() if value is None]:
            del found[key]

    return change


def setting(**changes: Any) -> Change:
    return lambda settings: settings.update(changes)
