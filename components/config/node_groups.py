"""Managed node groups of an EKS cluster: which machines, how many, where, and for whom."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from components.config.cluster import NodePool
from components.config.model import Matching, Model, RefusedError
from components.config.nodes import Capacity, NodeRole, Nodes, TypeName
from components.config.quantities import Count


class OperatingSystem(StrEnum):
    """What a group's nodes run. Which image it is follows from the instance types: architecture and GPUs."""

    AL2023 = "al2023"
    BOTTLEROCKET = "bottlerocket"


class Update(Model):
    """How nodes are replaced when image or template change."""

    strategy: Literal["default", "minimal"] = Field(
        "default",
        description="`default` adds new nodes first; `minimal` removes old ones first, where spares are rare.",
    )
    max_unavailable_percent: Count = Field(33, ge=1, le=100, description="Nodes replaced at once, in percent.")


class NodeGroup(Nodes):
    """Nodes of one kind, made by EKS in an autoscaling group."""

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
        yield from _sizes(*(data.get(key) for key in ("min", "max", "desired")))
        spot = data.get("capacity") == Capacity.SPOT
        if spot and data.get("role") == NodeRole.SYSTEM:
            reason = "the system group is bought as spot; DNS and controllers would go with two minutes' notice"
            yield RefusedError(reason, f"set capacity to {Capacity.ON_DEMAND}, and use spot for agents that bear it")
        if spot and data.get("capacityReservationId") is not None:
            reason = "a capacity reservation can't be filled with spot machines, and would be paid for unused"
            yield RefusedError(reason, f"set capacity to {Capacity.ON_DEMAND}, or remove capacityReservationId")
        if data.get("gpuSharing") is not None and data.get("operatingSystem") == OperatingSystem.BOTTLEROCKET:
            reason = "Bottlerocket brings a device plugin of its own, which does not read the node's label: no sharing"
            yield RefusedError(reason, f"set operatingSystem to {OperatingSystem.AL2023}, or remove gpuSharing")

    @model_validator(mode="after")
    def _machines_go_together(self) -> Self:
        if self.instance_types:
            self.check_machines()
        return self

    @property
    def type_names(self) -> tuple[str, ...]:
        """Return the names of the machines that its nodes may be, the preferred first."""
        return self.instance_types

    @property
    def initial(self) -> int:
        """Return how many nodes there are to begin with."""
        return self.min if self.desired is None else self.desired

    def pool(self) -> NodePool:
        """Return what its nodes can hold: the least that any of its machines offers."""
        offered = self.offer(self.gpus)
        return NodePool.model_validate(
            {
                "name": self.name,
                "instanceType": self.instance_types[0],
                "nodes": self.max,
                "cpu": f"{min(each.allocatable_millicores for each in self.types)}m",
                "memory": f"{min(each.allocatable_memory_mi for each in self.types)}Mi",
                "gpus": offered.gpus,
                "gpuProduct": offered.product,
            }
        )


def _sizes(least: Any, most: Any, desired: Any) -> Iterator[RefusedError]:
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield RefusedError(f"min {least} is more than max {most}", "set max to at least min")
    elif isinstance(desired, int):
        low, high = (number if isinstance(number, int) else desired for number in (least, most))
        if not low <= desired <= high:
            reason = f"desired {desired} is not between min {low} and max {high}; AWS would refuse the group"
            yield RefusedError(reason, "choose a number between them, or leave it out")
