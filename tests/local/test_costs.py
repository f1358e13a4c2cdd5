"""What an environment is said to cost: its machines, what is paid for being there, and what is not counted."""

from typing import Any

import pytest

from components.config.eks import Eks
from local.costs import QUANTITIES, Resource, beside, machines, not_counted, prices
from local.providers.aws.kinds import KINDS
from tests.components.eks.making import cluster, written


def with_groups(*names: str) -> Eks:
    """The cluster with some of its node groups, two nodes each to begin with, and four at most."""
    compute = written()["compute"]
    compute["nodeGroups"] = [
        each | {"min": 1, "desired": 2, "max": 4, "diskGi": 100}
        for each in compute["nodeGroups"]
        if each["name"] in names
    ]
    return cluster(compute=compute)


def of(kind: str, **state: Any) -> Resource:
    return f"aws:{kind}", state


def test_machines_are_priced_as_they_begin_and_at_most_and_what_has_no_price_is_named() -> None:
    said = machines(with_groups("system", "general", "spot"))
    assert "about 1,587 USD a month as they begin, 3,173 at most" in said  # 2 * (0.966 + 0.12075) USD, 730 hours
    assert "without spot (no price known in eu-central-1)" in said


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ([], "about 38 USD a month: GiB of nodes' disks (400) 38"),  # 400 * 0.0952
        ([of("eks/cluster:Cluster")], "control planes (1) 73"),
        ([of("ec2/natGateway:NatGateway")] * 3, "NAT gateways (3) 114"),  # 3 * 0.052 * 730
        ([of("ec2/vpcEndpoint:VpcEndpoint", vpcEndpointType="Interface", subnetIds=["a", "b", "c"])] * 14, "(42) 368"),
        ([of("lb/loadBalancer:LoadBalancer", internal=True, subnets=["a", "b"])], "load balancers (1) 20"),
        ([of("lb/loadBalancer:LoadBalancer", subnets=["a", "b"])], "public addresses (2) 7"),
        ([of("kms/key:Key"), of("kms/replicaKey:ReplicaKey")], "keys (2) 2"),
        ([of("wafv2/webAcl:WebAcl", rules=[{}, {}])], "web ACLs (1) 5, rules of web ACLs (2) 2"),
    ],
)
def test_what_is_there_is_priced_by_how_many_there_are(made: list[Resource], said: str) -> None:
    assert said in beside(with_groups("system", "general"), made)


def test_the_sum_comes_first_and_then_the_most_expensive() -> None:
    made = [of("kms/key:Key"), of("eks/cluster:Cluster"), of("ec2/vpc:Vpc"), of("s3/bucket:Bucket")]
    said = beside(with_groups("system", "general"), made)
    assert said == "about 112 USD a month: control planes (1) 73, GiB of nodes' disks (400) 38, keys (1) 1"


def test_a_gateway_endpoint_costs_nothing() -> None:
    nodes = with_groups("system", "general")
    assert beside(nodes, [of("ec2/vpcEndpoint:VpcEndpoint", vpcEndpointType="Gateway")]) == beside(nodes, [])


def test_what_has_no_price_in_a_region_is_named_and_not_taken_for_nothing() -> None:
    elsewhere = with_groups("system", "general").model_copy(update={"region": "ap-southeast-2"})
    said = beside(elsewhere, [of("ec2/natGateway:NatGateway"), of("kms/key:Key")])
    assert said == (
        "about 1 USD a month: keys (1) 1; without GiB of nodes' disks (400), NAT gateways (1) "
        "(no price known in ap-southeast-2)"
    )


def test_what_costs_by_use_is_told_by_number() -> None:
    made = [of("s3/bucket:Bucket"), of("cloudwatch/logGroup:LogGroup"), of("s3/bucket:Bucket"), of("ec2/vpc:Vpc")]
    assert not_counted(made) == "buckets (2), log groups (1), traffic, requests, disks of volume claims"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_known_type_is_priced_or_told_of_or_free(kind: str) -> None:
    by_machine = kind == "eks/nodeGroup:NodeGroup"
    ways = [kind in QUANTITIES, kind in prices().not_counted, prices().is_free(kind), by_machine]
    assert sum(ways) == 1, f"{kind} is in {sum(ways)} of: QUANTITIES in costs.py, notCounted and free in prices.yaml"


def test_every_price_says_where_it_is_from() -> None:
    for name, price in prices().prices.items():
        assert price.source.startswith("https://aws.amazon.com/"), name
        assert ("everywhere" in price.usd) is (price.usage_type is None), name
