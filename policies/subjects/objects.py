"""Kubernetes objects as a whole: each with its kind and its root, those inside of List kinds too.

Kinds are written `<group>/<Kind>`, the core group as `core`: versions of one kind are not told apart. A custom
resource is found by the kind in its type, as the SDK writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from policies.rule import Area, Resource, Stack
from policies.unknowns import ABSENT, UNKNOWN, Field

_PREFIX: Final = "kubernetes:"
_LIST: Final = "core/List"
_ANY: Final = "?"
"""The kind of an item whose kind is unknown: it may be any, and nothing of it is known."""


class Object(NamedTuple):
    """One object. `partial` is true of a Patch: what it lacks may be set by another owner."""

    kind: str
    root: Field
    partial: bool
    resource: Resource

    def at(self, *keys: str) -> Field:
        """A field of the object."""
        return self.root.at(*keys)

    @property
    def complete(self) -> bool:
        """Whether a field that is absent here is absent from the object."""
        return not self.partial

    @property
    def listed(self) -> bool:
        """Whether the object is inside of a List, so that the resource is not named after it."""
        return bool(self.root.keys)

    @property
    def name(self) -> object:
        """The name in the cluster: a string, UNKNOWN, or ABSENT where the API server makes it up."""
        return self.at("metadata", "name").value

    @property
    def namespace(self) -> object:
        """The namespace: a string or UNKNOWN; `default` where the object names none."""
        value = self.at("metadata", "namespace").value
        return "default" if value is ABSENT else value

    @property
    def namespace_text(self) -> str:
        """The namespace as a message may print it."""
        field = self.at("metadata", "namespace")
        return '"default"' if field.value is ABSENT else field.text

    @property
    def kind_text(self) -> str:
        """The kind as a message may print it: that of an item of a List may be secret."""
        hidden = self.at("kind").secret or self.at("apiVersion").secret
        return "an object of a secret kind" if self.listed and hidden else self.kind


@lru_cache(1024)
def kind_of(token: str) -> str:
    """The kind of a resource type, as `<group>/<Kind>`; empty for what is no Kubernetes object."""
    module, _, kind = token.removeprefix(_PREFIX).partition(":")
    group = module.partition("/")[0]
    return f"{group}/{kind}" if token.startswith(_PREFIX) and kind and "/" in module else ""


def objects_of(resource: Resource) -> tuple[Object, ...]:
    """The object that a resource is, or those of a List."""
    return resource.view(_objects_of)


def _objects_of(resource: Resource) -> tuple[Object, ...]:
    kind = kind_of(resource.type)
    return tuple(_objects(Field(resource.properties, "", base=()), kind, resource)) if kind else ()


def _objects(root: Field, kind: str, resource: Resource) -> Iterator[Object]:
    listed = kind.endswith("List") and root.at("items").value is not ABSENT
    for item in root.at("items").items() if listed else ():
        yield from _objects(item, _item_kind(item) if kind == _LIST else kind.removesuffix("List"), resource)
    if kind == _ANY:
        yield Object(_ANY, root.replaced(value=UNKNOWN), True, resource)
    elif not listed:
        yield Object(kind.removesuffix("Patch"), root, kind.endswith("Patch"), resource)


def _item_kind(item: Field) -> str:
    kind, version = item.at("kind").value, item.at("apiVersion").value
    if kind is UNKNOWN or version is UNKNOWN:
        return _ANY
    group = version.rpartition("/")[0] if isinstance(version, str) else ""
    return f"{group or 'core'}/{kind if isinstance(kind, str) else ''}"


@lru_cache
def objects(*kinds: str) -> Area[Object]:
    """The area of rules that concern objects of these kinds; of every kind if none is named."""
    wanted, some_kind = frozenset(kinds), kinds[0] if kinds else _ANY

    def concerns(token: str) -> bool:
        kind = kind_of(token)
        plain = kind.removesuffix("Patch")
        return bool(kind) and (not wanted or kind == _LIST or plain in wanted or plain.removesuffix("List") in wanted)

    def subjects(resource: Resource) -> tuple[Object, ...]:
        return tuple(
            each._replace(kind=some_kind) if each.kind == _ANY else each
            for each in objects_of(resource)
            if not wanted or each.kind in wanted or each.kind == _ANY
        )

    return Area(concerns=concerns, subjects=subjects)


def objects_in(stack: Stack) -> tuple[Object, ...]:
    """All objects of a stack; ask for it by `stack.view(objects_in)`."""
    return tuple(each for resource in stack.resources for each in objects_of(resource))
