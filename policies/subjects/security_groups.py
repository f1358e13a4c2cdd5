"""Rules of traffic in every form that AWS has: inside of security groups and network ACLs, and as their own resources.

A rule opens something to the world if its addresses, its protocol and its ports all say so. One of them that is
unknown, while the others say so, leaves the rule unjudged.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from policies.checks import place, unreadable
from policies.findings import Finding, Violation
from policies.rule import Option
from policies.subjects.typed import Typed
from policies.unknowns import ABSENT, UNKNOWN, Field, Malformed, is_object, named_type, shown

GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
GROUP_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE: Final = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ACL: Final = "aws:ec2/networkAcl:NetworkAcl"
DEFAULT_ACL: Final = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
ACL_RULE: Final = "aws:ec2/networkAclRule:NetworkAclRule"
GROUP_RULES: Final = (GROUP_RULE, INGRESS_RULE, EGRESS_RULE)
GROUPS: Final = (GROUP, DEFAULT_GROUP, *GROUP_RULES)
ACLS: Final = (ACL, DEFAULT_ACL, ACL_RULE)

_DIRECTIONS: Final = ("ingress", "egress")
_RANGES: Final = ("cidrBlocks", "ipv6CidrBlocks")
_SINGLE_RANGES: Final = ("cidrIpv4", "cidrIpv6", "cidrBlock", "ipv6CidrBlock")
_EVERY_PROTOCOL: Final = ("-1", "all")
_WITH_PORTS: Final = ("tcp", "udp", "6", "17")
_LAST_PORT: Final = 65535
_FIRST_EPHEMERAL: Final = 1024
WORLD: Final = {4: 8, 6: 16}
"""The least prefix, by the version of IP, of a range that is not the world."""


class Traffic(NamedTuple):
    """One rule. `gates` are fields that decide whether it allows traffic of a direction, and that can't be read.

    `stateless` is true of network ACLs, which must let the answers to a client's ports in, and where all traffic is
    what AWS sets: there, only ports are judged.
    """

    protocol: Field
    ports: tuple[Field, Field]
    ranges: tuple[Field, ...]
    gates: tuple[Field, ...] = ()
    stateless: bool = False


class _Reach(NamedTuple):
    """What a rule lets through, and the fields that must be readable to be sure of it."""

    what: str
    unclear: tuple[Field, ...] = ()


def traffic(subject: Typed, direction: str) -> Iterator[Traffic]:
    """The rules of a resource that allow, or may allow, traffic of one direction."""
    stateless = subject.type in ACLS
    if subject.type in (GROUP, DEFAULT_GROUP, ACL, DEFAULT_ACL):
        for item in subject.at(direction).items():
            yield from _allowing(item, "action") if stateless else (_rule(item),)
    elif subject.type == ACL_RULE:
        yield from _acl_rule(subject.root, direction)
    elif subject.type == GROUP_RULE:
        yield from _group_rule(subject.root, direction)
    elif subject.type == (INGRESS_RULE if direction == "ingress" else EGRESS_RULE):
        yield _rule(subject.root, "ipProtocol")


def rules_of(subject: Typed) -> Iterator[Field]:
    """The roots of all rules of a security group, or that of a rule that is a resource."""
    if subject.type in GROUP_RULES:
        yield subject.root
        return
    for direction in _DIRECTIONS:
        yield from subject.at(direction).items()


def opened(rule: Traffic, ports: Sequence[int], fix: str, least: Mapping[int, int] = WORLD) -> Iterator[Finding]:
    """Finds every public range with less than the least prefix for which all traffic, or one of the ports, is open."""
    reach = _reach(rule, ports)
    for addresses in rule.ranges if reach else ():
        wide = _wide(addresses, least)
        if reach is None or wide is False:
            continue
        unclear = [_unclear(field, fix) for field in (*rule.gates, *reach.unclear)]
        if wide is None:
            unclear.append(_no_range(addresses, fix))
        yield from unclear
        if not unclear:
            world = f"{place(addresses)} is {addresses.text}"
            yield Violation(f"{world}, which opens {reach.what} to the world. Fix: {fix}.")


def port_list(description: str, default: Sequence[int]) -> Option:
    """A list of port numbers; parsed to a tuple."""

    def parse(value: object) -> object:
        numbers = [_whole(item) for item in value] if isinstance(value, list | tuple) else [None]
        if not all(number is not None and 0 <= number <= _LAST_PORT for number in numbers):
            raise ValueError(f"{shown(value)} is not a list of ports. Fix: write [] or numbers from 0 to {_LAST_PORT}.")
        return tuple(numbers)

    items = {"type": "integer", "minimum": 0, "maximum": _LAST_PORT}
    return Option({"type": "array", "items": items, "description": description}, list(default), parse)


def _whole(value: object) -> int | None:
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    return whole if isinstance(whole, int) and not isinstance(whole, bool) else None


def _rule(root: Field, protocol: str = "protocol") -> Traffic:
    if not is_object(root.value):
        odd = root if root.value is UNKNOWN else _no_object(root)
        return Traffic(odd, (odd, odd), (odd,))
    lists = (item for key in _RANGES for item in root.at(key).items())
    single = (root.at(key) for key in _SINGLE_RANGES if root.at(key).value is not ABSENT)
    return Traffic(root.at(protocol), (root.at("fromPort"), root.at("toPort")), (*lists, *single))


def _no_object(root: Field) -> Field:
    malformed = isinstance(root.value, Malformed)
    return root if malformed else root.replaced(value=Malformed(root.keys, named_type(root.value), "an object"))


def _group_rule(root: Field, direction: str) -> Iterator[Traffic]:
    kind = root.at("type")
    if kind.value == direction or not is_object(root.value):
        yield _rule(root)
    elif not isinstance(kind.value, str):
        yield _rule(root)._replace(gates=(kind,))


def _acl_rule(root: Field, direction: str) -> Iterator[Traffic]:
    egress = root.at("egress")
    if not is_object(root.value):
        yield _rule(root)
        return
    outward = False if egress.value is ABSENT else egress.value
    for rule in _allowing(root, "ruleAction"):
        if outward is (direction == "egress"):
            yield rule
        elif not isinstance(outward, bool):
            yield rule._replace(gates=(*rule.gates, egress))


def _allowing(root: Field, key: str) -> Iterator[Traffic]:
    action, rule = root.at(key), _rule(root)._replace(stateless=True)
    if not isinstance(action.value, str):
        yield rule._replace(gates=(action,)) if is_object(root.value) else rule
    elif action.value.lower() == "allow":
        yield rule


def _reach(rule: Traffic, ports: Sequence[int]) -> _Reach | None:
    protocol = rule.protocol.value
    name = str(protocol).lower() if type(protocol) in (str, int) else None
    if protocol is ABSENT or name in _EVERY_PROTOCOL:
        return None if rule.stateless else _Reach("all traffic")
    if name is None:
        return _Reach("all traffic", (rule.protocol,))
    return _reached(rule, ports) if name in _WITH_PORTS else None


def _reached(rule: Traffic, ports: Sequence[int]) -> _Reach | None:
    first, last = (_port(field, default) for field, default in zip(rule.ports, (0, _LAST_PORT), strict=True))
    if rule.stateless and first >= _FIRST_EPHEMERAL and last >= _LAST_PORT:
        return None
    unclear = tuple(field for field in rule.ports if field.value is not ABSENT and type(field.value) is not int)
    if first <= 1 and last >= _LAST_PORT:
        return _Reach("all ports", unclear)
    found = [str(port) for port in ports if first <= port <= last]
    return _Reach(f"port{'s' if len(found) > 1 else ''} {', '.join(found)}", unclear) if found else None


def _port(field: Field, default: int) -> int:
    return field.value if type(field.value) is int and field.value != -1 else default


def _wide(addresses: Field, least: Mapping[int, int]) -> bool | None:
    """Whether a range is the world or a large part of it; None if it can't be read."""
    if not isinstance(addresses.value, str):
        return None
    try:
        network = ipaddress.ip_network(addresses.value.strip(), strict=False)
    except ValueError:
        return None
    return network.prefixlen < least[network.version] and network.is_global


def _unclear(field: Field, fix: str) -> Finding:
    if field.value is ABSENT:
        return Violation(f"{place(field)} is not set. Fix: {fix}.")
    return unreadable(field, "a value of its type", fix)


def _no_range(addresses: Field, fix: str) -> Finding:
    if isinstance(addresses.value, str):
        return Violation(f"{place(addresses)} is {addresses.text}, which is no range of addresses. Fix: {fix}.")
    return _unclear(addresses, fix)
