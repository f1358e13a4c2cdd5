"""A KMS key as one component."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.kms.policy import key_policy

_DELETION_WINDOW_DAYS = 30


class Key(pulumi.ComponentResource):
    """A symmetric key that rotates every year, found by its alias.

    Args:
        description: what it encrypts.
        alias: its name behind `alias/`, unique in the account's region.
        statements: what its policy allows beside the account's own administration; values may be outputs.
        account_id: the account that administers it, twelve digits.
        protect: refuse to delete it. What it encrypted can never be read again.
    """

    arn: pulumi.Output[str]
    key_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        description: str,
        alias: str,
        statements: Sequence[dict[str, Any]] = (),
        account_id: pulumi.Input[str],
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:Key", name, None, opts)
        root = pulumi.Output.concat("arn:aws:iam::", account_id, ":root")
        key = aws.kms.Key(
            f"{name}-key",
            description=description,
            enable_key_rotation=True,
            deletion_window_in_days=_DELETION_WINDOW_DAYS,
            policy=pulumi.Output.json_dumps(key_policy(root, statements)),
            tags={"Name": alias},
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        )
        aws.kms.Alias(
            f"{name}-alias",
            name=f"alias/{alias}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn, self.key_id = key.arn, key.key_id
        self.register_outputs({"arn": self.arn, "keyId": self.key_id})
