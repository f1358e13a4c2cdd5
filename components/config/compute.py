"""Who starts and stops a cluster's nodes: node groups with an autoscaler, Karpenter, or EKS itself (Auto Mode)."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from components.config.access import mappings
from components.config.cluster import MOST_NODES, NodePool
from components.config.instances import instance_types
from components.config.model import Matching, Model, RefusedError
from components.config.node_groups import NodeGroup
from components.config.nodes import Capacity, NodeRole, Nodes
from components.config.pools import Pool

LONGEST_LIFE_DAYS = 21
"""Of a node in Auto Mode: https://docs.aws.amazon.com/eks/latest/userguide/automode.html"""
_LARGEST = {"general-purpose": "r7i.48xlarge"}
"""The largest known machine of those that a pool of AWS's takes for any pod: no GPUs, categories c, m and r."""


class ManagedNodes(Model):
    """Nodes in managed node groups."""

    kind: Literal["managed"]
    scaled_by: Literal["clusterAutoscaler", "nobody"] = Field(
        "clusterAutoscaler",
        description="Who changes the number of nodes between `min` and `max`; with `nobody` it stays what is written. "
        "The cluster-autoscaler gets its role here, and is installed by the platform.",
    )
    node_groups: tuple[NodeGroup, ...] = Field(description="The groups; one of them is the system's.")

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield names that stand twice, and a cluster whose own pods would find no node."""
        yield from _named_twice(data)
        yield from _no_system_group(data)

    @property
    def all_nodes(self) -> tuple[Nodes, ...]:
        """Return every kind of node that there can be."""
        return self.node_groups

    @property
    def pools(self) -> tuple[NodePool, ...]:
        """Return what agents find: nodes that they may land on."""
        return tuple(group.pool() for group in self.node_groups if group.is_open_to_agents)


class KarpenterNodes(Model):
    """A small group for the system, and node pools that Karpenter fills as pods need them."""

    kind: Literal["karpenter"]
    node_groups: tuple[NodeGroup, ...] = Field(
        description="Groups of a fixed size, for the system: Karpenter itself can't run on nodes that it makes."
    )
    node_pools: tuple[Pool, ...] = Field(min_length=1, description="What Karpenter may start.")
    installed: bool = Field(
        False,
        description="Whether Karpenter runs in the cluster. Until then its role, its queue and its nodes' profile are "
        "made, but no pool: their kinds come with its chart.",
    )
    image: Annotated[
        str,
        Matching(
            r"al2023@v[0-9]{8}|bottlerocket@v[0-9]+\.[0-9]+\.[0-9]+",
            "names no release of an image of AL2023 or Bottlerocket; with `latest`, nodes would be replaced whenever "
            "AWS publishes one",
            "write it as al2023@v20260818",
        ),
    ] = Field("al2023@v20260818", description="The release of the image that its nodes start from.")
    make_spot_role: bool = Field(
        True,
        description="Make the role AWSServiceRoleForEC2Spot where a pool buys spot; false where the account has it.",
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield names that stand twice, a cluster without a home for Karpenter, and GPUs that can't be shared."""
        yield from _named_twice(data)
        yield from _no_system_group(data)
        if str(data.get("image")).startswith("bottlerocket"):
            yield from _unshareable(
                data, "Bottlerocket brings a device plugin of its own, which can't be told to share"
            )

    @property
    def all_nodes(self) -> tuple[Nodes, ...]:
        """Return every kind of node that there can be."""
        return (*self.node_groups, *self.node_pools)

    @property
    def pools(self) -> tuple[NodePool, ...]:
        """Return what agents find: nodes that they may land on, of pools only where Karpenter runs."""
        groups = tuple(group.pool() for group in self.node_groups if group.is_open_to_agents)
        return (*groups, *(_open(self.node_pools) if self.installed else ()))

    @property
    def buys_spot(self) -> bool:
        """Return whether a pool may take spot machines."""
        return any(Capacity.SPOT in pool.capacity for pool in self.node_pools)


