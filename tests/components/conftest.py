"""The example configuration, and agents made from a few words."""

from typing import Any

import pytest

from components.config.agent import Agent
from components.config.load import ROOT, read_stack_file
from components.config.platform import PlatformConfig


@pytest.fixture(scope="session")
def example() -> PlatformConfig:
    """Return the configuration that the repository ships for the local cloud."""
    return read_stack_file(ROOT / "Pulumi.local.yaml", ROOT / "agents")


def make_agent(reference: str = "shop/helper", **changes: Any) -> Agent:
    """Return an agent; keywords replace top-level options of its file, None removes one."""
    team, name = reference.split("/")
    spec: dict[str, Any] = {
        "description": "Does one thing.",
        "version": "1.0.0",
        "image": "registry.example.com/agents/helper@sha256:" + "a" * 64,
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}},
        "replicas": 2,
    }
    spec = {key: value for key, value in {**spec, **changes}.items() if value is not None}
    return Agent.model_validate({"team": team, "name": name, "spec": spec})
