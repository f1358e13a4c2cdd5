"""A bucket for access logs as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components.vm_fleet.access_logs import bucket


class AccessLogs(pulumi.ComponentResource):
    """A private bucket that load balancers of one account deliver their logs to, and that forgets them in time.

    The pack must know it by its name in the program, `<name>-bucket`, in the option `logBuckets` of
    `s3-private-encrypted`: it keeps logs, so that it has none of its own and no key in KMS.

    Args:
        bucket_name: its name in S3.
        account_id: the account, twelve digits.
        days: how long logs are kept.
        protect: refuse to delete it. Without that it goes, and its logs with it, when the program no longer has it.

    Attributes:
        bucket: the bucket's name.
        ready: what a load balancer has to wait for: it tries to write when it is made.
    """

    bucket: pulumi.Output[str]
    ready: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        bucket_name: str,
        account_id: str,
        days: int,
        *,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:AccessLogs", name, None, opts)
        self._name, self._child = name, pulumi.ResourceOptions(parent=self)
        self._make_bucket(bucket_name, protect=protect)
        self._close()
        self._keep(days)
        self._let_deliver(bucket_name, account_id)
        self.register_outputs({"bucket": self.bucket})

    def _make_bucket(self, bucket_name: str, *, protect: bool) -> None:
        made = aws.s3.Bucket(
            f"{self._name}-bucket",
            bucket=bucket_name,
            force_destroy=not protect,
            tags={"Name": bucket_name},
            opts=pulumi.ResourceOptions(parent=self, protect=protect),
        )
        self.bucket = made.bucket

    def _close(self) -> None:
        self._block = aws.s3.BucketPublicAccessBlock(
            f"{self._name}-private",
            bucket=self.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child,
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-encryption",
            bucket=self.bucket,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=self._child,
        )

    def _keep(self, days: int) -> None:
        versioning = aws.s3.BucketVersioning(
            f"{self._name}-versions",
            bucket=self.bucket,
            versioning_configuration={"status": "Enabled"},
            opts=self._child,
        )
        aws.s3.BucketLifecycleConfiguration(
            f"{self._name}-lifecycle",
            bucket=self.bucket,
            **bucket.lifecycle(days),
            # A rule on older versions means nothing, and may be refused, before there are versions.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )

    def _let_deliver(self, bucket_name: str, account_id: str) -> None:
        policy = aws.s3.BucketPolicy(
            f"{self._name}-policy",
            bucket=self.bucket,
            policy=json.dumps(bucket.policy(bucket_name, account_id)),
            # S3 refuses two changes of who may do what at the same time.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._block]),
        )
        self.ready = [policy]
