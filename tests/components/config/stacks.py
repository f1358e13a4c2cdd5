"""An environment of four stacks in a folder of its own, for tests to change."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.environment import read_environment
from components.config.platform import PlatformConfig
from components.config.problems import ConfigurationError, Problem
from tests.components.eks.making import written

UPPER = "organization/agent-platform/{}"
TEAMS = [
    {"name": name, "group": f"{name}-people", "quota": {"cpu": 20, "memory": "40Gi", "gpus": 4, "pods": 30}}
    for name in ("shop", "news")
]


class Folder:
    """A folder with an environment `prod` of four stacks, right until a test changes it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.stacks: dict[str, dict[str, Any]] = {
            "prod": {"layers": ["cloud"], "cluster": written()},
            "prod-platform": {
                "layers": ["platform"],
                "cluster": {"kind": "contract", "stack": UPPER.format("prod")},
                "registries": ["registry.example.com"],
                "teams": copy.deepcopy(TEAMS),
            },
            "prod-news": self.team("news"),
            "prod-shop": self.team("shop"),
        }
        self.agent("shop/seller")
        self.agent("news/writer")

    def team(self, name: str) -> dict[str, Any]:
        """Return the settings of a team's stack."""
        parameter = {
            "name": "/agent-platform/prod-platform/contract",
            "region": "eu-central-1",
            "accountId": "123456789012",
        }
        return {"layers": ["team"], "team": name, "cluster": {"kind": "contract", "parameter": parameter}}

    def agent(self, reference: str, **changes: Any) -> None:
        """Write an agent's file."""
        amounts = {"cpu": "100m", "memory": "64Mi"}
        file = {
            "description": "Does one thing.",
            "version": "1.0.0",
            "image": f"registry.example.com/agents/x@sha256:{'a' * 64}",
            "resources": {"requests": amounts, "limits": amounts},
            "replicas": 1,
            **changes,
        }
        path = self.root / "agents" / f"{reference}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(file))

    def write(self) -> Path:
        """Write the stack files; return the folder."""
        for name, settings in self.stacks.items():
            config = {f"agent-platform:{key}": value for key, value in {"environment": "prod", **settings}.items()}
            (self.root / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": config}))
        return self.root

    def read(self) -> dict[str, PlatformConfig]:
        """Return the stacks of the environment by their names, in order."""
        return {stack.stack: stack for stack in read_environment(self.write(), "prod").stacks}

    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong; fails when nothing is."""
        with pytest.raises(ConfigurationError) as caught:
            self.read()
        return caught.value.problems

    def only(self) -> Problem:
        """Return the only thing that is wrong."""
        (problem,) = self.problems()
        return problem
