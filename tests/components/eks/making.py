"""A whole production environment in AWS, and clusters made of it with a few words changed."""

import copy
import datetime
import functools
from pathlib import Path
from typing import Any

import pulumi
import yaml

from components.config.eks import Eks
from components.config.load import ROOT, read_stack_file
from components.config.platform import PlatformConfig
from components.layers import build
from tests.components.aws_recording import Cloud, recording, run_program

GROUND = {
    "vpcId": "vpc-0123456789abcdef0",
    "privateSubnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "publicSubnetIds": [],
    "nodeSecurityGroupId": "sg-0123456789abcdef0",
    "keyArn": "arn:aws:kms:eu-central-1:123456789012:key/data",
    "gatewayCidrs": {"s3": ["3.5.134.0/23"]},
}
"""What only creation tells of a network, for a contract."""
TODAY = datetime.datetime.now(datetime.UTC).date()
STACK_FILE = Path(__file__).parent / "Pulumi.prod.yaml"


def environment() -> PlatformConfig:
    """Return the environment with the repository's agents."""
    return read_stack_file(STACK_FILE, ROOT / "agents")


def written() -> dict[str, Any]:
    """Return the cluster's settings as people wrote them, for a test to change."""
    data: dict[str, Any] = yaml.safe_load(STACK_FILE.read_text())["config"]["agent-platform:cluster"]
    return copy.deepcopy(data)


def cluster(**changes: Any) -> Eks:
    """Return the cluster with top-level settings changed; None removes one."""
    return Eks.model_validate({key: value for key, value in {**written(), **changes}.items() if value is not None})


def made(config: PlatformConfig, *, preview: bool) -> tuple[Cloud, dict[str, Any]]:
    """Return what an environment registers, and its outputs as far as they are known."""
    outputs: dict[str, Any] = {}

    def program() -> None:
        pulumi.Output.from_input(build(config, ROOT)).apply(outputs.update)

    with recording(preview=preview) as cloud:
        run_program(program)
    return cloud, outputs


@functools.cache
def recorded(*, preview: bool) -> tuple[Cloud, dict[str, Any]]:
    """Return what the environment as it stands registers, and its outputs; for tests that only look."""
    return made(environment(), preview=preview)
