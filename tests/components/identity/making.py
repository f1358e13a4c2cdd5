"""Production in AWS with agents, services and secrets that a test chooses, read from files as people write them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.load import read_stack_file
from components.config.platform import PlatformConfig
from components.config.problems import ConfigurationError, Problem
from tests.components.aws_recording import Cloud, Registered
from tests.components.eks.making import STACK_FILE

BOUNDARY = "arn:aws:iam::123456789012:policy/pulumi-agent-platform-boundary"
ROTATE = "arn:aws:lambda:eu-central-1:123456789012:function:rotate"
SECRETS = [
    {"name": "payments", "team": "storefront", "description": "key of the payment provider",
     "rotation": {"functionArn": ROTATE, "days": 30}},
]  # fmt: skip
SERVICES: list[dict[str, Any]] = [
    {"kind": "queue", "name": "orders", "team": "storefront"},
    {"kind": "cache", "name": "sessions", "team": "storefront"},
    {"kind": "table", "name": "baskets", "team": "storefront", "hashKey": {"name": "id"}},
    {"kind": "bucket", "name": "pictures", "team": "storefront"},
    {"kind": "database", "name": "catalogue", "team": "storefront"},
    {"kind": "stream", "name": "clicks", "team": "storefront"},
]
_AGENT: dict[str, Any] = {
    "description": "Does one thing.",
    "version": "1.0.0",
    "image": f"registry.example.com/agents/good@sha256:{'a' * 64}",
    "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": 1, "memory": "128Mi"}},
    "replicas": 2,
}
Uses = Sequence[Mapping[str, Any]]


def read(folder: Path, uses: Mapping[str, Uses | Mapping[str, Any]], **changes: Any) -> PlatformConfig:
    """Read an environment whose agents use things.

    Args:
        folder: where its files are written.
        uses: what each agent, as `team/name`, uses; or any options of its file.
        changes: top-level settings of the stack; `cluster` changes the cluster's.
    """
    config = yaml.safe_load(STACK_FILE.read_text())["config"]
    endpoints = ["bedrock-runtime", "kms", "secretsmanager", "sqs", "sts", "eks-auth"]
    cluster = config["agent-platform:cluster"]
    cluster["network"] = {**cluster["network"], "interfaceEndpoints": endpoints}
    cluster |= {"boundaryArn": BOUNDARY, **changes.pop("cluster", {})}
    settings = {"services": SERVICES, "secrets": SECRETS, **changes}
    config |= {f"agent-platform:{key}": value for key, value in settings.items()}
    path = folder / f"Pulumi.{config['agent-platform:environment']}.yaml"
    path.write_text(yaml.safe_dump({"config": config}))
    for reference, used in uses.items():
        file = folder / "agents" / f"{reference}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        options = used if isinstance(used, Mapping) else {"uses": list(used)}
        file.write_text(yaml.safe_dump({**_AGENT, **options}))
    return read_stack_file(path, folder / "agents")


def refused(folder: Path, uses: Mapping[str, Uses | Mapping[str, Any]], **changes: Any) -> tuple[Problem, ...]:
    """Return what is wrong with such an environment; fails when nothing is."""
    with pytest.raises(ConfigurationError) as caught:
        read(folder, uses, **changes)
    return caught.value.problems


def only(folder: Path, *uses: Mapping[str, Any], **changes: Any) -> Problem:
    """Return the only thing that is wrong with what one agent uses."""
    (problem,) = refused(folder, {"storefront/shop": uses}, **changes)
    return problem


def before(cloud: Cloud, resource: Registered) -> list[Registered]:
    """Return all that has to exist before a resource, parents and providers included."""
    by_urn = {each.urn: each for each in cloud.registered}
    seen: dict[str, Registered] = {}
    left = [resource.urn]
    while left:
        found = by_urn.get(left.pop())
        if found and found.urn not in seen:
            seen[found.urn] = found
            left += [*found.dependencies, found.parent, found.provider]
    return [each for urn, each in seen.items() if urn != resource.urn]
