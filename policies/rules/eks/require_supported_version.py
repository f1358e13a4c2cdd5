"""eks-supported-version: clusters and their nodes run a version of Kubernetes that still gets fixes."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Finding
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.typed import Typed, of_type

_CLUSTER: Final = "aws:eks/cluster:Cluster"


def judge(subject: Typed, options: Options) -> Iterator[Finding]:
    """Finds a cluster without a version, and a cluster or node group whose version is not listed."""
    versions = options["versions"]
    fix = f"set version to one of {', '.join(versions)}"
    required = subject.type == _CLUSTER
    yield from check(subject.at("version"), TEXT, lambda it: it in versions, fix=fix, required=required)


RULE = Rule(
    name="eks-supported-version",
    description="Clusters and node groups must run a supported version of Kubernetes.",
    why="A version out of support gets no security fixes, and AWS upgrades the cluster when it chooses.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(checkov=("CKV_AWS_339",)),
    remediation="Set version to a supported one, and plan the next upgrade before support ends.",
    area=of_type(_CLUSTER, "aws:eks/nodeGroup:NodeGroup"),
    judge=judge,
    options={"versions": text_list("Versions that clusters and nodes may run.", ("1.34", "1.35", "1.36"))},
)
