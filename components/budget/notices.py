"""Who is told of what a budget and unusual costs come to, as plain data."""

import json
from typing import Any

from components.config.budget import BudgetSettings

_LEAST = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"


def notifications(settings: BudgetSettings) -> list[dict[str, Any]]:
    """Return a budget's notifications: what was spent, then what the month will have cost, each in percent."""
    kinds = (("ACTUAL", settings.thresholds), ("FORECASTED", settings.forecast_thresholds))
    return [
        {
            "notification_type": kind,
            "comparison_operator": "GREATER_THAN",
            "threshold": percent,
            "threshold_type": "PERCENTAGE",
            **({"subscriber_email_addresses": list(settings.alert_emails)} if settings.alert_emails else {}),
            **({"subscriber_sns_topic_arns": [settings.sns_topic_arn]} if settings.sns_topic_arn else {}),
        }
        for kind, percents in kinds
        for percent in sorted(percents)
    ]


def scope(settings: BudgetSettings, environment: str, cost_center: str) -> dict[str, Any] | None:
    """Return what counts, as an expression of Cost Explorer; None: all that the account costs."""
    if settings.scope == "account":
        return None
    tags = {"environment": environment, "cost-center": cost_center}
    return {"ands": [{"tags": {"key": key, "values": [value]}} for key, value in tags.items()]}


def subscriptions(settings: BudgetSettings) -> dict[str, dict[str, Any]]:
    """Return who is told of unusual costs: a topic at once, mail once a day, since AWS sends none sooner."""
    mails = [{"type": "EMAIL", "address": mail} for mail in settings.alert_emails]
    told = {"mail": {"frequency": "DAILY", "subscribers": mails}} if mails else {}
    if settings.sns_topic_arn:
        topic = [{"type": "SNS", "address": settings.sns_topic_arn}]
        told["topic"] = {"frequency": "IMMEDIATE", "subscribers": topic}
    return told


def at_least(usd: float) -> dict[str, Any]:
    """Return the expression of anomalies that cost so much in all, in USD."""
    return {"dimension": {"key": _LEAST, "match_options": ["GREATER_THAN_OR_EQUAL"], "values": [amount(usd)]}}


def amount(usd: float) -> str:
    """Return an amount as AWS takes it: text, without a needless fraction."""
    return json.dumps(int(usd) if usd == int(usd) else usd)
