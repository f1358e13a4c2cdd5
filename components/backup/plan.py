"""What is backed up when, how long it is kept, and by whose leave, as plain data. ARNs of vaults may be outputs."""

from typing import Any

from components.backup.tags import KEY, backed_up
from components.config.backup import BackupSettings

MANAGED = {
    "backup": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
    "buckets": "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup",
}
"""AWS's own policies of the role: clusters, volumes and file systems by the first, buckets by the second.
https://docs.aws.amazon.com/eks/latest/userguide/integration-backup.html"""
_TAGGED = ("arn:aws:ec2:*:*:volume/*", "arn:aws:elasticfilesystem:*:*:file-system/*", "arn:aws:s3:::*")
"""Named by their kinds, they are backed up whether or not the account has opted in to them:
https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources-json.html"""
_MINUTES_TO_START = 60
_MINUTES_TO_FINISH = 12 * 60


def trust(account_id: str) -> dict[str, Any]:
    """Return the role's trust: AWS Backup, for this account."""
    condition = {"StringEquals": {"aws:SourceAccount": account_id}}
    service = {"Service": "backup.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole", "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [statement]}


def rules(settings: BackupSettings, cluster: str, vault: Any, copy_arn: Any) -> list[dict[str, Any]]:
    """Return what is kept each day and each month.

    Args:
        settings: when, and how long.
        cluster: whose backups they are.
        vault: the name of the vault.
        copy_arn: the vault in another region that gets a copy of each; None: there is none.
    """
    kept: list[tuple[str, str, dict[str, Any]]] = [
        ("daily", f"cron(0 {settings.start_hour} ? * * *)", {"delete_after": settings.daily_kept_days})
    ]
    if settings.monthly_kept_days:
        kept.append(("monthly", f"cron(0 {settings.start_hour} 1 * ? *)", _monthly(settings)))
    return [
        {
            "rule_name": name,
            "target_vault_name": vault,
            "schedule": schedule,
            "start_window": _MINUTES_TO_START,
            "completion_window": _MINUTES_TO_FINISH,
            "lifecycle": lifecycle,
            "recovery_point_tags": backed_up(cluster),
            **({"copy_actions": [{"destination_vault_arn": copy_arn, "lifecycle": lifecycle}]} if copy_arn else {}),
        }
        for name, schedule, lifecycle in kept
    ]


def _monthly(settings: BackupSettings) -> dict[str, Any]:
    kept = {"delete_after": settings.monthly_kept_days}
    if settings.cold_after_days is None:
        return kept
    return {**kept, "cold_storage_after": settings.cold_after_days, "opt_in_to_archive_for_supported_resources": True}


def selections(cluster: str, cluster_arn: str) -> dict[str, dict[str, Any]]:
    """Return what is backed up: the cluster with the volumes that its pods claimed, and whatever is tagged for it."""
    tagged = {"key": f"aws:ResourceTag/{KEY}", "value": backed_up(cluster)[KEY]}
    return {
        "cluster": {"resources": [cluster_arn]},
        "tagged": {"resources": list(_TAGGED), "conditions": [{"string_equals": [tagged]}]},
    }
