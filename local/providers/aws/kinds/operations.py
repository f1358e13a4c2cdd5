"""CloudWatch, EventBridge, budgets and cost alerts."""

from __future__ import annotations

from collections.abc import Mapping

from local.providers.aws.failures import AwsError
from local.providers.aws.kind import Kind
from local.providers.aws.kinds import kept
from local.providers.aws.making import Making

_RETENTIONS = (
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html; 0 is for ever."""


def _retention(making: Making) -> None:
    days = making.values.get("retentionInDays") or 0
    if days not in _RETENTIONS:
        raise AwsError(
            "InvalidParameterException",
            f"retentionInDays must be one of {', '.join(map(str, _RETENTIONS))}; got {days}",
        )


KINDS: Mapping[str, Kind] = {
    "cloudwatch/logGroup:LogGroup": Kind(
        id="{name}",
        arn="logs:{region}:{account}:log-group:{name}",
        name_limit=512,
        replaces="name namePrefix logGroupClass",
        outputs={"logGroupClass": "STANDARD", "deletionProtectionEnabled": False},
        empty="namePrefix",
        unique=("name",),
        exists="ResourceAlreadyExistsException: The specified log group already exists: {name}",
        handles=("{name}", "arn:{partition}:logs:{region}:{account}:log-group:{name}:*"),
        missing="ResourceNotFoundException: The specified log group does not exist: {value}",
        protected={
            "deletionProtectionEnabled": "ValidationException: The log group {name} cannot be deleted because deletion "
            "protection is enabled"
        },
        on_create=(_retention,),
    ),
    "cloudwatch/logResourcePolicy:LogResourcePolicy": Kind(
        id="{policyName}",
        name="policyName",
        replaces="policyName resourceArn",
        outputs={"policyScope": lambda m: "RESOURCE" if m.values.get("resourceArn") else "ACCOUNT"},
        empty="revisionId",
        unique=("policyName",),
    ),
    "cloudwatch/logMetricFilter:LogMetricFilter": Kind(
        id="{name}",
        replaces="logGroupName name",
        empty="applyOnTransformedLogs",
        unique=("logGroupName", "name"),
        refers={"logGroupName": ("cloudwatch/logGroup:LogGroup",)},
    ),
    "cloudwatch/dashboard:Dashboard": Kind(
        id="{dashboardName}",
        replaces="dashboardName",
        outputs={"dashboardArn": "arn:{partition}:cloudwatch::{account}:dashboard/{dashboardName}"},
        unique=("dashboardName",),
    ),
    "cloudtrail/trail:Trail": Kind(
        id="arn:{partition}:cloudtrail:{region}:{account}:trail/{name}",
        replaces="name",
        outputs={"arn": "{id}", "homeRegion": "{region}"},
        empty="snsTopicArn",
        unique=("name",),
        exists="TrailAlreadyExistsException: Trail {name} already exists for customer: {account}",
        refers={"s3BucketName": ("s3/bucket:Bucket",)},
    ),
    "cloudwatch/metricAlarm:MetricAlarm": Kind(
        id="{name}",
        arn="cloudwatch:{region}:{account}:alarm:{name}",
        replaces="name",
        empty="evaluateLowSampleCountPercentiles",
        unique=("name",),
        refers={"dimensions": ()},
    ),
    "cloudwatch/eventRule:EventRule": Kind(
        id="{name}",
        arn="events:{region}:{account}:rule/{name}",
        name_limit=64,
        replaces="name namePrefix eventBusName",
        empty="namePrefix",
        unique=("eventBusName", "name"),
        handles=("{name}",),
        missing="ResourceNotFoundException: Rule {value} does not exist on EventBus default.",
        in_use="ValidationException: Rule can't be deleted since it has targets.",
        held_by=("cloudwatch/eventTarget:EventTarget",),
    ),
    "cloudwatch/eventTarget:EventTarget": Kind(
        id="{rule}-{targetId}",
        name="targetId",
        name_limit=64,
        replaces="rule targetId eventBusName",
        unique=("rule", "targetId"),
        refers={"rule": ("cloudwatch/eventRule:EventRule",)},
    ),
    "budgets/budget:Budget": Kind(
        id="{account}:{name}",
        arn="budgets::{account}:budget/{name}",
        replaces="name namePrefix accountId",
        is_global=True,
        outputs={
            "timePeriodStart": "2026-01-01_00:00",
            "costTypes": {
                "includeCredit": True,
                "includeRefund": True,
                "includeSubscription": True,
                "includeTax": True,
                "useBlended": False,
            },
            "limitAmount": "0",
            "limitUnit": "USD",
        },
        empty="costFilters namePrefix",
        unique=("name",),
        exists="DuplicateRecordException: Error creating budget: {name} - the budget already exists.",
        on_create=(kept.somebody_is_told,),
    ),
    "costexplorer/anomalyMonitor:AnomalyMonitor": Kind(
        id="arn:{partition}:ce::{account}:anomalymonitor/{uuid}",
        replaces="monitorDimension monitorSpecification monitorType",
        is_global=True,
        outputs={"arn": "{id}"},
        missing="UnknownMonitorException: No anomaly monitor {value}",
        arn="ce::{account}:anomalymonitor/{id}",
        on_create=(kept.one_monitor_of_services,),
    ),
    "costexplorer/anomalySubscription:AnomalySubscription": Kind(
        id="arn:{partition}:ce::{account}:anomalysubscription/{uuid}",
        replaces="accountId",
        is_global=True,
        outputs={"arn": "{id}"},
        empty="thresholdExpression",
    ),
}
