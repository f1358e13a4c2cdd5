"""The example configuration, and agents made from a few words."""

from collections.abc import Iterator
from typing import Any

import pytest

from components.config.agent import Agent
from components.config.load import ROOT, read_stack_file
from components.config.platform import PlatformConfig
from tests.components.aws_recording import Cloud, recording


@pytest.fixture(scope="session")
def example() -> PlatformConfig:
    """Return the configuration that the repository ships for the local cloud."""
    return read_stack_file(ROOT / "Pulumi.local.yaml", ROOT / "agents")


@pytest.fixture(params=[True, False], ids=["preview", "up"])
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    """Return what stands in for the engine of a program that runs as a preview, then as an up."""
    with recording("local", preview=request.param) as made:
        yield made


def make_agent(reference: str = "shop/helper", **changes: Any) -> Agent:
    """Return an agent; keywords replace top-level options of its file, None removes one."""
    team, name = reference.split("/")
    spec: dict[str, Any] = {
        "description": "Does one thing.",
        "version": "1.0.0",
        "image": "registry.example.com/agents/helper@sha256:" + "a" * 64,
        "resources": {"requests": {"cpu": "250m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}},
        "replicas": 2,
    }
    spec = {key: value for key, value in {**spec, **changes}.items() if value is not None}
    return Agent.model_validate({"team": team, "name": name, "spec": spec})
