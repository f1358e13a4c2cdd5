"""gpu-whole-and-capped: GPUs are asked for in whole numbers, request and limit alike, and not too many.

It holds for every resource of a GPU device plugin: whole GPUs, shared ones and MIG slices, of every maker. What pods
claim by dynamic resource allocation is counted where it is written: in ResourceClaims and ResourceClaimTemplates. The
classes of devices have names that each platform chooses, so devices of all classes are taken for GPUs, and all that
one claim asks for counts together: of alternatives (firstAvailable) the largest.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, INTEGER, TEXT, check, place
from policies.findings import Finding, Violation
from policies.options import whole_number
from policies.quantities import quantity
from policies.rule import Area, Options, References, Resource, Rule
from policies.subjects.objects import Object, objects
from policies.subjects.pods import PODS, Pod, pods_of
from policies.subjects.resource_demands import check_amount, gpu_demands, unreadable_demands
from policies.unknowns import ABSENT, Field

_CAP: Final = "cap"
_TEMPLATE: Final = "resource.k8s.io/ResourceClaimTemplate"
_CLAIMS: Final = objects("resource.k8s.io/ResourceClaim", _TEMPLATE)
_FIX_MODE: Final = "set it to ExactCount, and count to the number of devices"
_FIX_ADMIN: Final = "remove it, since it takes devices that other pods have"


def _concerns(token: str) -> bool:
    return PODS.concerns(token) or _CLAIMS.concerns(token)


def _subjects(resource: Resource) -> tuple[Pod | Object, ...]:
    claims = _CLAIMS.subjects(resource) if _CLAIMS.concerns(resource.type) else ()
    return (*(pods_of(resource) if PODS.concerns(resource.type) else ()), *claims)


def judge(subject: Pod | Object, options: Options) -> Iterator[Finding]:
    """Finds every demand for GPUs that is not whole, not the same in both lists, or above the cap."""
    cap = options[_CAP]
    return _of_pod(subject, cap) if isinstance(subject, Pod) else _of_claim(subject, cap)


def _of_pod(pod: Pod, cap: int) -> Iterator[Finding]:
    for container in pod.containers:
        demands = list(gpu_demands(container))
        yield from unreadable_demands(demands, "write the demands as an object")
        for name in dict.fromkeys(name for name, _ in demands if name):
            request, limit = (container.at("resources", listed, name) for listed in ("requests", "limits"))
            yield from _limited(request, limit, cap, required=pod.complete)
            yield from _requested(request, limit, cap)


def _of_claim(claim: Object, cap: int) -> Iterator[Finding]:
    spec = claim.at("spec", "spec") if claim.kind == _TEMPLATE else claim.at("spec")
    requests = spec.at("devices", "requests")
    found, total = [], 0
    for request in requests.items():
        forms = (request, request.at("exactly"), *request.at("firstAvailable").items())
        found += [finding for form in forms if form.value is not ABSENT for finding in _of_request(form, cap)]
        total += max(_count(form) for form in forms)
    yield from found
    if total > cap and not found:
        fix = f"claim {cap} at most"
        yield Violation(f"{place(requests)} ask for {total} devices together. Fix: {fix}.")


def _of_request(request: Field, cap: int) -> Iterator[Finding]:
    fix = f"set it to a whole number, {cap} at most"
    yield from check(request.at("count"), INTEGER, lambda it: 0 <= it <= cap, fix=fix)
    yield from check(request.at("allocationMode"), TEXT, lambda it: it != "All", fix=_FIX_MODE)
    yield from check(request.at("adminAccess"), BOOLEAN, lambda it: not it, fix=_FIX_ADMIN)


def _count(request: Field) -> int:
    """How many devices a request is for: one unless it says another number."""
    count = request.at("count").value
    return count if type(count) is int else 1


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
    description="Containers must ask for whole GPUs, the same number as request and limit, and no more than the cap, "
    "and claims for devices for no more either.",
    why="GPUs can't be overcommitted or split by a number, and they are what an agent can waste the most money on.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(kyverno=("check-nvidia-gpu",), owasp=("LLM10",), others=("NVIDIA",)),
    remediation="Set the GPU resource to the same whole number in resources.requests and resources.limits; give claims "
    "a count and no adminAccess.",
    area=Area(concerns=_concerns, subjects=_subjects),
    judge=judge,
    mends=True,
    options={
        _CAP: whole_number(
            "The most GPUs of one kind that one container may have, and the most devices of one claim.", 8
        )
    },
)
