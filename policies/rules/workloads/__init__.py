"""Rules about workloads, and how autoscalers and what they scale find each other in a stack."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Generic, NamedTuple, TypeVar

from policies.rule import Stack
from policies.subjects.objects import Object, objects_in
from policies.unknowns import ABSENT, UNKNOWN, Field

T = TypeVar("T")
HPA: Final = "autoscaling/HorizontalPodAutoscaler"
SCALED_OBJECT: Final = "keda.sh/ScaledObject"


class Identity(NamedTuple):
    """Kind, namespace and name of an object: each a string, UNKNOWN, or ABSENT where it is no string."""

    kind: object
    namespace: object
    name: object

    @property
    def certain(self) -> bool:
        """Whether all parts are known."""
        return UNKNOWN not in self

    def may_be(self, other: Identity) -> bool:
        """Whether both are one object as far as is known."""
        return all(UNKNOWN in pair or pair[0] == pair[1] for pair in zip(self, other, strict=True))


class Found(NamedTuple, Generic[T]):
    """What carries an identity for sure, and what may carry it."""

    sure: tuple[T, ...]
    maybe: tuple[T, ...]


class Register(Generic[T]):
    """Things by their identity."""

    def __init__(self, pairs: Iterable[tuple[Identity, T]]) -> None:
        self._certain: dict[Identity, list[T]] = {}
        self._unclear: list[tuple[Identity, T]] = []
        for identity, thing in pairs:
            if identity.certain:
                self._certain.setdefault(identity, []).append(thing)
            else:
                self._unclear.append((identity, thing))

    def find(self, wanted: Identity) -> Found[T]:
        """What has this identity."""
        maybe = [thing for identity, thing in self._unclear if wanted.may_be(identity)]
        if wanted.certain:
            return Found(tuple(self._certain.get(wanted, ())), tuple(maybe))
        near = [thing for identity, things in self._certain.items() if wanted.may_be(identity) for thing in things]
        return Found((), (*near, *maybe))


def identity(judged: Object) -> Identity:
    """Who an object is."""
    return Identity(judged.kind, _name(judged.namespace), _name(judged.name))


def target(scaler: Object) -> Identity:
    """Whom an autoscaler scales."""
    reference = scaler.at("spec", "scaleTargetRef")
    keda = scaler.kind == SCALED_OBJECT
    kind = _or(reference.at("kind"), "Deployment" if keda else ABSENT)
    version = _or(reference.at("apiVersion"), "apps/v1" if keda else "v1")
    both: object = UNKNOWN if UNKNOWN in (kind, version) else ABSENT
    if isinstance(kind, str) and isinstance(version, str):
        both = f"{version.rpartition('/')[0] or 'core'}/{kind}"
    return Identity(both, _name(scaler.namespace), _name(reference.at("name").value))


def autoscalers(stack: Stack) -> tuple[Object, ...]:
    """All autoscalers of a stack; ask for it by `stack.view(autoscalers)`."""
    return tuple(each for each in stack.view(objects_in) if each.kind in (HPA, SCALED_OBJECT) and not each.partial)


def by_target(stack: Stack) -> Register[Object]:
    """The autoscalers of a stack by whom they scale; ask for it by `stack.view(by_target)`."""
    return Register((target(each), each) for each in stack.view(autoscalers))


def by_identity(stack: Stack) -> Register[Object]:
    """The objects of a stack by who they are; ask for it by `stack.view(by_identity)`."""
    return Register((identity(each), each) for each in stack.view(objects_in))


def bounds(scaler: Object) -> tuple[Field, Field]:
    """The fields for the fewest and the most pods."""
    spec = scaler.at("spec")
    if scaler.kind == SCALED_OBJECT:
        return spec.at("minReplicaCount"), spec.at("maxReplicaCount")
    return spec.at("minReplicas"), spec.at("maxReplicas")


def _or(field: Field, default: object) -> object:
    return default if field.value in (ABSENT, "") else _name(field.value)


def _name(value: object) -> object:
    return value if isinstance(value, str) or value is UNKNOWN else ABSENT
