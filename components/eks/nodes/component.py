"""The nodes of a cluster as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components.config.eks import Eks
from components.eks.control_plane import role_name
from components.eks.nodes import machines
from components.kms import Key

_AUTOSCALING_ROLE = "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"


class Nodes(pulumi.ComponentResource):
    """Managed node groups with one role, encrypted disks and a launch template each.

    An autoscaler follows the load, so the number of nodes is set once and then left alone. The component as a whole
    waits for the network, since nodes need its routes and endpoints beside their subnets.

    Args:
        settings: the cluster's settings.
        cluster_name: the cluster, once it exists.
        subnet_ids: private subnets by zone.
        tags: what machines and disks are tagged with.
        after: what a node can't do without.

    Attributes:
        groups: the node groups.
        role_arn: the role that all nodes have.
    """

    groups: list[aws.eks.NodeGroup]
    role_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        settings: Eks,
        cluster_name: pulumi.Input[str],
        subnet_ids: Mapping[str, pulumi.Input[str]],
        tags: Mapping[str, str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:Nodes", name, None, opts)
        self._name, self._settings, self._tags = name, settings, tags
        self._child = pulumi.ResourceOptions(parent=self)
        templates = self._make_templates(self._make_disk_key().arn)
        role, permissions = self._make_role()
        self.role_arn = role.arn
        self.groups = self._make_groups(cluster_name, subnet_ids, templates, role, [*permissions, *after])
        self.register_outputs({})

    def _make_disk_key(self) -> Key:
        settings = self._settings
        return Key(
            f"{self._name}-disks",
            description=f"Disks of the nodes of {settings.name}",
            alias=f"{settings.name}/disks",
            statements=machines.disk_key_statements(f"arn:aws:iam::{settings.account_id}:role/{_AUTOSCALING_ROLE}"),
            account_id=settings.account_id,
            protect=settings.deletion_protection,
            # KMS refuses a policy that names a role which does not exist.
            opts=pulumi.ResourceOptions(parent=self, depends_on=self._make_autoscaling_role()),
        )

    def _make_autoscaling_role(self) -> list[pulumi.Resource]:
        if not self._settings.make_autoscaling_role:
            return []
        return [
            aws.iam.ServiceLinkedRole(
                f"{self._name}-autoscaling", aws_service_name="autoscaling.amazonaws.com", opts=self._child
            )
        ]

    def _make_role(self) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        role = aws.iam.Role(
            f"{self._name}-role",
            name=role_name(self._settings, "nodes"),
            description=f"What the nodes of {self._settings.name} may do",
            assume_role_policy=json.dumps(machines.node_trust()),
            opts=self._child,
        )
        permissions: list[pulumi.Resource] = [
            aws.iam.RolePolicyAttachment(
                f"{self._name}-role-{purpose}", role=role.name, policy_arn=arn, opts=self._child
            )
            for purpose, arn in machines.ROLE_POLICIES.items()
        ]
        return role, permissions

    def _make_templates(self, key_arn: pulumi.Input[str]) -> dict[str, aws.ec2.LaunchTemplate]:
        return {
            group.name: aws.ec2.LaunchTemplate(
                f"{self._name}-{group.name}-template",
                **machines.launch_template(group, self._settings.name, key_arn, self._tags),
                opts=self._child,
            )
            for group in self._settings.compute.node_groups
        }

    def _make_groups(
        self,
        cluster_name: pulumi.Input[str],
        subnet_ids: Mapping[str, pulumi.Input[str]],
        templates: Mapping[str, aws.ec2.LaunchTemplate],
        role: aws.iam.Role,
        after: Sequence[pulumi.Resource],
    ) -> list[aws.eks.NodeGroup]:
        version = self._settings.version
        return [
            aws.eks.NodeGroup(
                f"{self._name}-{group.name}",
                **machines.node_group(group, version, [subnet_ids[zone] for zone in group.zones or subnet_ids]),
                cluster_name=cluster_name,
                node_role_arn=role.arn,
                launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                    id=templates[group.name].id,
                    version=pulumi.Output.format("{}", templates[group.name].latest_version),
                ),
                opts=pulumi.ResourceOptions(
                    parent=self,
                    depends_on=after,
                    ignore_changes=["scalingConfig.desiredSize"],
                    delete_before_replace=group.update.strategy == "minimal",
                ),
            )
            for group in self._settings.compute.node_groups
        ]
