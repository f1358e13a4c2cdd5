"""Which nodes the local cluster has: those that the stack's own configuration names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from components.config.cluster import NodePool
    from components.config.platform import AnyCluster


@dataclass(frozen=True)
class Topology:
    """The zones and the pools whose nodes are spread over them."""

    zones: tuple[str, ...]
    pools: tuple[NodePool, ...]

    @classmethod
    def of(cls, cluster: AnyCluster) -> Topology:
        """The zones and pools of a configured cluster."""
        return cls(cluster.zones, cluster.node_pools)
