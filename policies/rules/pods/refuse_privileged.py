"""pod-no-privileged: no container of any list is privileged."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, check
from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod

_FIX = "set securityContext.privileged to false or remove it"


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every container whose privileged is not false."""
    for container in pod.containers:
        field = container.at("securityContext", "privileged")
        yield from check(field, BOOLEAN, lambda it: not it, fix=_FIX, mend=False)


RULE = Rule(
    name="pod-no-privileged",
    description="Containers must not be privileged.",
    why="A privileged container has every capability and every device of its node: whoever breaks out owns the node.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(
        pod_security=("baseline",), checkov=("CKV_K8S_16",), cis_eks=("4.2.1",), kubescape=("C-0057",)
    ),
    remediation="Set securityContext.privileged to false on every container, or remove it.",
    area=PODS,
    judge=judge,
    mends=True,
)
