"""What a role of RBAC grants.

A power is a set of API groups, of resources and of verbs: a rule of a role grants it where it names one of each, or
a wildcard. Names that are unknown at preview may stand for any.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from policies.checks import place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.unknowns import UNKNOWN, Field

GROUP: Final = "rbac.authorization.k8s.io"
ROLES: Final = (f"{GROUP}/Role", f"{GROUP}/ClusterRole")
BINDINGS: Final = (f"{GROUP}/RoleBinding", f"{GROUP}/ClusterRoleBinding")
_KEYS: Final = ("apiGroups", "resources", "verbs")


class Power(NamedTuple):
    """What nobody should be granted, how a message says it, and the names that grant it, wildcards among them.

    No verbs means any.
    """

    text: str
    groups: frozenset[str]
    resources: frozenset[str]
    verbs: frozenset[str]


def power(text: str, group: str, resources: str, verbs: str) -> Power:
    """A power out of one API group; resources and verbs are parted by blanks.

    A resource with a final slash stands for all of its subresources, the verb `*` for any.
    """
    names = {"*"}
    for wanted in resources.split():
        main, slash, subresource = wanted.partition("/")
        names |= {wanted, f"*/{subresource}" if subresource else main} if slash else {wanted}
    some = frozenset() if verbs == "*" else frozenset({"*", *verbs.split()})
    return Power(text, frozenset({"*", group}), frozenset(names), some)


class _Names(NamedTuple):
    known: frozenset[str]
    unclear: Field | None


def granted(rule: Field, powers: tuple[Power, ...], fix: str) -> Iterator[Finding]:
    """Finds the powers that one rule of a role grants, and the values that may grant one."""
    names: list[_Names] = []
    for key in _KEYS:
        known, unclear = set(), None
        for item in rule.at(key).items():
            if isinstance(item.value, str):
                known.add(item.value)
                if key == "resources" and "/" in item.value:
                    known.add(f"{item.value.partition('/')[0]}/")
            elif item.value is UNKNOWN:
                unclear = unclear or item
            else:
                yield unreadable(item, "a string", fix)
        names.append(_Names(frozenset(known), unclear))
    certain = [each.text for each in powers if all(_named(each, names))]
    if certain:
        yield Violation(f"{place(rule)} grants to {', to '.join(certain)}. Fix: {fix}.")
    yield from (Unjudged(place(field)) for field in _unclear(names, [p for p in powers if p.text not in certain]))


def _named(each: Power, names: list[_Names]) -> tuple[bool, bool, bool]:
    groups, resources, verbs = (name.known for name in names)
    return (
        not groups.isdisjoint(each.groups),
        not resources.isdisjoint(each.resources),
        bool(verbs) if not each.verbs else not verbs.isdisjoint(each.verbs),
    )


def _unclear(names: list[_Names], powers: list[Power]) -> Iterator[Field]:
    """The unknown names without which it can't be said whether one of the powers is granted."""
    for each in powers:
        if all(known or name.unclear for known, name in zip(_named(each, names), names, strict=True)):
            yield from (name.unclear for name in names if name.unclear)
            return
