"""Node pools: nodes that Karpenter, or EKS Auto Mode, starts and stops one by one as pods ask for them."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from components.config.cluster import MOST_NODES, NodePool
from components.config.instances import InstanceType, instance_types
from components.config.model import Model, RefusedError
from components.config.nodes import Capacity, NodeRole, Nodes, TypeName
from components.config.quantities import Count, Cpu, Memory, amount

_MI = 2**20


def _known_family(name: str) -> str:
    known = _families()
    if name not in known:
        reason = f'"{name}" is no family of instance types that is known here, so nobody could tell what fits'
        raise RefusedError(reason, f"take some of {', '.join(known)}")
    return name


Family = Annotated[str, AfterValidator(_known_family)]


class Limits(Model):
    """The most that all nodes of a pool may have together, as their machines come."""

    cpu: Cpu = Field(description="Cores.", examples=["200"])
    memory: Memory = Field(description="Memory.", examples=["800Gi"])
    gpus: Count | None = Field(None, ge=1, le=1000, description="GPUs; a pool of GPU machines needs it.")


class Pool(Nodes):
    """Nodes of one kind that are started when pods find no place, and stopped when they are not needed."""

    instance_types: tuple[TypeName, ...] = Field((), description="Its machines.", examples=[["m7i.4xlarge"]])
    families: tuple[Family, ...] = Field((), description="Families of which it may take any.", examples=[["m7i"]])
    capacity: tuple[Capacity, ...] = Field(
        (Capacity.ON_DEMAND,), min_length=1, description="How its machines are bought; of both, spot goes first."
    )
    limits: Limits = Field(description="The most that its nodes may have together.")
    consolidation: Literal["whenEmptyOrUnderutilized", "whenEmpty"] = Field(
        "whenEmptyOrUnderutilized",
        description="When nodes are given up: only when they are empty, or also when their pods would fit "
        "elsewhere or on cheaper ones.",
    )
    consolidate_after_minutes: Count = Field(
        5, ge=0, le=1440, description="How long a node has to be in that state before it is given up."
    )
    expire_after_days: Count = Field(
        14, ge=1, le=365, description="When a node is replaced by one with the current image."
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield a pool without machines, and spot where it can't be borne."""
        if not data.get("instanceTypes") and not data.get("families"):
            yield RefusedError(
                "neither instanceTypes nor families is set, so the pool could start no machine",
                "name types, as m7i.4xlarge, or families, as m7i",
            )
        capacity = data.get("capacity")
        if data.get("role") == NodeRole.SYSTEM and isinstance(capacity, list) and Capacity.SPOT in capacity:
            reason = "the system pool is bought as spot; DNS and controllers would go with two minutes' notice"
            yield RefusedError(reason, f"set capacity to [{Capacity.ON_DEMAND}]")

    @model_validator(mode="after")
    def _machines_go_together(self) -> Self:
        if not self.type_names:
            return self
        self.check_machines()
        if self.gpus and self.limits.gpus is None:
            raise RefusedError(
                "limits has no gpus, so a loop could start GPU machines up to the account's quota",
                "set limits.gpus to the most GPUs that the pool may have together",
            )
        if not self._able:
            least = min(self.type_names, key=lambda name: instance_types()[name].cpu)
            reason = f"limits is less than a single machine has ({least} is the smallest), so no node could ever start"
            raise RefusedError(reason, "raise the limits, or name smaller machines")
        return self

    @property
    def type_names(self) -> tuple[str, ...]:
        """Return the names of the machines that its nodes may be: those listed, then those of its families."""
        of_families = (name for family in self.families for name in _families()[family])
        return tuple(dict.fromkeys((*self.instance_types, *of_families)))

    @property
    def most_gpus(self) -> int | None:
        """Return the most GPUs that its nodes offer together, counted as pods ask for them; None without GPUs.

        So Karpenter counts the capacity of a node that runs; shared GPUs are more than the machine has.
        """
        return self.offer(self.limits.gpus).gpus if self.gpus and self.limits.gpus else None

    def pools(self) -> tuple[NodePool, ...]:
        """Return what its nodes can hold: each of its largest machines, as many as the limits allow.

        A machine that another one surpasses in everything is left out, since whatever fits on it fits there.
        """
        able = self._able
        largest = {
            name: each for name, each in able.items() if not any(_surpasses(other, each) for other in able.values())
        }
        return tuple(
            self._pool(self.name if len(largest) == 1 else f"{self.name[:24]}-{name.replace('.', '-')}", name)
            for name in largest
        )

    @property
    def _able(self) -> dict[str, InstanceType]:
        """The machines of which the limits allow at least one."""
        return {name: each for name in self.type_names if self._count(each := instance_types()[name])}

    def _count(self, machine: InstanceType) -> int:
        limits = self.limits
        counts = [amount(limits.cpu) // machine.cpu, amount(limits.memory) // (machine.memory_mi * _MI)]
        if machine.gpus and limits.gpus is not None:
            counts.append(Decimal(limits.gpus // machine.gpus))
        return int(min(counts))

    def _pool(self, name: str, type_name: str) -> NodePool:
        machine = instance_types()[type_name]
        offered = self.offer(machine.gpus)
        return NodePool.model_validate(
            {
                "name": name,
                "instanceType": type_name,
                "nodes": min(self._count(machine), MOST_NODES),
                "cpu": f"{machine.allocatable_millicores}m",
                "memory": f"{machine.allocatable_memory_mi}Mi",
                "gpus": offered.gpus,
                "gpuProduct": offered.product,
            }
        )


def _surpasses(one: InstanceType, other: InstanceType) -> bool:
    mine, its = ((each.allocatable_millicores, each.allocatable_memory_mi, each.gpus) for each in (one, other))
    return mine != its and all(left >= right for left, right in zip(mine, its, strict=True))


def _families() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for name in instance_types():
        found.setdefault(name.partition(".")[0], []).append(name)
    return found
