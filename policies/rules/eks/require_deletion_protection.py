"""eks-deletion-protection: nobody deletes the cluster by mistake."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, check
from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type

_FIX: Final = "set deletionProtection to true"


def judge(cluster: Typed, _options: Options) -> Iterator[Finding]:
    """Finds a cluster that one call deletes."""
    yield from check(cluster.at("deletionProtection"), BOOLEAN, bool, fix=_FIX, required=True, mend=True)


RULE = Rule(
    name="eks-deletion-protection",
    description="The cluster must be protected from deletion.",
    why="A deleted control plane can't be restored, and every agent of every team ends with it.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(others=("AWS EKS best practices",)),
    remediation="Set deletionProtection to true.",
    area=of_type("aws:eks/cluster:Cluster"),
    judge=judge,
    mends=True,
)
