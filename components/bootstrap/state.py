"""Where Pulumi keeps state in a bucket, and who reads and writes it.

`pulumi up` writes below `stacks/`, `history/` and `backups/` of its project, and puts and takes a lock; `pulumi
preview` writes nothing and takes no lock, so that its role needs no leave to write at all.
"""

from typing import Any

from components.bootstrap.documents import allow, document
from components.bootstrap.names import PROJECT, Names
from components.bucket.documents import keeping

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


def state_rules(days: int, versions: int) -> list[dict[str, Any]]:
    """Return when replaced versions of the state go; those of locks go at once.

    Args:
        days: the least age of a version, since it was replaced.
        versions: how many stay whatever their age.
    """
    return [
        keeping("old-state", replaced_days=days, replaced_versions=versions),
        keeping("old-locks", prefix=_LOCKS, replaced_days=1),
    ]


def log_rules(days: int) -> list[dict[str, Any]]:
    """Return when logs go."""
    return [keeping("old-logs", expire_days=days, replaced_days=1)]


def _seeing(names: Names) -> list[dict[str, Any]]:
    bucket = f"arn:aws:s3:::{names.state_bucket}"
    return [
        allow("ListsState", ["s3:ListBucket"], bucket),
        allow("ReadsState", ["s3:GetObject"], [f"{bucket}/.pulumi/meta.yaml", *_own(names)]),
    ]


def _own(names: Names) -> list[str]:
    return [f"arn:aws:s3:::{names.state_bucket}/.pulumi/{folder}/{PROJECT}/*" for folder in _FOLDERS]
