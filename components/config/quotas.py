"""What an environment needs of its account's quotas in AWS, before anything is made."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from math import ceil

from components.config.compute import AutoNodes, KarpenterNodes
from components.config.edge import EdgeSettings
from components.config.eks import Eks
from components.config.entry import Cdn
from components.config.instances import instance_types
from components.config.network import MadeNetwork, NatGateways
from components.config.node_groups import NodeGroup
from components.config.nodes import Capacity
from components.config.pools import Pool
from components.config.quantities import amount
from components.config.vm_fleet import VmFleetSettings

ROLES_OF_PLATFORM = 30
"""The most roles that an environment makes for itself, those of its agents apart."""
_GIB_A_TIB = 1024


class Quota(Enum):
    """Quotas that an environment can come up against: service, code, name, and what a new account has.

    https://docs.aws.amazon.com/general/latest/gr/ec2-service.html, vpc-service.html, ebs-service.html, elb.html,
    eks.html, iam-service.html, as of 2026-11. Those of machines are in vCPUs, and a new account often has less.
    """

    STANDARD = ("ec2", "L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances, vCPUs", 5)
    G = ("ec2", "L-DB2E81BA", "Running On-Demand G and VT instances, vCPUs", 0)
    P = ("ec2", "L-417A185B", "Running On-Demand P instances, vCPUs", 0)
    SPOT_STANDARD = ("ec2", "L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests, vCPUs", 5)
    SPOT_G = ("ec2", "L-3819A6DF", "All G and VT Spot Instance Requests, vCPUs", 0)
    SPOT_P = ("ec2", "L-7212CCBC", "All P Spot Instance Requests, vCPUs", 0)
    ADDRESSES = ("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", 5)
    DISKS = ("ebs", "L-7A658B76", "Storage for General Purpose SSD (gp3) volumes, TiB", 50)
    NETWORKS = ("vpc", "L-F678F1CE", "VPCs per Region", 5)
    NAT_GATEWAYS = ("vpc", "L-FE5A380F", "NAT gateways per Availability Zone", 5)
    ENDPOINTS = ("vpc", "L-29B6F2EB", "Interface VPC endpoints per VPC", 50)
    NETWORK_BALANCERS = ("elasticloadbalancing", "L-69A177A2", "Network Load Balancers per Region", 50)
    APPLICATION_BALANCERS = ("elasticloadbalancing", "L-53DA6B97", "Application Load Balancers per Region", 50)
    CLUSTERS = ("eks", "L-1194D53C", "Clusters", 100)
    NODE_GROUPS = ("eks", "L-6D54EA21", "Managed node groups per cluster", 30)
    NODES_OF_GROUP = ("eks", "L-BD136A63", "Nodes per managed node group", 450)
    ROLES = ("iam", "L-FE177D64", "Roles per account", 1000)

    def __init__(self, service: str, code: str, title: str, default: float) -> None:
        self.service, self.code, self.title, self.default = service, code, title, default

    def region(self, home: str) -> str:
        """Return the region that answers for it: IAM is everywhere, and asked in us-east-1."""
        return "us-east-1" if self is Quota.ROLES else home


_BY_LETTERS = {
    **dict.fromkeys(("a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"), (Quota.STANDARD, Quota.SPOT_STANDARD)),
    **dict.fromkeys(("g", "gr", "vt"), (Quota.G, Quota.SPOT_G)),
    "p": (Quota.P, Quota.SPOT_P),
}
"""What a family's letters before its generation count against, on demand and as spot."""


@dataclass(frozen=True)
class Need:
    """How much of a quota an environment needs at most, and what for."""

    quota: Quota
    amount: float
    reasons: tuple[str, ...]


def needs(cluster: Eks, fleets: Sequence[VmFleetSettings] = (), agents: int = 0) -> tuple[Need, ...]:
    """Return what an environment needs at most of each quota, in the order of `Quota`.

    Args:
        cluster: the settings of its cluster.
        fleets: its fleets of machines.
        agents: how many agents it has; each team's kind of identity has a role, so that there are no more.
    """
    parts = [*_of_nodes(cluster), *_of_fleets(fleets), *_of_network(cluster), *_of_balancers(cluster.edge, fleets)]
    parts += [
        (Quota.CLUSTERS, 1, cluster.name),
        (Quota.ROLES, ROLES_OF_PLATFORM, "the platform"),
        (Quota.ROLES, agents, f"{agents} agents"),
    ]
    found = {quota: [(much, why) for each, much, why in parts if each is quota and much] for quota in Quota}
    return tuple(
        Need(quota, _together(quota, [much for much, _ in each]), tuple(why for _, why in each))
        for quota, each in found.items()
        if each
    )


