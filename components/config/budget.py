"""What an environment may cost a month, and who is told when it costs more."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, Strict

from components.config.model import Matching, Model, RefusedError
from components.config.quantities import Count

MOST_MAILS = 10
"""Mail addresses that a notification of a budget takes:
https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html"""
MOST_NOTIFICATIONS = 10
"""Notifications of a budget; same source."""

Usd = Annotated[float, Strict(), Field(gt=0, le=100_000_000)]
Mail = Annotated[
    str, Matching(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+", "is not a mail address", "write it as team@example.com")
]
TopicArn = Annotated[
    str,
    Matching(
        "arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}",
        "is not the ARN of a topic",
        "copy it from `aws sns list-topics`",
    ),
]
MonitorArn = Annotated[
    str,
    Matching(
        "arn:aws:ce::[0-9]{12}:anomalymonitor/[0-9a-f-]{36}",
        "is not the ARN of an anomaly monitor",
        "copy it from `aws ce get-anomaly-monitors`",
    ),
]
Threshold = Annotated[Count, Field(ge=1, le=1000)]


class Anomalies(Model):
    """Unusual costs, found by AWS from what the account used to cost."""

    least_usd: Usd = Field(50.0, description="Those that cost less than this in all are not told of, in USD.")
    monitor_arn: MonitorArn | None = Field(
        None,
        description="The account's monitor of AWS services, where it has one, since it can have one only: "
        "`aws ce get-anomaly-monitors`; none: it is made.",
    )


class BudgetSettings(Model):
    """What an environment may cost a month, and who is told when it costs more. It stops nothing by itself."""

    monthly_usd: Usd = Field(description="What it may cost a month, in USD.", examples=[5000.0])
    scope: Literal["account", "tags"] = Field(
        "account",
        description="What counts: `account`, all that its account costs; `tags`, what has its environment and cost "
        "center as tags, which count nothing before they are active as cost allocation tags of the organization.",
    )
    alert_emails: tuple[Mail, ...] = Field(
        (), max_length=MOST_MAILS, description="Who is told by mail.", examples=[["platform@example.com"]]
    )
    sns_topic_arn: TopicArn | None = Field(
        None,
        description="The topic that is told. Its policy has to let budgets.amazonaws.com and costalerts.amazonaws.com "
        "publish, and its key, if it has one of its own, has to let both use it.",
    )
    thresholds: tuple[Threshold, ...] = Field(
        (50, 80, 100), min_length=1, description="When what was spent is told of, in percent of the budget."
    )
    forecast_thresholds: tuple[Threshold, ...] = Field(
        (100,), description="When what the month will have cost is told of, in percent of the budget."
    )
    anomalies: Anomalies | None = Field(
        default_factory=lambda: Anomalies.model_validate({}), description="Unusual costs; null: nobody looks for them."
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield a budget of which nobody hears, and thresholds that are too many or named twice."""
        if not data.get("alertEmails") and not data.get("snsTopicArn"):
            reason = "neither alertEmails nor snsTopicArn is set, so nobody would hear of it"
            yield RefusedError(reason, "name at least one mail address")
        count = 0
        for key, default in (("thresholds", (50, 80, 100)), ("forecastThresholds", (100,))):
            found = data.get(key, default)
            listed = [each for each in found if isinstance(each, int)] if isinstance(found, list | tuple) else []
            count += len(listed)
            for each in sorted({each for each in listed if listed.count(each) > 1}):
                yield RefusedError(f"{key} names {each} {listed.count(each)} times", "name each threshold once")
        if count > MOST_NOTIFICATIONS:
            reason = f"there are {count} thresholds; AWS takes {MOST_NOTIFICATIONS} a budget"
            yield RefusedError(reason, "leave some out")
        mails = data.get("alertEmails")
        known = [str(each).lower() for each in mails] if isinstance(mails, list | tuple) else []
        for mail in sorted({each for each in known if known.count(each) > 1}):
            yield RefusedError(f"alertEmails names {mail} {known.count(mail)} times", "name each address once")


def check_budget(data: Mapping[str, Any]) -> Iterator[RefusedError]:
    """Yield what does not go with the rest of a cluster's settings, as people wrote them."""
    budget, account = data.get("budget"), data.get("accountId")
    if not isinstance(budget, Mapping) or not isinstance(account, str):
        return
    anomalies = budget.get("anomalies")
    monitor = anomalies.get("monitorArn") if isinstance(anomalies, Mapping) else None
    owner = re.search(r":([0-9]{12}):", str(monitor))
    if owner and owner[1] != account:
        reason = f"budget.anomalies.monitorArn is of account {owner[1]}, and the cluster of {account}"
        yield RefusedError(reason, "name a monitor of the cluster's account")
