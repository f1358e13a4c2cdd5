"""nodes-private-multi-az."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, stack_messages, unjudged

RULE = "nodes-private-multi-az"
GROUP = "aws:eks/nodeGroup:NodeGroup"


def group(subnets: object = ("subnet-a", "subnet-b"), *dependencies: str) -> Resource:
    ids = list(subnets) if isinstance(subnets, tuple) else subnets
    return resource({"subnetIds": ids}, GROUP, "nodes")._replace(dependencies=dependencies)


def subnet(zone: str, **more: Any) -> Resource:
    properties = {"id": f"subnet-{zone}", "availabilityZone": f"eu-west-1{zone}", **more}
    return resource(properties, "aws:ec2/subnet:Subnet", zone)


def made(token: str, name: str, *dependencies: str, **properties: Any) -> Resource:
    return resource(properties, f"aws:ec2/{token[0].lower()}{token[1:]}:{token}", name)._replace(
        dependencies=dependencies
    )


@pytest.mark.parametrize("ids", [("a", "b"), ("a", "b", UNKNOWN), ("a", "b", "c")])
def test_two_subnets_or_more_pass(ids: object) -> None:
    assert [refused(RULE, group(ids)), unjudged(RULE, group(ids))] == [[], []]


@pytest.mark.parametrize("ids", [("a", UNKNOWN), (UNKNOWN, UNKNOWN), ("a", "a", UNKNOWN)])
def test_subnets_that_may_be_one_and_the_same_could_not_be_judged(ids: object) -> None:
    assert refused(RULE, group(ids)) == []
    assert len(unjudged(RULE, group(ids))) == 1


@pytest.mark.parametrize("ids", [None, (), ("a",), ("a", "a"), (UNKNOWN,)])
def test_fewer_than_two_subnets_are_refused(ids: object) -> None:
    (message,) = refused(RULE, group(ids))
    assert "subnetIds names fewer than two subnets" in message


@pytest.mark.parametrize("ids", ["a", ("a", "b", ""), ("a", "b", 7), ("a", "b", None)])
def test_values_that_are_no_subnets_are_refused(ids: object) -> None:
    assert refused(RULE, group(ids)) != []


def test_unknown_subnets_are_not_judged() -> None:
    assert "subnetIds" in unjudged(RULE, group(UNKNOWN))[0]
    (message,) = unjudged(RULE, group((UNKNOWN, UNKNOWN)))
    assert "whether subnetIds name two subnets (unknown ones may be one and the same)" in message
    assert refused(RULE, group(UNKNOWN)) == []


def test_private_subnets_of_two_zones_pass() -> None:
    assert stack_messages(RULE, group(), subnet("a"), subnet("b", mapPublicIpOnLaunch=False)) == []
    a, b = subnet("a", id=UNKNOWN), subnet("b", id=UNKNOWN)
    assert stack_messages(RULE, group((UNKNOWN, UNKNOWN), a.urn, b.urn), a, b) == []


@pytest.mark.parametrize("value", [True, "true"])
def test_a_subnet_that_hands_out_public_addresses_is_refused(value: object) -> None:
    (message,) = stack_messages(RULE, group(), subnet("a", mapPublicIpOnLaunch=value), subnet("b"))
    assert message.startswith(GROUP)
    assert 'subnet "a": mapPublicIpOnLaunch' in message
    a = subnet("a", id=UNKNOWN, mapPublicIpOnLaunch=value)
    assert len(stack_messages(RULE, group((UNKNOWN, "subnet-b"), a.urn), a, subnet("b"))) == 1


def test_an_unknown_kind_of_subnet_is_not_judged() -> None:
    (message,) = stack_messages(RULE, group(), subnet("a", mapPublicIpOnLaunch=UNKNOWN), subnet("b"))
    assert message.startswith("could not judge")
    assert 'subnet "a": mapPublicIpOnLaunch' in message


def test_subnets_of_others_may_be_public() -> None:
    public = subnet("p", mapPublicIpOnLaunch=True, id=UNKNOWN)
    assert stack_messages(RULE, group(), subnet("a"), subnet("b"), public) == []
    assert stack_messages(RULE, group(("subnet-a", "x"), public.urn), subnet("a"), public) == []


def test_all_subnets_in_one_zone_are_refused() -> None:
    (message,) = stack_messages(RULE, group(), subnet("a"), subnet("b", availabilityZone="eu-west-1a"))
    assert "all in one zone" in message
    assert message.startswith(GROUP)
    by_id = {"availabilityZone": None, "availabilityZoneId": "euw1-az1"}
    assert len(stack_messages(RULE, group(), subnet("a", **by_id), subnet("b", **by_id))) == 1
    other = {**by_id, "availabilityZoneId": "euw1-az2"}
    assert stack_messages(RULE, group(), subnet("a", **by_id), subnet("b", **other)) == []


@pytest.mark.parametrize("zone", [UNKNOWN, None])
def test_unknown_zones_are_not_judged(zone: object) -> None:
    (message,) = stack_messages(RULE, group(), subnet("a"), subnet("b", availabilityZone=zone))
    assert message.startswith("could not judge")
    assert "zones" in message


@pytest.mark.parametrize("ids", [UNKNOWN, (), "subnet-a"])
def test_zones_are_not_judged_where_subnets_may_be_missing(ids: object) -> None:
    a = subnet("a")
    assert stack_messages(RULE, group(ids, a.urn), a) == []
    assert stack_messages(RULE, group(), a) == []
    assert stack_messages(RULE, group(("subnet-a",)), a) == []


INTERNET = made("InternetGateway", "igw")


@pytest.mark.parametrize(
    "routed",
    [
        (made("RouteTable", "t", id="rtb-1", routes=[{"gatewayId": "local"}, {"gatewayId": "igw-1"}]),),
        (
            made("RouteTable", "t", INTERNET.urn, id="rtb-1", routes=[{"gatewayId": UNKNOWN}]),
            INTERNET,
        ),
        (made("RouteTable", "t", id="rtb-1"), made("Route", "r", routeTableId="rtb-1", gatewayId="igw-1")),
        (
            made("RouteTable", "t", id="rtb-1"),
            made("Route", "r", INTERNET.urn, routeTableId="rtb-1", gatewayId=UNKNOWN),
            INTERNET,
        ),
    ],
)
def test_a_subnet_whose_routes_lead_to_the_internet_is_refused(routed: tuple[Resource, ...]) -> None:
    used = made("RouteTableAssociation", "u", subnetId="subnet-a", routeTableId="rtb-1")
    (message,) = stack_messages(RULE, group(), subnet("a"), subnet("b"), used, *routed)
    assert 'subnet "a" is public: its route table leads to an internet gateway' in message
    elsewhere = made("RouteTableAssociation", "u", subnetId="subnet-p", routeTableId="rtb-1")
    assert stack_messages(RULE, group(), subnet("a"), subnet("b"), elsewhere, *routed) == []
    another = made("RouteTableAssociation", "u", subnetId="subnet-a", routeTableId="rtb-2")
    assert stack_messages(RULE, group(), subnet("a"), subnet("b"), another, *routed) == []


@pytest.mark.parametrize(
    "routed",
    [
        (made("RouteTable", "t", id="rtb-1", routes=[{"natGatewayId": "nat-1"}, {"gatewayId": "vgw-1"}, {}]),),
        (made("RouteTable", "t", "other", id="rtb-1", routes=[{"gatewayId": UNKNOWN}]), INTERNET),
        (made("RouteTable", "t", INTERNET.urn, id="rtb-1", routes=[{"gatewayId": None}]), INTERNET),
        (made("RouteTable", "t", id="rtb-1"), made("Route", "r", routeTableId="rtb-2", gatewayId="igw-1")),
    ],
)
def test_a_subnet_whose_routes_lead_elsewhere_passes(routed: tuple[Resource, ...]) -> None:
    used = made("RouteTableAssociation", "u", subnetId="subnet-a", routeTableId="rtb-1")
    assert stack_messages(RULE, group(), subnet("a"), subnet("b"), used, *routed) == []


def test_routes_are_followed_by_dependencies_where_ids_are_unknown() -> None:
    a, b = subnet("a", id=UNKNOWN), subnet("b", id=UNKNOWN)
    table = made("RouteTable", "t", id=UNKNOWN)
    used = made("RouteTableAssociation", "u", a.urn, table.urn, subnetId=UNKNOWN, routeTableId=UNKNOWN)
    route = made("Route", "r", table.urn, INTERNET.urn, routeTableId=UNKNOWN, gatewayId=UNKNOWN)
    nodes = group((UNKNOWN, UNKNOWN), a.urn, b.urn)
    (message,) = stack_messages(RULE, nodes, a, b, table, used, route, INTERNET)
    assert 'subnet "a" is public' in message
    assert stack_messages(RULE, nodes, a, b, table, route, INTERNET) == []
