"""What every operation on one resource needs: the cluster, the settings, a voice, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass

from local.providers.kubernetes import objects
from local.providers.kubernetes.cluster import Cluster
from local.providers.kubernetes.configuration import Settings
from local.providers.kubernetes.kinds import Urn
from local.providers.messages import Voice
from local.providers.values import Object


@dataclass(frozen=True, slots=True)
class Operation:
    """One create, read, update or delete."""

    cluster: Cluster
    settings: Settings
    urn: Urn
    voice: Voice
    preview: bool = False
    timeout: float = 0
    """Seconds of the resource option `customTimeouts`; 0 when it is not set."""

    def seconds(self, inputs: Object, default: float) -> float:
        """How long to wait: the resource option, else the annotation, else the default."""
        if self.timeout:
            return self.timeout
        asked = objects.annotation(inputs, objects.TIMEOUT)
        return float(asked) if asked.isdigit() else default
