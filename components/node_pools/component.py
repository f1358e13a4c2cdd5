"""Node pools as one component."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource

from components.config.pools import Pool
from components.manifest import Manifest
from components.node_pools.specs import node_pool


class NodePools(pulumi.ComponentResource):
    """Pools and, for each, the class of its nodes. Deleting a pool ends its nodes first.

    Args:
        pools: each pool with the class of its nodes.

    Attributes:
        made: the pools.
    """

    made: list[pulumi.Resource]

    def __init__(
        self, name: str, pools: Iterable[tuple[Pool, Manifest]], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("agent-platform:index:NodePools", name, None, opts)
        self._name = name
        self.made = [self._make(pool, of) for pool, of in pools]
        self.register_outputs({})

    def _make(self, pool: Pool, of: Manifest) -> CustomResource:
        nodes = self._object(f"{pool.name}-class", of, [])
        # The pool names its class in plain text, and can't end its nodes without it.
        return self._object(pool.name, node_pool(pool, of), [nodes])

    def _object(self, role: str, manifest: Manifest, after: list[pulumi.Resource]) -> CustomResource:
        return CustomResource(
            f"{self._name}-{role}",
            api_version=manifest["apiVersion"],
            kind=manifest["kind"],
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )
