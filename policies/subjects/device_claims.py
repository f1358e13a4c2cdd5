"""What ResourceClaims and ResourceClaimTemplates ask for: how many devices, by requests and their alternatives.

The classes of devices have names that each platform chooses, so devices of all classes are taken for GPUs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.checks import place
from policies.findings import Finding, Unjudged
from policies.subjects.objects import Object
from policies.subjects.selectors import number
from policies.unknowns import ABSENT, Field, is_object

CLAIM: Final = "resource.k8s.io/ResourceClaim"
CLAIM_TEMPLATE: Final = "resource.k8s.io/ResourceClaimTemplate"


def requests_of(claim: Object) -> Field:
    """The list of what a claim, or each claim of a template, asks for."""
    spec = claim.at("spec", "spec") if claim.kind == CLAIM_TEMPLATE else claim.at("spec")
    return spec.at("devices", "requests")


def forms_of(request: Field) -> Iterator[Field]:
    """The objects in which a request says what it is for: itself (v1beta1), `exactly`, each of `firstAvailable`."""
    yield request
    if is_object(request.value):
        exactly = request.at("exactly")
        if exactly.value is not ABSENT:
            yield exactly
        yield from request.at("firstAvailable").items()


def least_devices(claim: Object) -> int:
    """How many devices are asked for at least: of alternatives the most, one where no number is known."""
    requests = requests_of(claim)
    listed = requests.items() if isinstance(requests.value, list) else ()
    return sum(max(map(_count, forms_of(request))) for request in listed)


def _count(form: Field) -> int:
    """The API takes none for one."""
    count = form.at("count").value
    return max(count, 1) if type(count) is int else 1


def unread(claim: Object) -> Iterator[Finding]:
    """What leaves open how many devices are asked for."""
    for request in requests_of(claim).items():
        for form in forms_of(request):
            count, mode = number(form.at("count"), 1), form.at("allocationMode")
            if not isinstance(count, int):
                yield count
            elif mode.value not in (ABSENT, "ExactCount"):
                yield Unjudged(place(mode))
