"""pod-cpu-limit: every container that can, has a CPU limit. Where a platform wants none, it is not demanded."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding
from policies.options import switch
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.subjects.resource_demands import asked, check_size, sized

_DEFAULT: Final = "500m"
_DEMANDED: Final = "demanded"
_FIX: Final = f'set resources.limits.cpu to the most that the container may use, for example "{_DEFAULT}"'


def judge(pod: Pod, options: Options) -> Iterator[Finding]:
    """Finds every container without a CPU limit above zero."""
    required = pod.complete and options[_DEMANDED] is True
    for container in sized(pod):
        request, limit = asked(container, "cpu")
        yield from check_size(limit, fix=_FIX, required=required, default=_DEFAULT, like=request)


RULE = Rule(
    name="pod-cpu-limit",
    description="Containers must have a CPU limit.",
    why="A container without one slows every other on its node down as soon as an agent runs wild.",
    level=EnforcementLevel.ADVISORY,
    severity=Severity.LOW,
    references=References(
        checkov=("CKV_K8S_11",), kubescape=("C-0270",), owasp=("LLM10",), others=("polaris", "kube-score")
    ),
    remediation="Set resources.limits.cpu on every container.",
    area=PODS,
    judge=judge,
    mends=True,
    options={_DEMANDED: switch("Whether a container without a CPU limit is reported.", default=True)},
)
