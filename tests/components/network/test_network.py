"""The network of a cluster: its subnets, their ways out, what others get of it, and that the pack accepts it."""

from typing import Any

import hypothesis
import pulumi
from hypothesis import given
from hypothesis import strategies as st

from components.config.network import KNOWN_ENDPOINTS
from components.network import endpoints
from components.network.component import Network
from tests.components.aws_recording import Cloud, judged, recording, run, unjudged, value, violations
from tests.components.network.making import (
    CIDR,
    ZONES,
    existing,
    id_of,
    made_with,
    make,
    of_network,
    place,
    settings,
)


def test_the_pack_accepts_the_network_and_has_nothing_to_add(made: Cloud) -> None:
    said = judged(made)
    assert violations(said) == []
    assert unjudged(said) == []


def test_at_preview_nothing_but_the_new_keys_arn_is_unknown_to_the_pack() -> None:
    said = judged(made_with(settings(), preview=True))
    assert violations(said) == []
    assert ["network-flow-logs" in text and "kmsKeyId" in text for text in unjudged(said)] == [True]


def test_every_zone_has_a_subnet_of_each_kind_without_public_addresses(either: Cloud) -> None:
    subnets = either.of_type("subnet:Subnet")
    names = [f"network-{kind}-{letter}" for kind in ("intra", "private", "public") for letter in "abc"]
    assert [subnet.name for subnet in subnets] == names
    assert {subnet.inputs["availabilityZone"] for subnet in subnets} == set(ZONES)
    assert {subnet.inputs["mapPublicIpOnLaunch"] for subnet in subnets} == {False}


def test_controllers_find_subnets_by_their_tags(either: Cloud) -> None:
    assert either.named("network-public-a").inputs["tags"] == {
        "Name": "agents-public-eu-central-1a",
        "kubernetes.io/role/elb": "1",
    }
    assert either.named("network-private-a").inputs["tags"] == {
        "Name": "agents-private-eu-central-1a",
        "kubernetes.io/role/internal-elb": "1",
        "karpenter.sh/discovery": "agents",
    }
    assert either.named("network-intra-a").inputs["tags"] == {"Name": "agents-intra-eu-central-1a"}


def test_pods_find_aws_by_its_private_names(either: Cloud) -> None:
    vpc = either.one("vpc:Vpc").inputs
    assert (vpc["cidrBlock"], vpc["enableDnsHostnames"], vpc["enableDnsSupport"]) == (CIDR, True, True)


def test_each_private_subnet_goes_out_by_its_own_zones_gateway(made: Cloud) -> None:
    for letter in "abc":
        route = made.named(f"network-private-{letter}-out").inputs
        assert route["destinationCidrBlock"] == "0.0.0.0/0"
        assert route["natGatewayId"] == id_of(made, f"network-nat-{letter}")
        assert made.named(f"network-nat-{letter}").inputs["subnetId"] == id_of(made, f"network-public-{letter}")
        joined = made.named(f"network-private-{letter}-table").inputs
        assert joined["subnetId"] == id_of(made, f"network-private-{letter}")
        assert joined["routeTableId"] == route["routeTableId"] == id_of(made, f"network-private-{letter}-routes")


def test_with_one_gateway_every_zone_goes_out_by_it() -> None:
    up = made_with(settings(natGateways="one"))
    assert [gateway.name for gateway in up.of_type("natGateway:NatGateway")] == ["network-nat-a"]
    assert [address.name for address in up.of_type("eip:Eip")] == ["network-nat-address-a"]
    ways_out = {up.named(f"network-private-{letter}-out").inputs["natGatewayId"] for letter in "abc"}
    assert ways_out == {id_of(up, "network-nat-a")}


def test_the_only_gateway_stays_where_it_is_when_a_zone_is_added() -> None:
    one = settings(natGateways="one")
    for zones in (ZONES[1:], (*ZONES[1:], ZONES[0])):
        cloud = made_with(one, place(zones))
        assert [gateway.name for gateway in cloud.of_type("natGateway:NatGateway")] == ["network-nat-b"]


def test_changing_the_number_of_gateways_touches_gateways_and_routes_only() -> None:
    def inputs(how_many: str) -> dict[str, dict[str, Any]]:
        cloud = made_with(settings(natGateways=how_many))
        return {name: r.inputs for name, r in of_network(cloud).items()}

    one, three = inputs("one"), inputs("perZone")
    assert set(one) < set(three)
    assert {name for name in one if one[name] != three[name]} == {"network-private-b-out", "network-private-c-out"}


def test_a_gateway_waits_for_the_internet(either: Cloud) -> None:
    way_out = either.named("network-public-out")
    assert either.named("network-internet").urn in way_out.dependencies
    for gateway in either.of_type("natGateway:NatGateway"):
        assert way_out.urn in gateway.dependencies


def test_intra_subnets_lead_nowhere(made: Cloud) -> None:
    table = id_of(made, "network-intra-routes")
    assert [made.named(f"network-intra-{letter}-table").inputs["routeTableId"] for letter in "abc"] == [table] * 3
    assert table not in {route.inputs["routeTableId"] for route in made.of_type("route:Route")}
    for service in endpoints.GATEWAYS:
        assert table not in made.named(f"network-endpoint-{service}").inputs["routeTableIds"]


