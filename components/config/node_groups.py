"""Managed node groups of an EKS cluster: which machines, how many, where, and for whom."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from components.config.access import mappings
from components.config.cluster import NodePool
from components.config.instances import InstanceType, instance_types, known_type
from components.config.model import LABEL_VALUE, Matching, Model, RefusedError
from components.config.names import LabelValue, Name
from components.config.network import Zone
from components.config.quantities import Count
from components.labels import DOMAIN, GPU, GPU_PREFIXES, GPU_PRESENT, GPU_PRODUCT

_OWN_PREFIXES = (*GPU_PREFIXES, "kubernetes.io/", "k8s.io/", "eks.amazonaws.com/")
_KEY = rf"([a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?/)?{LABEL_VALUE}"


def _own_key(key: str) -> str:
    if any(prefix in key for prefix in _OWN_PREFIXES):
        reason = f'"{key}" is set by Kubernetes, EKS or the GPU\'s driver, and one of the two values would be lost'
        raise RefusedError(reason, "choose a key under a domain of your own, as example.com/tier")
    return key


_Key = Annotated[
    str,
    Matching(_KEY, "can't be the key of a label or taint", "write it as example.com/tier"),
    AfterValidator(_own_key),
]
TypeName = Annotated[str, AfterValidator(known_type)]


class NodeRole(StrEnum):
    """What a group's nodes are for."""

    SYSTEM = "system"
    GENERAL = "general"
    STORAGE = "storage"
    GPU = "gpu"


class OperatingSystem(StrEnum):
    """What a group's nodes run. Which image it is follows from the instance types: architecture and GPUs."""

    AL2023 = "al2023"
    BOTTLEROCKET = "bottlerocket"


class Capacity(StrEnum):
    """How machines are bought: spot ones cost less and are taken back at two minutes' notice."""

    ON_DEMAND = "onDemand"
    SPOT = "spot"


class Taint(Model):
    """What keeps pods off a node that do not tolerate it."""

    key: _Key = Field(description="Its key.", examples=["example.com/dedicated"])
    value: LabelValue | None = Field(None, description="Its value.", examples=["batch"])
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = Field("NoSchedule", description="What it does.")


class Update(Model):
    """How nodes are replaced when image or template change."""

    strategy: Literal["default", "minimal"] = Field(
        "default",
        description="`default` adds new nodes first; `minimal` removes old ones first, where spares are rare.",
    )
    max_unavailable_percent: Count = Field(33, ge=1, le=100, description="Nodes replaced at once, in percent.")


