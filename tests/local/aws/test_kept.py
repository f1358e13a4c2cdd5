"""What AWS refuses of how long things are kept, where they are copied, and who is told of costs."""

from pathlib import Path
from typing import Any

import pytest

from tests.local.aws.plugin import Plugin, refused
from tests.local.aws.world import TRUST
from tests.local.providers.plugin import CallFailedError

BUCKET, VERSIONING = "s3/bucket:Bucket", "s3/bucketVersioning:BucketVersioning"
LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
REPLICATION = "s3/bucketReplicationConfig:BucketReplicationConfig"
MONITOR = "costexplorer/anomalyMonitor:AnomalyMonitor"
VERSIONED = {"versioningConfiguration": {"status": "Enabled"}}


def refusal(plugin: Plugin, token: str, news: dict[str, Any]) -> str:
    with pytest.raises(CallFailedError) as error:
        plugin.make(token, news)
    return refused(error.value)


@pytest.mark.parametrize(
    "rule",
    [
        {"transitions": [{"days": 7, "storageClass": "STANDARD_IA"}]},
        {"transitions": [{"days": 90, "storageClass": "GLACIER_IR"}], "expiration": {"days": 90}},
    ],
)
def test_objects_move_after_a_month_and_go_after_they_moved(plugin: Plugin, rule: dict[str, Any]) -> None:
    plugin.make(BUCKET, {"bucket": "models"})
    news = {"bucket": "models", "rules": [{"id": "all", "status": "Enabled", **rule}]}
    assert refusal(plugin, LIFECYCLE, news) == "InvalidArgument"
    right = {"transitions": [{"days": 30, "storageClass": "STANDARD_IA"}], "expiration": {"days": 31}}
    plugin.make(LIFECYCLE, {**news, "rules": [{"id": "all", "status": "Enabled", **right}]})


def test_a_replication_needs_versions_at_both_ends(plugin: Plugin) -> None:
    role = plugin.make("iam/role:Role", {"name": "copier", "assumeRolePolicy": TRUST})
    for bucket in ("models", "copies"):
        plugin.make(BUCKET, {"bucket": bucket})
    rule = {"id": "all", "status": "Enabled", "destination": {"bucket": "arn:aws:s3:::copies"}}
    news = {"bucket": "models", "role": role["arn"], "rules": [rule]}
    for bucket in ("models", "copies"):
        assert refusal(plugin, REPLICATION, news) == "InvalidRequest"
        plugin.make(VERSIONING, {"bucket": bucket, **VERSIONED})
    plugin.make(REPLICATION, news)


def test_an_access_log_stays_in_its_region(folder: Path) -> None:
    here, there = Plugin(folder), Plugin(folder, region="eu-west-1")
    here.make(BUCKET, {"bucket": "models"})
    there.make(BUCKET, {"bucket": "logs"})
    news = {"bucket": "models", "targetBucket": "logs", "targetPrefix": "models/"}
    assert refusal(here, "s3/bucketLogging:BucketLogging", news) == "CrossLocationLoggingProhibitted"


def test_a_backup_in_cold_storage_stays_there_a_quarter(plugin: Plugin) -> None:
    plugin.make("backup/vault:Vault", {"name": "prod"})
    lifecycle = {"coldStorageAfter": 30, "deleteAfter": 100}
    rule = {"ruleName": "monthly", "targetVaultName": "prod", "lifecycle": lifecycle}
    assert refusal(plugin, "backup/plan:Plan", {"name": "prod", "rules": [rule]}) == "InvalidParameterValueException"
    plugin.make("backup/plan:Plan", {"name": "prod", "rules": [{**rule, "lifecycle": {"deleteAfter": 100}}]})


def test_an_account_has_one_monitor_of_its_services(plugin: Plugin) -> None:
    news = {"name": "one", "monitorType": "DIMENSIONAL", "monitorDimension": "SERVICE"}
    plugin.make(MONITOR, news)
    assert refusal(plugin, MONITOR, {**news, "name": "two"}) == "LimitExceededException"
    plugin.make(MONITOR, {"name": "three", "monitorType": "CUSTOM", "monitorSpecification": "{}"})


def test_a_budget_tells_somebody(plugin: Plugin) -> None:
    notice = {
        "comparisonOperator": "GREATER_THAN",
        "notificationType": "ACTUAL",
        "threshold": 80,
        "thresholdType": "PERCENTAGE",
    }
    news = {"name": "monthly", "budgetType": "COST", "timeUnit": "MONTHLY", "notifications": [notice]}
    assert refusal(plugin, "budgets/budget:Budget", news) == "InvalidParameterException"
    plugin.make("budgets/budget:Budget", {**news, "notifications": [{**notice, "subscriberEmailAddresses": ["a@b.c"]}]})
