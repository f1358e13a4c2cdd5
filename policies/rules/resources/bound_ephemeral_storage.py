"""pod-ephemeral-storage: containers request and limit the node's disk, and every emptyDir has a size limit.

The API server makes an emptyDir of a volume that names no type.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.findings import Finding
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.subjects.resource_demands import asked, check_size, sized
from policies.unknowns import ABSENT, Field

_NAME: Final = "ephemeral-storage"
_DEFAULT: Final = "512Mi"
_VOLUME_DEFAULT: Final = "256Mi"
_FIX_VOLUME: Final = f'set sizeLimit to the most that the volume may hold, for example "{_VOLUME_DEFAULT}"'


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every container without request or limit of the disk, and every emptyDir without a size limit."""
    for container in sized(pod):
        request, limit = asked(container, _NAME)
        for side, field, like in (("limits", limit, request), ("requests", request, limit)):
            fix = f'set {_NAME} in resources.{side}, for example to "{_DEFAULT}"'
            yield from check_size(field, fix=fix, required=pod.complete, default=_DEFAULT, like=like)
    for volume in pod.at("volumes").items():
        if volume.at("emptyDir").value is not ABSENT or _typeless(volume):
            limit = volume.at("emptyDir", "sizeLimit")
            yield from check_size(limit, fix=_FIX_VOLUME, required=pod.complete, default=_VOLUME_DEFAULT)


def _typeless(volume: Field) -> bool:
    return all(name == "name" or source.value is ABSENT for name, source in volume.entries())


RULE = Rule(
    name="pod-ephemeral-storage",
    description="Containers must request and limit ephemeral storage, and emptyDir volumes must have a size limit.",
    why="Logs and scratch files without a bound fill the node's disk, and the node then evicts pods of all tenants.",
    level=EnforcementLevel.ADVISORY,
    severity=Severity.LOW,
    references=References(owasp=("LLM10",), others=("kube-score",)),
    remediation="Set ephemeral-storage in resources.requests and resources.limits, and sizeLimit of every emptyDir.",
    area=PODS,
    judge=judge,
    mends=True,
)
