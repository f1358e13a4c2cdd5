"""The layers of an environment, in order: cloud, platform, team. A stack builds those that its settings name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from components.cluster import Cluster
from components.config.eks import Eks
from components.config.platform import Layer, PlatformConfig
from components.layers.connection import Connection
from components.layers.platform import build_platform
from components.layers.team import build_team


def build(config: PlatformConfig, root: Path) -> Mapping[str, Any]:
    """Make the resources of a stack and return its outputs.

    Args:
        config: the checked configuration.
        root: the folder that relative paths in it start from.
    """
    cluster = _cluster(config, root)
    teams = build_platform(config, cluster) if Layer.PLATFORM in config.layers else {}
    agents = build_team(config, cluster, teams) if Layer.TEAM in config.layers else {}
    return {"contract": config.contract(cluster.told), "agents": agents}


def _cluster(config: PlatformConfig, root: Path) -> Connection:
    """Make the cluster and what it lives in, or connect to the one that exists."""
    if isinstance(config.cluster, Eks):
        from components.layers.cloud import build_cloud  # a stack without AWS starts without its SDK

        return build_cloud(config.cluster, config.environment)
    return Connection(Cluster("cluster", config.cluster, root).provider, [], config.cluster.plain())
