"""Pods, and whether they run untrusted code: by their label, or since they are sandboxes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from policies.checks import place, unreadable
from policies.findings import Finding, Unjudged
from policies.rule import Area, Resource
from policies.subjects.objects import objects_of
from policies.subjects.pods import Pod, concerns, pods_of
from policies.unknowns import ABSENT, UNKNOWN

TRUST: Final = "agent-platform.dev/trust"
_UNTRUSTED: Final = "untrusted"
_SANDBOXES: Final = frozenset({"agents.x-k8s.io/Sandbox", "extensions.agents.x-k8s.io/SandboxTemplate"})


class Tenant(NamedTuple):
    """A pod, and whether an agent-sandbox object makes it, whose pods run untrusted code by their nature."""

    pod: Pod
    sandbox: bool


def _tenants(resource: Resource) -> tuple[Tenant, ...]:
    sandboxes = [each.root.keys for each in objects_of(resource) if each.kind in _SANDBOXES]
    return tuple(Tenant(pod, any(_lies_below(pod, keys) for keys in sandboxes)) for pod in pods_of(resource))


def _lies_below(pod: Pod, keys: tuple[str | int, ...]) -> bool:
    return pod.spec.base is not None and pod.spec.base[: len(keys)] == keys


TENANTS: Final = Area(concerns=concerns, subjects=_tenants)


def if_untrusted(tenant: Tenant, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings if the pod runs untrusted code; where its label is unknown, they can't be judged."""
    trust = tenant.pod.metadata.at("labels", TRUST)
    if tenant.sandbox or trust.value == _UNTRUSTED:
        yield from findings
    elif trust.value is UNKNOWN:
        if any(True for _ in findings):
            yield Unjudged(place(trust))
    elif trust.value is not ABSENT and not isinstance(trust.value, str):
        yield unreadable(trust, "a string", f"write {_UNTRUSTED} or another word")
