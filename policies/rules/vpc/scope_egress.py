"""sg-egress-scoped: no security group lets all traffic out to the world."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.security_groups import GROUPS, opened, traffic
from policies.subjects.typed import Typed, of_type

_FIX = "name the ports and addresses that are needed, such as TCP 443 or a VPC endpoint's prefix list"


def judge(subject: Typed, _options: Options) -> Iterator[Finding]:
    """Finds every rule of outgoing traffic that is open to the world on all ports."""
    for rule in traffic(subject, "egress"):
        yield from opened(rule, (), _FIX)


RULE = Rule(
    name="sg-egress-scoped",
    description="Security groups must not let all traffic out to the world.",
    why="An agent that was talked into it can send data to any address on any port unless its way out is narrow.",
    level=EnforcementLevel.ADVISORY,
    severity=Severity.MEDIUM,
    references=References(checkov=("CKV_AWS_382",), owasp=("LLM02",)),
    remediation="Replace the rule for all traffic by rules for the ports and destinations that are needed.",
    area=of_type(*GROUPS),
    judge=judge,
)
