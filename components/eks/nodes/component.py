"""The nodes of a cluster as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from components.config.compute import ManagedNodes
from components.config.eks import Eks
from components.eks.autoscaler import node_template, tag_name
from components.eks.control_plane import role_name
from components.eks.nodes import machines
from components.eks.nodes.sizes import check_bounds
from components.kms import Key
from components.kms.policy import disks_of_groups
from components.network.component import Network


@dataclass(frozen=True)
class Site:
    """The cluster that nodes are made for.

    Attributes:
        name: what the names of resources begin with.
        settings: its settings.
        cluster_name: its name, known once it exists.
        security_group_id: the group of nodes and pods.
        provider: makes objects in it.
        network: where it lives.
        tags: what machines and disks are tagged with.
        child: the options of everything that is made.
    """

    name: str
    settings: Eks
    cluster_name: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    provider: kubernetes.Provider
    network: Network
    tags: Mapping[str, str]
    child: pulumi.ResourceOptions

    @property
    def subnet_ids(self) -> dict[str, pulumi.Output[str]]:
        """Return the private subnets by zone."""
        return dict(zip(sorted(self.settings.zones), self.network.private_subnet_ids, strict=True))


@dataclass(frozen=True)
class Starters:
    """Roles that start machines beside autoscaling groups: their ARNs, and what makes them."""

    arns: tuple[str, ...] = ()
    made: tuple[pulumi.Resource, ...] = ()


class Nodes(pulumi.ComponentResource):
    """Managed node groups with one role, encrypted disks and a launch template each.

    Where an autoscaler follows the load, the number of nodes is set once and then left alone. The component as a whole
    waits for the network, since nodes need its routes and endpoints beside their subnets.

    Args:
        site: the cluster.
        after: what a node can't do without.
        starters: who else starts machines, on disks with the same key.

    Attributes:
        groups: the node groups.
        key_arn: the key of their disks.
        role_arn: the role that all nodes have.
        autoscaling_role: what makes the role of autoscaling; none, where the account has it.
    """

    groups: list[aws.eks.NodeGroup]
    key_arn: pulumi.Output[str]
    role_arn: pulumi.Output[str]
    autoscaling_role: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        site: Site,
        after: Sequence[pulumi.Resource],
        starters: Starters,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:Nodes", name, None, opts)
        self._name, self._site, self._settings = name, site, site.settings
        self._child = pulumi.ResourceOptions(parent=self)
        self.autoscaling_role = self._make_autoscaling_role()
        self.key_arn = self._make_disk_key(starters).arn
        templates = self._make_templates(self.key_arn)
        role, permissions = self._make_role()
        self.role_arn = role.arn
        self.groups = self._make_groups(templates, role, [*permissions, *after])
        self._describe_empty_groups()
        self.register_outputs({})

    def _make_disk_key(self, starters: Starters) -> Key:
        settings = self._settings
        others = machines.disks_of_starters(starters.arns) if starters.arns else []
        return Key(
            f"{self._name}-disks",
            description=f"Disks of the nodes of {settings.name}",
            alias=f"{settings.name}/disks",
            statements=[*disks_of_groups(settings.account_id), *others],
            account_id=settings.account_id,
            protect=settings.deletion_protection,
            # KMS refuses a policy that names a role which does not exist.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*self.autoscaling_role, *starters.made]),
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
            permissions_boundary=self._settings.boundary_arn,
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
                **machines.launch_template(group, self._settings.name, key_arn, self._site.tags),
                opts=self._child,
            )
            for group in self._settings.compute.node_groups
        }

    def _make_groups(
        self,
        templates: Mapping[str, aws.ec2.LaunchTemplate],
        role: aws.iam.Role,
        after: Sequence[pulumi.Resource],
    ) -> list[aws.eks.NodeGroup]:
        version, subnet_ids = self._settings.version, self._site.subnet_ids
        check = self._check_bounds() if self._is_scaled else None
        return [
            aws.eks.NodeGroup(
                f"{self._name}-{group.name}",
                **machines.node_group(group, version, [subnet_ids[zone] for zone in group.zones or subnet_ids]),
                cluster_name=self._site.cluster_name,
                node_role_arn=role.arn,
                launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                    id=templates[group.name].id,
                    version=pulumi.Output.format("{}", templates[group.name].latest_version),
                ),
                opts=pulumi.ResourceOptions(
                    parent=self,
                    depends_on=after,
                    ignore_changes=["scalingConfig.desiredSize"] if self._is_scaled else None,
                    delete_before_replace=group.update.strategy == "minimal",
                    hooks=check,
                ),
            )
            for group in self._settings.compute.node_groups
        ]

    def _check_bounds(self) -> pulumi.ResourceHookBinding:
        """Have the engine ask, in a preview as in an up, before it changes a group."""
        name, region = self._settings.name, self._settings.region
        check = pulumi.ResourceHook(
            f"{self._name}-bounds",
            lambda args: check_bounds(args.old_inputs, args.new_inputs, name, region),
            opts=pulumi.ResourceHookOptions(on_dry_run=True),
        )
        return pulumi.ResourceHookBinding(before_update=[check])

    @property
    def _is_scaled(self) -> bool:
        compute = self._settings.compute
        return isinstance(compute, ManagedNodes) and compute.scaled_by == "clusterAutoscaler"

    def _describe_empty_groups(self) -> None:
        """Tell the autoscaler what a node of a group would be that has none, on the group that EKS made."""
        for group, made in zip(self._settings.compute.node_groups, self.groups, strict=True):
            for key, value in node_template(group).items() if self._is_scaled else ():
                aws.autoscaling.Tag(
                    f"{self._name}-{group.name}-{tag_name(key)}",
                    autoscaling_group_name=made.resources[0].autoscaling_groups[0].name,
                    tag=aws.autoscaling.TagTagArgs(key=key, value=value, propagate_at_launch=False),
                    opts=self._child,
                )
