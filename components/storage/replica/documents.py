"""How S3 copies what is written to one bucket into another, as plain data. ARNs of keys may be outputs.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from components.bucket.documents import bucket_arn


def trust(account_id: str, sources: Sequence[str]) -> dict[str, Any]:
    """Return the role's trust: S3, on behalf of these buckets of the account."""
    condition = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnEquals": {"aws:SourceArn": [bucket_arn(source) for source in sources]},
    }
    service = {"Service": "s3.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole", "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [statement]}


def reading(sources: Sequence[str]) -> list[dict[str, Any]]:
    """Return the leave to read the buckets that are copied."""
    see = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    read = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
    arns = [bucket_arn(source) for source in sources]
    return [
        {"Effect": "Allow", "Action": see, "Resource": arns},
        {"Effect": "Allow", "Action": read, "Resource": [f"{arn}/*" for arn in arns]},
    ]


def writing(copies: Sequence[str]) -> dict[str, Any]:
    """Return the leave to write to the buckets that hold the copies."""
    write = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"]
    return {"Effect": "Allow", "Action": write, "Resource": [f"{bucket_arn(copy)}/*" for copy in copies]}


def by_key(actions: Sequence[str], key_arn: Any, region: str, buckets: Sequence[str]) -> dict[str, Any]:
    """Return the leave to use the key of some buckets through S3, for what is in them alone.

    Args:
        actions: what may be done with the key.
        key_arn: the key.
        region: where the buckets are.
        buckets: their names: with bucket keys, what is encrypted is named after the bucket.
    """
    condition = {
        "StringEquals": {
            "kms:ViaService": f"s3.{region}.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": [bucket_arn(bucket) for bucket in buckets],
        }
    }
    return {"Effect": "Allow", "Action": list(actions), "Resource": key_arn, "Condition": condition}


def rule(copy: str, key_arn: Any) -> Mapping[str, Any]:
    """Return the rule by which all objects are copied, deletions too: older versions stay in the copy all the same.

    Args:
        copy: the name of the bucket that holds the copies.
        key_arn: its key.
    """
    return {
        "id": "all",
        "status": "Enabled",
        "priority": 0,
        "filter": {"prefix": ""},
        "delete_marker_replication": {"status": "Enabled"},
        "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
        "destination": {
            "bucket": bucket_arn(copy),
            "storage_class": "STANDARD_IA",
            "encryption_configuration": {"replica_kms_key_id": key_arn},
            "metrics": {"status": "Enabled"},
        },
    }
