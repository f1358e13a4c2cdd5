"""The layers of an environment, in order: cloud, platform, team. A stack builds those that its settings name."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import pulumi

from components.cluster import Cluster
from components.config.eks import Eks
from components.config.layering import Layer
from components.config.platform import PlatformConfig
from components.config.reached import ReachedEks
from components.eks.tags import owner_tags
from components.ground import Ground
from components.layers.connection import Connection
from components.layers.fleets import build_fleets
from components.layers.platform import build_platform
from components.layers.services import build_services, described
from components.layers.team import build_team


def build(config: PlatformConfig, root: Path) -> Mapping[str, Any]:
    """Make the resources of a stack and return its outputs.

    Args:
        config: the checked configuration.
        root: the folder that relative paths in it start from.
    """
    cluster = _cluster(config, root)
    teams = build_platform(config, cluster) if Layer.PLATFORM in config.layers else {}
    services = build_services(config.services, cluster.ground, cluster.told) if cluster.ground else {}
    agents = build_team(config, cluster, teams, services) if Layer.TEAM in config.layers else {}
    fleets = build_fleets(config.fleets, cluster.ground) if cluster.ground else {}
    contract = config.contract(cluster.told)
    if cluster.ground and Layer.TEAM not in config.layers:
        _publish(config.stack, contract, cluster.ground, [*cluster.after, *chain.from_iterable(teams.values())])
    following = [f"pulumi up -s {stack}" for stack in config.below]
    told = {"contract": contract, "agents": agents, **({"fleets": fleets} if fleets else {})}
    told |= {"services": described(services)} if services else {}
    return {**told, **({"next": following} if following else {})}


def _publish(stack: str, contract: Mapping[str, Any], ground: Ground, after: Sequence[pulumi.Resource]) -> None:
    from components.contract.component import PublishedContract  # a stack without AWS starts without its SDK

    # Last of all: whoever reads it finds everything that it tells of.
    opts = pulumi.ResourceOptions.merge(ground.opts, pulumi.ResourceOptions(depends_on=after))
    PublishedContract("contract", stack, contract, opts)


def _cluster(config: PlatformConfig, root: Path) -> Connection:
    """Make the cluster and what it lives in, or connect to the one that exists."""
    if isinstance(config.cluster, Eks):
        from components.layers.cloud import build_cloud  # a stack without AWS starts without its SDK

        return build_cloud(config.cluster, config.environment)
    provider = Cluster("cluster", config.cluster, root).provider
    ground = _ground(config.cluster, config) if isinstance(config.cluster, ReachedEks) else None
    return Connection(provider, [], config.cluster.plain(), ground)


def _ground(cluster: ReachedEks, config: PlatformConfig) -> Ground:
    """Return where teams make things in AWS, as the contract tells it."""
    from components.layers.cloud import aws_provider

    told = cluster.ground
    tags = owner_tags(told.owner, told.cost_center, config.environment)
    return Ground(
        cluster=cluster.name,
        account_id=told.account_id,
        region=cluster.region,
        zones=tuple(sorted(cluster.zones)),
        vpc_id=told.vpc_id,
        cidr=told.cidr,
        private_subnet_ids=told.private_subnet_ids,
        public_subnet_ids=told.public_subnet_ids,
        node_security_group_id=told.node_security_group_id,
        key_arn=told.key_arn,
        boundary_arn=told.boundary_arn,
        tags=tags,
        protect=told.protect,
        opts=pulumi.ResourceOptions(provider=aws_provider("aws", cluster.region, told.account_id, tags)),
        gateway_cidrs=told.gateway_cidrs,
    )
