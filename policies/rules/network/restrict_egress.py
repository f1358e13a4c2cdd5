"""netpol-no-open-egress: a network policy lets out to networks and namespaces that it names, never to everywhere."""

import ipaddress
from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place
from policies.findings import Finding, Violation
from policies.options import whole_number
from policies.rule import Options, References, Rule
from policies.subjects.egress import FIX_CIDR, POLICIES, Block, Boundless, Network, named_network, ways_out
from policies.subjects.objects import Object, objects

_FIX_WAY: Final = "name the pods, the namespaces by kubernetes.io/metadata.name, or the networks that are needed"
_FIX_WIDE: Final = "name the networks that are needed, however many, instead of a wide one with exceptions"


def judge(policy: Object, options: Options) -> Iterator[Finding]:
    """Finds every way out without bounds, every block that is too wide, and blocks that are everything together."""
    blocks: list[Network] = []
    for way in ways_out(policy):
        if isinstance(way, Boundless):
            yield Violation(f"{place(way.field)} lets out to {way.text}. Fix: {_FIX_WAY}.")
        elif isinstance(way, Block):
            yield from _width(way, options, blocks)
        else:
            yield way.finding
    yield from _together(policy, blocks)


def _width(way: Block, options: Options, blocks: list[Network]) -> Iterator[Finding]:
    found = named_network(way.cidr)
    yield from check(way.cidr, TEXT, lambda _: found is not None, fix=FIX_CIDR, required=True)
    if found is None:
        return
    least = options[f"leastPrefixIPv{found.version}"]
    if found.prefixlen < least:
        yield Violation(
            f"{place(way.cidr)} is {way.cidr.text}, wider than /{least}, the widest block allowed. Fix: {_FIX_WIDE}."
        )
    else:
        blocks.append(found)


def _together(policy: Object, blocks: list[Network]) -> Iterator[Finding]:
    merged: list[Network] = [
        *ipaddress.collapse_addresses(block for block in blocks if isinstance(block, ipaddress.IPv4Network)),
        *ipaddress.collapse_addresses(block for block in blocks if isinstance(block, ipaddress.IPv6Network)),
    ]
    for block in merged:
        if block.prefixlen == 0:
            where = place(policy.at("spec", "egress"))
            yield Violation(f"{where} lets out to {block} by blocks that are all of it together. Fix: {_FIX_WIDE}.")


RULE = Rule(
    name="netpol-no-open-egress",
    description="Network policies must not let pods out to everywhere.",
    why="An agent that was talked into it sends its data to any address that its network policy leaves open.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(kubescape=("C-0301",), owasp=("LLM02",)),
    remediation="Let out to named pods, namespaces and narrow networks; reach AWS by VPC endpoints.",
    area=objects(*POLICIES),
    judge=judge,
    options={
        "leastPrefixIPv4": whole_number("The shortest prefix of an IPv4 block: 16 is the largest VPC.", 16, 1, 32),
        "leastPrefixIPv6": whole_number("The shortest prefix of an IPv6 block.", 32, 1, 128),
    },
)
