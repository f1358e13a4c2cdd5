"""Autoscalers of a stack, and whom they scale."""

from __future__ import annotations

from typing import Final

from policies.rule import Stack
from policies.subjects.object_identities import Identity, Register, readable
from policies.subjects.objects import Object, objects_in
from policies.unknowns import ABSENT, UNKNOWN, Field

HPA: Final = "autoscaling/HorizontalPodAutoscaler"
SCALED_OBJECT: Final = "keda.sh/ScaledObject"


def target(scaler: Object) -> Identity:
    """Whom an autoscaler scales."""
    reference = scaler.at("spec", "scaleTargetRef")
    keda = scaler.kind == SCALED_OBJECT
    kind = _or(reference.at("kind"), "Deployment" if keda else ABSENT)
    version = _or(reference.at("apiVersion"), "apps/v1" if keda else "v1")
    both: object = UNKNOWN if UNKNOWN in (kind, version) else ABSENT
    if isinstance(kind, str) and isinstance(version, str):
        both = f"{version.rpartition('/')[0] or 'core'}/{kind}"
    return Identity(both, readable(scaler.namespace), readable(reference.at("name").value))


def autoscalers(stack: Stack) -> tuple[Object, ...]:
    """All autoscalers of a stack; ask for it by `stack.view(autoscalers)`."""
    return tuple(each for each in stack.view(objects_in) if each.kind in (HPA, SCALED_OBJECT) and not each.partial)


def by_target(stack: Stack) -> Register[Object]:
    """The autoscalers of a stack by whom they scale; ask for it by `stack.view(by_target)`."""
    return Register((target(each), each) for each in stack.view(autoscalers))


def bounds(scaler: Object) -> tuple[Field, Field]:
    """The fields for the fewest and the most pods."""
    spec = scaler.at("spec")
    if scaler.kind == SCALED_OBJECT:
        return spec.at("minReplicaCount"), spec.at("maxReplicaCount")
    return spec.at("minReplicas"), spec.at("maxReplicas")


def _or(field: Field, default: object) -> object:
    return default if field.value in (ABSENT, "") else readable(field.value)
