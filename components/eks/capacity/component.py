"""What a cluster's pods run on, by whom settings let start it: node groups, Karpenter, or EKS itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.config.compute import KarpenterNodes, ManagedNodes
from components.config.pools import Pool
from components.eks import autoscaler
from components.eks.auto.component import AutoMode
from components.eks.identity.component import ControllerIdentity
from components.eks.karpenter.component import Karpenter
from components.eks.nodes.component import Nodes, Site, Starters
from components.manifest import Manifest
from components.node_pools.component import NodePools
from components.node_pools.specs import Ground, auto_class, karpenter_class


@dataclass(frozen=True)
class Capacity:
    """What was made.

    Attributes:
        ready: what has to be there before a pod finds a node.
        node_role_arns: the roles that nodes have.
        autoscaling_role: what makes the role of autoscaling; none, where the account has it or nothing needs it.
    """

    ready: list[pulumi.Resource]
    node_role_arns: list[pulumi.Output[str]]
    autoscaling_role: list[pulumi.Resource]


def make_capacity(site: Site, auto: AutoMode | None, after: Sequence[pulumi.Resource]) -> Capacity:
    """Make what pods run on.

    Args:
        site: the cluster.
        auto: what Auto Mode has been given; None, where nodes are not EKS's own.
        after: what a node can't do without.
    """
    compute = site.settings.compute
    if auto:
        return _auto(site, auto, after)
    if isinstance(compute, KarpenterNodes):
        return _karpenter(site, compute, after)
    nodes = _groups(site, after, Starters())
    if isinstance(compute, ManagedNodes) and compute.scaled_by == "clusterAutoscaler":
        _let_scale(site)
    return Capacity([*nodes.groups], [nodes.role_arn], nodes.autoscaling_role)


def _groups(site: Site, after: Sequence[pulumi.Resource], starters: Starters) -> Nodes:
    opts = pulumi.ResourceOptions(parent=site.child.parent, depends_on=[site.network])
    return Nodes(f"{site.name}-nodes", site, after, starters, opts)


def _let_scale(site: Site) -> None:
    """Give the cluster-autoscaler its role; the platform installs it."""
    ControllerIdentity(
        f"{site.name}-scaler",
        site.settings,
        site.cluster_name,
        "scaler",
        autoscaler.SERVICE_ACCOUNT,
        autoscaler.permissions(site.settings),
        opts=site.child,
    )


def _karpenter(site: Site, compute: KarpenterNodes, after: Sequence[pulumi.Resource]) -> Capacity:
    karpenter = Karpenter(f"{site.name}-karpenter", site, compute, opts=site.child)
    nodes = _groups(site, after, karpenter.starters)
    ground = _ground(site, nodes.key_arn)
    classes = [
        (pool, karpenter_class(pool, ground, compute.image, karpenter.profile_name))
        for pool in (compute.node_pools if compute.installed else ())
    ]
    pools = _pools(site, classes, [*karpenter.ready, *nodes.groups])
    return Capacity([*nodes.groups, *pools], [nodes.role_arn, karpenter.node_role_arn], nodes.autoscaling_role)


def _auto(site: Site, auto: AutoMode, after: Sequence[pulumi.Resource]) -> Capacity:
    ground = _ground(site, auto.key_arn)
    classes = [(pool, auto_class(pool, ground, auto.node_role.name)) for pool in auto.compute.node_pools]
    return Capacity(_pools(site, classes, after), [auto.node_role.arn], [])


def _ground(site: Site, key_arn: pulumi.Input[str]) -> Ground:
    return Ground(site.network.private_subnet_ids, site.security_group_id, key_arn, site.tags)


def _pools(
    site: Site, classes: Sequence[tuple[Pool, Manifest]], after: Sequence[pulumi.Resource]
) -> list[pulumi.Resource]:
    """Make pools; their nodes need what `after` names and, as all nodes, the network's routes and endpoints."""
    opts = pulumi.ResourceOptions(parent=site.child.parent, provider=site.provider, depends_on=[*after, site.network])
    return NodePools(f"{site.name}-pools", classes, opts).made if classes else []
