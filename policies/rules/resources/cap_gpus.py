"""gpu-whole-and-capped: GPUs are asked for in whole numbers, request and limit alike, and not too many.

It holds for every resource of a GPU device plugin: whole GPUs, shared ones and MIG slices, of every maker, and for
devices of a class that a container asks for by name. What pods claim by dynamic resource allocation is counted where
it is written: in ResourceClaims and ResourceClaimTemplates. All that one claim asks for counts together: of
alternatives (firstAvailable) the largest, and one where no number is known.

A DeviceClass may give its devices any name by which containers ask for them (extendedResourceName). It must begin
like one of a GPU, so that they are counted, unless the option `otherDevices` says that the devices are none.
"""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, INTEGER, TEXT, check, place, unreadable
from policies.findings import Finding, Violation
from policies.options import text_list, whole_number
from policies.quantities import quantity
from policies.rule import Area, Options, References, Resource, Rule
from policies.subjects.device_claims import CLAIM, CLAIM_TEMPLATE, forms_of, least_devices, requests_of
from policies.subjects.objects import Object, objects
from policies.subjects.pods import PODS, Pod, pods_of
from policies.subjects.resource_demands import GPU_PREFIXES, check_amount, gpu_demands, unreadable_demands
from policies.unknowns import Field, is_object

_CAP: Final = "cap"
_OTHERS: Final = "otherDevices"
_CLASS: Final = "resource.k8s.io/DeviceClass"
_OBJECTS: Final = objects(CLAIM, CLAIM_TEMPLATE, _CLASS)
_FIX_REQUESTS: Final = "write a list of objects, each with exactly (an object) or firstAvailable (a list of objects)"
_FIX_MODE: Final = "set it to ExactCount, and count to the number of devices"
_FIX_ADMIN: Final = "remove it, since it takes devices that other pods have"
_FIX_NAME: Final = f"begin it with one of {', '.join(GPU_PREFIXES[:-1])}, or list it in the option {_OTHERS}"


def _concerns(token: str) -> bool:
    return PODS.concerns(token) or _OBJECTS.concerns(token)


def _subjects(resource: Resource) -> tuple[Pod | Object, ...]:
    others = _OBJECTS.subjects(resource) if _OBJECTS.concerns(resource.type) else ()
    return (*(pods_of(resource) if PODS.concerns(resource.type) else ()), *others)


def judge(subject: Pod | Object, options: Options) -> Iterator[Finding]:
    """Finds every demand for GPUs that is not whole, not the same in both lists, above the cap, or not to be seen."""
    if isinstance(subject, Pod):
        return _of_pod(subject, options[_CAP])
    if subject.kind == _CLASS:
        return _of_class(subject, options[_OTHERS])
    return _of_claim(subject, options[_CAP])


def _of_pod(pod: Pod, cap: int) -> Iterator[Finding]:
    for container in pod.containers:
        demands = list(gpu_demands(container))
        yield from unreadable_demands(demands, "write the demands as an object")
        for name in dict.fromkeys(name for name, _ in demands if name):
            request, limit = (container.at("resources", listed, name) for listed in ("requests", "limits"))
            yield from _limited(request, limit, cap, required=pod.complete)
            yield from _requested(request, limit, cap)


def _of_class(made: Object, others: tuple[str, ...]) -> Iterator[Finding]:
    def named_well(name: str) -> bool:
        return name.startswith(GPU_PREFIXES) or any(fnmatchcase(name, pattern) for pattern in others)

    yield from check(made.at("spec", "extendedResourceName"), TEXT, named_well, fix=_FIX_NAME)


def _of_claim(claim: Object, cap: int) -> Iterator[Finding]:
    requests = requests_of(claim)
    counts: list[Finding] = []
    for request in requests.items():
        for form in forms_of(request):
            if is_object(form.value):
                counts += _of_count(form, cap)
                yield from check(form.at("allocationMode"), TEXT, lambda it: it != "All", fix=_FIX_MODE)
                yield from check(form.at("adminAccess"), BOOLEAN, lambda it: not it, fix=_FIX_ADMIN)
            else:
                yield unreadable(form, "an object", _FIX_REQUESTS)
    yield from counts
    total = least_devices(claim)
    if total > cap and not any(isinstance(finding, Violation) for finding in counts):
        devices = "1 device" if total == 1 else f"{total} devices together"
        fix = f"claim {cap} at most" if cap else "claim none, since the cap is 0"
        yield Violation(f"{place(requests)} ask for {devices}. Fix: {fix}.")


def _of_count(form: Field, cap: int) -> Iterable[Finding]:
    fix = f"set it to a whole number, {cap} at most" if cap else "remove the request, since the cap is 0"
    return check(form.at("count"), INTEGER, lambda it: 0 <= it <= cap, fix=fix)


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
    "a count and no adminAccess, and DeviceClasses an extendedResourceName that begins like a GPU's.",
    area=Area(concerns=_concerns, subjects=_subjects),
    judge=judge,
    mends=True,
    options={
        _CAP: whole_number(
            "The most GPUs of one kind that one container may have, and the most devices of one claim.", 8
        ),
        _OTHERS: text_list("Names that DeviceClasses give to devices that are no GPUs, * for any text.", ()),
    },
)
