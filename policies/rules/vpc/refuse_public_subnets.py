"""subnet-no-public-ip: no subnet gives a public address to whatever starts in it, subnets of load balancers included.

A load balancer gets its public addresses by its own scheme: its subnets need no such setting.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, check
from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type

_DEFAULT_SUBNET: Final = "aws:ec2/defaultSubnet:DefaultSubnet"
_FIX: Final = "set mapPublicIpOnLaunch to false"


def judge(subnet: Typed, _options: Options) -> Iterator[Finding]:
    """Finds subnets that give out public addresses: a default subnet does unless told not to."""
    field, required = subnet.at("mapPublicIpOnLaunch"), subnet.type == _DEFAULT_SUBNET
    yield from check(field, BOOLEAN, lambda it: not it, fix=_FIX, required=required, mend=False)


RULE = Rule(
    name="subnet-no-public-ip",
    description="Subnets must not give public addresses to what starts in them.",
    why="A node with a public address is one wrong security group away from the internet.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV_AWS_130",), cis_eks=("5.4.3",)),
    remediation="Set mapPublicIpOnLaunch to false; load balancers get public addresses by their own scheme.",
    area=of_type("aws:ec2/subnet:Subnet", _DEFAULT_SUBNET),
    judge=judge,
    mends=True,
)
