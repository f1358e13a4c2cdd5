"""pod-run-as-nonroot: runAsNonRoot is true on the pod or on every container, and no runAsUser is 0.

Since 1.35 the standard exempts pods in a user namespace (hostUsers: false), whose root is nobody on the node.
"""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import BOOLEAN, INTEGER, check, unless
from policies.findings import Change, Finding
from policies.kubernetes_version import KUBERNETES_VERSION, at_least
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.unknowns import ABSENT

_FIX = "set securityContext.runAsNonRoot to true on the pod or on this container"
_FIX_USER = "set runAsUser to the number of an unprivileged user of the image, or remove it"


def judge(pod: Pod, options: Options) -> Iterator[Finding]:
    """Finds every pod and container that runs, or may run, as root."""
    found = _findings(pod)
    return unless(pod.at("hostUsers"), False, found) if at_least(options, 1, 35) else found


def _findings(pod: Pod) -> Iterator[Finding]:
    inherited = pod.at("securityContext", "runAsNonRoot")
    yield from check(inherited, BOOLEAN, bool, fix=_FIX, mend=True)
    for container in pod.containers:
        own = container.at("securityContext", "runAsNonRoot")
        if own.value is not ABSENT or inherited.value is ABSENT:
            yield from check(own, BOOLEAN, bool, fix=_FIX, required=pod.complete, mend=True)
    for place in (pod.spec, *pod.containers):
        user = place.at("securityContext", "runAsUser")
        yield from check(user, INTEGER, lambda it: it != 0, fix=_FIX_USER, mend=Change.REMOVE)


RULE = Rule(
    name="pod-run-as-nonroot",
    description="Containers must run as a user other than root.",
    why="Root in a container is root on the node as soon as anything else gives way.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(pod_security=("restricted",), checkov=("CKV_K8S_23",), kubescape=("C-0013",)),
    remediation="Set securityContext.runAsNonRoot to true on the pod, and no runAsUser to 0.",
    area=PODS,
    judge=judge,
    mends=True,
    options=KUBERNETES_VERSION,
)
