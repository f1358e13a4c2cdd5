"""Resources of one type or a few, as they are: for rules of a provider's own resources."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from policies.rule import Area, Resource, Stack
from policies.unknowns import Field


class Typed(NamedTuple):
    """A resource and the root of its properties."""

    resource: Resource
    root: Field

    def at(self, *keys: str) -> Field:
        """A field of the properties."""
        return self.root.at(*keys)

    @property
    def type(self) -> str:
        """The type token."""
        return self.resource.type


def typed(resource: Resource) -> Typed:
    """A resource with the root of its properties."""
    return Typed(resource, Field(resource.properties, "", base=()))


@lru_cache
def of_type(*tokens: str, secrecy: bool = False) -> Area[Typed]:
    """The area of rules that concern resources of these types (`aws:eks/cluster:Cluster`); of every type if none."""
    wanted = frozenset(tokens)

    def concerns(token: str) -> bool:
        return not wanted or token in wanted

    return Area(concerns=concerns, subjects=lambda resource: (typed(resource),), secrecy=secrecy)


def typed_in(stack: Stack, *tokens: str) -> tuple[Typed, ...]:
    """The resources of these types in a stack."""
    return tuple(map(typed, stack.of_type(*tokens)))
