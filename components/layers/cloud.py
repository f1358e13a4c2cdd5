"""The cloud layer: everything in AWS that an environment's teams share."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.config.eks import Eks
from components.eks import control_plane
from components.eks.component import EksCluster
from components.eks.tags import owner_tags
from components.ground import Ground
from components.kms import Key
from components.kms.policy import log_groups
from components.layers.connection import Connection
from components.layers.edge import open_edge
from components.layers.storage import keep_data, watch_costs
from components.network import flow_logs
from components.network.component import Network
from components.network.place import Place
from components.registry.component import Registry
from components.services.logs import patterns


def build_cloud(settings: Eks, environment: str) -> Connection:
    """Make everything in AWS and return how its cluster is reached."""
    tags = owner_tags(settings.owner, settings.cost_center, environment)
    opts = pulumi.ResourceOptions(provider=aws_provider("aws", settings.region, settings.account_id, tags))
    log_key = _log_key(settings, opts)
    place = Place(settings.name, settings.account_id, settings.region, settings.zones, settings.boundary_arn)
    network = Network("network", settings.network, place, log_key.arn, opts)
    cluster = EksCluster("cluster", settings, network, log_key.arn, tags, opts)
    ground = Ground(
        cluster=settings.name,
        account_id=settings.account_id,
        region=settings.region,
        zones=tuple(sorted(settings.zones)),
        vpc_id=network.vpc_id,
        cidr=network.cidr,
        private_subnet_ids=network.private_subnet_ids,
        public_subnet_ids=network.public_subnet_ids,
        node_security_group_id=cluster.node_security_group_id,
        key_arn=_data_key(settings, opts).arn,
        boundary_arn=settings.boundary_arn,
        tags=tags,
        protect=settings.deletion_protection,
        opts=opts,
        after=[network, *cluster.autoscaling_role],
        gateway_cidrs=network.gateway_cidrs,
    )
    _registry(settings, place, cluster, opts)
    watch_costs(settings, environment, ground)
    kept = keep_data(settings, ground, cluster.provider, cluster.ready)
    told = settings.told(cluster.endpoint, cluster.certificate_authority, _told(ground))
    return Connection(cluster.provider, cluster.ready, {**told, **open_edge(settings, ground, network), **kept}, ground)


def aws_provider(name: str, region: str, account_id: str, tags: Mapping[str, str]) -> aws.Provider:
    """Make a provider that can change one account only, and tags whatever it makes."""
    return aws.Provider(name, region=region, allowed_account_ids=[account_id], default_tags={"tags": tags})


def _told(ground: Ground) -> dict[str, Any]:
    return {
        "vpcId": ground.vpc_id,
        "privateSubnetIds": ground.private_subnet_ids,
        "publicSubnetIds": ground.public_subnet_ids,
        "nodeSecurityGroupId": ground.node_security_group_id,
        "keyArn": ground.key_arn,
        "gatewayCidrs": ground.gateway_cidrs,
    }


def _log_key(settings: Eks, opts: pulumi.ResourceOptions) -> Key:
    groups = [flow_logs.group_name(settings.name), control_plane.log_group_name(settings.name)]
    return Key(
        "logs",
        description=f"Logs of network and control plane of {settings.name}",
        alias=f"{settings.name}/logs",
        statements=[log_groups(settings.region, settings.account_id, groups)],
        account_id=settings.account_id,
        protect=settings.deletion_protection,
        opts=opts,
    )


def _data_key(settings: Eks, opts: pulumi.ResourceOptions) -> Key:
    return Key(
        "data",
        description=f"What teams of {settings.name} keep: queues, caches, databases, secrets",
        alias=f"{settings.name}/data",
        statements=[log_groups(settings.region, settings.account_id, patterns(settings.name))],
        account_id=settings.account_id,
        protect=settings.deletion_protection,
        opts=opts,
    )


def _registry(settings: Eks, place: Place, cluster: EksCluster, opts: pulumi.ResourceOptions) -> None:
    """Make the registry, where settings ask for one."""
    if settings.registry:
        Registry(
            "registry",
            settings.registry,
            place,
            cache_role_arns=cluster.node_role_arns,
            boundary_arn=settings.boundary_arn,
            protect=settings.deletion_protection,
            opts=opts,
        )