class AutoNodes(Model):
    """Nodes that EKS makes and looks after by itself, with networking, disks and load balancers."""

    kind: Literal["auto"]
    node_pools: tuple[Pool, ...] = Field((), description="Pools of our own, on disks with our own key.")
    built_in_pools: tuple[Literal["system", "general-purpose"], ...] = Field(
        (),
        description="Pools of AWS. Nobody can bound them, their disks have AWS's key, and a pod that no network policy "
        "selects may talk to everybody.",
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield names that stand twice or are AWS's, pods without a home, and what Auto Mode does not know."""
        yield from _named_twice(data)
        pools, built_in = mappings(data.get("nodePools")), data.get("builtInPools") or []
        general = isinstance(built_in, list | tuple) and "general-purpose" in built_in
        if not general and not any(_takes_plain_pods(each) for each in pools):
            reason = "no pool takes pods without tolerations and GPUs: add-ons would wait for ever"
            yield RefusedError(reason, "add a pool with `role: general` and no taints")
        yield from _unshareable(data, "Auto Mode brings a device plugin of its own, which can't be told to share")
        for pool in pools:
            if str(pool.get("name")) in ("system", "general-purpose", "default"):
                yield RefusedError(f"{pool['name']} is a pool or class of AWS's in Auto Mode", "choose another name")
            days = pool.get("expireAfterDays")
            if isinstance(days, int) and days > LONGEST_LIFE_DAYS:
                reason = f"pool {pool.get('name')} keeps nodes for {days} days; Auto Mode ends them after 21"
                yield RefusedError(reason, "set expireAfterDays to 21 or less")

    @property
    def node_groups(self) -> tuple[NodeGroup, ...]:
        """Return no groups: there are none in Auto Mode."""
        return ()

    @property
    def all_nodes(self) -> tuple[Nodes, ...]:
        """Return every kind of node that there can be, AWS's pools apart."""
        return self.node_pools

    @property
    def pools(self) -> tuple[NodePool, ...]:
        """Return what agents find: nodes that they may land on, of our own pools and of AWS's."""
        return (*_open(self.node_pools), *_built_in(self.built_in_pools))


Compute = Annotated[ManagedNodes | KarpenterNodes | AutoNodes, Field(discriminator="kind")]


def check_compute(compute: object, region: str, zones: Sequence[str]) -> Iterator[RefusedError]:
    """Yield groups and pools that stand where the cluster does not, or ask for what their region lacks.

    Args:
        compute: as people wrote it; what is wrong in itself is said elsewhere.
        region: the cluster's; empty where it is not known.
        zones: the cluster's.
    """
    for what, nodes in _right_ones(compute):
        strange = [zone for zone in nodes.zones if zone not in zones]
        if strange:
            reason = f"{what} {nodes.name} names {', '.join(strange)}, where the cluster has no subnet"
            yield RefusedError(reason, f"choose among {', '.join(zones)}, or add the zone to the cluster")
        for name in nodes.type_names:
            offered = instance_types()[name]
            if region and not offered.is_offered_in(region):
                reason = f"{what} {nodes.name} asks for {name}, which {region} does not have; it would stay empty"
                yield RefusedError(reason, f"choose another type, or one of the regions {', '.join(offered.only_in)}")


def _right_ones(compute: object) -> Iterator[tuple[str, Nodes]]:
    """Yield the groups and pools that are right in themselves."""
    data = compute if isinstance(compute, Mapping) else {}
    kinds: tuple[tuple[str, str, type[Nodes]], ...] = (
        ("nodeGroups", "node group", NodeGroup),
        ("nodePools", "node pool", Pool),
    )
    for key, what, model in kinds:
        for each in mappings(data.get(key)):
            with contextlib.suppress(ValidationError):
                yield what, model.model_validate(each)


def _named_twice(data: Mapping[str, Any]) -> Iterator[RefusedError]:
    for key in ("nodeGroups", "nodePools"):
        names = [str(each.get("name")) for each in mappings(data.get(key))]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield RefusedError(f"{key} has {name} {names.count(name)} times", "give each its own name")
    groups, pools = ({str(each.get("name")) for each in mappings(data.get(key))} for key in ("nodeGroups", "nodePools"))
    for name in sorted(groups & pools):
        yield RefusedError(f"{name} is a node group and a node pool; their nodes carry the name", "rename one of them")


def _no_system_group(data: Mapping[str, Any]) -> Iterator[RefusedError]:
    if not any(each.get("role") == NodeRole.SYSTEM for each in mappings(data.get("nodeGroups"))):
        reason = "no group has the role system, so DNS and controllers would share nodes with what may overload them"
        yield RefusedError(reason, "add a small group with `role: system`")


def _unshareable(data: Mapping[str, Any], why: str) -> Iterator[RefusedError]:
    for pool in mappings(data.get("nodePools")):
        if pool.get("gpuSharing") is not None:
            yield RefusedError(f"pool {pool.get('name')} has gpuSharing; {why}", "remove gpuSharing")


def _takes_plain_pods(pool: Mapping[str, Any]) -> bool:
    hard = [taint for taint in mappings(pool.get("taints")) if taint.get("effect") != "PreferNoSchedule"]
    return pool.get("role") != NodeRole.GPU and not hard


def _open(pools: Sequence[Pool]) -> Iterator[NodePool]:
    for pool in pools:
        if pool.is_open_to_agents:
            yield from pool.pools()


def _built_in(names: Sequence[str]) -> Iterator[NodePool]:
    """Yield what AWS's pools hold; they have no limit of their own."""
    for name in names:
        if name in _LARGEST:
            machine = instance_types()[_LARGEST[name]]
            yield NodePool.model_validate(
                {
                    "name": name,
                    "instanceType": _LARGEST[name],
                    "nodes": MOST_NODES,
                    "cpu": f"{machine.allocatable_millicores}m",
                    "memory": f"{machine.allocatable_memory_mi}Mi",
                }
            )
