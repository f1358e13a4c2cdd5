"""A vault as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.config.backup import BackupSettings, Lock
from components.ground import Ground
from components.kms import Key
from components.naming import called

_LONGEST_NAME = 50


class Vault(pulumi.ComponentResource):
    """A place for backups with a key of its own: whoever may read what is backed up can't read, or spoil, this.

    Args:
        settings: how long backups are kept, and what keeps people from deleting them.
        ground: whose they are.
        opts: the provider of the vault's region.
        copied_from: the region whose backups are copied here, where a cluster of the same name may have a vault of its
            own; None: it is the cluster's own vault.

    Attributes:
        arn: its ARN.
        vault_name: its name, known once it is locked.
    """

    arn: pulumi.Output[str]
    vault_name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        settings: BackupSettings,
        ground: Ground,
        opts: pulumi.ResourceOptions,
        *,
        copied_from: str | None = None,
    ) -> None:
        super().__init__("agent-platform:index:Vault", name, None, opts)
        self._name, self._settings, self._ground = name, settings, ground
        self._child = pulumi.ResourceOptions(parent=self)
        source = [copied_from] if copied_from else []
        self._called = called(ground.cluster, *source, most=_LONGEST_NAME)
        self._alias = "-".join([f"{ground.cluster}/backups", *source])
        vault = self._make_vault(self._make_key())
        self.arn = vault.arn
        self.vault_name = self._lock(vault, settings.lock)
        self.register_outputs({"arn": self.arn})

    def _make_key(self) -> Key:
        return Key(
            f"{self._name}-backups",
            description=f"Backups of {self._ground.cluster}",
            alias=self._alias,
            account_id=self._ground.account_id,
            protect=self._ground.protect,
            opts=self._child,
        )

    def _make_vault(self, key: Key) -> aws.backup.Vault:
        return aws.backup.Vault(
            f"{self._name}-vault",
            name=self._called,
            kms_key_arn=key.arn,
            force_destroy=not self._ground.protect,
            tags={"Name": self._called},
            opts=pulumi.ResourceOptions(parent=self, protect=self._ground.protect),
        )

    def _lock(self, vault: aws.backup.Vault, lock: Lock | None) -> pulumi.Output[str]:
        if lock is None:
            return vault.name
        return aws.backup.VaultLockConfiguration(
            f"{self._name}-lock",
            backup_vault_name=vault.name,
            changeable_for_days=lock.grace_days if lock.mode == "compliance" else None,
            min_retention_days=self._settings.shortest_days,
            max_retention_days=self._settings.longest_days,
            opts=self._child,
        ).backup_vault_name
