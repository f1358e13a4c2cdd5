"""pod-no-host-port: no container binds a port of its node."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import INTEGER, check
from policies.findings import Change, Finding
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod

_FIX = "remove hostPort and reach the pod by a Service"


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every port whose hostPort is neither unset nor 0."""
    for container in pod.containers:
        for port in container.at("ports").items():
            yield from check(port.at("hostPort"), INTEGER, lambda it: it == 0, fix=_FIX, mend=Change.REMOVE)


RULE = Rule(
    name="pod-no-host-port",
    description="Containers must not bind ports of the node.",
    why="A port of the node goes around Services and network policies and lets one pod per node run at most.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(pod_security=("baseline",), checkov=("CKV_K8S_26",), kubescape=("C-0044",)),
    remediation="Remove hostPort from every container port, or set it to 0; reach the pods by a Service.",
    area=PODS,
    judge=judge,
    mends=True,
)