def of_machine(type_name: str, capacity: Capacity) -> Quota:
    """Return the quota that the vCPUs of an instance type count against."""
    letters = re.match("[a-z]+", type_name)
    on_demand, spot = _BY_LETTERS[letters[0] if letters else ""]
    return spot if capacity is Capacity.SPOT else on_demand


def _together(quota: Quota, amounts: Sequence[float]) -> float:
    """Groups don't share a bound of each one's nodes; all else adds up."""
    if quota is Quota.NODES_OF_GROUP:
        return max(amounts)
    return ceil(sum(amounts)) if quota is Quota.DISKS else sum(amounts)


_Part = tuple[Quota, float, str]


def _of_nodes(cluster: Eks) -> Iterator[_Part]:
    compute = cluster.compute
    for group in compute.node_groups:
        yield from _of_group(group)
    yield (Quota.NODE_GROUPS, len(compute.node_groups), "node groups")
    for pool in compute.node_pools if isinstance(compute, KarpenterNodes | AutoNodes) else ():
        yield from _of_pool(pool)


def _of_group(group: NodeGroup) -> Iterator[_Part]:
    """A group may be all of one of its types, so that the largest of each quota counts."""
    for quota, cores in _largest(group.instance_types, group.capacity).items():
        yield (quota, cores * group.max, f"group {group.name}: {group.max} nodes of {cores}")
    yield (Quota.NODES_OF_GROUP, group.max, f"group {group.name}")
    yield (Quota.DISKS, group.disk_gi * group.max / _GIB_A_TIB, f"group {group.name}")


def _of_pool(pool: Pool) -> Iterator[_Part]:
    """A pool may spend its limit on any of its machines, bought in any of its ways."""
    cores = int(amount(pool.limits.cpu))
    quotas = {of_machine(name, capacity): None for capacity in pool.capacity for name in pool.type_names}
    for quota in quotas:
        yield (quota, cores, f"pool {pool.name}: limits.cpu {pool.limits.cpu}")
    least = min(instance_types()[name].cpu for name in pool.type_names)
    yield (Quota.DISKS, pool.disk_gi * (cores // least) / _GIB_A_TIB, f"pool {pool.name}")


def _largest(type_names: Sequence[str], capacity: Capacity) -> dict[Quota, int]:
    largest: dict[Quota, int] = {}
    for name in type_names:
        quota = of_machine(name, capacity)
        largest[quota] = max(largest.get(quota, 0), instance_types()[name].cpu)
    return largest


def _of_fleets(fleets: Sequence[VmFleetSettings]) -> Iterator[_Part]:
    for fleet in fleets:
        cores, most = instance_types()[fleet.instance_type].cpu, fleet.machines.most
        yield (of_machine(fleet.instance_type, Capacity.ON_DEMAND), cores * most, f"fleet {fleet.name}")
        yield (Quota.DISKS, fleet.disk_gi * most / _GIB_A_TIB, f"fleet {fleet.name}")


def _of_network(cluster: Eks) -> Iterator[_Part]:
    network = cluster.network
    if isinstance(network, MadeNetwork):
        ways_out = len(cluster.zones) if network.nat_gateways is NatGateways.PER_ZONE else 1
        yield (Quota.NETWORKS, 1, "its network")
        yield (Quota.ADDRESSES, ways_out, "NAT gateways")
        yield (Quota.NAT_GATEWAYS, 1, "in each of its zones")
        yield (Quota.ENDPOINTS, len(network.interface_endpoints), "its network")


def _of_balancers(edge: EdgeSettings | None, fleets: Sequence[VmFleetSettings]) -> Iterator[_Part]:
    if edge:
        kind = Quota.APPLICATION_BALANCERS if isinstance(edge.entry, Cdn) else Quota.NETWORK_BALANCERS
        yield (kind, 1, "the way in")
    yield (Quota.APPLICATION_BALANCERS, len(fleets), "fleets")
