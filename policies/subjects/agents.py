"""Agents among the pods: how they are told from others."""

from __future__ import annotations

from typing import Final

from policies.subjects.pods import Pod
from policies.unknowns import ABSENT, UNKNOWN, Field

_SANDBOX_GROUPS: Final = frozenset({"agents.x-k8s.io", "extensions.agents.x-k8s.io"})
_AGENT_LABELS: Final = (("app.kubernetes.io/component", "agent"), ("agent-platform.dev/trust", "untrusted"))


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
