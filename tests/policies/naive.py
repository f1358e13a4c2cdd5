"""The naive form of the pack: every rule a stock policy of the SDK, which decodes each resource anew for it.

The dispatcher is measured against it, and has to find what it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pulumi_policy import EnforcementLevel, ReportViolation, ResourceValidationArgs, ResourceValidationPolicy
from pulumi_policy import policy as sdk

from policies.config import Settings, defaults
from policies.findings import Violation
from policies.rule import AnyRule, Resource

Decode = Callable[[ResourceValidationArgs], object]
StockServicer = vars(sdk)["_PolicyAnalyzerServicer"]


def plain(value: Any) -> Any:
    """The SDK's proxies as plain values, whole numbers as integers. An unknown raises, as the SDK means it to."""
    if isinstance(value, Mapping):
        return {key: plain(value[key]) for key in value}
    if hasattr(value, "__getitem__") and hasattr(value, "__len__") and not isinstance(value, str):
        return [plain(value[index]) for index in range(len(value))]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def naive(rules: Iterable[AnyRule], decode: Decode = lambda args: plain(args.props)) -> Any:
    """A servicer of the SDK's own with a stock policy for every rule that judges single resources."""
    rules = [rule for rule in rules if rule.judge is not None and rule.area is not None and not rule.area.secrecy]
    settings = defaults(rules)
    policies = [_stock(rule, settings[rule.name], decode) for rule in rules]
    return StockServicer("naive", "0.0.1", policies, EnforcementLevel.MANDATORY)


def _stock(rule: AnyRule, settings: Settings, decode: Decode) -> ResourceValidationPolicy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if rule.area is None or rule.judge is None or not rule.area.concerns(args.resource_type):
            return
        resource = Resource(args.resource_type, args.urn, args.name, decode(args))
        texts = {
            finding.text: None
            for subject in rule.area.subjects(resource)
            for finding in rule.judge(subject, settings.options)
            if isinstance(finding, Violation)
        }
        for text in texts:
            report(text, None)

    return ResourceValidationPolicy(rule.name, rule.description, validate, rule.level)
