"""Rules about RBAC, and the one way in which they read what a role grants.

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
ANY: Final = frozenset({"*"})
_KEYS: Final = ("apiGroups", "resources", "verbs")


class Power(NamedTuple):
    """What nobody should be granted, and how a message says it."""

    text: str
    groups: frozenset[str]
    resources: frozenset[str]
    verbs: frozenset[str]


def power(text: str, group: str, resources: str, verbs: str) -> Power:
    """A power out of one API group; resources and verbs are parted by blanks, and the verb `*` stands for any."""
    return Power(text, frozenset({group}), frozenset(resources.split()), frozenset(verbs.split()))


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
            elif item.value is UNKNOWN:
                unclear = unclear or item
            else:
                yield unreadable(item, "a string", fix)
        names.append(_Names(frozenset(known), unclear))
    certain = [each.text for each in powers if all(_named(each, names))]
    if certain:
        yield Violation(f"{place(rule)} grants to {', to '.join(certain)}. Fix: {fix}.")
    yield from (Unjudged(place(field)) for field in _unclear(names, [p for p in powers if p.text not in certain]))


def _named(each: Power, names: list[_Names]) -> tuple[bool, ...]:
    groups, resources, verbs = (name.known for name in names)
    return (
        bool(groups & (each.groups | ANY)),
        any(_covers(resource, wanted) for resource in resources for wanted in each.resources),
        bool(verbs) if each.verbs == ANY else bool(verbs & (each.verbs | ANY)),
    )


def _covers(resource: str, wanted: str) -> bool:
    """Whether a rule's resource is, or includes, the wanted one. A wanted name with a final slash is a beginning."""
    main, slash, subresource = wanted.partition("/")
    if slash and not subresource:
        return resource in ("*", main) or resource.startswith(wanted)
    return resource in ("*", wanted) or (bool(subresource) and resource == f"*/{subresource}")


def _unclear(names: list[_Names], powers: list[Power]) -> Iterator[Field]:
    """The unknown names without which it can't be said whether one of the powers is granted."""
    for each in powers:
        if all(known or name.unclear for known, name in zip(_named(each, names), names, strict=True)):
            yield from (name.unclear for name in names if name.unclear)
            return
