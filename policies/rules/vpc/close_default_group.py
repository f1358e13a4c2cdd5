"""vpc-default-sg-closed: every VPC's default security group is taken over and has no rules."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.rule import Options, References, Rule, Stack
from policies.subjects.companions import companions, demanded
from policies.subjects.security_groups import DEFAULT_GROUP, GROUP_RULES
from policies.subjects.typed import Typed, of_type, typed_in
from policies.unknowns import is_object

_VPCS: Final = ("aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc")
_FIX: Final = "remove the rule and give the resources that need it a security group of their own"
_LACK: Final = (
    "its default security group is as AWS made it, with open rules. "
    "Fix: add an aws.ec2.DefaultSecurityGroup with this vpcId and without rules."
)


def judge(group: Typed, _options: Options) -> Iterator[Finding]:
    """Finds every rule of a default security group."""
    for direction in ("ingress", "egress"):
        for rule in group.at(direction).items():
            if is_object(rule.value):
                yield Violation(f"{place(rule)} is a rule of a default security group. Fix: {_FIX}.")
            else:
                yield unreadable(rule, "nothing", _FIX)


def judge_stack(stack: Stack, _options: Options) -> Iterator[Finding]:
    """Finds every VPC whose default security group is left alone, and rules that are added to one."""
    yield from demanded(stack, _VPCS, "vpcId", DEFAULT_GROUP, _LACK)
    for group in stack.of_type(DEFAULT_GROUP):
        added = companions(stack, group, "securityGroupId", GROUP_RULES)
        for rule in added.sure:
            yield Violation(f"it is a rule of a default security group. Fix: {_FIX}.", urn=rule.resource.urn)
        for rule in added.unsure:
            yield Unjudged("whether securityGroupId is that of a default security group", rule.resource.urn)
    yield from _added_by_id(stack)


def _added_by_id(stack: Stack) -> Iterator[Finding]:
    values = (vpc.at("defaultSecurityGroupId").value for vpc in typed_in(stack, *_VPCS))
    known = [value for value in values if isinstance(value, str)]
    for rule in typed_in(stack, *GROUP_RULES):
        named = rule.at("securityGroupId").value
        if named in known:
            yield Violation(f"it is a rule of a default security group. Fix: {_FIX}.", urn=rule.resource.urn)


RULE = Rule(
    name="vpc-default-sg-closed",
    description="The default security group of every VPC must have no rules.",
    why="Whatever is made without a security group gets the default one, whose members all reach each other.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV2_AWS_12",)),
    remediation="Add an aws.ec2.DefaultSecurityGroup without ingress and egress for every VPC.",
    area=of_type(DEFAULT_GROUP),
    judge=judge,
    judge_stack=judge_stack,
)
