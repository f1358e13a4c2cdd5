"""A table as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from components.config.services import Table
from components.services.made import Made
from components.services.site import Site
from components.services.table import keys

_LONGEST_NAME = 255


class TeamTable(pulumi.ComponentResource):
    """A table that is encrypted and can be restored to any second of the last days.

    Args:
        table: the table's settings.
        site: where it is made.

    Attributes:
        made: the table as agents need it.
    """

    made: Made

    def __init__(self, name: str, table: Table, site: Site, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("agent-platform:index:TeamTable", name, None, opts)
        self._name, self._table, self._site = name, table, site
        self.made = self._told(self._make_table())
        self.register_outputs({"arn": self.made.arn, "table": self.made.host})

    def _make_table(self) -> aws.dynamodb.Table:
        table, ground, called = self._table, self._site.ground, self._site.called(_LONGEST_NAME)
        attributes: Any = keys.attributes(table)
        indexes: Any = keys.indexes(table)
        gone: Any = {"attribute_name": table.ttl, "enabled": True} if table.ttl else None
        return aws.dynamodb.Table(
            f"{self._name}-table",
            name=called,
            billing_mode="PROVISIONED" if table.capacity else "PAY_PER_REQUEST",
            hash_key=table.hash_key.name,
            range_key=table.range_key.name if table.range_key else None,
            attributes=attributes,
            global_secondary_indexes=indexes,
            ttl=gone,
            server_side_encryption={"enabled": True, "kms_key_arn": ground.key_arn},
            point_in_time_recovery={"enabled": True, "recovery_period_in_days": table.recovery_days},
            deletion_protection_enabled=ground.protect,
            tags=self._site.tags(called),
            **keys.capacity(table.capacity),
            opts=pulumi.ResourceOptions(parent=self, protect=ground.protect),
        )

    def _told(self, table: aws.dynamodb.Table) -> Made:
        return Made(
            kind="table",
            team=self._site.team,
            name=self._site.name,
            arn=table.arn,
            parts={"indexes": pulumi.Output.concat(table.arn, "/index/*")},
            host=table.name,
            key_arn=self._site.ground.key_arn,
        )
