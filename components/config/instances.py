"""Instance types of EC2: what a node of each offers to pods, and what it costs. The table is `instances.yaml`."""

import difflib
import functools
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import Field

from components.config.model import Model, RefusedError

TABLE = Path(__file__).with_suffix(".yaml")
PRICED = "us-east-1"
"""The region of which all prices are known; what is cheaper there is cheaper elsewhere."""
_LARGE_CORES = 30
_VIRTUALISATION = 0.075
"""What hypervisor, firmware and kernel keep of the memory, at most; Karpenter reckons with the same share:
https://karpenter.sh/docs/reference/settings/ (vm-memory-overhead-percent)"""
_EVICTION_MI = 100


class InstanceType(Model):
    """One type of EC2 instance. Memory in Mi, as EC2 counts it."""

    cpu: int
    memory_mi: int
    architecture: str
    gpus: int = 0
    gpu_memory_mi: int = Field(0, description="Memory of one GPU.")
    gpu_product: str | None = None
    usd: dict[str, float] = Field(default_factory=dict, description="On-demand price of an hour, by region.")
    only_in: tuple[str, ...] = Field((), description="The regions that offer it; none: every region is taken to.")

    @property
    def most_pods(self) -> int:
        """Return how many pods a node may have where the CNI hands out prefixes.

        https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html
        """
        return 110 if self.cpu < _LARGE_CORES else 250

    @property
    def allocatable_millicores(self) -> int:
        """Return the CPU that pods may reserve: all but 6 % of the first core, 1 % of the second, 0.5 % of the third
        and fourth and 0.25 % of the rest, in thousandths of a core.

        https://github.com/awslabs/amazon-eks-ami/blob/main/nodeadm/internal/kubelet/config.go
        """
        steps = ((1, 600), (1, 100), (2, 50), (self.cpu, 25))
        left, reserved = self.cpu, 0
        for cores, share in steps:
            taken = min(left, cores)
            reserved += taken * 1000 * share // 10_000
            left -= taken
        return self.cpu * 1000 - reserved

    @property
    def allocatable_memory_mi(self) -> int:
        """Return the memory that pods may reserve, in Mi: what the machine shows of its memory, less 255 Mi and 11 Mi
        a pod for the kubelet (same source), less the 100 Mi below which it evicts pods.
        """
        shown = int(self.memory_mi * (1 - _VIRTUALISATION))
        return shown - (255 + 11 * self.most_pods) - _EVICTION_MI

    def is_offered_in(self, region: str) -> bool:
        """Return whether a region is known to offer it, or is not known not to."""
        return not self.only_in or region in self.only_in


@functools.cache
def instance_types() -> Mapping[str, InstanceType]:
    """Return all known types by name."""
    rows = yaml.load(TABLE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {name: InstanceType.model_validate(row) for name, row in rows.items()}


def smallest(millicores: int, memory_mi: int, gpus: int, product: str | None, region: str) -> str | None:
    """Return the cheapest type of a region on whose nodes a pod fits; None if it fits on none.

    Args:
        millicores: the CPU that it reserves, in thousandths of a core.
        memory_mi: the memory that it reserves, in Mi.
        gpus: its GPUs; without any it shall not block a node that has some.
        product: the product label that its GPUs must have, if only one will do.
        region: where.
    """
    able = {
        name: each
        for name, each in instance_types().items()
        if each.architecture == "amd64"  # what images are always built for
        and each.allocatable_millicores >= millicores
        and each.allocatable_memory_mi >= memory_mi
        and (each.gpus >= gpus if gpus else not each.gpus)
        and product in (None, each.gpu_product)
        and each.is_offered_in(region)
    }
    return min(able, key=lambda name: able[name].usd[PRICED], default=None)


def known_type(name: str) -> str:
    """Return the name of an instance type.

    Raises:
        RefusedError: the table does not have it, so nobody could tell what fits on such a node.
    """
    known = instance_types()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3)
        guess = f"did you mean {' or '.join(near)}? " if near else ""
        families = ", ".join(dict.fromkeys(each.partition(".")[0] for each in known))
        reason = f'"{name}" is no instance type that is known here, so nobody could tell what fits on its nodes'
        raise RefusedError(reason, f"{guess}Known families: {families}; others go into {TABLE.name}")
    return name
