"""The web ACL before a distribution, as plain data."""

from typing import Any

from components.config.entry import MadeWebAcl

_MANAGED = (
    ("AWSManagedRulesAmazonIpReputationList", ()),
    ("AWSManagedRulesKnownBadInputsRuleSet", ()),
    ("AWSManagedRulesCommonRuleSet", ("SizeRestrictions_BODY", "CrossSiteScripting_BODY")),
)
"""Groups of rules that AWS keeps, and those of their rules that are counted only: what people send to agents is long
(AWS's limit is 8 KB), and may well be code or a web page.
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html"""


def web_acl(name: str, settings: MadeWebAcl) -> dict[str, Any]:
    """Return a web ACL for CloudFront: everything passes that no rule blocks.

    Args:
        name: its name, which is also how its metrics begin.
        settings: how much one address may ask for.
    """
    groups = [_managed(priority, group, counted) for priority, (group, counted) in enumerate(_MANAGED, 1)]
    return {
        "name": name,
        "scope": "CLOUDFRONT",
        "description": "What may reach agents",
        "default_action": {"allow": {}},
        "rules": [_limit(settings.requests_per_five_minutes), *groups],
        "visibility_config": _seen(name),
        "tags": {"Name": name},
    }


def _limit(requests: int) -> dict[str, Any]:
    each_address = {"limit": requests, "aggregate_key_type": "IP", "evaluation_window_sec": 300}
    return {
        "name": "limit",
        "priority": 0,
        "action": {"block": {"custom_response": {"response_code": 429}}},
        "statement": {"rate_based_statement": each_address},
        "visibility_config": _seen("limit"),
    }


def _managed(priority: int, group: str, counted: tuple[str, ...]) -> dict[str, Any]:
    overrides = [{"name": rule, "action_to_use": {"count": {}}} for rule in counted]
    statement = {"vendor_name": "AWS", "name": group, **({"rule_action_overrides": overrides} if overrides else {})}
    return {
        "name": group,
        "priority": priority,
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": statement},
        "visibility_config": _seen(group),
    }


def _seen(metric: str) -> dict[str, Any]:
    return {"cloudwatch_metrics_enabled": True, "metric_name": metric, "sampled_requests_enabled": True}
