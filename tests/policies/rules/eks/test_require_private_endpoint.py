"""eks-private-endpoint."""

import pytest

from policies.config import ConfigError
from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import refused, resource, unjudged

RULE = "eks-private-endpoint"
CLUSTER = "aws:eks/cluster:Cluster"


def cluster(**config: object) -> Resource:
    return resource({"vpcConfig": {"endpointPrivateAccess": True, "endpointPublicAccess": False, **config}}, CLUSTER)


def test_a_private_cluster_passes() -> None:
    assert refused(RULE, cluster()) == []
    assert refused(RULE, cluster(publicAccessCidrs=["0.0.0.0/0"])) == []


@pytest.mark.parametrize("value", [None, False, "true", 1])
def test_a_cluster_without_a_private_endpoint_is_refused(value: object) -> None:
    (message,) = refused(RULE, cluster(endpointPrivateAccess=value))
    assert "vpcConfig.endpointPrivateAccess" in message
    assert "Fix: set vpcConfig.endpointPrivateAccess to true" in message


@pytest.mark.parametrize("value", [None, True])
@pytest.mark.parametrize("cidrs", [None, []])
def test_a_public_endpoint_for_everybody_is_refused(value: object, cidrs: object) -> None:
    (message,) = refused(RULE, cluster(endpointPublicAccess=value, publicAccessCidrs=cidrs))
    said = "true" if value else "not set (which means true)"
    assert f"vpcConfig.endpointPublicAccess is {said} and" in message
    assert "names no network" in message


def test_a_cluster_that_says_nothing_is_refused_for_both() -> None:
    assert len(refused(RULE, resource({}, CLUSTER))) == 2


@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/0", "128.0.0.0/1", "203.0.112.0/23", "::/0", "2001:db8::/47", "x", "", 7, None]
)
def test_a_network_that_is_too_wide_or_none_is_refused(cidr: object) -> None:
    (message,) = refused(RULE, cluster(endpointPublicAccess=True, publicAccessCidrs=["203.0.113.0/24", cidr]))
    assert "publicAccessCidrs[1]" in message


@pytest.mark.parametrize("cidr", ["203.0.113.7/32", "203.0.113.0/24", "203.0.113.9/24", "203.0.113.9", "2001:db8::/48"])
def test_a_narrow_network_may_call(cidr: str) -> None:
    assert refused(RULE, cluster(endpointPublicAccess=None, publicAccessCidrs=[cidr])) == []


def test_how_narrow_is_a_setting() -> None:
    judged = cluster(endpointPublicAccess=True, publicAccessCidrs=["10.0.0.0/8", "2001:db8::/32"])
    assert refused(RULE, judged, leastPrefixIpv4=8, leastPrefixIpv6=32) == []
    assert len(refused(RULE, judged, leastPrefixIpv4=9, leastPrefixIpv6=33)) == 2
    assert refused(RULE, cluster(), leastPrefixIpv4=32, leastPrefixIpv6=128) == []
    for bad in ({"leastPrefixIpv4": 7}, {"leastPrefixIpv4": 33}, {"leastPrefixIpv6": 31}, {"leastPrefixIpv6": 129}):
        with pytest.raises(ConfigError):
            refused(RULE, judged, **bad)


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"endpointPrivateAccess": UNKNOWN}, "endpointPrivateAccess"),
        ({"endpointPublicAccess": UNKNOWN}, "endpointPublicAccess"),
        ({"endpointPublicAccess": True, "publicAccessCidrs": UNKNOWN}, "publicAccessCidrs"),
        ({"endpointPublicAccess": True, "publicAccessCidrs": [UNKNOWN]}, "publicAccessCidrs[0]"),
    ],
)
def test_unknown_values_are_not_judged(config: dict[str, object], place: str) -> None:
    judged = cluster(**config)
    assert place in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


def test_an_unknown_endpoint_for_narrow_networks_is_no_finding() -> None:
    judged = cluster(endpointPublicAccess=UNKNOWN, publicAccessCidrs=["203.0.113.0/24"])
    assert unjudged(RULE, judged) == []


@pytest.mark.parametrize("value", ["false", 0, []])
def test_a_public_endpoint_of_the_wrong_type_is_refused(value: object) -> None:
    (message,) = refused(RULE, cluster(endpointPublicAccess=value))
    assert "where a boolean belongs" in message
