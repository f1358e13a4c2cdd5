"""The leave of AWS's services to write their logs to a bucket, as statements of its policy."""

from collections.abc import Sequence
from typing import Any

from components.bucket.documents import bucket_arn


def access_logs(bucket: str, account_id: str, sources: Sequence[str]) -> dict[str, Any]:
    """Return the leave of S3 to write the access logs of an account's buckets.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html

    Args:
        bucket: the bucket that keeps the logs.
        account_id: the account, twelve digits.
        sources: the names of the buckets whose logs they are; `*` stands for any characters.
    """
    return {
        "Sid": "S3WritesLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{bucket_arn(bucket)}/*",
        "Condition": {
            "ArnLike": {"aws:SourceArn": [bucket_arn(source) for source in sources]},
            "StringEquals": {"aws:SourceAccount": account_id},
        },
    }


def load_balancers(bucket: str, account_id: str) -> dict[str, Any]:
    """Return the leave of application load balancers to write their access logs.

    The owner of a load balancer is part of the path that it delivers to, so that no other account's may write here.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html

    Args:
        bucket: the bucket that keeps the logs.
        account_id: the load balancers' account.
    """
    return {
        "Sid": "LoadBalancersDeliver",
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{bucket_arn(bucket)}/AWSLogs/{account_id}/*",
    }
