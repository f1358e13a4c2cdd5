"""What the network policies of Kubernetes, Cilium and Calico let out.

All three are read into the same few words: blocks of addresses, and ways without bounds. Policies that only deny, and
selectors that name something, are no way out that a rule looks at.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Final, NamedTuple

from policies.checks import place, unreadable
from policies.findings import Finding, Unjudged
from policies.subjects.objects import Object
from policies.unknowns import ABSENT, UNKNOWN, Field, is_object

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

CILIUM: Final = ("cilium.io/CiliumNetworkPolicy", "cilium.io/CiliumClusterwideNetworkPolicy")
CALICO: Final = tuple(
    f"{group}/{kind}"
    for group in ("projectcalico.org", "crd.projectcalico.org")
    for kind in ("NetworkPolicy", "GlobalNetworkPolicy")
)
POLICIES: Final = ("networking.k8s.io/NetworkPolicy", "extensions/NetworkPolicy", *CILIUM, *CALICO)
FIX_CIDR: Final = "write a network in CIDR notation, as 203.0.113.0/24"
_FIX_SHAPE: Final = "write the policy as its API has it"
_EMBEDDING: Final = (ipaddress.IPv6Network("::ffff:0:0/96"), ipaddress.IPv6Network("64:ff9b::/96"))
_NARROW: Final = 8
"""Of a wider block of IPv6, what it embeds is the least that it lets out to."""
_ENTITIES: Final = {
    **dict.fromkeys(("all", "world", "world-ipv4", "world-ipv6"), "the world"),
    "cluster": "everything in the cluster",
}
_EVERY_NAME: Final = dict.fromkeys(("*", "**", "**."), "every name")
_CILIUM_PEERS: Final = (
    *("toEndpoints", "toCIDR", "toCIDRSet", "toEntities", "toFQDNs", "toServices", "toGroups", "toNodes"),
    "toRequires",
)
_CALICO_PEERS: Final = ("nets", "selector", "namespaceSelector", "serviceAccounts", "services", "domains")
_NAME: Final = "kubernetes.io/metadata.name"


class Block(NamedTuple):
    """A block of addresses that a policy lets out to, and the parts of it that are taken out."""

    cidr: Field
    excepts: tuple[Field, ...] = ()


class Boundless(NamedTuple):
    """A way out that ends nowhere: `text` says what it reaches, `world` is whether that is more than pods."""

    field: Field
    text: str
    world: bool


class Unread(NamedTuple):
    """What can't be read: the finding says why."""

    finding: Finding


Way = Block | Boundless | Unread


def ways_out(policy: Object) -> Iterator[Way]:
    """Every way out that a policy opens and that has no narrow end."""
    if policy.kind in CILIUM:
        for spec in (policy.at("spec"), *policy.at("specs").items()):
            for rule in spec.at("egress").items():
                yield from _cilium(rule)
    else:
        for rule in policy.at("spec", "egress").items():
            yield from _calico(rule) if policy.kind in CALICO else _kubernetes(rule)


def named_network(cidr: Field) -> Network | None:
    """The network that a CIDR names; None if it names none.

    IPv4 inside of IPv6 is told as IPv4, and a block around a prefix that stands for all of IPv4 as all of IPv4.
    """
    if not isinstance(cidr.value, str):
        return None
    try:
        found = ipaddress.ip_network(cidr.value, strict=False)
    except ValueError:
        return None
    for embedding in _EMBEDDING:
        if isinstance(found, ipaddress.IPv6Network) and found.subnet_of(embedding):
            return ipaddress.IPv4Network((int(found.network_address) & 0xFFFFFFFF, found.prefixlen - 96))
        if isinstance(found, ipaddress.IPv6Network) and found.prefixlen >= _NARROW and embedding.subnet_of(found):
            return ipaddress.IPv4Network("0.0.0.0/0")
    return found


