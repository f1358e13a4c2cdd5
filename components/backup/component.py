"""The backups of an environment as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from components.backup import plan
from components.backup.vault.component import Vault
from components.config.backup import BackupSettings
from components.ground import Ground


class Backups(pulumi.ComponentResource):
    """A plan that keeps a cluster, and whatever is tagged for it, each day and each month, in a vault of its own.

    Args:
        settings: when, and how long.
        ground: where they are made.
        cluster_arn: the cluster.
        elsewhere: a provider of `settings.copy_region`; None, where there is none.
    """

    def __init__(
        self,
        name: str,
        settings: BackupSettings,
        ground: Ground,
        cluster_arn: str,
        elsewhere: pulumi.ResourceOptions | None,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("agent-platform:index:Backups", name, None, opts)
        self._name, self._settings, self._ground = name, settings, ground
        self._child = pulumi.ResourceOptions(parent=self)
        vault = Vault(f"{self._name}-here", settings, ground, self._child)
        made = self._plan(vault, self._copy(elsewhere))
        self._select(made, cluster_arn, *self._make_role())
        self.register_outputs({"vaultArn": vault.arn})

    def _copy(self, elsewhere: pulumi.ResourceOptions | None) -> Vault | None:
        if elsewhere is None:
            return None
        there = pulumi.ResourceOptions(parent=self, provider=elsewhere.provider)
        return Vault(f"{self._name}-copies", self._settings, self._ground, there, copied_from=self._ground.region)

    def _plan(self, vault: Vault, copies: Vault | None) -> aws.backup.Plan:
        copy_arn = copies.arn if copies else None
        rules: Any = plan.rules(self._settings, self._ground.cluster, vault.vault_name, copy_arn)
        return aws.backup.Plan(
            f"{self._name}-plan",
            name=self._ground.cluster,
            rules=rules,
            tags={"Name": self._ground.cluster},
            opts=self._child,
        )

    def _make_role(self) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        ground = self._ground
        role = aws.iam.Role(
            f"{self._name}-role",
            name=f"{ground.cluster}-{ground.region}-backup",
            description=f"Backs up {ground.cluster}",
            assume_role_policy=json.dumps(plan.trust(ground.account_id)),
            permissions_boundary=ground.boundary_arn,
            opts=self._child,
        )
        permissions: list[pulumi.Resource] = [
            aws.iam.RolePolicyAttachment(f"{self._name}-role-{of}", role=role.name, policy_arn=arn, opts=self._child)
            for of, arn in plan.MANAGED.items()
        ]
        return role, permissions

    def _select(
        self, made: aws.backup.Plan, cluster_arn: str, role: aws.iam.Role, permissions: list[pulumi.Resource]
    ) -> None:
        for what, chosen in plan.selections(self._ground.cluster, cluster_arn).items():
            aws.backup.Selection(
                f"{self._name}-{what}",
                **chosen,
                name=f"{self._ground.cluster}-{what}",
                plan_id=made.id,
                iam_role_arn=role.arn,
                # A backup that begins before its role may read fails, and the next is a day away.
                opts=pulumi.ResourceOptions(parent=self, depends_on=permissions),
            )
