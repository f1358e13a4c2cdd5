"""A small, right configuration in a temporary folder, for tests to break."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.load import read_stack_file
from components.config.platform import PlatformConfig
from components.config.problems import ConfigurationError, Problem

DIGEST = "sha256:" + "a" * 64


class Project:
    """A project folder: settings and agents' files that a test edits, then reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: dict[str, Any] = {
            "environment": "local",
            "layers": ["cloud", "platform", "team"],
            "cluster": {
                "kind": "kubeconfig",
                "kubeconfig": "kubeconfig",
                "context": "c",
                "identifier": "c",
                "zones": ["a", "b"],
                "nodePools": [
                    {"name": "general", "instanceType": "m7i.xlarge", "nodes": 2, "cpu": 4, "memory": "16Gi"},
                    {"name": "gpu", "instanceType": "g6.xlarge", "nodes": 1, "cpu": 4, "memory": "16Gi",
                     "gpus": 2, "gpuProduct": "NVIDIA-L4"},
                ],
            },
            "registries": ["registry.example.com"],
            "teams": [
                {"name": "shop", "group": "shop-people", "quota": {"cpu": 20, "memory": "40Gi", "gpus": 4, "pods": 30},
                 "ceiling": {"gpus": 8}},
            ],
        }  # fmt: skip
        self.write("shop/good")

    def agent(self, **changes: Any) -> dict[str, Any]:
        """Return a right agent's file with top-level changes; None removes a key."""
        base: dict[str, Any] = {
            "description": "Does one thing.",
            "version": "1.0.0",
            "image": f"registry.example.com/agents/good@{DIGEST}",
            "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": 1, "memory": "128Mi"}},
            "replicas": 1,
        }
        return {key: value for key, value in {**base, **changes}.items() if value is not None}

    def write(self, reference: str, suffix: str = ".yaml", **changes: Any) -> Path:
        """Write an agent's file."""
        return self.write_text(reference, yaml.safe_dump(self.agent(**changes)), suffix)

    def write_text(self, reference: str, text: str, suffix: str = ".yaml") -> Path:
        """Write an agent's file as raw text."""
        path = self.folder / "agents" / f"{reference}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def read(self) -> PlatformConfig:
        """Read the project as tools do before the engine starts."""
        path = self.folder / "Pulumi.local.yaml"
        settings = {f"agent-platform:{key}": value for key, value in self.settings.items()}
        path.write_text(yaml.safe_dump({"config": settings}))
        return read_stack_file(path, self.folder / "agents")

    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with the project; fails when nothing is."""
        with pytest.raises(ConfigurationError) as caught:
            self.read()
        return caught.value.problems


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a right project."""
    return Project(tmp_path)


Refusal = Callable[..., Problem]


@pytest.fixture
def refusal(project: Project) -> Refusal:
    """Return a function: the one problem that an agent's file with these changes has."""

    def only_problem(**changes: Any) -> Problem:
        project.write("shop/bad", **changes)
        found = project.problems()
        assert len(found) == 1, found
        return found[0]

    return only_problem
