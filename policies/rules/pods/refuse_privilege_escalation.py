"""pod-no-privilege-escalation: allowPrivilegeEscalation is false, explicitly. Windows pods are exempt."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, check, unless
from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod

_FIX = "set securityContext.allowPrivilegeEscalation to false"


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every container that may gain rights beyond its parent's, by default or by choice."""
    return unless(pod.at("os", "name"), "windows", _findings(pod))


def _findings(pod: Pod) -> Iterator[Finding]:
    for container in pod.containers:
        field = container.at("securityContext", "allowPrivilegeEscalation")
        yield from check(field, BOOLEAN, lambda it: not it, fix=_FIX, required=pod.complete, mend=False)


RULE = Rule(
    name="pod-no-privilege-escalation",
    description="Containers must set allowPrivilegeEscalation to false.",
    why="Unless it is false, a set-user-ID program inside the image makes root of any user.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        pod_security=("restricted",), checkov=("CKV_K8S_20",), cis_eks=("4.2.5",), kubescape=("C-0016",)
    ),
    remediation="Set securityContext.allowPrivilegeEscalation to false on every container.",
    area=PODS,
    judge=judge,
    mends=True,
)
