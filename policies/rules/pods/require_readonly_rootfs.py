"""pod-readonly-rootfs: no container can write to its image's files. Windows pods, where this can't be, are exempt."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, check, unless
from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod

_FIX = "set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where the container writes"


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every container that may write to its root file system, by default or by choice."""
    return unless(pod.at("os", "name"), "windows", _findings(pod))


def _findings(pod: Pod) -> Iterator[Finding]:
    for container in pod.containers:
        field = container.at("securityContext", "readOnlyRootFilesystem")
        yield from check(field, BOOLEAN, bool, fix=_FIX, required=pod.complete, mend=True)


RULE = Rule(
    name="pod-readonly-rootfs",
    description="Containers must have a read-only root file system.",
    why="Whoever gets into a writable container can change its programs and leave tools in it.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(checkov=("CKV_K8S_22",), kubescape=("C-0017",)),
    remediation="Set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where the container writes.",
    area=PODS,
    judge=judge,
    mends=True,
)
