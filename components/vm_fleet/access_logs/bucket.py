"""The bucket of a load balancer's access logs, as plain data.

Load balancers deliver to buckets with S3's own keys only (SSE-S3), not to one with a key in KMS.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
"""

from typing import Any

_SUPERSEDED_DAYS = 30
_UNFINISHED_DAYS = 7


def bucket_name(fleet: str, account_id: str, region: str) -> str:
    """Return the bucket's name, which no other account in the world has."""
    return f"{fleet}-{account_id}-{region}-access-logs"


def policy(bucket: str, account_id: str) -> dict[str, Any]:
    """Return the bucket's policy: nobody comes by plain HTTP, and only this account's load balancers deliver.

    The owner of a load balancer is part of the path that it delivers to, so that no other account's may write here.

    Args:
        bucket: the bucket's name.
        account_id: the load balancers' account.
    """
    arn = f"arn:aws:s3:::{bucket}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyByTls",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            {
                "Sid": "LoadBalancersDeliver",
                "Effect": "Allow",
                "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"{arn}/AWSLogs/{account_id}/*",
            },
        ],
    }


def lifecycle(days: int) -> dict[str, Any]:
    """Return the rule by which logs go after some days, and what was written over or never finished sooner."""
    rule = {
        "id": "expire",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "expiration": {"days": days},
        "noncurrent_version_expiration": {"noncurrent_days": _SUPERSEDED_DAYS},
        "abort_incomplete_multipart_upload": {"days_after_initiation": _UNFINISHED_DAYS},
    }
    return {"rules": [rule]}
