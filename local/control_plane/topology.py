"""Which nodes the local cluster has: read from the local stack's own configuration, so there is one source of truth.

Only the shape is checked here; `components/config` validates the same settings in full when the program runs.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from local.failures import LocalError

CONFIG_KEY = "agent-platform:cluster"


@dataclass(frozen=True)
class NodePool:
    """Nodes of one kind. `cpu` and `memory` are Kubernetes quantities; `gpu_product` is NVIDIA's label value."""

    name: str
    instance_type: str
    nodes: int
    cpu: str
    memory: str
    gpus: int = 0
    gpu_product: str = ""


@dataclass(frozen=True)
class Topology:
    """The zones and the pools whose nodes are spread over them."""

    zones: tuple[str, ...]
    pools: tuple[NodePool, ...]


def read_topology(stack_file: Path) -> Topology:
    """Zones and node pools from `config: agent-platform:cluster` of a stack file."""
    try:
        document = yaml.safe_load(stack_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LocalError(
            f"{stack_file.name} is missing, so the local cluster's nodes are unknown.",
            f"Restore it: git checkout -- {stack_file.name}",
        ) from None
    except yaml.YAMLError as error:
        raise LocalError(f"{stack_file.name} is not valid YAML.", "Correct it and run again.", str(error)) from None
    try:
        cluster = document["config"][CONFIG_KEY]
        zones = tuple(str(zone) for zone in cluster["zones"])
        pools = tuple(_pool(entry) for entry in cluster["nodePools"])
    except (KeyError, TypeError, ValueError) as error:
        raise LocalError(
            f"{stack_file.name}: {CONFIG_KEY} lacks or misspells {error}.",
            "It needs `zones: [..]` and `nodePools: [{name, instanceType, nodes, cpu, memory, gpus?, gpuProduct?}]`.",
        ) from None
    if not zones or not pools:
        raise LocalError(f"{stack_file.name}: {CONFIG_KEY} needs at least one zone and one node pool.")
    return Topology(zones, pools)


def _pool(entry: object) -> NodePool:
    fields = cast("dict[str, object]", entry)
    return NodePool(
        name=str(fields["name"]),
        instance_type=str(fields["instanceType"]),
        nodes=int(str(fields["nodes"])),
        cpu=str(fields["cpu"]),
        memory=str(fields["memory"]),
        gpus=int(str(fields.get("gpus", 0))),
        gpu_product=str(fields.get("gpuProduct", "")),
    )
