"""What is refused of a network's settings, and what is filled in."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from components.config.model import RefusedError
from components.config.network import (
    DEFAULT_ENDPOINTS,
    KNOWN_ENDPOINTS,
    ExistingNetwork,
    MadeNetwork,
    NatGateways,
    NetworkSettings,
    check_network,
)

SETTINGS: TypeAdapter[MadeNetwork | ExistingNetwork] = TypeAdapter(NetworkSettings)
VPC = "vpc-0123456789abcdef0"


def made(**changes: Any) -> dict[str, Any]:
    return {"kind": "made", "cidr": "10.40.0.0/16", **changes}


def subnets(first: int, zones: str = "ab") -> list[dict[str, str]]:
    return [
        {"id": f"subnet-0123456789abcde{first + number:02x}", "zone": f"eu-central-1{letter}"}
        for number, letter in enumerate(zones)
    ]


def existing(**changes: Any) -> dict[str, Any]:
    base = {"kind": "existing", "vpcId": VPC, "cidr": "10.40.0.0/22", "privateSubnets": subnets(0)}
    return {**base, **changes}


def refusals(settings: dict[str, Any]) -> list[tuple[str, RefusedError]]:
    """Return every refusal with the dotted path that it is about."""
    with pytest.raises(ValidationError) as caught:
        SETTINGS.validate_python(settings)
    return [
        (".".join(str(key) for key in error["loc"][1:]), error["ctx"]["error"])
        for error in caught.value.errors()
        if "ctx" in error
    ]


def refusal(settings: dict[str, Any]) -> tuple[str, RefusedError]:
    (found,) = refusals(settings)
    return found


def test_a_network_needs_no_more_than_its_addresses() -> None:
    network = SETTINGS.validate_python(made())
    assert isinstance(network, MadeNetwork)
    assert network.nat_gateways is NatGateways.PER_ZONE
    assert network.interface_endpoints == DEFAULT_ENDPOINTS
    assert network.flow_log_retention_days == 365


def test_the_default_endpoints_are_known_and_in_order() -> None:
    assert list(DEFAULT_ENDPOINTS) == sorted(DEFAULT_ENDPOINTS)
    assert len(set(KNOWN_ENDPOINTS)) == len(KNOWN_ENDPOINTS)
    assert SETTINGS.validate_python(made(interfaceEndpoints=list(KNOWN_ENDPOINTS)))


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "172.31.0.0/18", "192.168.0.0/20", "100.64.0.0/16"])
def test_private_ranges_of_the_right_size_are_taken(cidr: str) -> None:
    assert SETTINGS.validate_python(made(cidr=cidr)).cidr == cidr


@pytest.mark.parametrize(
    ("cidr", "reason", "fix"),
    [
        ("10.0.0.0", "not where a range begins", "10.0.0.0/16"),
        ("10.0.0.5/16", "not where a range begins", "write 10.0.0.0/16"),
        ("10.0.0.0/255.255.0.0", "not where a range begins", "write 10.0.0.0/16"),
        ("ten", "no IPv4 range", "10.40.0.0/16"),
        ("fd00::/16", "no IPv4 range", "10.40.0.0/16"),
        ("8.8.0.0/16", "addresses of the internet", "100.64.0.0/10"),
        ("172.32.0.0/16", "addresses of the internet", "172.16.0.0/12"),
        ("10.0.0.0/12", "larger than AWS makes a VPC", "between /16 and /20"),
        ("10.0.0.0/21", "251 addresses for nodes and pods and 27 for load balancers", "between /16 and /20"),
        ("10.0.0.0/24", "27 addresses for nodes and pods and 0 for load balancers", "between /16 and /20"),
        ("10.0.0.0/32", "0 addresses for nodes and pods and 0 for load balancers", "between /16 and /20"),
    ],
)
def test_a_range_that_no_vpc_could_have_is_refused(cidr: str, reason: str, fix: str) -> None:
    path, found = refusal(made(cidr=cidr))
    assert path == "cidr"
    assert cidr in found.reason
    assert reason in found.reason
    assert fix in found.fix


def test_a_peer_with_the_same_addresses_is_refused_with_both() -> None:
    _, found = refusal(made(peers=["10.0.0.0/8", "192.168.0.0/16", "20.0.0.0/8"]))
    assert "10.40.0.0/16" in found.reason
    assert "10.0.0.0/8" in found.reason


def test_a_peer_beside_a_range_that_is_wrong_in_itself_is_one_error() -> None:
    assert [path for path, _ in refusals(made(cidr="ten", peers=["10.0.0.0/8"]))] == ["cidr"]


def test_all_that_is_wrong_comes_at_once() -> None:
    settings = made(peers=["10.40.0.0/24", "nowhere"], interfaceEndpoints=["s3"], flowLogRetentionDays=30)
    paths = {path for path, _ in refusals(settings)}
    assert paths == {"", "peers.1", "interfaceEndpoints.0", "flowLogRetentionDays"}


@pytest.mark.parametrize("service", ["s3", "dynamodb"])
def test_an_endpoint_that_would_cost_what_is_free_is_refused(service: str) -> None:
    _, found = refusal(made(interfaceEndpoints=[service]))
    assert "costs nothing" in found.reason


@pytest.mark.parametrize(
    ("service", "near"),
    [("ecr.apl", "ecr.api"), ("com.amazonaws.eu-central-1.sts", "sts"), ("bedrock-runtim", "bedrock-runtime")],
)
def test_an_unknown_endpoint_is_refused_with_the_nearest_name(service: str, near: str) -> None:
    _, found = refusal(made(interfaceEndpoints=[service]))
    assert f"did you mean {near}?" in found.fix


def test_the_order_of_endpoints_and_twins_make_no_difference() -> None:
    one = SETTINGS.validate_python(made(interfaceEndpoints=["sts", "ec2", "sts"]))
    assert one == SETTINGS.validate_python(made(interfaceEndpoints=["ec2", "sts"]))


def test_no_endpoints_at_all_is_a_choice() -> None:
    network = SETTINGS.validate_python(made(interfaceEndpoints=[]))
    assert isinstance(network, MadeNetwork)
    assert network.interface_endpoints == ()


@pytest.mark.parametrize("endpoints", [[1], "sts", {"sts": True}])
def test_endpoints_that_are_no_list_of_names_are_refused(endpoints: object) -> None:
    with pytest.raises(ValidationError):
        SETTINGS.validate_python(made(interfaceEndpoints=endpoints))


@pytest.mark.parametrize("days", [0, 30, 364, 366, 4000])
def test_a_retention_that_is_too_short_or_none_that_aws_knows_is_refused(days: int) -> None:
    path, found = refusal(made(flowLogRetentionDays=days))
    assert path == "flowLogRetentionDays"
    assert "365, 400" in found.fix


@pytest.mark.parametrize("account", ["12345678901", "arn:aws:iam::123456789012:root", "1234567890123"])
def test_an_account_that_has_not_twelve_digits_is_refused(account: str) -> None:
    path, found = refusal(made(trustedAccounts=[account]))
    assert path == "trustedAccounts.0"
    assert "twelve digits" in found.fix


def test_an_existing_network_needs_its_private_subnets_only() -> None:
    network = SETTINGS.validate_python(existing())
    assert isinstance(network, ExistingNetwork)
    assert [subnet.zone for subnet in network.private_subnets] == ["eu-central-1a", "eu-central-1b"]
    assert network.public_subnets == network.intra_subnets == ()


@pytest.mark.parametrize("vpc", ["vpc-1", "vpc-0123456789ABCDEF0", "subnet-0123456789abcdef0", VPC + "0"])
def test_an_id_that_is_no_vpcs_is_refused(vpc: str) -> None:
    path, found = refusal(existing(vpcId=vpc))
    assert path == "vpcId"
    assert "describe-vpcs" in found.fix


def test_an_id_that_is_no_subnets_is_refused() -> None:
    listed = [{"id": VPC, "zone": "eu-central-1a"}, *subnets(0, "b")]
    path, found = refusal(existing(privateSubnets=listed))
    assert path == "privateSubnets.0.id"
    assert "describe-subnets" in found.fix


@pytest.mark.parametrize("zone", ["eu-central-1", "us-west-2-lax-1a", "euc1-az1", "eu-central-1g"])
def test_a_zone_that_can_not_hold_a_cluster_is_refused(zone: str) -> None:
    listed = [{"id": "subnet-0123456789abcdef0", "zone": zone}, *subnets(0, "b")]
    path, found = refusal(existing(privateSubnets=listed))
    assert path == "privateSubnets.0.zone"
    assert "eu-central-1a" in found.fix


@pytest.mark.parametrize("kind", ["privateSubnets", "publicSubnets", "intraSubnets"])
def test_subnets_in_one_zone_only_are_refused(kind: str) -> None:
    _, found = refusal(existing(**{kind: subnets(16, "a")}))
    assert kind in found.reason
    assert "fewer than two zones" in found.reason


def test_two_subnets_of_a_kind_in_one_zone_are_refused() -> None:
    _, found = refusal(existing(publicSubnets=subnets(16, "aab")))
    assert "2 subnets in eu-central-1a" in found.reason


def test_a_subnet_that_serves_twice_is_refused() -> None:
    _, found = refusal(existing(publicSubnets=subnets(0)[:1] + subnets(16, "b")))
    assert "subnet-0123456789abcde00 is named 2 times" in found.reason


def test_an_existing_network_without_private_subnets_is_refused() -> None:
    _, found = refusal(existing(privateSubnets=[]))
    assert "nodes could start nowhere" in found.reason


@pytest.mark.parametrize("settings", [made(cidr="172.20.0.0/16"), existing(cidr="172.20.64.0/20")])
def test_a_network_with_the_addresses_of_services_is_refused(settings: dict[str, Any]) -> None:
    network = SETTINGS.validate_python(settings)
    (found,) = check_network(network, ["eu-central-1a", "eu-central-1b"], "172.20.0.0/16")
    assert network.cidr in found.reason
    assert "172.20.0.0/16" in found.reason


def test_a_zone_of_the_cluster_without_a_subnet_is_refused_by_kind() -> None:
    network = SETTINGS.validate_python(existing(publicSubnets=subnets(16, "abc")))
    found = [refused.reason for refused in check_network(network, [f"eu-central-1{z}" for z in "abc"], "172.20.0.0/16")]
    assert found == ["privateSubnets has no subnet in eu-central-1c, so nothing could run there"]


@pytest.mark.parametrize("settings", [made(), existing(intraSubnets=subnets(16))])
def test_a_network_that_goes_with_its_cluster_is_not_refused(settings: dict[str, Any]) -> None:
    network = SETTINGS.validate_python(settings)
    assert list(check_network(network, ["eu-central-1a", "eu-central-1b"], "172.20.0.0/16")) == []
