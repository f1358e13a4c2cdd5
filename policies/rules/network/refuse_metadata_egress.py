"""netpol-no-imds: no network policy lets out to the instance metadata service, which has the node's credentials.

The Pod Identity agent (169.254.170.23, fd00:ec2::23), from which an agent has credentials of its own, is another.
"""

import ipaddress
from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.rule import Options, References, Rule
from policies.subjects.egress import FIX_CIDR, POLICIES, Block, Boundless, Network, named_network, ways_out
from policies.subjects.objects import Object, objects
from policies.unknowns import UNKNOWN, Field

_SERVICES: Final[tuple[Network, ...]] = (
    ipaddress.ip_network("169.254.169.254/32"),
    ipaddress.ip_network("fd00:ec2::254/128"),
)
_FIX: Final = "name a network without it, or take it out by except"


def judge(policy: Object, _options: Options) -> Iterator[Finding]:
    """Finds every way out that includes an address of the service and does not take it out."""
    for way in ways_out(policy):
        if isinstance(way, Boundless):
            if way.world:
                yield Violation(f"{place(way.field)} lets out to {way.text}, the metadata service too. Fix: {_FIX}.")
        elif isinstance(way, Block):
            yield from _block(way)
        else:
            yield way.finding


def _block(way: Block) -> Iterator[Finding]:
    found = named_network(way.cidr)
    yield from check(way.cidr, TEXT, lambda _: found is not None, fix=FIX_CIDR, required=True)
    for service in _SERVICES:
        if found is not None and _includes(found, service):
            yield from _unless_taken_out(way, service)


def _unless_taken_out(way: Block, service: Network) -> Iterator[Finding]:
    unknown: Field | None = None
    for field in way.excepts:
        taken = named_network(field)
        if taken is not None and _includes(taken, service):
            return
        if field.value is UNKNOWN:
            unknown = field
        elif taken is None:
            yield unreadable(field, "a network in CIDR notation", FIX_CIDR)
    if unknown is not None:
        yield Unjudged(place(unknown))
    else:
        address = service.network_address
        yield Violation(f"{place(way.cidr)} is {way.cidr.text}, which includes {address}. Fix: {_FIX}.")


def _includes(outer: Network, inner: Network) -> bool:
    return outer.version == inner.version and inner.network_address in outer


RULE = Rule(
    name="netpol-no-imds",
    description="Network policies must not let pods out to the instance metadata service.",
    why="The metadata service hands the node's credentials to whoever asks, a prompt-injected agent included.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(owasp=("ASI03",), others=("EKS best practices",)),
    remediation="Leave 169.254.169.254 and fd00:ec2::254 out of every egress block; 169.254.170.23 may stay.",
    area=objects(*POLICIES),
    judge=judge,
)
