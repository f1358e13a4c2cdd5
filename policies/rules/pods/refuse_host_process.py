"""pod-no-host-process: no Windows HostProcess pod or container."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, check
from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod

_FIX = "set hostProcess to false or remove it"


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds hostProcess on the pod and on every container."""
    for place in (pod.spec, *pod.containers):
        field = place.at("securityContext", "windowsOptions", "hostProcess")
        yield from check(field, BOOLEAN, lambda it: not it, fix=_FIX)


RULE = Rule(
    name="pod-no-host-process",
    description="Windows pods and containers must not be HostProcess.",
    why="A HostProcess container runs on the Windows node itself, with the rights of a service of that node.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.CRITICAL,
    references=References(pod_security=("baseline",)),
    remediation="Set securityContext.windowsOptions.hostProcess to false on pod and containers, or remove it.",
    area=PODS,
    judge=judge,
)
