"""The cloud layer: everything in AWS."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.config.eks import Eks
from components.eks import control_plane
from components.eks.component import EksCluster
from components.eks.tags import owner_tags
from components.kms import Key
from components.kms.policy import log_groups
from components.layers.connection import Connection
from components.network import flow_logs
from components.network.component import Network
from components.network.place import Place
from components.registry.component import Registry


@dataclass(frozen=True)
class Ground:
    """What everything in one account and region stands on.

    Attributes:
        settings: the cluster's settings.
        place: names and zones.
        tags: whose it is; machines and disks are tagged with them by hand.
        opts: the provider, which can change one account only.
    """

    settings: Eks
    place: Place
    tags: Mapping[str, str]
    opts: pulumi.ResourceOptions


def build_cloud(settings: Eks, environment: str) -> Connection:
    """Make everything in AWS and return how its cluster is reached."""
    ground = _ground(settings, environment)
    log_key = _log_key(ground)
    network = Network("network", settings.network, ground.place, log_key.arn, ground.opts)
    cluster = EksCluster("cluster", settings, network, log_key.arn, ground.tags, ground.opts)
    _registry(ground, cluster)
    told = settings.told(cluster.endpoint, cluster.certificate_authority)
    return Connection(cluster.provider, cluster.ready, told)


def _ground(settings: Eks, environment: str) -> Ground:
    tags = owner_tags(settings, environment)
    provider = aws.Provider(
        "aws",
        region=settings.region,
        allowed_account_ids=[settings.account_id],
        default_tags={"tags": tags},
    )
    place = Place(settings.name, settings.account_id, settings.region, settings.zones)
    return Ground(settings, place, tags, pulumi.ResourceOptions(provider=provider))


def _log_key(ground: Ground) -> Key:
    settings = ground.settings
    groups = [flow_logs.group_name(settings.name), control_plane.log_group_name(settings.name)]
    return Key(
        "logs",
        description=f"Logs of network and control plane of {settings.name}",
        alias=f"{settings.name}/logs",
        statements=[log_groups(settings.region, settings.account_id, groups)],
        account_id=settings.account_id,
        protect=settings.deletion_protection,
        opts=ground.opts,
    )


def _registry(ground: Ground, cluster: EksCluster) -> None:
    """Make the registry, where settings ask for one."""
    if ground.settings.registry:
        Registry(
            "registry",
            ground.settings.registry,
            ground.place,
            cache_role_arns=[cluster.node_role_arn],
            protect=ground.settings.deletion_protection,
            opts=ground.opts,
        )
