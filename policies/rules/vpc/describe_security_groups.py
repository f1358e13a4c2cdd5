"""sg-described: security groups and each of their rules say what they are for."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.security_groups import GROUP, GROUPS, rules_of
from policies.subjects.typed import Typed, of_type

_FIX: Final = "write a description that says who needs the traffic and why"
_DEFAULTS: Final = ("managed by pulumi", "managed by terraform")


def judge(subject: Typed, _options: Options) -> Iterator[Finding]:
    """Finds every group and rule without a description of its own."""
    if subject.type == GROUP:
        yield from check(subject.at("description"), TEXT, _says_something, fix=_FIX, required=True)
    for rule in rules_of(subject):
        yield from check(rule.at("description"), TEXT, _says_something, fix=_FIX, required=True)


def _says_something(description: str) -> bool:
    return description.strip().lower() not in ("", *_DEFAULTS)


RULE = Rule(
    name="sg-described",
    description="Security groups and their rules must have a description.",
    why="A rule whose purpose nobody knows is never removed, and an audit can't tell it from a mistake.",
    level=EnforcementLevel.ADVISORY,
    severity=Severity.LOW,
    references=References(checkov=("CKV_AWS_23",)),
    remediation="Give each security group and each of its rules a description that says who needs it and why.",
    area=of_type(*GROUPS),
    judge=judge,
)
