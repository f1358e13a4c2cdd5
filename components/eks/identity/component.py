"""A role for one service account of the cluster's own controllers, by Pod Identity."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from components.config.eks import Eks
from components.eks.addons.setup import trust
from components.eks.control_plane import role_name
from components.eks.system_network import NAMESPACE


class ControllerIdentity(pulumi.ComponentResource):
    """A role that the pods of one service account in kube-system take, whether or not it is there yet.

    Args:
        settings: the cluster's settings.
        cluster_name: the cluster, once it exists.
        purpose: what its role is named after, at most eight letters.
        service_account: whose pods take the role.
        permissions: what it may do; values may be outputs.

    Attributes:
        role: the role.
        association: what lets the pods take the role, with its rights.
    """

    role: aws.iam.Role
    association: aws.eks.PodIdentityAssociation

    def __init__(
        self,
        name: str,
        settings: Eks,
        cluster_name: pulumi.Input[str],
        purpose: str,
        service_account: str,
        permissions: dict[str, Any],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:ControllerIdentity", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.role = aws.iam.Role(
            f"{name}-role",
            name=role_name(settings, purpose),
            description=f"What {service_account} of {settings.name} may do",
            assume_role_policy=json.dumps(trust(settings, service_account)),
            permissions_boundary=settings.boundary_arn,
            opts=child,
        )
        permission = aws.iam.RolePolicy(
            f"{name}-permissions",
            name=purpose,
            role=self.role.name,
            policy=pulumi.Output.json_dumps(permissions),
            opts=child,
        )
        self.association = aws.eks.PodIdentityAssociation(
            f"{name}-association",
            cluster_name=cluster_name,
            namespace=NAMESPACE,
            service_account=service_account,
            role_arn=self.role.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )
        self.register_outputs({})
