"""What Auto Mode needs in AWS before there is a cluster, as one component."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components.config.compute import AutoNodes
from components.config.eks import Eks
from components.eks.auto import mode
from components.eks.control_plane import role_name
from components.eks.nodes import machines
from components.kms import Key

_NODES = "autonode"
"""Not the name of groups' nodes: where a cluster changes from one to the other, both roles are there for a while."""


class AutoMode(pulumi.ComponentResource):
    """The rights of the cluster's role, the role of the nodes that EKS makes, and the key of their disks.

    Args:
        settings: the cluster's settings.
        compute: its pools.
        cluster_role: the role as which EKS starts machines.

    Attributes:
        node_role: the role of all nodes.
        key_arn: the key of their disks.
        permitted: what the cluster can't start nodes without.
        compute: its pools.
        lets_in: whether the nodes need an access entry of ours; with a pool of AWS's, EKS makes it.
    """

    compute: AutoNodes
    lets_in: bool
    node_role: aws.iam.Role
    key_arn: pulumi.Output[str]
    permitted: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        settings: Eks,
        compute: AutoNodes,
        cluster_role: aws.iam.Role,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:AutoMode", name, None, opts)
        self._name, self._settings = name, settings
        self._child = pulumi.ResourceOptions(parent=self)
        self.compute, self.lets_in = compute, not compute.built_in_pools
        self.node_role = self._make_node_role()
        self.permitted = [
            *self._attach("cluster", cluster_role, mode.CLUSTER_POLICIES),
            self._let_tag(cluster_role),
            *self._attach("nodes", self.node_role, mode.NODE_POLICIES),
        ]
        self.key_arn = self._make_disk_key(cluster_role).arn
        self.register_outputs({})

    def _make_node_role(self) -> aws.iam.Role:
        settings = self._settings
        return aws.iam.Role(
            f"{self._name}-nodes",
            name=role_name(settings, _NODES),
            description=f"What the nodes of {settings.name} may do",
            assume_role_policy=json.dumps(machines.node_trust()),
            permissions_boundary=settings.boundary_arn,
            opts=self._child,
        )

    def _attach(self, who: str, role: aws.iam.Role, policies: dict[str, str]) -> list[pulumi.Resource]:
        return [
            aws.iam.RolePolicyAttachment(
                f"{self._name}-{who}-{purpose}", role=role.name, policy_arn=arn, opts=self._child
            )
            for purpose, arn in policies.items()
        ]

    def _let_tag(self, role: aws.iam.Role) -> aws.iam.RolePolicy:
        return aws.iam.RolePolicy(
            f"{self._name}-cluster-tags",
            name="tags",
            role=role.name,
            policy=json.dumps(mode.tagging(self._settings)),
            opts=self._child,
        )

    def _make_disk_key(self, cluster_role: aws.iam.Role) -> Key:
        settings = self._settings
        user = f"arn:aws:iam::{settings.account_id}:role/{role_name(settings, 'control')}"
        return Key(
            f"{self._name}-disks",
            description=f"Disks of the nodes of {settings.name}",
            alias=f"{settings.name}/auto-disks",
            statements=machines.disks_of_starters([user], keeps_grants=True),
            account_id=settings.account_id,
            protect=settings.deletion_protection,
            # KMS refuses a policy that names a role which does not exist.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[cluster_role]),
        )
