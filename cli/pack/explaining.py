"""A rule explained: why it exists, how to satisfy it, where catalogues have it, and how to configure it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi_policy import EnforcementLevel

from policies.config import EXEMPTIONS
from policies.rule import AnyRule
from policies.schema import LEVEL_KEY

_EXAMPLES: Final = (
    "kubernetes:apps/v1:Deployment",
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:Service",
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:ConfigMap",
    "kubernetes:core/v1:ServiceAccount",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "kubernetes:networking.k8s.io/v1:Ingress",
    "kubernetes:rbac.authorization.k8s.io/v1:Role",
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:iam/role:Role",
    "aws:iam/policy:Policy",
    "aws:kms/key:Key",
    "aws:ecr/repository:Repository",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:s3/bucket:Bucket",
)
_CATALOGUES: Final = {
    "pod_security": "Pod Security Standards",
    "cis_eks": "CIS EKS 1.8",
    "checkov": "checkov",
    "kubescape": "kubescape",
    "kyverno": "kyverno",
    "owasp": "OWASP",
    "others": "others",
}
_MANY: Final = {"string": "strings", "integer": "whole numbers"}
_SHORT: Final = 60
_THREE_MONTHS: Final = datetime.timedelta(days=90)


def explained(area: str, rule: AnyRule, level: EnforcementLevel) -> Iterator[tuple[str, str]]:
    """The explanation as lines with their styles."""
    yield rule.name, "bold"
    yield rule.description, ""
    mends = "; mends by itself at level remediate" if rule.mends else ""
    scope = " and ".join(
        (*(("each resource",) if rule.judge else ()), *(("the whole stack",) if rule.judge_stack else ()))
    )
    yield f"{level.value}, severity {rule.severity.value}, area {area}, judges {scope}{mends}", "dim"
    for title, text in (("Why", rule.why), ("Fix", rule.remediation), ("More", rule.url)):
        if text:
            yield "", ""
            yield title, "bold"
            yield f"  {text}", ""
    yield from _references(rule)
    yield from _options(rule)
    yield from _json("Configuration (policies/config.<environment>.json)", {rule.name: _settings(rule)})
    yield from _json("Exemption of one resource", {rule.name: {EXEMPTIONS: [_exemption(rule)]}})


def _references(rule: AnyRule) -> Iterator[tuple[str, str]]:
    found = {title: getattr(rule.references, name) for name, title in _CATALOGUES.items()}
    if any(found.values()):
        yield "", ""
        yield "References", "bold"
    for title, entries in found.items():
        if entries:
            yield f"  {title}: {', '.join(entries)}", ""


def _options(rule: AnyRule) -> Iterator[tuple[str, str]]:
    if rule.options:
        yield "", ""
        yield "Options", "bold"
    for name, option in rule.options.items():
        default = json.dumps(option.default)
        yield f"  {name}: {option.schema.get('description', '')}", ""
        yield f"    {_values(option.schema)}; default {default if len(default) < _SHORT else 'below'}", "dim"


def _values(schema: Mapping[str, Any]) -> str:
    """What an option may be, in words; the whole schema is for programs."""
    kind = schema.get("type", "")
    if "enum" in schema:
        return " or ".join(schema["enum"])
    if kind == "integer":
        return f"a whole number from {schema['minimum']} to {schema['maximum']}"
    if kind == "number":
        return f"a number of at least {schema['minimum']}"
    if kind == "array":
        return f"a list of {_MANY.get(schema['items'].get('type'), 'objects')}"
    return {"boolean": "true or false", "string": "a string"}.get(kind, "an object")


def _json(title: str, example: object) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield title, "bold"
    for line in json.dumps(example, indent=2).splitlines():
        yield f"  {line}", ""


def _settings(rule: AnyRule) -> dict[str, object]:
    return {LEVEL_KEY: rule.level.value, **{name: option.default for name, option in rule.options.items()}}


def _exemption(rule: AnyRule) -> dict[str, object]:
    types = [token for token in _EXAMPLES if rule.area and rule.area.concerns(token)]
    expires = datetime.datetime.now(datetime.UTC).date() + _THREE_MONTHS
    return {
        "resource": f"{types[0] if types else '<type>'}::<name>",
        "reason": "<why, in a sentence, and who decided>",
        "expires": expires.isoformat(),
    }
