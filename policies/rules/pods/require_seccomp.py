"""pod-seccomp: a seccomp profile, RuntimeDefault or Localhost, on the pod or on every container.

Windows pods are exempt.
"""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, unless
from policies.findings import Finding, Violation
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.unknowns import ABSENT, Field

_FIX = "set securityContext.seccompProfile.type to RuntimeDefault on the pod, and remove other profiles"
_ALLOWED = frozenset({"RuntimeDefault", "Localhost"})
_MENDED = {"type": "RuntimeDefault"}


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every pod and container with another profile, and every container without any."""
    return unless(pod.at("os", "name"), "windows", _findings(pod))


def _findings(pod: Pod) -> Iterator[Finding]:
    inherited = _profile(pod.spec)
    if inherited.value is not ABSENT:
        yield from _checked(inherited, pod)
    for container in pod.containers:
        if inherited.value is ABSENT or _profile(container).value is not ABSENT:
            yield from _checked(_profile(container), pod)


def _profile(place: Field) -> Field:
    return place.at("securityContext", "seccompProfile")


def _checked(profile: Field, pod: Pod) -> Iterator[Finding]:
    for found in check(profile.at("type"), TEXT, _ALLOWED.__contains__, fix=_FIX, required=pod.complete):
        # Whole, since a localhostProfile beside RuntimeDefault is refused by the API server.
        yield found._replace(edits=profile.edit(_MENDED)) if isinstance(found, Violation) else found


RULE = Rule(
    name="pod-seccomp",
    description="Pods must use the seccomp profile RuntimeDefault or Localhost.",
    why="Without a profile a container may make every system call, and most escapes from one need a rare call.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(pod_security=("baseline", "restricted"), checkov=("CKV_K8S_31",), kubescape=("C-0055",)),
    remediation="Set securityContext.seccompProfile to {type: RuntimeDefault} on the pod.",
    area=PODS,
    judge=judge,
    mends=True,
)
