"""The budget and the search for unusual costs: what counts, when, and who is told."""

from typing import Any

import pytest

from tests.components.aws_recording import Cloud
from tests.components.storage.making import made_with, recorded

TOPIC = "arn:aws:sns:eu-central-1:123456789012:costs"
MAIL = ["platform@example.com"]


def made(**budget: Any) -> Cloud:
    return made_with(budget={"monthlyUsd": 5000, **budget})[0]


@pytest.fixture(params=[True, False], ids=["preview", "up"])
def either(request: pytest.FixtureRequest) -> Cloud:
    """Return what an environment that keeps everything registers in a preview, then in an up."""
    return recorded(preview=request.param)


def test_a_month_may_cost_so_much_and_all_that_the_account_costs_counts(either: Cloud) -> None:
    budget = either.one("budgets/budget:Budget").inputs
    assert budget["name"] == "agent-platform-prod-monthly"
    assert (budget["limitAmount"], budget["limitUnit"], budget["timeUnit"]) == ("5000", "USD", "MONTHLY")
    assert "filterExpression" not in budget


def test_cents_are_kept() -> None:
    assert made(alertEmails=MAIL, monthlyUsd=99.5).one("budgets/budget:Budget").inputs["limitAmount"] == "99.5"


def test_by_tags_only_what_is_the_environments_and_its_cost_centers_counts() -> None:
    found = made(alertEmails=MAIL, scope="tags").one("budgets/budget:Budget").inputs["filterExpression"]
    assert found == {
        "ands": [
            {"tags": {"key": "environment", "values": ["prod"]}},
            {"tags": {"key": "cost-center", "values": ["4711"]}},
        ]
    }


def test_each_threshold_is_told_of_by_mail_and_topic() -> None:
    cloud = made(alertEmails=MAIL, snsTopicArn=TOPIC, thresholds=[90, 50], forecastThresholds=[120])
    told = cloud.one("budgets/budget:Budget").inputs["notifications"]
    assert [(each["notificationType"], each["threshold"]) for each in told] == [
        ("ACTUAL", 50),
        ("ACTUAL", 90),
        ("FORECASTED", 120),
    ]
    for each in told:
        assert each["subscriberEmailAddresses"] == MAIL
        assert each["subscriberSnsTopicArns"] == [TOPIC]
        assert (each["comparisonOperator"], each["thresholdType"]) == ("GREATER_THAN", "PERCENTAGE")


def test_unusual_costs_are_mailed_once_a_day_and_a_topic_hears_at_once() -> None:
    cloud = made(alertEmails=MAIL, snsTopicArn=TOPIC, anomalies={"leastUsd": 20})
    monitor = cloud.one("AnomalyMonitor").inputs
    assert (monitor["monitorType"], monitor["monitorDimension"]) == ("DIMENSIONAL", "SERVICE")
    told = {each.name: each.inputs for each in cloud.of_type("AnomalySubscription")}
    mail, topic = told["budget-anomalies-mail"], told["budget-anomalies-topic"]
    assert (mail["frequency"], mail["subscribers"]) == ("DAILY", [{"type": "EMAIL", "address": MAIL[0]}])
    assert (topic["frequency"], topic["subscribers"]) == ("IMMEDIATE", [{"type": "SNS", "address": TOPIC}])
    assert mail["thresholdExpression"] == {
        "dimension": {
            "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            "matchOptions": ["GREATER_THAN_OR_EQUAL"],
            "values": ["20"],
        }
    }


def test_a_monitor_that_the_account_has_is_not_made_again() -> None:
    arn = "arn:aws:ce::123456789012:anomalymonitor/01234567-89ab-cdef-0123-456789abcdef"
    cloud = made(alertEmails=MAIL, anomalies={"monitorArn": arn})
    assert cloud.of_type("AnomalyMonitor") == []
    assert cloud.one("AnomalySubscription").inputs["monitorArnLists"] == [arn]


def test_nobody_needs_to_look_for_unusual_costs() -> None:
    cloud = made(alertEmails=MAIL, anomalies=None)
    assert [each.type for each in cloud.registered if "costexplorer" in each.type] == []


def test_without_a_budget_nothing_is_made_of_it() -> None:
    cloud, _ = made_with(budget=None)
    assert [each.name for each in cloud.registered if each.name.startswith("budget")] == []
