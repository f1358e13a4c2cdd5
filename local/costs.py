"""What an environment costs, as far as its settings and what it made tell: by the table of instance types for its
machines, by `prices.yaml` for what else is paid for being there. What costs by use is told, and not counted.
"""

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import yaml

from components.config.eks import Eks
from components.config.instances import instance_types
from components.config.model import Model
from components.config.node_groups import NodeGroup

TABLE = Path(__file__).with_name("prices.yaml")
HOURS_A_MONTH = 730
_EVERYWHERE = "everywhere"
_AWS = "aws:"

Resource = tuple[str, Mapping[str, Any]]
"""A type, as `aws:ec2/vpc:Vpc`, and what one of it is like."""


class Price(Model):
    """What one of something costs, by region."""

    per: Literal["hour", "month"]
    usd: Mapping[str, float]
    source: str
    usage_type: str | None = None

    def monthly(self, region: str) -> float | None:
        """Return what it costs a month; None where the region's price is not known."""
        price = self.usd.get(region, self.usd.get(_EVERYWHERE))
        return None if price is None else price * (HOURS_A_MONTH if self.per == "hour" else 1)


class Prices(Model):
    """The table: prices by what is priced, what is not counted by its type, and types that are free, as patterns."""

    prices: Mapping[str, Price]
    not_counted: Mapping[str, str]
    free: tuple[str, ...]

    def is_free(self, kind: str) -> bool:
        """Return whether a type, without `aws:`, costs nothing by itself."""
        return any(fnmatchcase(kind, pattern) for pattern in self.free)


@functools.cache
def prices() -> Prices:
    """Return the table."""
    return Prices.model_validate(yaml.safe_load(TABLE.read_text(encoding="utf-8")))


def machines(cluster: Eks) -> str:
    """What the node groups cost a month, as they begin and at most; what is not in it is named."""
    begin = most = 0.0
    unknown = []
    for group in cluster.compute.node_groups:
        price = instance_types()[group.instance_types[0]].usd.get(cluster.region)
        if price is None:
            unknown.append(group.name)
        else:
            begin += price * group.initial * HOURS_A_MONTH
            most += price * group.max * HOURS_A_MONTH
    without = f", without {', '.join(unknown)} (no price known in {cluster.region})" if unknown else ""
    pools = [pool.name for pool in cluster.compute.all_nodes if not isinstance(pool, NodeGroup)]
    with_pods = f", without pools, whose nodes come and go with pods: {', '.join(pools)}" if pools else ""
    return f"about {begin:,.0f} USD a month as they begin, {most:,.0f} at most, on demand{without}{with_pods}"


def beside(cluster: Eks, made: Iterable[Resource]) -> str:
    """What is paid a month for all else that is there, the most expensive first.

    Args:
        cluster: for the region and the disks of its nodes.
        made: everything in AWS.
    """
    quantities = Counter({"GiB of nodes' disks": _disks(cluster)})
    for token, state in made:
        for name, count in QUANTITIES.get(token.removeprefix(_AWS), _none)(state):
            quantities[name] += count
    found = {name: prices().prices[name].monthly(cluster.region) for name in quantities}
    costs = {name: price * quantities[name] for name, price in found.items() if price is not None}
    dearest = sorted(costs.items(), key=lambda item: -item[1])
    parts = ", ".join(f"{name} ({quantities[name]:,}) {cost:,.0f}" for name, cost in dearest)
    unknown = [f"{name} ({quantities[name]:,})" for name, price in found.items() if price is None]
    without = f"; without {', '.join(unknown)} (no price known in {cluster.region})" if unknown else ""
    return f"about {sum(costs.values()):,.0f} USD a month: {parts}{without}"


def not_counted(made: Iterable[Resource]) -> str:
    """What costs by use, or has no price here, by number."""
    words = prices().not_counted
    counts = Counter(words[kind] for token, _ in made if (kind := token.removeprefix(_AWS)) in words)
    listed = [f"{word} ({count})" for word, count in sorted(counts.items())]
    return ", ".join([*listed, "traffic", "requests", "disks of volume claims"])


def _disks(cluster: Eks) -> int:
    return sum(group.disk_gi * group.initial for group in cluster.compute.node_groups)


Quantities = Iterator[tuple[str, int]]


def _none(_: Mapping[str, Any]) -> Quantities:
    yield from ()


def _one(name: str) -> Callable[[Mapping[str, Any]], Quantities]:
    def quantities(_: Mapping[str, Any]) -> Quantities:
        yield name, 1

    return quantities


def _endpoint(state: Mapping[str, Any]) -> Quantities:
    """An interface in each subnet; gateways cost nothing."""
    if state.get("vpcEndpointType") == "Interface":
        yield "interfaces of endpoints", len(state.get("subnetIds") or ())


def _load_balancer(state: Mapping[str, Any]) -> Quantities:
    """A balancer; one that the internet reaches has a public address in each subnet."""
    yield "load balancers", 1
    if not state.get("internal"):
        yield "public addresses", len(state.get("subnets") or state.get("subnetMappings") or ())


def _web_acl(state: Mapping[str, Any]) -> Quantities:
    """A list, and each of its rules."""
    yield "web ACLs", 1
    yield "rules of web ACLs", len(state.get("rules") or ())


QUANTITIES: Mapping[str, Callable[[Mapping[str, Any]], Quantities]] = {
    "eks/cluster:Cluster": _one("control planes"),
    "ec2/natGateway:NatGateway": _one("NAT gateways"),
    "ec2/eip:Eip": _one("public addresses"),
    "ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "lb/loadBalancer:LoadBalancer": _load_balancer,
    "kms/key:Key": _one("keys"),
    "kms/replicaKey:ReplicaKey": _one("keys"),
    "secretsmanager/secret:Secret": _one("secrets"),
    "route53/zone:Zone": _one("hosted zones"),
    "wafv2/webAcl:WebAcl": _web_acl,
}
"""What is paid for of each type, without `aws:`; machines of node groups apart."""
