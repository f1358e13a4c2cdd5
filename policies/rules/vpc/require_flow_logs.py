"""vpc-flow-logs: every VPC has a flow log, and it keeps what was refused and what was let through."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Finding
from policies.options import text_list
from policies.rule import Options, References, Rule, Stack
from policies.subjects.companions import demanded
from policies.subjects.typed import Typed, of_type
from policies.unknowns import ABSENT

_VPCS: Final = ("aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc")
_FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
_LACK: Final = "no flow log names this VPC. Fix: add an aws.ec2.FlowLog with this vpcId and trafficType ALL."


def judge(log: Typed, options: Options) -> Iterator[Finding]:
    """Finds flow logs of a VPC that leave traffic out."""
    allowed = options["trafficTypes"]
    if log.at("vpcId").value is not ABSENT:
        fix = f"set trafficType to {' or '.join(allowed)}"
        yield from check(log.at("trafficType"), TEXT, lambda it: it in allowed, fix=fix, required=True)


def judge_stack(stack: Stack, _options: Options) -> Iterator[Finding]:
    """Finds every VPC without a flow log."""
    yield from demanded(stack, _VPCS, "vpcId", _FLOW_LOG, _LACK)


RULE = Rule(
    name="vpc-flow-logs",
    description="Every VPC must have a flow log of all its traffic.",
    why="Without flow logs nobody can say, after an incident, which address an agent or an intruder talked to.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(checkov=("CKV2_AWS_11",)),
    remediation="Add an aws.ec2.FlowLog with the VPC's id and trafficType ALL.",
    area=of_type(_FLOW_LOG),
    judge=judge,
    judge_stack=judge_stack,
    options={"trafficTypes": text_list("The traffic types that a VPC's flow log may have.", ["ALL"])},
)
