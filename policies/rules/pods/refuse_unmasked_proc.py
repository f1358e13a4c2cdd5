"""pod-proc-mount: every container has the default, masked /proc, in a user namespace too."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Change, Finding
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod

_FIX = "remove securityContext.procMount"


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every container whose procMount is neither unset nor Default."""
    for container in pod.containers:
        field = container.at("securityContext", "procMount")
        yield from check(field, TEXT, lambda it: it == "Default", fix=_FIX, mend=Change.REMOVE)


RULE = Rule(
    name="pod-proc-mount",
    description="Containers must keep the default /proc mount.",
    why="The default hides the parts of /proc that show and change the kernel of the node; Unmasked lays them open.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(pod_security=("baseline", "restricted")),
    remediation="Remove securityContext.procMount from every container, or set it to Default.",
    area=PODS,
    judge=judge,
    mends=True,
)
