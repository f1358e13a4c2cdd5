"""Pods with the objects that make them: whose they are, and in which namespace they run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from policies.rule import Resource, Stack
from policies.subjects.objects import Object, objects_in
from policies.subjects.pods import Pod, concerns, pods_of
from policies.unknowns import Secret


class Placed(NamedTuple):
    """A pod of a stack and the object that makes it."""

    pod: Pod
    maker: Object

    @property
    def namespace(self) -> object:
        """Where the pod runs: a string, or UNKNOWN, or something that is no name."""
        return self.maker.namespace

    @property
    def urn(self) -> str:
        """The resource to which findings belong."""
        return self.maker.resource.urn


def placed_pods(stack: Stack) -> tuple[Placed, ...]:
    """Every pod of a stack with its object; ask for it by `stack.view(placed_pods)`."""
    return tuple(placed for each in stack.view(objects_in) for placed in placed_by(each))


def placed_by(each: Object) -> Iterator[Placed]:
    """The pods that an object makes."""
    maker = _resource_of(each) if each.listed else each.resource
    if concerns(maker.type):
        for pod in pods_of(maker):
            yield Placed(pod, each)


def _resource_of(item: Object) -> Resource:
    """An object of a List as a resource of its own."""
    group, _, kind = item.kind.partition("/")
    token = f"kubernetes:{group}/v1:{kind}{'Patch' if item.partial else ''}"
    value = Secret(item.root.value) if item.root.secret else item.root.value
    return item.resource._replace(type=token, properties=value, views=None)
