"""The stacks that the repository ships, recorded: each on what the one above it tells."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components.config.contract import Contract
from components.config.environment import environments, read_environment
from components.config.load import ROOT, read_stack_file
from components.config.platform import PlatformConfig
from components.config.stack_files import stack_file, uppers
from components.layers import build
from tests.components.aws_recording import Cloud, recording, run_program

ENVIRONMENTS = [name for name in environments(ROOT) if name != "local"]
"""Those that are made in AWS."""


@dataclass(frozen=True)
class Recorded:
    """One stack: its configuration, what it registers and what it exports."""

    name: str
    config: PlatformConfig
    cloud: Cloud
    outputs: Mapping[str, Any]


@functools.cache
def recorded(environment: str) -> tuple[Recorded, ...]:
    """Return all stacks of an environment, each after the one that it stands on; for tests that only look."""
    stacks = read_environment(ROOT, environment)
    told: dict[str | None, Contract] = {}
    found = []
    for name in stacks.names:
        config = read_stack_file(stack_file(ROOT, name), ROOT / "agents", told.get(stacks.upper[name]))
        cloud, outputs = made(config)
        told[name] = Contract.from_output(outputs["contract"])
        found.append(Recorded(name, config, cloud, outputs))
    return tuple(found)


def environment_of(stack: str) -> str:
    """Return the environment that a stack belongs to: the one that it stands on in the end."""
    found = uppers(ROOT)
    while (upper := found.get(stack)) in found:
        stack = str(upper)
    return stack


def made(config: PlatformConfig) -> tuple[Cloud, dict[str, Any]]:
    """Return what a configuration registers in an up, and its outputs."""
    outputs: dict[str, Any] = {}

    def program() -> None:
        pulumi.Output.from_input(build(config, ROOT)).apply(outputs.update)

    with recording(preview=False) as cloud:
        run_program(program)
    return cloud, outputs
