"""pod-high-uid: every container runs as a user and a group of 10000 or more.

A container without its own ids takes the pod's. Windows pods, which have neither, are exempt.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import INTEGER, check, unless
from policies.findings import Finding
from policies.options import whole_number
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.unknowns import ABSENT, Field

_IDS: Final = ("runAsUser", "runAsGroup")
_LEAST: Final = "least"


def judge(pod: Pod, options: Options) -> Iterator[Finding]:
    """Finds every id that is too low, and every container that has none and inherits none."""
    return unless(pod.at("os", "name"), "windows", _findings(pod, options[_LEAST]))


def _findings(pod: Pod, least: int) -> Iterator[Finding]:
    for name in _IDS:
        inherited = pod.at("securityContext", name)
        yield from _checked(inherited, name, least, required=False)
        for container in pod.containers:
            own = container.at("securityContext", name)
            yield from _checked(own, name, least, required=pod.complete and inherited.value is ABSENT)


def _checked(field: Field, name: str, least: int, *, required: bool) -> Iterable[Finding]:
    fix = f"set securityContext.{name} to {least} or more on the pod or on this container"
    return check(field, INTEGER, lambda it: it >= least, fix=fix, required=required, mend=least)


RULE = Rule(
    name="pod-high-uid",
    description="Containers must run as a user and a group whose ids no user of the node has.",
    why="A process that breaks out of a container has on the node the rights of the user and group with its ids.",
    level=EnforcementLevel.ADVISORY,
    severity=Severity.LOW,
    references=References(checkov=("CKV_K8S_40",), others=("kube-score",)),
    remediation="Set securityContext.runAsUser and runAsGroup to 10000 or more on the pod.",
    area=PODS,
    judge=judge,
    mends=True,
    options={_LEAST: whole_number("The lowest user and group id that a container may have.", 10000, least=1)},
)
