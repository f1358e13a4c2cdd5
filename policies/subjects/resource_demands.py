"""What containers ask of their nodes: CPU, memory, disk and GPUs, requested or as a limit.

By dynamic resource allocation a container may ask for devices of a class like for a resource, by the name of the class
after a prefix. The classes have names that each platform chooses, so devices of all classes are taken for GPUs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Final

from policies.checks import Kind, check, unreadable
from policies.findings import Finding
from policies.quantities import quantity
from policies.subjects.pods import Pod
from policies.unknowns import ABSENT, Field, is_object

GPU_NODES: Final = {
    "nvidia.com/": {"label": "nvidia.com/gpu.present", "taint": "nvidia.com/gpu"},
    "amd.com/gpu": {"label": "feature.node.kubernetes.io/amd-gpu", "taint": "amd.com/gpu"},
    "aws.amazon.com/neuron": {"label": "feature.node.kubernetes.io/aws-neuron", "taint": "aws.amazon.com/neuron"},
    "gpu.intel.com/": {"label": "intel.feature.node.kubernetes.io/gpu", "taint": "gpu.intel.com/i915"},
    "habana.ai/gaudi": {"label": "intel.feature.node.kubernetes.io/gaudi", "taint": "habana.ai/gaudi"},
}
"""By the beginning of a GPU's name: the label that the maker's operator sets to "true", and the taint's key."""
DEVICE_CLASS: Final = "deviceclass.resource.kubernetes.io/"
"""What the name of a DeviceClass stands after where a container asks for its devices."""
GPU_PREFIXES: Final = (*GPU_NODES, DEVICE_CLASS)
"""How the names of GPUs, and of what stands in for them, begin."""
_DEMANDS: Final = ("requests", "limits")
_EPHEMERAL: Final = "ephemeralContainers"


def sized(pod: Pod) -> Iterator[Field]:
    """The containers that can ask for resources: all but the ephemeral ones."""
    return (each for each in pod.containers if each.base is None or _EPHEMERAL not in each.base[-2:])


def asked(container: Field, name: str) -> tuple[Field, Field]:
    """What a container requests of one resource, and what it is limited to."""
    resources = container.at("resources")
    return resources.at("requests", name), resources.at("limits", name)


def demands(container: Field) -> Iterator[tuple[str, Field]]:
    """Every resource that a container requests or is limited to, by name. A list that can't be read has no name."""
    return _demands(container, ("",))


def gpu_demands(container: Field) -> Iterator[tuple[str, Field]]:
    """Every GPU resource that a container asks for, with the lists that can't be read."""
    return _demands(container, GPU_PREFIXES)


def _demands(container: Field, prefixes: tuple[str, ...]) -> Iterator[tuple[str, Field]]:
    for listed in _DEMANDS:
        asked = container.at("resources", listed)
        if not is_object(asked.value):
            yield from asked.entries()
            continue
        for name in asked.value:
            if name.startswith(prefixes) and asked.at(name).value is not ABSENT:
                yield name, asked.at(name)


def check_amount(
    field: Field, allowed: Callable[[Fraction], bool], *, fix: str, required: bool = False, mend: object = None
) -> tuple[Finding, ...]:
    """Finds an amount that is not allowed, is no quantity, unknown, or absent though required."""
    amount = quantity(field.value)
    if amount is not None and allowed(amount):
        return ()
    written = type(field.value) if type(field.value) in (int, float) else str
    return check(field, Kind(written, "a quantity"), lambda _: False, fix=fix, required=required, mend=mend)


def check_size(
    field: Field, *, fix: str, required: bool, default: str, like: Field | None = None
) -> tuple[Finding, ...]:
    """Finds a size that is not above zero.

    It is mended to the default, or to fit `like`, its limit or request, where that has a size.
    """
    if _is_above_zero(quantity(field.value)) or (field.value is ABSENT and not required):
        return ()
    mend = default if like is None else _as_large_as(like, default)
    return check_amount(field, _is_above_zero, fix=fix, required=required, mend=mend)


def _is_above_zero(amount: Fraction | None) -> bool:
    return amount is not None and amount.numerator > 0


def _as_large_as(other: Field, default: str) -> object:
    """The other size, or the default where it is none; nothing where it is secret, so that none gets into the open."""
    if other.secret:
        return None
    return other.value if _is_above_zero(quantity(other.value)) else default


def unreadable_demands(asked: Iterable[tuple[str, Field]], fix: str) -> Iterator[Finding]:
    """The findings for the lists of demands that can't be read."""
    return (unreadable(field, "an object", fix) for name, field in asked if not name)
