"""A file system as plain data: who may mount it, and where files that nobody reads go."""

from typing import Any

from components.config.storage import Files

NFS = 2049
_MOUNTS = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]


def access(account_id: str, region: str) -> dict[str, Any]:
    """Return who may mount it: whoever the mount targets let in, by TLS, through a door, and never as root.

    A door is an access point, which holds its users below one folder and gives them one user's rights there. EFS takes
    a policy without resources as about the file system that has it.
    https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html

    Args:
        account_id: the account, twelve digits.
        region: the region.
    """
    doors = f"arn:aws:elasticfilesystem:{region}:{account_id}:access-point/*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ThroughDoors",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": _MOUNTS,
                "Condition": {
                    "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"},
                    "ArnLike": {"elasticfilesystem:AccessPointArn": doors},
                },
            },
            {
                "Sid": "OnlyByTls",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }


def lifecycle(files: Files) -> list[dict[str, str]]:
    """Return where files go that nobody reads, and that they come back when somebody does."""
    rules = []
    if files.infrequent_days:
        rules.append({"transition_to_ia": _after(files.infrequent_days)})
    if files.archive_days:
        rules.append({"transition_to_archive": _after(files.archive_days)})
    return [*rules, {"transition_to_primary_storage_class": "AFTER_1_ACCESS"}] if rules else []


def _after(days: int) -> str:
    return f"AFTER_{days}_DAY{'S' if days > 1 else ''}"
