"""What S3, AWS Backup and Cost Explorer refuse of how long things are kept, where they are copied, who is told.

https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html,
https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html,
https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html
"""

from __future__ import annotations

from local.providers.aws.failures import AwsError
from local.providers.aws.making import Making

_BUCKET, _VERSIONING = "aws:s3/bucket:Bucket", "aws:s3/bucketVersioning:BucketVersioning"
_MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
_INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
_DAYS_IN_STANDARD = 30
_DAYS_IN_COLD_STORAGE = 90


def versions_at_both_ends(making: Making) -> None:
    """A replication needs versions of what is copied, and of the copies."""
    if not _keeps_versions(making, making.values["bucket"]):
        reason = "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
        raise AwsError("InvalidRequest", f"{reason}: {making.values['bucket']}")
    for rule in making.values.get("rules") or ():
        arn = str((rule.get("destination") or {}).get("bucket"))
        if making.row(arn, _BUCKET) and not _keeps_versions(making, arn.rpartition(":")[2]):
            raise AwsError("InvalidRequest", f"Destination bucket must have versioning enabled: {arn}")


def _keeps_versions(making: Making, bucket: str) -> bool:
    versioning = making.transaction.get(_VERSIONING, bucket)
    found = (versioning.state if versioning else {}).get("versioningConfiguration") or {}
    return bool(found.get("status") == "Enabled")


def moves_in_time(making: Making) -> None:
    """An object moves to the infrequent tiers after a month at the soonest, and goes after its last move."""
    for rule in making.values.get("rules") or ():
        moves = [(int(move.get("days") or 0), move.get("storageClass")) for move in rule.get("transitions") or ()]
        for days, tier in moves:
            if tier in _INFREQUENT and days < _DAYS_IN_STANDARD:
                reason = "'Days' in Transition action must be greater than or equal to 30 for storageClass"
                raise AwsError("InvalidArgument", f"{reason} '{tier}'")
        end = (rule.get("expiration") or {}).get("days")
        if end and moves and end <= max(days for days, _ in moves):
            reason = "'Days' in the Expiration action must be greater than 'Days' in the Transition action"
            raise AwsError("InvalidArgument", f"{reason} of rule '{rule.get('id')}'")


def logs_where_it_is(making: Making) -> None:
    """An access log stays in the bucket's region."""
    bucket, target = (making.find(making.values.get(key), _BUCKET) for key in ("bucket", "targetBucket"))
    if bucket and target and bucket.get("bucketRegion") != target.get("bucketRegion"):
        raise AwsError("CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed.")  # S3's spelling


def cold_long_enough(making: Making) -> None:
    """A backup stays in cold storage for a quarter at least."""
    for rule in making.values.get("rules") or ():
        for lifecycle in (rule.get("lifecycle") or {}, *_of_copies(rule)):
            cold, end = lifecycle.get("coldStorageAfter"), lifecycle.get("deleteAfter")
            if cold and end and end < cold + _DAYS_IN_COLD_STORAGE:
                reason = "Invalid lifecycle. DeleteAfterDays cannot be less than 90 days apart from"
                raise AwsError("InvalidParameterValueException", f"{reason} MoveToColdStorageAfterDays")


def _of_copies(rule: dict[str, object]) -> list[dict[str, int]]:
    copies = rule.get("copyActions")
    return [copy.get("lifecycle") or {} for copy in copies] if isinstance(copies, list) else []


def one_monitor_of_services(making: Making) -> None:
    """An account has one monitor of its services."""
    if making.values.get("monitorType") != "DIMENSIONAL":
        return
    others = [row for row in making.transaction.live(_MONITOR) if row.state.get("monitorType") == "DIMENSIONAL"]
    if any(row.id != making.values.get("id") for row in others):
        raise AwsError("LimitExceededException", "Limit exceeded on dimensional spend monitor creation")


def somebody_is_told(making: Making) -> None:
    """A notification has a subscriber."""
    for notice in making.values.get("notifications") or ():
        if not notice.get("subscriberEmailAddresses") and not notice.get("subscriberSnsTopicArns"):
            raise AwsError("InvalidParameterException", "Unable to create notification without subscribers")
