"""Rules about what pods ask of their nodes: sizes, GPUs, a runtime class. Here is what several of them read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Final, NamedTuple

from policies.checks import Kind, check, place, unreadable
from policies.findings import Finding, Unjudged
from policies.quantities import quantity
from policies.rule import Area, Resource
from policies.subjects.objects import objects_of
from policies.subjects.pods import Pod, concerns, pods_of
from policies.unknowns import ABSENT, UNKNOWN, Field

TRUST: Final = "agent-platform.dev/trust"
_UNTRUSTED: Final = "untrusted"
_GPU_PREFIX: Final = "nvidia.com/"
_DEMANDS: Final = ("requests", "limits")
_EPHEMERAL: Final = "ephemeralContainers"
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


def sized(pod: Pod) -> Iterator[Field]:
    """The containers that can ask for resources: all but the ephemeral ones."""
    return (each for each in pod.containers if each.base is None or _EPHEMERAL not in each.base[-2:])


def demands(container: Field) -> Iterator[tuple[str, Field]]:
    """Every resource that a container requests or is limited to, by name. A list that can't be read has no name."""
    for listed in _DEMANDS:
        for name, field in container.at("resources", listed).entries():
            if field.value is not ABSENT:
                yield name, field


def gpu_demands(container: Field) -> Iterator[tuple[str, Field]]:
    """Every GPU resource that a container asks for, with the lists that can't be read."""
    return ((name, field) for name, field in demands(container) if not name or name.startswith(_GPU_PREFIX))


def check_amount(
    field: Field, allowed: Callable[[Fraction], bool], *, fix: str, required: bool = False, mend: object = None
) -> Iterator[Finding]:
    """Finds an amount that is not allowed, is no quantity, unknown, or absent though required."""

    def fits(value: object) -> bool:
        amount = quantity(value)
        return amount is not None and allowed(amount)

    written = type(field.value) if type(field.value) in (int, float) else str
    return check(field, Kind(written, "a quantity"), fits, fix=fix, required=required, mend=mend)


def check_size(field: Field, *, fix: str, required: bool, mend: object) -> Iterator[Finding]:
    """Finds a size that is not above zero."""
    return check_amount(field, lambda it: it > 0, fix=fix, required=required, mend=mend)


def as_large_as(other: Field, default: str) -> object:
    """What mends a size so that it fits another one, its limit or request: the same, or the default if that has none.

    A secret size is not copied into the open.
    """
    if other.secret:
        return None
    amount = quantity(other.value)
    return other.value if amount is not None and amount > 0 else default


def unreadable_demands(asked: Iterable[tuple[str, Field]], fix: str) -> Iterator[Finding]:
    """The findings for the lists of demands that can't be read."""
    return (unreadable(field, "an object", fix) for name, field in asked if not name)
