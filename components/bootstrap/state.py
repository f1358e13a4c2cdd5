"""Where Pulumi keeps state in a bucket, and who reads and writes it.

`pulumi up` writes below `stacks/`, `history/` and `backups/` of its project, and puts and takes a lock; `pulumi
preview` writes nothing and takes no lock, so that its role needs no leave to write at all.
"""

from typing import Any

from components.bootstrap.documents import allow, deny, document
from components.bootstrap.names import PROJECT, Names

_FOLDERS = ("stacks", "history", "backups", "locks/organization")
_LOCKS = ".pulumi/locks/"


def writing(names: Names, state_key_arn: Any, secrets_key_arn: Any) -> dict[str, Any]:
    """Return what `pulumi up` needs of the backend: the platform's state, its locks, and both keys.

    The bootstrap's own state is not among it. Versions can't be deleted: what a run destroys can be brought back.
    """
    return document(
        *_seeing(names),
        allow("WritesState", ["s3:DeleteObject", "s3:PutObject"], _own(names)),
        allow("EncryptsState", ["kms:Decrypt", "kms:GenerateDataKey"], state_key_arn),
        allow("EncryptsSecrets", ["kms:Decrypt", "kms:Encrypt"], secrets_key_arn),
    )


def reading(names: Names, state_key_arn: Any, secrets_key_arn: Any) -> list[dict[str, Any]]:
    """Return the statements by which `pulumi preview` reads the state and decrypts secrets in it."""
    return [
        *_seeing(names),
        allow("DecryptsState", ["kms:Decrypt"], [state_key_arn, secrets_key_arn]),
    ]


def state_access(bucket: str) -> dict[str, Any]:
    """Return the policy of the bucket of the state: nothing is sent in the clear."""
    return document(_by_tls(bucket))


def log_access(names: Names) -> dict[str, Any]:
    """Return the policy of the bucket of logs: S3 writes there, about the bucket of the state only.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    source = {
        "ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{names.state_bucket}"},
        "StringEquals": {"aws:SourceAccount": names.account_id},
    }
    delivery = allow("S3WritesLogs", ["s3:PutObject"], f"arn:aws:s3:::{names.log_bucket}/*", source)
    return document({**delivery, "Principal": {"Service": "logging.s3.amazonaws.com"}}, _by_tls(names.log_bucket))


def state_rules(days: int, versions: int) -> list[dict[str, Any]]:
    """Return when replaced versions of the state go; those of locks go at once.

    Args:
        days: the least age of a version, since it was replaced.
        versions: how many stay whatever their age.
    """
    old = {"noncurrent_days": days, "newer_noncurrent_versions": versions}
    return [
        _rule("old-state", "", noncurrent_version_expiration=old),
        _rule(
            "old-locks",
            _LOCKS,
            noncurrent_version_expiration={"noncurrent_days": 1},
            expiration={"expired_object_delete_marker": True},
        ),
    ]


def log_rules(days: int) -> list[dict[str, Any]]:
    """Return when logs go."""
    return [_rule("old-logs", "", expiration={"days": days}, noncurrent_version_expiration={"noncurrent_days": 1})]


def _rule(identifier: str, prefix: str, **what: Any) -> dict[str, Any]:
    abort = {"days_after_initiation": 7}
    base = {"id": identifier, "status": "Enabled", "filter": {"prefix": prefix}}
    return {**base, "abort_incomplete_multipart_upload": abort, **what}


def _seeing(names: Names) -> list[dict[str, Any]]:
    bucket = f"arn:aws:s3:::{names.state_bucket}"
    return [
        allow("ListsState", ["s3:ListBucket"], bucket),
        allow("ReadsState", ["s3:GetObject"], [f"{bucket}/.pulumi/meta.yaml", *_own(names)]),
    ]


def _own(names: Names) -> list[str]:
    return [f"arn:aws:s3:::{names.state_bucket}/.pulumi/{folder}/{PROJECT}/*" for folder in _FOLDERS]


def _by_tls(bucket: str) -> dict[str, Any]:
    both = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return {**deny("OnlyByTls", ["s3:*"], both, {"Bool": {"aws:SecureTransport": "false"}}), "Principal": "*"}
