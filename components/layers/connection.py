"""What the layers inside of a cluster are given from the one that made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.ground import Ground


@dataclass(frozen=True)
class Connection:
    """A cluster as the layers inside of it need it.

    Attributes:
        provider: makes objects in it.
        after: what has to be there before the first pod that is not the cluster's own.
        told: what the contract tells of it; values may be outputs.
        ground: where things are made in AWS; None: the cluster is not in AWS.
    """

    provider: kubernetes.Provider
    after: list[pulumi.Resource]
    told: Mapping[str, Any]
    ground: Ground | None = None
