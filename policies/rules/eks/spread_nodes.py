"""nodes-private-multi-az: node groups are in private subnets of two zones or more.

That there are two subnets shows in the group. What kind they are shows in the stack, for subnets that are part of it:
found by their id, or as what the group depends on.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, TEXT, check, place
from policies.findings import Finding, Unjudged, Violation
from policies.rule import Options, References, Resource, Rule, Stack
from policies.subjects.typed import Typed, of_type, typed_in
from policies.unknowns import ABSENT, UNKNOWN, Field, shown

_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
_SUBNET: Final = "aws:ec2/subnet:Subnet"
_TABLE: Final = "aws:ec2/routeTable:RouteTable"
_ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_ROUTE: Final = "aws:ec2/route:Route"
_GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"
_FIX: Final = "list private subnets of two zones or more in subnetIds"
_FIX_PUBLIC: Final = "set mapPublicIpOnLaunch to false, or put nodes into private subnets"
_FIX_ROUTE: Final = "route the subnet's traffic through a NAT gateway, or put nodes into private subnets"


def judge(group: Typed, _options: Options) -> Iterator[Finding]:
    """Finds a group with fewer than two subnets."""
    subnets = group.at("subnetIds")
    if subnets.value is UNKNOWN:
        yield Unjudged(place(subnets))
        return
    listed = list(subnets.items())
    unknown = [each.value for each in listed].count(UNKNOWN)
    for each in listed:
        yield from check(each, TEXT, bool, fix=_FIX) if each.value is not UNKNOWN else ()
    named = {each.value for each in listed if isinstance(each.value, str)}
    if len(named) + unknown < 2:
        yield Violation(f"{place(subnets)} names fewer than two subnets. Fix: {_FIX}.")
    elif len(named) < 2:
        yield Unjudged(f"whether {place(subnets)} name two subnets (unknown ones may be one and the same)")


def judge_stack(stack: Stack, _options: Options) -> Iterator[Finding]:
    """Finds groups in public subnets of the stack, and groups whose subnets are all in one zone."""
    for group in typed_in(stack, _GROUP):
        ids = list(group.at("subnetIds").items())
        subnets = [each for each in typed_in(stack, _SUBNET) if _any_means(ids, group.resource, each)]
        for subnet in subnets:
            yield from _public(stack, subnet, group)
        if isinstance(group.at("subnetIds").value, list) and len(subnets) >= len(ids) > 1:
            yield from _zones(subnets, group)


def _public(stack: Stack, subnet: Typed, group: Typed) -> Iterator[Finding]:
    urn, name = group.resource.urn, shown(subnet.resource.name)
    for found in check(subnet.at("mapPublicIpOnLaunch"), BOOLEAN, lambda it: not it, fix=_FIX_PUBLIC):
        if isinstance(found, Violation):
            yield Violation(f"subnet {name}: {found.text}", urn=urn)
        else:
            yield Unjudged(f"subnet {name}: {found.place}", urn)
    if any(_leads_out(stack, table) for table in _tables(stack, subnet)):
        text = f"subnet {name} is public: its route table leads to an internet gateway. Fix: {_FIX_ROUTE}."
        yield Violation(text, urn=urn)


def _zones(subnets: list[Typed], group: Typed) -> Iterator[Finding]:
    zones = [_zone(subnet) for subnet in subnets]
    if len({zone for zone in zones if isinstance(zone, str)}) > 1:
        return
    if UNKNOWN in zones or ABSENT in zones:
        yield Unjudged("the zones of subnetIds", group.resource.urn)
    else:
        yield Violation(f"subnetIds are all in one zone. Fix: {_FIX}.", urn=group.resource.urn)


def _zone(subnet: Typed) -> object:
    named = subnet.at("availabilityZone").value
    return subnet.at("availabilityZoneId").value if named is ABSENT else named


def _tables(stack: Stack, subnet: Typed) -> list[Typed]:
    used = [each for each in typed_in(stack, _ASSOCIATION) if _means(each.at("subnetId"), each.resource, subnet)]
    return [
        table
        for table in typed_in(stack, _TABLE)
        if any(_means(each.at("routeTableId"), each.resource, table) for each in used)
    ]


def _leads_out(stack: Stack, table: Typed) -> bool:
    routes = [each for each in typed_in(stack, _ROUTE) if _means(each.at("routeTableId"), each.resource, table)]
    gateways = [(each.at("gatewayId"), each.resource) for each in routes]
    gateways += [(each.at("gatewayId"), table.resource) for each in table.at("routes").items()]
    return any(_is_internet(stack, field, resource) for field, resource in gateways)


def _is_internet(stack: Stack, gateway: Field, resource: Resource) -> bool:
    if isinstance(gateway.value, str):
        return gateway.value.startswith("igw-")
    return gateway.value is UNKNOWN and any(each.urn in resource.dependencies for each in stack.of_type(_GATEWAY))


def _any_means(ids: list[Field], resource: Resource, subnet: Typed) -> bool:
    return any(_means(field, resource, subnet) for field in ids)


def _means(field: Field, resource: Resource, other: Typed) -> bool:
    """Whether a field of a resource holds the other's id; where it is unknown, by what the resource depends on."""
    if field.value is UNKNOWN:
        return other.resource.urn in resource.dependencies
    return isinstance(field.value, str) and field.value == other.at("id").value


RULE = Rule(
    name="nodes-private-multi-az",
    description="Node groups must be in private subnets of two zones or more.",
    why="A node with a public address is one open port from the world, and one zone is one outage from none.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(cis_eks=("5.4.3",)),
    remediation="List private subnets of at least two zones in subnetIds.",
    area=of_type(_GROUP),
    judge=judge,
    judge_stack=judge_stack,
)
