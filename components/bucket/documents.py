"""Who may use a private bucket, and how long it keeps what is in it, as plain data."""

from collections.abc import Mapping, Sequence
from typing import Any

_UNFINISHED_DAYS = 7
"""How long parts of an upload that was never finished are kept; nobody can read them, and they are paid for."""


def bucket_arn(bucket: str) -> str:
    """Return a bucket's ARN, which follows from its name."""
    return f"arn:aws:s3:::{bucket}"


def access(bucket: str, statements: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a bucket's policy: what else is allowed, and that nothing is sent in the clear.

    Args:
        bucket: its name.
        statements: what services or other accounts may do with it; the account's own roles need none.
    """
    arn = bucket_arn(bucket)
    by_tls = {
        "Sid": "OnlyByTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [*statements, by_tls]}


def encryption(key_arn: Any) -> dict[str, Any]:
    """Return how objects are encrypted: by a KMS key, one data key for many objects; None: by S3's own keys."""
    if key_arn is None:
        return {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}
    by_key = {"sse_algorithm": "aws:kms", "kms_master_key_id": key_arn}
    return {"apply_server_side_encryption_by_default": by_key, "bucket_key_enabled": True}


def keeping(
    identifier: str,
    *,
    prefix: str = "",
    tiers: Mapping[str, int] | None = None,
    expire_days: int | None = None,
    replaced_days: int,
    replaced_versions: int | None = None,
) -> dict[str, Any]:
    """Return a rule of how long objects are kept and where; uploads that were never finished go after seven days.

    Args:
        identifier: the rule's name in the bucket.
        prefix: what the keys of its objects begin with.
        tiers: storage classes, and the age in days at which an object moves there.
        expire_days: the age at which it goes; None: never.
        replaced_days: how long a version is kept that was deleted or written over.
        replaced_versions: how many such versions stay whatever their age.
    """
    # Without an age, S3 may still take away the marks of deleted objects of which no version is left.
    expiration = {"days": expire_days} if expire_days else {"expired_object_delete_marker": True}
    replaced = {"newer_noncurrent_versions": replaced_versions} if replaced_versions else {}
    moves = [{"days": days, "storage_class": tier} for tier, days in (tiers or {}).items()]
    return {
        "id": identifier,
        "status": "Enabled",
        "filter": {"prefix": prefix},
        "expiration": expiration,
        "noncurrent_version_expiration": {"noncurrent_days": replaced_days, **replaced},
        "abort_incomplete_multipart_upload": {"days_after_initiation": _UNFINISHED_DAYS},
        **({"transitions": moves} if moves else {}),
    }
