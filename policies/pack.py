"""The pack: all rules, as the SDK's policies, each with its own name, level, severity and references."""

from __future__ import annotations

import gc
from typing import Final

from pulumi_policy import (
    Policy,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    ResourceValidationPolicy,
    StackValidationPolicy,
)

from policies.config import EXEMPTIONS, EXEMPTIONS_SCHEMA
from policies.rule import AnyRule
from policies.rules import RULES
from policies.servicer import serve_with

NAME: Final = "agent-platform"
_STANDARD: Final = "https://kubernetes.io/docs/concepts/security/pod-security-standards/"


def policy_of(rule: AnyRule) -> Policy:
    """The rule as the SDK describes it to the engine. Its evaluation is the dispatcher's."""
    schema = {name: dict(option.schema) for name, option in rule.options.items()}
    levels = rule.references.pod_security
    kind = ResourceValidationPolicy if rule.judge else StackValidationPolicy
    return kind(
        name=rule.name,
        description=rule.description,
        validate=_by_dispatcher,
        enforcement_level=rule.level,
        config_schema=PolicyConfigSchema(properties={**schema, EXEMPTIONS: EXEMPTIONS_SCHEMA}),
        severity=rule.severity,
        framework=PolicyComplianceFramework(
            name="Pod Security Standards", reference=", ".join(levels), specification=_STANDARD
        )
        if levels
        else None,
        tags=rule.references.tags(),
        remediation_steps=f"{rule.why} {rule.remediation}",
        url=rule.url or None,
    )


def serve() -> None:
    """Serves every rule of the pack. What is loaded by now stays: the collector need not go through it again."""
    gc.freeze()
    serve_with(RULES, [policy_of(rule) for rule in RULES], NAME)


def _by_dispatcher(*_: object) -> None:
    raise NotImplementedError("rules are evaluated by the dispatcher, never one by one through the SDK")
