"""Rules about what a pod may prove to be, and how they tell agents from other pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from policies.rule import Stack
from policies.subjects.objects import Object, objects_in
from policies.subjects.pods import Pod, concerns, pods_of
from policies.unknowns import ABSENT, UNKNOWN, Field, Secret

_SANDBOX_GROUPS: Final = frozenset({"agents.x-k8s.io", "extensions.agents.x-k8s.io"})
_AGENT_LABELS: Final = (("app.kubernetes.io/component", "agent"), ("agent-platform.dev/trust", "untrusted"))


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
    group, _, kind = each.kind.partition("/")
    token = f"kubernetes:{group}/v1:{kind}{'Patch' if each.partial else ''}"
    if concerns(token):
        value = Secret(each.root.value) if each.root.secret else each.root.value
        for pod in pods_of(each.resource._replace(type=token, properties=value)):
            yield Placed(pod, each)


def is_agent(pod: Pod, kind: str) -> bool | None:
    """Whether a pod is an agent's: by its labels, or since its kind is a sandbox. None if that is unknown.

    Labels that nobody can read count as an agent's.
    """
    if kind.partition("/")[0] in _SANDBOX_GROUPS:
        return True
    labels = pod.metadata.at("labels")
    found = [(labels.at(name), wanted) for name, wanted in _AGENT_LABELS]
    if any(_says(label, wanted) for label, wanted in found):
        return True
    return None if any(label.value is UNKNOWN for label, _ in found) else False


def _says(label: Field, wanted: str) -> bool:
    return label.value == wanted if isinstance(label.value, str) else label.value not in (ABSENT, UNKNOWN)
