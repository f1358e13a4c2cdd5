"""pod-no-host-namespaces: a pod shares no namespace with its node."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, check
from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod

_NAMESPACES = ("hostNetwork", "hostPID", "hostIPC")


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds each of the three host namespaces that the pod asks for."""
    for name in _NAMESPACES:
        fix = f"set {name} to false or remove it"
        yield from check(pod.at(name), BOOLEAN, lambda it: not it, fix=fix, mend=False)


RULE = Rule(
    name="pod-no-host-namespaces",
    description="Pods must not share the node's network, process or IPC namespace.",
    why="In a namespace of the node a pod sees and reaches what belongs to other pods and to the node itself.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        pod_security=("baseline",),
        checkov=("CKV_K8S_17", "CKV_K8S_18", "CKV_K8S_19"),
        cis_eks=("4.2.2", "4.2.3", "4.2.4"),
        kubescape=("C-0038", "C-0041"),
    ),
    remediation="Set hostNetwork, hostPID and hostIPC to false, or remove them.",
    area=PODS,
    judge=judge,
    mends=True,
)
