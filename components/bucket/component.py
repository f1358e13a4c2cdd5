"""A private bucket as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from components.bucket import documents


@dataclass(frozen=True)
class LogTarget:
    """Where a bucket's access log goes.

    Attributes:
        bucket: the name of a bucket in the same region and account, which lets S3 write to it.
        ready: what has to be there before S3 may write.
    """

    bucket: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()


@dataclass(frozen=True)
class Guard:
    """What guards data beyond what every private bucket has.

    Attributes:
        key_arn: the KMS key that encrypts them.
        log_to: where it is written down who read and wrote them.
        tags: what else the bucket is tagged with, as that by which backups find it.
    """

    key_arn: pulumi.Input[str]
    log_to: LogTarget
    tags: Mapping[str, str] = field(default_factory=dict)


class PrivateBucket(pulumi.ComponentResource):
    """A bucket that is closed to the public, encrypted, versioned, without ACLs, and reached by TLS only.

    One that keeps logs is encrypted by S3's own keys and writes no log of its own: neither S3 nor load balancers
    deliver to a bucket with a key in KMS. The pack must know it by its name in the program, `<name>-bucket`, in the
    option `logBuckets` of `s3-private-encrypted`.

    Args:
        bucket_name: its name in S3, which nobody else in the world has.
        guard: the key of its data and their access log; None: it keeps logs.
        rules: how long it keeps what, from `documents.keeping`.
        statements: what its policy allows to services and other accounts.
        protect: refuse to delete it. Without that it goes, and all in it, when the program no longer has it.

    Attributes:
        bucket: its name, known once it exists.
        open_bucket: its name, known once its policy is there: for services that write to it.
        arn: its ARN.
        ready: what has to be there before a service writes to it, or anything relies on its versions.
        log_target: the bucket as the target of others' logs.
    """

    bucket: pulumi.Output[str]
    open_bucket: pulumi.Output[str]
    arn: str
    ready: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        bucket_name: str,
        *,
        guard: Guard | None,
        rules: Sequence[Mapping[str, Any]],
        statements: Sequence[Mapping[str, Any]] = (),
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:PrivateBucket", name, None, opts)
        self._name, self._child, self.arn = name, pulumi.ResourceOptions(parent=self), documents.bucket_arn(bucket_name)
        tags = {"Name": bucket_name, **(guard.tags if guard else {})}
        self.bucket = self._make_bucket(bucket_name, tags, protect=protect)
        access = self._close(documents.access(bucket_name, statements))
        self._encrypt(guard)
        versions = self._keep(rules)
        self._log(f"{bucket_name}/", guard)
        self.ready, self.open_bucket = [access, versions], access.bucket
        self.register_outputs({"bucket": self.bucket, "arn": self.arn})

    @property
    def log_target(self) -> LogTarget:
        """Return the bucket as the target of others' access logs."""
        return LogTarget(self.bucket, self.ready)

    def _make_bucket(self, bucket_name: str, tags: Mapping[str, str], *, protect: bool) -> pulumi.Output[str]:
        return aws.s3.Bucket(
            f"{self._name}-bucket",
            bucket=bucket_name,
            force_destroy=not protect,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        ).bucket

    def _close(self, policy: Mapping[str, Any]) -> aws.s3.BucketPolicy:
        """Close it one step after the other: S3 refuses two changes of who may do what at the same time."""
        owned = aws.s3.BucketOwnershipControls(
            f"{self._name}-ownership",
            bucket=self.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self._child,
        )
        closed = aws.s3.BucketPublicAccessBlock(
            f"{self._name}-closed",
            bucket=self.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[owned]),
        )
        return aws.s3.BucketPolicy(
            f"{self._name}-access",
            bucket=self.bucket,
            policy=json.dumps(policy),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[closed]),
        )

    def _encrypt(self, guard: Guard | None) -> None:
        rule: Any = documents.encryption(guard.key_arn if guard else None)
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-encryption", bucket=self.bucket, rules=[rule], opts=self._child
        )

    def _keep(self, rules: Sequence[Mapping[str, Any]]) -> pulumi.Resource:
        versions = aws.s3.BucketVersioning(
            f"{self._name}-versioning",
            bucket=self.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=self._child,
        )
        kept: Any = list(rules)
        aws.s3.BucketLifecycleConfiguration(
            f"{self._name}-lifecycle",
            bucket=self.bucket,
            rules=kept,
            # Rules on replaced versions mean nothing, and may be refused, before there are versions.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versions]),
        )
        return versions

    def _log(self, prefix: str, guard: Guard | None) -> None:
        if guard:
            aws.s3.BucketLogging(
                f"{self._name}-logging",
                bucket=self.bucket,
                target_bucket=guard.log_to.bucket,
                target_prefix=prefix,
                # S3 refuses a target that it may not write to.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[*guard.log_to.ready]),
            )
