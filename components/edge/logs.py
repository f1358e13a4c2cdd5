"""The leave of AWS's log delivery to write to a bucket, as statements of its policy."""

from typing import Any

from components.bucket.documents import bucket_arn

_SERVICE = {"Service": "delivery.logs.amazonaws.com"}


def deliveries(bucket: str, account_id: str, region: str) -> list[dict[str, Any]]:
    """Return the leave to deliver what network load balancers, or distributions, tell.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html and
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html

    Args:
        bucket: the bucket that keeps the logs.
        account_id: the account whose logs they are, twelve digits.
        region: the region that delivers.
    """
    own = {"aws:SourceAccount": account_id}
    source = {"ArnLike": {"aws:SourceArn": f"arn:aws:logs:{region}:{account_id}:*"}}
    return [
        {
            "Sid": "LogDeliveryLooks",
            "Effect": "Allow",
            "Principal": _SERVICE,
            "Action": "s3:GetBucketAcl",
            "Resource": bucket_arn(bucket),
            "Condition": {"StringEquals": own, **source},
        },
        {
            "Sid": "LogDeliveryWrites",
            "Effect": "Allow",
            "Principal": _SERVICE,
            "Action": "s3:PutObject",
            "Resource": f"{bucket_arn(bucket)}/AWSLogs/{account_id}/*",
            "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", **own}, **source},
        },
    ]
