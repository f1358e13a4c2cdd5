"""What nodes of one kind are, whoever starts them: their machines, labels, taints and GPUs."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from components.config.gpu_sharing import GpuSharing, Offer, check_sharing, offer
from components.config.instances import InstanceType, instance_types, known_type
from components.config.model import LABEL_VALUE, Matching, Model, RefusedError
from components.config.names import LabelValue, Name
from components.config.network import Zone
from components.config.quantities import Count
from components.labels import DOMAIN, GPU, GPU_PREFIXES, GPU_PRESENT, GPU_PRODUCT

_OWN_PREFIXES = (
    *GPU_PREFIXES,
    "kubernetes.io/",
    "k8s.io/",
    "eks.amazonaws.com/",
    "karpenter.sh/",
    "karpenter.k8s.aws/",
)
_KEY = rf"([a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?/)?{LABEL_VALUE}"


def _own_key(key: str) -> str:
    if any(prefix in key for prefix in _OWN_PREFIXES):
        reason = (
            f'"{key}" is for Kubernetes, AWS, Karpenter or the GPU\'s driver, and one of the two values would be lost'
        )
        raise RefusedError(reason, "choose a key under a domain of your own, as example.com/tier")
    return key


_Key = Annotated[
    str,
    Matching(_KEY, "can't be the key of a label or taint", "write it as example.com/tier"),
    AfterValidator(_own_key),
]
TypeName = Annotated[str, AfterValidator(known_type)]


class NodeRole(StrEnum):
    """What nodes are for."""

    SYSTEM = "system"
    GENERAL = "general"
    STORAGE = "storage"
    GPU = "gpu"


class Capacity(StrEnum):
    """How machines are bought: spot ones cost less and are taken back at two minutes' notice."""

    ON_DEMAND = "onDemand"
    SPOT = "spot"


class Taint(Model):
    """What keeps pods off a node that do not tolerate it."""

    key: _Key = Field(description="Its key.", examples=["example.com/dedicated"])
    value: LabelValue | None = Field(None, description="Its value.", examples=["batch"])
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = Field("NoSchedule", description="What it does.")


class Nodes(Model):
    """Nodes of one kind, made by whoever starts and stops them."""

    name: Name = Field(description="Its name, unique in the cluster.", examples=["general"])
    role: NodeRole = Field(description="What it is for.")
    disk_gi: Count = Field(100, ge=20, le=16_384, description="Disk of one node, in GiB.")
    labels: dict[_Key, LabelValue] = Field(default_factory=dict, description="Labels of its nodes beside the usual.")
    taints: tuple[Taint, ...] = Field((), description="Taints of its nodes; GPU nodes repel other pods anyway.")
    zones: tuple[Zone, ...] = Field(
        (), description="Where it stands; default: every zone of the cluster. The pack wants two, or an exemption."
    )
    gpu_sharing: GpuSharing | None = Field(
        None, description="How pods share one GPU; none: each GPU is one pod's. Shared GPUs are for trusted agents."
    )

    @property
    def type_names(self) -> tuple[str, ...]:
        """Return the names of the machines that its nodes may be, the preferred first."""
        raise NotImplementedError

    @property
    def types(self) -> tuple[InstanceType, ...]:
        """Return the machines that its nodes may be."""
        return tuple(instance_types()[name] for name in self.type_names)

    @property
    def architecture(self) -> str:
        """Return the architecture of all its machines, as Kubernetes says it."""
        return self.types[0].architecture

    @property
    def gpus(self) -> int:
        """Return how many GPUs every node has at least."""
        return min(each.gpus for each in self.types)

    @property
    def gpu_product(self) -> str | None:
        """Return the product label of its GPUs, as they come."""
        return self.types[0].gpu_product

    @property
    def most_pods(self) -> int:
        """Return how many pods any of its nodes may have."""
        return min(each.most_pods for each in self.types)

    @property
    def is_open_to_agents(self) -> bool:
        """Return whether an agent may land on its nodes: agents tolerate the taint of GPUs and no other."""
        return all(taint.effect == "PreferNoSchedule" for taint in self.taints)

    @property
    def node_labels(self) -> dict[str, str]:
        """Return what its nodes are labelled with; GPUs as their driver would, so that an empty group can grow."""
        offered = self.offer(self.gpus)
        gpu = {GPU_PRESENT: "true", GPU_PRODUCT: offered.product, **offered.labels} if offered.product else {}
        return {f"{DOMAIN}/node-pool": self.name, f"{DOMAIN}/node-role": self.role.value, **self.labels, **gpu}

    @property
    def node_taints(self) -> tuple[tuple[str, str | None, str], ...]:
        """Return key, value and effect of its nodes' taints, that of GPUs among them."""
        gpu = ((GPU, "present", "NoSchedule"),) if self.gpus else ()
        return (*((taint.key, taint.value, taint.effect) for taint in self.taints), *gpu)

    def offer(self, gpus: int) -> Offer:
        """Return what a node with so many GPUs offers to pods."""
        return offer(self.gpu_sharing, gpus, self.gpu_product)

    def check_machines(self) -> None:
        """Refuse machines that do not go together, or not with the role or with how GPUs are shared.

        Raises:
            RefusedError: what is wrong.
        """
        _same(self.types)
        if (self.role is NodeRole.GPU) != bool(self.gpus):
            have = "has no GPU" if self.role is NodeRole.GPU else f"has GPUs ({self.gpu_product})"
            reason = f"the role is {self.role}, but {self.type_names[0]} {have}"
            raise RefusedError(reason, f"set role to {'general' if self.role is NodeRole.GPU else 'gpu'}, or change it")
        if self.gpu_sharing:
            check_sharing(self.gpu_sharing, self.gpu_product)


def _same(types: Sequence[InstanceType]) -> None:
    for what, values in (
        ("architectures", {each.architecture for each in types}),
        ("GPUs", {each.gpu_product or "no GPU" for each in types}),
    ):
        if len(values) > 1:
            reason = f"its list of machines mixes {what}: {', '.join(sorted(values))}; one image and one set of labels"
            raise RefusedError(f"{reason} can't serve all of them", "make one group of each")
