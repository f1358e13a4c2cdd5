"""pod-memory-limit: every container that can, has a memory limit."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.subjects.resource_demands import asked, check_size, sized

_DEFAULT: Final = "512Mi"
_FIX: Final = f'set resources.limits.memory to the most that the container may use, for example "{_DEFAULT}"'


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every container without a memory limit above zero."""
    for container in sized(pod):
        request, limit = asked(container, "memory")
        yield from check_size(limit, fix=_FIX, required=pod.complete, default=_DEFAULT, like=request)


RULE = Rule(
    name="pod-memory-limit",
    description="Containers must have a memory limit.",
    why="A container without one takes its node's memory until the kernel kills its neighbours.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(
        checkov=("CKV_K8S_13",),
        kubescape=("C-0271",),
        kyverno=("require-requests-limits",),
        owasp=("LLM10",),
        others=("polaris", "kube-score"),
    ),
    remediation="Set resources.limits.memory on every container.",
    area=PODS,
    judge=judge,
    mends=True,
)
