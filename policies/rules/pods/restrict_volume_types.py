"""pod-volume-types: every volume is of one of the nine types that the restricted standard allows.

The API server makes an emptyDir of a volume that names no type.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.unknowns import ABSENT, UNKNOWN, Field, is_object, shown

_ALLOWED: Final = (
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
)
_FIX: Final = f"use one of {', '.join(_ALLOWED)}"


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every volume of another type."""
    for volume in pod.at("volumes").items():
        if is_object(volume.value):
            yield from _typed(volume)
        else:
            yield unreadable(volume, "an object", _FIX)


def _typed(volume: Field) -> Iterator[Finding]:
    allowed = [source for source in map(volume.at, _ALLOWED) if source.value is not ABSENT]
    if any(is_object(source.value) for source in allowed):
        return
    if allowed:
        yield unreadable(allowed[0], "an object", _FIX)
        return
    for name, source in volume.entries():
        if name != "name" and source.value is not ABSENT:
            yield _refused(volume, name, source)


def _refused(volume: Field, name: str, source: Field) -> Finding:
    if source.value is UNKNOWN:
        return Unjudged(place(source))
    described = "another type" if volume.secret else f"type {shown(name)}"
    return Violation(f"{_named(volume)} is of {described}. Fix: {_FIX}.")


def _named(volume: Field) -> str:
    name = volume.at("name")
    return f"{place(volume)}: volume {name.text}" if isinstance(name.value, str) else f"{place(volume)}: a volume"


RULE = Rule(
    name="pod-volume-types",
    description="Volumes must be of a type that the restricted standard allows.",
    why="The other types reach the node's files or a storage server directly, past claims, quotas and their checks.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(pod_security=("restricted",), kyverno=("restrict-volume-types",)),
    remediation=f"Make every volume one of {', '.join(_ALLOWED)}.",
    area=PODS,
    judge=judge,
)
