"""gpu-placement: pods that ask for GPUs select GPU nodes and tolerate their taint, and no others do either.

A GPU pod that names its node goes around both. A toleration of every taint is refused in any pod. A Patch may leave
both to another owner.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place
from policies.findings import Change, Finding, Unjudged, Violation
from policies.quantities import quantity
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.subjects.resource_demands import gpu_demands, unreadable_demands
from policies.unknowns import ABSENT, UNKNOWN, Field

_TAINT: Final = "nvidia.com/gpu"
_LABEL: Final = "nvidia.com/gpu.present"
_PRESENT: Final = "true"
_TOLERATION: Final = {"key": _TAINT, "operator": "Exists", "effect": "NoSchedule"}
_FIX_SELECT: Final = f'set nodeSelector["{_LABEL}"] to "{_PRESENT}"'
_FIX_TOLERATE: Final = f"add {{key: {_TAINT}, operator: Exists, effect: NoSchedule}} to tolerations"
_FIX_READ: Final = "write the demands as an object, so that it shows whether the pod asks for GPUs"
_FIX_BLANKET: Final = "name the key of the taint that the pod is to tolerate"
_FIX_NAME: Final = "remove it, and let nodeSelector and tolerations place the pod"
_FIX_LEAVE: Final = "remove it, since no container asks for a GPU"


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds GPU pods that could run elsewhere or nowhere, and other pods that could take a GPU node's place."""
    demands = [demand for container in pod.containers for demand in gpu_demands(container)]
    asks = any(name and quantity(field.value) != 0 for name, field in demands)
    unclear = not asks and any(not name for name, _ in demands)
    others = not asks and not unclear and pod.complete
    if unclear:
        yield from unreadable_demands(demands, _FIX_READ)
    yield from _selection(pod, asks=asks, others=others)
    yield from _tolerations(pod, asks=asks, others=others)


def _selection(pod: Pod, *, asks: bool, others: bool) -> Iterator[Finding]:
    field = pod.at("nodeSelector", _LABEL)
    if asks:
        yield from check(pod.at("nodeName"), TEXT, lambda it: it == "", fix=_FIX_NAME, mend=Change.REMOVE)
        yield from check(field, TEXT, lambda it: it == _PRESENT, fix=_FIX_SELECT, required=pod.complete, mend=_PRESENT)
    elif others:
        yield from check(field, TEXT, lambda it: it != _PRESENT, fix=_FIX_LEAVE, mend=Change.REMOVE)


def _tolerations(pod: Pod, *, asks: bool, others: bool) -> Iterator[Finding]:
    listed = pod.at("tolerations")
    refused: list[Finding] = []
    kept: list[Field] = []
    for item in listed.items():
        found = list(_refused(item, others=others))
        refused += found
        if not any(isinstance(finding, Violation) for finding in found):
            kept.append(item)
    lacking = list(_lacking(listed, kept)) if asks and pod.complete else []
    wanted = [item.value for item in kept] + ([_TOLERATION] if lacking else [])
    edits = listed.edit(wanted or Change.REMOVE) if _plain(wanted) and not _reveals(listed, kept) else ()
    for finding in (*refused, *lacking):
        yield finding._replace(edits=edits) if isinstance(finding, Violation) else finding


def _refused(item: Field, *, others: bool) -> Iterator[Finding]:
    key = item.at("key")
    if key.value is ABSENT:
        yield Violation(f"{place(item)} tolerates every taint. Fix: {_FIX_BLANKET}.")
    yield from check(key, TEXT, lambda it: it != "", fix=_FIX_BLANKET)
    if others:
        yield from check(key, TEXT, lambda it: it != _TAINT, fix=_FIX_LEAVE)


def _lacking(listed: Field, kept: list[Field]) -> Iterator[Finding]:
    effects = [item.at("effect") for item in kept if item.at("key").value == _TAINT]
    if any(effect.value in (ABSENT, "", "NoSchedule") for effect in effects):
        return
    unknown = next((effect for effect in effects if effect.value is UNKNOWN), None)
    if unknown is not None:
        yield Unjudged(place(unknown))
    elif all(item.at("key").value is not UNKNOWN for item in kept):
        yield Violation(f"{place(listed)} has none for the taint of GPU nodes. Fix: {_FIX_TOLERATE}.")


def _reveals(listed: Field, kept: list[Field]) -> bool:
    return not listed.secret and any(item.secret for item in kept)


def _plain(value: object) -> bool:
    if isinstance(value, dict | list):
        return all(map(_plain, value.values() if isinstance(value, dict) else value))
    return value is None or isinstance(value, str | int)


RULE = Rule(
    name="gpu-placement",
    description="Pods that ask for GPUs must select and tolerate GPU nodes, and other pods must not.",
    why="Other pods on a GPU node keep its dear GPUs idle, and GPU pods that don't ask for one may wait for ever.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(owasp=("LLM10",), others=("NVIDIA",)),
    remediation=f'Set nodeSelector["{_LABEL}"] to "{_PRESENT}" and tolerate {_TAINT} in GPU pods only.',
    area=PODS,
    judge=judge,
    mends=True,
)
