"""The secrets of a team as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.config.secrets import Rotation, Secret
from components.ground import Ground
from components.identity.grants import secret_name
from components.identity.secrets.policy import own_account

_RECOVERY_DAYS = 30


class Secrets(pulumi.ComponentResource):
    """Entries in Secrets Manager without values: people or a rotation put these, and no state ever holds one.

    Where things are protected, a deleted secret can be brought back for 30 days, and its name stays taken; elsewhere
    it goes at once, so that an environment can be made again.

    Args:
        team: the team whose agents read them.
        secrets: the entries.
        ground: where they are made.

    Attributes:
        entries: all of them, by their names.
    """

    entries: dict[str, pulumi.Resource]

    def __init__(
        self,
        name: str,
        team: str,
        secrets: Sequence[Secret],
        ground: Ground,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:Secrets", name, None, opts)
        self._name, self._team, self._ground = name, team, ground
        self._child = pulumi.ResourceOptions(parent=self)
        self.entries = {secret.name: self._make(secret) for secret in secrets}
        self.register_outputs({})

    def _make(self, secret: Secret) -> pulumi.Resource:
        ground = self._ground
        entry = aws.secretsmanager.Secret(
            f"{self._name}-{secret.name}",
            name=secret_name(ground.cluster, self._team, secret.name),
            description=secret.description,
            kms_key_id=ground.key_arn,
            recovery_window_in_days=_RECOVERY_DAYS if ground.protect else 0,
            tags={"team": self._team},
            opts=pulumi.ResourceOptions(parent=self, protect=ground.protect),
        )
        aws.secretsmanager.SecretPolicy(
            f"{self._name}-{secret.name}-readers",
            secret_arn=entry.arn,
            policy=json.dumps(own_account(ground.account_id)),
            block_public_policy=True,
            opts=self._child,
        )
        if secret.rotation:
            self._rotate(secret.name, entry, secret.rotation)
        return entry

    def _rotate(self, name: str, entry: aws.secretsmanager.Secret, rotation: Rotation) -> None:
        """Have the secret replaced; the first time when its period is over, since it begins without a value."""
        aws.secretsmanager.SecretRotation(
            f"{self._name}-{name}-rotation",
            secret_id=entry.id,
            rotation_lambda_arn=rotation.function_arn,
            rotate_immediately=False,
            rotation_rules={"automatically_after_days": rotation.days},
            opts=self._child,
        )
