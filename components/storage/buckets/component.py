"""The buckets of an environment as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.backup.tags import backed_up
from components.bucket import Guard, PrivateBucket
from components.bucket.documents import keeping
from components.bucket.logs import access_logs, load_balancers
from components.config.storage import BucketRole, StorageSettings
from components.ground import Ground
from components.storage.replica import documents
from components.storage.replica.component import ReplicaBuckets

COPIED = (BucketRole.MODELS, BucketRole.BACKUPS)
"""What is copied to another region: access logs are not, since those of the copies are written there."""


class Buckets(pulumi.ComponentResource):
    """Private buckets for models, backups and access logs, copied to another region where settings say so.

    Args:
        settings: where the environment keeps what.
        ground: where they are made.
        elsewhere: a provider of `settings.replica_region`; None, where there is none.

    Attributes:
        buckets: the buckets by what they are for.
    """

    buckets: Mapping[BucketRole, PrivateBucket]

    def __init__(
        self,
        name: str,
        settings: StorageSettings,
        ground: Ground,
        elsewhere: pulumi.ResourceOptions | None,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("agent-platform:index:Buckets", name, None, opts)
        self._name, self._settings, self._ground = name, settings, ground
        self._child = pulumi.ResourceOptions(parent=self)
        logs = self._make_logs()
        self.buckets = {BucketRole.LOGS: logs, **self._make_data(logs)}
        self._copy(elsewhere)
        self.register_outputs({role.value: bucket.bucket for role, bucket in self.buckets.items()})

    def _make_logs(self) -> PrivateBucket:
        """Make the bucket for the logs of load balancers and of buckets; those of teams are named after the cluster."""
        own, account = self._bucket_name(BucketRole.LOGS), self._ground.account_id
        names = sorted({f"{self._settings.prefix or self._ground.cluster}-*", f"{self._ground.cluster}-*"})
        leaves = [access_logs(own, account, names), load_balancers(own, account)]
        return self._make_bucket(BucketRole.LOGS, None, leaves)

    def _make_data(self, logs: PrivateBucket) -> dict[BucketRole, PrivateBucket]:
        key_arn, target = self._ground.key_arn, logs.log_target
        tags = {BucketRole.MODELS: backed_up(self._ground.cluster), BucketRole.BACKUPS: {}}
        return {role: self._make_bucket(role, Guard(key_arn, target, tags[role])) for role in COPIED}

    def _make_bucket(
        self, role: BucketRole, guard: Guard | None, statements: list[dict[str, Any]] | None = None
    ) -> PrivateBucket:
        ages = self._settings.buckets.ages(role)
        rule = keeping("all", tiers=ages.tiers, expire_days=ages.expire_days, replaced_days=ages.replaced_days)
        return PrivateBucket(
            f"{self._name}-{role}",
            self._bucket_name(role),
            guard=guard,
            rules=[rule],
            statements=statements or (),
            protect=self._ground.protect,
            opts=self._child,
        )

    def _copy(self, elsewhere: pulumi.ResourceOptions | None) -> None:
        region = self._settings.replica_region
        if region is None or elsewhere is None:
            return
        there = pulumi.ResourceOptions(parent=self, provider=elsewhere.provider)
        copies = ReplicaBuckets(f"{self._name}-copies", self._settings, self._ground, COPIED, there)
        role, permissions = self._make_copier(region, copies.key_arn)
        for each in COPIED:
            rule: Any = documents.rule(self._copy_name(each), copies.key_arn)
            aws.s3.BucketReplicationConfig(
                f"{self._name}-{each}-copying",
                bucket=self.buckets[each].bucket,
                role=role.arn,
                rules=[rule],
                # S3 refuses a replication unless both ends keep versions, and begins it with the rights there are.
                opts=pulumi.ResourceOptions(
                    parent=self, depends_on=[*self.buckets[each].ready, *copies.buckets[each].ready, permissions]
                ),
            )

    def _make_copier(self, region: str, copies_key_arn: pulumi.Input[str]) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        """Make the role by which S3 copies: it reads one end, writes the other, and uses each key for that only."""
        ground = self._ground
        sources, targets = [self._bucket_name(each) for each in COPIED], [self._copy_name(each) for each in COPIED]
        role = aws.iam.Role(
            f"{self._name}-copier",
            name=f"{ground.cluster}-{ground.region}-copies",
            description=f"Copies buckets of {ground.cluster} to {region}",
            assume_role_policy=json.dumps(documents.trust(ground.account_id, sources)),
            permissions_boundary=ground.boundary_arn,
            opts=self._child,
        )
        statements = [
            *documents.reading(sources),
            documents.writing(targets),
            documents.by_key(["kms:Decrypt"], ground.key_arn, ground.region, sources),
            documents.by_key(["kms:Encrypt", "kms:GenerateDataKey"], copies_key_arn, region, targets),
        ]
        permissions = aws.iam.RolePolicy(
            f"{self._name}-copier-permissions",
            name="copy-buckets",
            role=role.name,
            policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": statements}),
            opts=self._child,
        )
        return role, permissions

    def _bucket_name(self, role: BucketRole) -> str:
        return self._settings.bucket_name(self._ground.cluster, self._ground.account_id, self._ground.region, role)

    def _copy_name(self, role: BucketRole) -> str:
        return self._settings.copy_name(self._ground.cluster, self._ground.account_id, self._ground.region, role)
