"""The settings of a budget: one that nobody hears of, or that AWS refuses, is refused with the fix."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.config.budget import BudgetSettings
from tests.components.eks.making import cluster

MAIL = ["platform@example.com"]
MONITOR = "arn:aws:ce::{}:anomalymonitor/01234567-89ab-cdef-0123-456789abcdef"


def refusals(**data: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        BudgetSettings.model_validate({"monthlyUsd": 100, **data})
    errors = [each.get("ctx", {}).get("error") for each in caught.value.errors()]
    return [f"{error.reason}. {error.fix}" for error in errors if error is not None]


def test_the_defaults_hold() -> None:
    settings = BudgetSettings.model_validate({"monthlyUsd": 100, "alertEmails": MAIL})
    assert (settings.scope, settings.thresholds, settings.forecast_thresholds) == ("account", (50, 80, 100), (100,))
    assert settings.anomalies is not None


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        ({}, "so nobody would hear of it. name at least one mail address"),
        ({"alertEmails": []}, "so nobody would hear of it"),
        ({"alertEmails": ["platform"]}, "is not a mail address"),
        ({"alertEmails": ["A@example.com", "a@example.com"]}, "alertEmails names a@example.com 2 times"),
        ({"alertEmails": MAIL, "thresholds": [50, 50]}, "thresholds names 50 2 times"),
        ({"alertEmails": MAIL, "thresholds": list(range(1, 11))}, "there are 11 thresholds; AWS takes 10 a budget"),
        ({"alertEmails": MAIL, "snsTopicArn": "costs"}, "is not the ARN of a topic"),
    ],
)
def test_what_nobody_hears_of_and_what_aws_refuses_is_refused(budget: dict[str, Any], said: str) -> None:
    assert any(said in each for each in refusals(**budget))


def test_everything_wrong_is_said_at_once() -> None:
    assert len(refusals(thresholds=[5, 5], forecastThresholds=[7, 7])) == 3


@pytest.mark.parametrize(
    "budget",
    [
        {"monthlyUsd": 0},
        {"monthlyUsd": "100"},
        {"thresholds": []},
        {"thresholds": [0]},
        {"thresholds": [2000]},
        {"alertEmails": [f"a{n}@example.com" for n in range(11)]},
    ],
)
def test_numbers_out_of_bounds_are_refused(budget: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BudgetSettings.model_validate({"monthlyUsd": 100, "alertEmails": MAIL, **budget})


def test_a_monitor_of_another_account_is_refused() -> None:
    def budget(account: str) -> dict[str, Any]:
        return {"monthlyUsd": 100, "alertEmails": MAIL, "anomalies": {"monitorArn": MONITOR.format(account)}}

    with pytest.raises(ValidationError, match="monitorArn is of account 210987654321"):
        cluster(budget=budget("210987654321"))
    assert cluster(budget=budget("123456789012")).budget is not None
