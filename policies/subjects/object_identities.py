"""Who an object is: its kind, namespace and name, and what carries them in a stack."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from policies.rule import Stack
from policies.subjects.objects import Object, objects_in
from policies.unknowns import ABSENT, UNKNOWN

T = TypeVar("T")


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
    return Identity(judged.kind, readable(judged.namespace), readable(judged.name))


def by_identity(stack: Stack) -> Register[Object]:
    """The objects of a stack by who they are; ask for it by `stack.view(by_identity)`."""
    return Register((identity(each), each) for each in stack.view(objects_in))


def readable(value: object) -> object:
    """A part of an identity: a string or UNKNOWN as it is, ABSENT for anything else."""
    return value if isinstance(value, str) or value is UNKNOWN else ABSENT