class NodeGroup(Model):
    """Nodes of one kind, made by EKS in an autoscaling group."""

    name: Name = Field(description="Its name, unique in the cluster.", examples=["general"])
    role: NodeRole = Field(description="What it is for.")
    instance_types: tuple[TypeName, ...] = Field(
        description="Its machines, the preferred first.", examples=[["m7i.2xlarge"]]
    )
    operating_system: OperatingSystem = Field(OperatingSystem.AL2023, description="What its nodes run.")
    capacity: Capacity = Field(Capacity.ON_DEMAND, description="How its machines are bought.")
    min: Count = Field(ge=0, le=450, description="Fewest nodes.", examples=[2])
    desired: Count | None = Field(
        None, ge=0, le=450, description="Nodes to begin with, default `min`; later the autoscaler decides."
    )
    max: Count = Field(ge=1, le=450, description="Most nodes.", examples=[6])
    disk_gi: Count = Field(100, ge=20, le=16_384, description="Disk of one node, in GiB.")
    labels: dict[_Key, LabelValue] = Field(default_factory=dict, description="Labels of its nodes beside the usual.")
    taints: tuple[Taint, ...] = Field((), description="Taints of its nodes; GPU nodes repel other pods anyway.")
    zones: tuple[Zone, ...] = Field(
        (), description="Where it stands; default: every zone of the cluster. The pack wants two, or an exemption."
    )
    update: Update = Field(default_factory=lambda: Update.model_validate({}), description="How nodes are replaced.")
    repair: bool = Field(True, description="Whether EKS reboots or replaces nodes that are ill.")
    capacity_reservation_id: (
        Annotated[str, Matching("cr-[0-9a-f]{17}", "is no capacity reservation", "write it as cr-0123456789abcdef0")]
        | None
    ) = Field(None, description="The reservation that its machines come from.")

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield numbers that contradict each other, and what can't stand together."""
        if data.get("instanceTypes") == []:
            yield RefusedError("instanceTypes is empty, so the group could start no machine", "name at least one type")
        least, most, desired = (data.get(key) for key in ("min", "max", "desired"))
        if isinstance(least, int) and isinstance(most, int) and least > most:
            yield RefusedError(f"min {least} is more than max {most}", "set max to at least min")
        elif isinstance(desired, int):
            low, high = (number if isinstance(number, int) else desired for number in (least, most))
            if not low <= desired <= high:
                reason = f"desired {desired} is not between min {low} and max {high}; AWS would refuse the group"
                yield RefusedError(reason, "choose a number between them, or leave it out")
        spot = data.get("capacity") == Capacity.SPOT
        if spot and data.get("role") == NodeRole.SYSTEM:
            reason = "the system group is bought as spot; DNS and controllers would go with two minutes' notice"
            yield RefusedError(reason, f"set capacity to {Capacity.ON_DEMAND}, and use spot for agents that bear it")
        if spot and data.get("capacityReservationId") is not None:
            reason = "a capacity reservation can't be filled with spot machines, and would be paid for unused"
            yield RefusedError(reason, f"set capacity to {Capacity.ON_DEMAND}, or remove capacityReservationId")

    @model_validator(mode="after")
    def _machines_go_together(self) -> Self:
        if not self.instance_types:
            return self
        for what, values in (
            ("architectures", {each.architecture for each in self._types}),
            ("GPUs", {each.gpu_product or "no GPU" for each in self._types}),
        ):
            if len(values) > 1:
                reason = f"instanceTypes mixes {what}: {', '.join(sorted(values))}; one image and one set of labels"
                raise RefusedError(f"{reason} can't serve all of them", "make one group of each")
        if (self.role is NodeRole.GPU) != bool(self.gpus):
            have = "has no GPU" if self.role is NodeRole.GPU else f"has GPUs ({self.gpu_product})"
            reason = f"the group's role is {self.role}, but {self.instance_types[0]} {have}"
            raise RefusedError(reason, f"set role to {'general' if self.role is NodeRole.GPU else 'gpu'}, or change it")
        return self

    @property
    def _types(self) -> tuple[InstanceType, ...]:
        return tuple(instance_types()[name] for name in self.instance_types)

    @property
    def architecture(self) -> str:
        """Return the architecture of all its machines, as Kubernetes says it."""
        return self._types[0].architecture

    @property
    def gpus(self) -> int:
        """Return how many GPUs every node has at least."""
        return min(each.gpus for each in self._types)

    @property
    def gpu_product(self) -> str | None:
        """Return the product label of its GPUs."""
        return self._types[0].gpu_product

    @property
    def most_pods(self) -> int:
        """Return how many pods any of its nodes may have."""
        return min(each.most_pods for each in self._types)

    @property
    def initial(self) -> int:
        """Return how many nodes there are to begin with."""
        return self.min if self.desired is None else self.desired

    @property
    def is_open_to_agents(self) -> bool:
        """Return whether an agent may land on its nodes: agents tolerate the taint of GPUs and no other."""
        return all(taint.effect == "PreferNoSchedule" for taint in self.taints)

    @property
    def node_labels(self) -> dict[str, str]:
        """Return what its nodes are labelled with; GPUs as their driver would, so that an empty group can grow."""
        gpu = {GPU_PRESENT: "true", GPU_PRODUCT: self.gpu_product} if self.gpu_product else {}
        return {f"{DOMAIN}/node-pool": self.name, f"{DOMAIN}/node-role": self.role.value, **self.labels, **gpu}

    @property
    def node_taints(self) -> tuple[tuple[str, str | None, str], ...]:
        """Return key, value and effect of its nodes' taints, that of GPUs among them."""
        gpu = ((GPU, "present", "NoSchedule"),) if self.gpus else ()
        return (*((taint.key, taint.value, taint.effect) for taint in self.taints), *gpu)

    def pool(self) -> NodePool:
        """Return what its nodes can hold: the least that any of its machines offers."""
        return NodePool.model_validate(
            {
                "name": self.name,
                "instanceType": self.instance_types[0],
                "nodes": self.max,
                "cpu": f"{min(each.allocatable_millicores for each in self._types)}m",
                "memory": f"{min(each.allocatable_memory_mi for each in self._types)}Mi",
                "gpus": self.gpus,
                "gpuProduct": self.gpu_product,
            }
        )


class ManagedNodes(Model):
    """Nodes in managed node groups, whose size cluster-autoscaler follows."""

    kind: Literal["managed"]
    node_groups: tuple[NodeGroup, ...] = Field(description="The groups; one of them is the system's.")

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield names that stand twice, and a cluster whose own pods would find no node."""
        groups = mappings(data.get("nodeGroups"))
        names = [str(each.get("name")) for each in groups]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield RefusedError(f"nodeGroups has {name} {names.count(name)} times", "give each group its own name")
        if not any(each.get("role") == NodeRole.SYSTEM for each in groups):
            reason = (
                "no group has the role system, so DNS and controllers would share nodes with what may overload them"
            )
            yield RefusedError(reason, "add a small group with `role: system`")
