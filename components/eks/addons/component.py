"""An add-on as one component."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.config.addons import AddOn as AddOnName
from components.config.eks import Eks
from components.eks.addons import setup
from components.eks.control_plane import role_name


class AddOn(pulumi.ComponentResource):
    """One add-on of a cluster, with a role of its own where it talks to AWS.

    Args:
        add_on: which one.
        settings: the cluster's settings.
        cluster_name: the cluster, once it exists.
        after: what its pods can't do without.

    Attributes:
        installed: the add-on itself.
    """

    installed: aws.eks.Addon

    def __init__(
        self,
        name: str,
        add_on: AddOnName,
        settings: Eks,
        cluster_name: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:AddOn", name, None, opts)
        self._name, self._settings = name, settings
        associations, permissions = self._identify(setup.identity(add_on, settings))
        self.installed = self._install(add_on, cluster_name, associations, [*permissions, *after])
        self.register_outputs({})

    def _identify(
        self, identity: setup.Identity | None
    ) -> tuple[list[aws.eks.AddonPodIdentityAssociationArgs], list[pulumi.Resource]]:
        """Make the add-on's role; return who takes it, and what it has to have before."""
        if identity is None:
            return [], []
        role = aws.iam.Role(
            f"{self._name}-role",
            name=role_name(self._settings, identity.purpose),
            description=f"What {identity.service_account} of {self._settings.name} may do",
            assume_role_policy=json.dumps(setup.trust(self._settings, identity.service_account)),
            permissions_boundary=self._settings.boundary_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )
        taker = aws.eks.AddonPodIdentityAssociationArgs(role_arn=role.arn, service_account=identity.service_account)
        return [taker], [self._permit(role, identity)]

    def _permit(self, role: aws.iam.Role, identity: setup.Identity) -> pulumi.Resource:
        if identity.document is not None:
            return aws.iam.RolePolicy(
                f"{self._name}-permissions",
                name=identity.purpose,
                role=role.name,
                policy=json.dumps(identity.document),
                opts=pulumi.ResourceOptions(parent=self),
            )
        return aws.iam.RolePolicyAttachment(
            f"{self._name}-permissions",
            role=role.name,
            policy_arn=identity.managed,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _install(
        self,
        add_on: AddOnName,
        cluster_name: pulumi.Input[str],
        associations: list[aws.eks.AddonPodIdentityAssociationArgs],
        after: list[pulumi.Resource],
    ) -> aws.eks.Addon:
        values, namespace = setup.configuration(add_on, self._settings), setup.namespace(add_on)
        return aws.eks.Addon(
            f"{self._name}-addon",
            addon_name=add_on.value,
            addon_version=self._settings.versions[add_on],
            cluster_name=cluster_name,
            configuration_values=json.dumps(values, sort_keys=True) if values else None,
            namespace_config=aws.eks.AddonNamespaceConfigArgs(namespace=namespace) if namespace else None,
            pod_identity_associations=associations or None,
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )
