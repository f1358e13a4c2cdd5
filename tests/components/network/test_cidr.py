"""The subnets of a VPC: where each one lies, and that nothing moves it later."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.network.cidr import LARGEST, SMALLEST, ZONES, Kind, Subnet, plan, usable

ALL_ZONES = tuple(f"eu-central-1{letter}" for letter in ZONES)
prefixes = st.integers(LARGEST, SMALLEST)
vpcs = prefixes.flatmap(
    lambda prefix: st.integers(0, 2 ** (prefix - 8) - 1).map(lambda n: f"{_address(n << (32 - prefix))}/{prefix}")
)
zone_lists = st.lists(st.sampled_from(ALL_ZONES), min_size=1, unique=True)


def _address(offset: int) -> str:
    return str(IPv4Network("10.0.0.0/8").network_address + offset)


def _ranges(subnets: tuple[Subnet, ...]) -> list[IPv4Network]:
    return [IPv4Network(subnet.cidr) for subnet in subnets]


@given(vpcs, zone_lists)
def test_every_zone_has_one_subnet_of_each_kind_inside_the_vpc(cidr: str, zones: list[str]) -> None:
    subnets = plan(cidr, zones)
    assert {(subnet.kind, subnet.zone) for subnet in subnets} == {(kind, zone) for kind in Kind for zone in zones}
    assert len(subnets) == 3 * len(zones)
    assert all(each.subnet_of(IPv4Network(cidr)) for each in _ranges(subnets))


@given(vpcs, zone_lists)
def test_no_two_subnets_overlap(cidr: str, zones: list[str]) -> None:
    assert not any(one.overlaps(other) for one, other in combinations(_ranges(plan(cidr, zones)), 2))


@given(vpcs, zone_lists, st.randoms(use_true_random=False))
def test_adding_removing_and_reordering_zones_moves_no_subnet(cidr: str, zones: list[str], random: object) -> None:
    everything = {(subnet.kind, subnet.zone): subnet.cidr for subnet in plan(cidr, ALL_ZONES)}
    shuffled = sorted(zones, key=lambda _: random.random())  # type: ignore[attr-defined]
    for subnet in plan(cidr, shuffled):
        assert subnet.cidr == everything[subnet.kind, subnet.zone]
    assert plan(cidr, shuffled) == plan(cidr, zones)


@given(vpcs)
def test_there_is_room_left_for_two_more_kinds_in_six_zones(cidr: str) -> None:
    taken = _ranges(plan(cidr, ALL_ZONES))
    small = IPv4Network(cidr).subnets(new_prefix=IPv4Network(cidr).prefixlen + 8)
    free = [each for each in small if not any(each.overlaps(one) for one in taken)]
    assert len(free) == 16


@pytest.mark.parametrize(
    ("cidr", "private", "public", "intra"),
    [
        ("10.0.0.0/16", "10.0.32.0/19", "10.0.196.0/22", "10.0.228.0/22"),
        ("10.0.16.0/20", "10.0.18.0/23", "10.0.28.64/26", "10.0.30.64/26"),
    ],
)
def test_the_arithmetic_is_that_of_the_documentation(cidr: str, private: str, public: str, intra: str) -> None:
    found = {subnet.kind: subnet.cidr for subnet in plan(cidr, ["eu-central-1b"])}
    assert found == {Kind.PRIVATE: private, Kind.PUBLIC: public, Kind.INTRA: intra}


@given(vpcs, st.sampled_from(list(Kind)))
def test_usable_counts_what_aws_leaves_of_a_planned_subnet(cidr: str, kind: Kind) -> None:
    network = IPv4Network(cidr)
    (subnet,) = [subnet for subnet in plan(cidr, ["eu-central-1a"]) if subnet.kind is kind]
    assert usable(network.prefixlen, kind) == IPv4Network(subnet.cidr).num_addresses - 5


def test_the_smallest_vpc_still_has_room_for_load_balancers_and_the_control_plane() -> None:
    assert usable(SMALLEST, Kind.PUBLIC) >= 27
    assert usable(SMALLEST, Kind.INTRA) >= 27


@pytest.mark.parametrize("cidr", ["10.0.0.0/15", "10.0.0.0/21", "10.0.0.1/16"])
def test_a_range_that_is_no_vpc_of_ours_is_an_error(cidr: str) -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0"):
        plan(cidr, ["eu-central-1a"])


@pytest.mark.parametrize("zones", [["eu-central-1g"], ["us-west-2-lax-1"], ["eu-central-1a", "eu-west-1a"]])
def test_zones_without_a_place_of_their_own_are_an_error(zones: list[str]) -> None:
    with pytest.raises(ValueError, match="zone"):
        plan("10.0.0.0/16", zones)
