"""eks-private-endpoint: the API server is reached from inside the VPC, from outside by listed networks at most."""

import ipaddress
from collections.abc import Iterator
from functools import partial
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, TEXT, check, place
from policies.findings import Finding, Unjudged, Violation
from policies.options import whole_number
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT, UNKNOWN, Field

_FIX_PRIVATE: Final = "set vpcConfig.endpointPrivateAccess to true"
_FIX_PUBLIC: Final = "set vpcConfig.endpointPublicAccess to false, or list your networks in publicAccessCidrs"


def judge(cluster: Typed, options: Options) -> Iterator[Finding]:
    """Finds a cluster without a private endpoint, or with a public one that the world may call."""
    private, public = (cluster.at("vpcConfig", f"endpoint{each}Access") for each in ("Private", "Public"))
    yield from check(private, BOOLEAN, bool, fix=_FIX_PRIVATE, required=True)
    if public.value is False:
        return
    found = list(_opened(public, cluster.at("vpcConfig", "publicAccessCidrs"), options))
    if public.value is UNKNOWN:
        yield from [Unjudged(place(public))] if found else []
    elif public.value is True or public.value is ABSENT:
        yield from found
    else:
        yield from check(public, BOOLEAN, bool, fix=_FIX_PUBLIC)


def _opened(public: Field, cidrs: Field, options: Options) -> Iterator[Finding]:
    networks = list(cidrs.items())
    if not networks:
        yield Violation(
            f"{place(public)} is {_said(public)} and publicAccessCidrs names no network. Fix: {_FIX_PUBLIC}."
        )
    lengths = {4: options["leastPrefixIpv4"], 6: options["leastPrefixIpv6"]}
    for network in networks:
        yield from check(network, TEXT, partial(_is_narrow, lengths=lengths), fix="name the networks of your offices")


def _said(public: Field) -> str:
    return "not set (which means true)" if public.value is ABSENT else public.text


def _is_narrow(cidr: str, lengths: dict[int, int]) -> bool:
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= lengths[network.version]


RULE = Rule(
    name="eks-private-endpoint",
    description="The cluster's API must have a private endpoint, and none that is open to the world.",
    why="Whoever reaches the API server can try stolen tokens and its next vulnerability.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(cis_eks=("5.4.1", "5.4.2"), checkov=("CKV_AWS_38", "CKV_AWS_39")),
    remediation="Set vpcConfig.endpointPrivateAccess to true and endpointPublicAccess to false, or limit its networks.",
    area=of_type("aws:eks/cluster:Cluster"),
    judge=judge,
    options={
        "leastPrefixIpv4": whole_number("The widest IPv4 network, by prefix length, that may call it.", 24, 8, 32),
        "leastPrefixIpv6": whole_number("The widest IPv6 network, by prefix length, that may call it.", 48, 32, 128),
    },
)
