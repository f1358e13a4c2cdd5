"""pod-resource-requests: every container that can, requests CPU and memory."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.subjects.resource_demands import asked, check_size, sized

_DEFAULTS: Final = {"cpu": "100m", "memory": "128Mi"}


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every container without a request above zero for CPU or memory."""
    for container in sized(pod):
        for name, default in _DEFAULTS.items():
            request, limit = asked(container, name)
            fix = f'set resources.requests.{name} to what the container uses as a rule, for example "{default}"'
            yield from check_size(request, fix=fix, required=pod.complete, default=default, like=limit)


RULE = Rule(
    name="pod-resource-requests",
    description="Containers must request CPU and memory.",
    why="The scheduler places pods by their requests: without them a node gets more pods than it can run.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(
        checkov=("CKV_K8S_10", "CKV_K8S_12"),
        kubescape=("C-0268", "C-0269"),
        kyverno=("require-requests-limits",),
        owasp=("LLM10",),
        others=("polaris", "kube-score"),
    ),
    remediation="Set resources.requests.cpu and resources.requests.memory on every container.",
    area=PODS,
    judge=judge,
    mends=True,
)
