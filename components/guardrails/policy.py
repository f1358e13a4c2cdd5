"""A ValidatingAdmissionPolicy and its binding as pure manifests, made of checks."""

from collections.abc import Mapping, Sequence

from components.guardrails.cel import CONDITIONS, PODS, VARIABLES, Check
from components.labels import TEAM, Component, labels, metadata
from components.manifest import Manifest

VERSION = "2.0.0"
_PREFIX = "agent-platform-"


def for_pods(area: str, checks: Sequence[Check], variables: Mapping[str, str] | None = None) -> Manifest:
    """Return the policy of everything that makes pods."""
    return policy(area, PODS, checks, {**VARIABLES, **(variables or {})}, CONDITIONS)


def policy(
    area: str,
    kinds: Mapping[str, list[str]],
    checks: Sequence[Check],
    variables: Mapping[str, str] | None = None,
    conditions: Mapping[str, str] | None = None,
) -> Manifest:
    """Return a policy: `kinds` maps API groups to resources; variables are evaluated where a check needs them."""
    name = f"{_PREFIX}{area}"
    matched = [
        {"apiGroups": [group], "apiVersions": ["*"], "resources": resources, "operations": ["CREATE", "UPDATE"]}
        for group, resources in kinds.items()
    ]
    return {
        "metadata": metadata(name, labels(name, name, Component.GUARDRAIL, "agent-platform", VERSION)),
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": matched, "matchPolicy": "Equivalent"},
            "matchConditions": _named(conditions or {}),
            "variables": _named(variables or {}),
            "validations": [
                {"expression": check.holds, "message": check.message, "messageExpression": check.message_expression}
                for check in checks
            ],
        },
    }


def area(made: Manifest) -> str:
    """Return the area that a policy is about."""
    return str(made["metadata"]["name"]).removeprefix(_PREFIX)


def rules_of(made: Manifest) -> set[str]:
    """Return the rules that a policy holds."""
    return {validation["message"].partition(":")[0] for validation in made["spec"]["validations"]}


def binding(made: Manifest, action: str = "Deny") -> Manifest:
    """Return what puts a policy into force in every team's namespace."""
    name = made["metadata"]["name"]
    return {
        "metadata": metadata(name, made["metadata"]["labels"]),
        "spec": {
            "policyName": name,
            "validationActions": [action],
            "matchResources": {"namespaceSelector": {"matchExpressions": [{"key": TEAM, "operator": "Exists"}]}},
        },
    }


def _named(expressions: Mapping[str, str]) -> list[Manifest]:
    return [{"name": name, "expression": expression} for name, expression in expressions.items()]