def test_the_default_group_lets_nothing_through(either: Cloud) -> None:
    group = either.one("DefaultSecurityGroup")
    assert (group.inputs["ingress"], group.inputs["egress"]) == ([], [])
    assert either.one("vpc:Vpc").urn in group.dependencies


def test_subnet_ids_come_in_the_order_of_the_zones() -> None:
    with recording(preview=False) as cloud:
        network = make(settings(), place(tuple(reversed(ZONES))))
        for kind in ("private", "public", "intra"):
            ids = value(pulumi.Output.all(*getattr(network, f"{kind}_subnet_ids")))
            assert ids == [id_of(cloud, f"network-{kind}-{letter}") for letter in "abc"]
        assert value(network.vpc_id) == id_of(cloud, "network-vpc")
        assert value(network.endpoint_security_group_id) == id_of(cloud, "network-endpoints")
        assert network.cidr == CIDR


def test_in_an_existing_network_nothing_is_made(cloud: Cloud) -> None:
    network = make(existing())
    assert of_network(cloud) == {}
    assert value(network.vpc_id) == "vpc-01234567"
    assert value(pulumi.Output.all(*network.private_subnet_ids)) == [f"subnet-0123456{n}" for n in (3, 2, 1)]
    assert value(pulumi.Output.all(*network.public_subnet_ids)) == [f"subnet-0123456{n}" for n in (6, 5, 4)]
    assert value(pulumi.Output.all(*network.intra_subnet_ids)) == [f"subnet-0123456{n}" for n in (9, 8, 7)]
    assert network.endpoint_security_group_id is None
    assert network.cidr == CIDR


def test_in_an_existing_network_private_subnets_stand_in_for_intra_ones(cloud: Cloud) -> None:
    network = make(existing(intraSubnets=[], publicSubnets=[]))
    assert value(pulumi.Output.all(*network.intra_subnet_ids)) == [f"subnet-0123456{n}" for n in (3, 2, 1)]
    assert network.public_subnet_ids == []


def test_of_an_existing_network_only_the_clusters_zones_are_used_in_their_order(cloud: Cloud) -> None:
    network = make(existing(), place((ZONES[1], ZONES[0])))
    assert value(pulumi.Output.all(*network.private_subnet_ids)) == ["subnet-01234563", "subnet-01234562"]


def test_adding_a_zone_changes_nothing_that_can_not_change_in_place() -> None:
    def inputs(zones: tuple[str, ...]) -> dict[str, dict[str, Any]]:
        cloud = made_with(settings(), place(zones))
        return {name: r.inputs for name, r in of_network(cloud).items()}

    two, three = inputs((ZONES[1], ZONES[2])), inputs(ZONES)
    assert set(two) < set(three)
    for name, before in two.items():
        changed = {key for key in before if before[key] != three[name][key]}
        assert changed <= {"subnetIds", "routeTableIds"}, name


def test_what_others_are_to_use_is_used(either: Cloud) -> None:
    means = ("Eip", "InternetGateway", "LogGroup", "NatGateway", "Role", "RouteTable", "SecurityGroup", "Subnet", "Vpc")
    found = [r for r in of_network(either).values() if r.type.rpartition(":")[2] in means]
    assert {r.type.rpartition(":")[2] for r in found} == set(means)
    assert [r.name for r in found if r.urn not in either.referenced()] == []


def test_every_resource_has_a_name_that_people_can_find(either: Cloud) -> None:
    names = [r.inputs["tags"]["Name"] for r in of_network(either).values() if "tags" in r.inputs]
    assert all(name.startswith("agents") for name in names)


@given(
    cidr=st.sampled_from(["10.0.0.0/16", "172.16.16.0/20", "192.168.64.0/18", "100.64.0.0/17"]),
    zones=st.lists(st.sampled_from(ZONES), min_size=2, unique=True),
    nat=st.sampled_from(["perZone", "one"]),
    services=st.lists(st.sampled_from(KNOWN_ENDPOINTS), max_size=3),
    days=st.sampled_from([365, 3653]),
)
@hypothesis.settings(max_examples=8, deadline=None)
def test_the_pack_accepts_every_network_that_settings_allow(
    cidr: str, zones: list[str], nat: str, services: list[str], days: int
) -> None:
    network = settings(cidr=cidr, natGateways=nat, interfaceEndpoints=services, flowLogRetentionDays=days)
    said = judged(made_with(network, place(tuple(zones))))
    assert violations(said) == []
    assert unjudged(said) == []


def test_two_networks_can_live_in_one_program() -> None:
    def program(opts: pulumi.ResourceOptions) -> None:
        for name in ("one", "two"):
            Network(name, settings(), place(cluster=name), "arn:aws:kms:eu-central-1:123456789012:key/k", opts)

    with recording(preview=False) as cloud:
        run(program)
    assert len({r.urn for r in cloud.registered}) == len(cloud.registered)
    assert violations(judged(cloud)) == []


def test_all_of_it_is_made_by_the_given_provider(either: Cloud) -> None:
    (provider,) = {r.provider for r in of_network(either).values()}
    assert provider == either.named("aws").urn