def _kubernetes(rule: Field) -> Iterator[Way]:
    peers = rule.at("to")
    if peers.value in (ABSENT, []):
        yield Boundless(peers, "every destination, since it names none", world=True)
    for peer in peers.items():
        block = peer.at("ipBlock")
        if not is_object(peer.value):
            yield _unread(peer)
        elif block.value is not ABSENT:
            yield Block(block.at("cidr"), tuple(block.at("except").items()))
        elif all(peer.at(key).value is ABSENT for key in ("podSelector", "namespaceSelector")):
            yield Boundless(peer, "every destination, since the peer is empty", world=True)
        else:
            yield from _every_namespace(peer.at("namespaceSelector"))


def _every_namespace(selector: Field) -> Iterator[Way]:
    """A selector that narrows nothing; a positive expression or a label narrows."""
    if selector.value is ABSENT:
        return
    if not is_object(selector.value):
        yield _unread(selector)
        return
    labels, expressions = selector.at("matchLabels"), list(selector.at("matchExpressions").items())
    if labels.value not in (ABSENT, {}):
        if not is_object(labels.value):
            yield _unread(labels)
        return
    kinds = [_narrowing(each) for each in expressions]
    if True in kinds:
        return
    if None in kinds:
        yield Unread(Unjudged(place(expressions[kinds.index(None)])))
    else:
        yield Boundless(selector, "the pods of every namespace, or of all but a few", world=False)


def _narrowing(expression: Field) -> bool | None:
    """Whether an expression leaves only namespaces that it names; None if that is unknown."""
    operator, key = expression.at("operator").value, expression.at("key").value
    if operator == "Exists":
        return None if key is UNKNOWN else key != _NAME
    return None if operator is UNKNOWN else operator == "In"


def _cilium(rule: Field) -> Iterator[Way]:
    if not is_object(rule.value):
        yield _unread(rule)
        return
    if rule.value and all(rule.at(key).value is ABSENT for key in _CILIUM_PEERS):
        yield Boundless(rule, "every destination, since it names none", world=True)
    for cidr in rule.at("toCIDR").items():
        yield Block(cidr)
    for block in rule.at("toCIDRSet").items():
        if block.at("cidr").value is not ABSENT:
            yield Block(block.at("cidr"), tuple(block.at("except").items()))
    yield from _cilium_names(rule)


def _cilium_names(rule: Field) -> Iterator[Way]:
    entities = [(entity, _ENTITIES) for entity in rule.at("toEntities").items()]
    patterns = [(name.at("matchPattern"), _EVERY_NAME) for name in rule.at("toFQDNs").items()]
    for field, boundless in (*entities, *patterns):
        if isinstance(field.value, str):
            if field.value in boundless:
                yield Boundless(field, boundless[field.value], world=field.value != "cluster")
        elif field.value is not ABSENT:
            yield _unread(field, "a string")


def _calico(rule: Field) -> Iterator[Way]:
    action = rule.at("action")
    if not isinstance(action.value, str):
        yield _unread(action, "a string") if action.value is not ABSENT else Unread(_absent_action(action))
        return
    if action.value.lower() != "allow":
        return
    to = rule.at("destination")
    if all(to.at(key).value in (ABSENT, []) for key in _CALICO_PEERS):
        yield Boundless(to, "every destination, since it names none", world=True)
    for cidr in to.at("nets").items():
        yield Block(cidr, tuple(to.at("notNets").items()))
    for key in ("selector", "namespaceSelector"):
        selector = to.at(key)
        if not isinstance(selector.value, str) and selector.value is not ABSENT:
            yield _unread(selector, "a string")
        elif selector.value is not ABSENT and str(selector.value).replace(" ", "") in ("", "all()"):
            yield Boundless(selector, "everything that Calico knows", world=False)


def _absent_action(action: Field) -> Finding:
    return unreadable(action.replaced(value=None), "Allow, Deny, Log or Pass", "set action")


def _unread(field: Field, wanted: str = "an object") -> Unread:
    return Unread(Unjudged(place(field)) if field.value is UNKNOWN else unreadable(field, wanted, _FIX_SHAPE))
