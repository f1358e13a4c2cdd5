"""gpu-whole-and-capped: GPUs are asked for in whole numbers, request and limit alike, and not too many.

It holds for every resource of a GPU device plugin: whole GPUs, shared ones and MIG slices, of every maker.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding
from policies.options import whole_number
from policies.quantities import quantity
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.subjects.resource_demands import check_amount, gpu_demands, unreadable_demands
from policies.unknowns import Field

_CAP: Final = "cap"


def judge(pod: Pod, options: Options) -> Iterator[Finding]:
    """Finds every demand for GPUs that is not whole, not the same in both lists, or above the cap."""
    cap = options[_CAP]
    for container in pod.containers:
        demands = list(gpu_demands(container))
        yield from unreadable_demands(demands, "write the demands as an object")
        for name in dict.fromkeys(name for name, _ in demands if name):
            request, limit = (container.at("resources", listed, name) for listed in ("requests", "limits"))
            yield from _limited(request, limit, cap, required=pod.complete)
            yield from _requested(request, limit, cap)


def _limited(request: Field, limit: Field, cap: int, *, required: bool) -> Iterable[Finding]:
    fix = f"set {limit.path} to a whole number, {cap} at most"
    return check_amount(limit, lambda it: _sound(it, cap), fix=fix, required=required, mend=_mended_like(request, cap))


def _requested(request: Field, limit: Field, cap: int) -> Iterable[Finding]:
    limited = quantity(limit.value)
    mend = _mended_like(limit, cap)
    if limited is None:
        fix = f"set {request.path} to a whole number, {cap} at most"
        return check_amount(request, lambda it: _sound(it, cap), fix=fix, mend=mend)
    fix = f"set {request.path} to the limit, {limit.text}, or remove it"
    return check_amount(request, lambda it: it == limited, fix=fix, mend=mend)


def _sound(amount: Fraction, cap: int) -> bool:
    return amount.denominator == 1 and 0 <= amount <= cap


def _mended_like(other: Field, cap: int) -> object:
    amount = quantity(other.value)
    return None if amount is None or other.secret or not _sound(amount, cap) else other.value


RULE = Rule(
    name="gpu-whole-and-capped",
    description="Containers must ask for whole GPUs, the same number as request and limit, and not more than the cap.",
    why="GPUs can't be overcommitted or split by a number, and they are what an agent can waste the most money on.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(kyverno=("check-nvidia-gpu",), owasp=("LLM10",), others=("NVIDIA",)),
    remediation="Set the GPU resource to the same whole number in resources.requests and resources.limits.",
    area=PODS,
    judge=judge,
    mends=True,
    options={_CAP: whole_number("The most GPUs of one kind that one container may have.", 8)},
)
