"""pod-selinux: an SELinux type out of the standard's list, and neither user nor role."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Finding
from policies.kubernetes_version import KUBERNETES_VERSION, at_least
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.unknowns import ABSENT

_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t"})
_SINCE_1_31 = frozenset({"container_engine_t"})


def judge(pod: Pod, options: Options) -> Iterator[Finding]:
    """Finds every other type, and every user and role, on the pod and on its containers."""
    allowed = _TYPES | _SINCE_1_31 if at_least(options, 1, 31) else _TYPES
    fix = f"use {', '.join(sorted(allowed - {''}))}, or remove it"
    for place in (pod.spec, *pod.containers):
        chosen = place.at("securityContext", "seLinuxOptions")
        yield from check(chosen.at("type"), TEXT, allowed.__contains__, fix=fix)
        for key in ("user", "role") if chosen.value is not ABSENT else ():
            yield from check(chosen.at(key), TEXT, lambda it: it == "", fix=f"remove {key}")


RULE = Rule(
    name="pod-selinux",
    description="Pods must keep to SELinux's container types and set neither user nor role.",
    why="Another type, user or role lifts the confinement that keeps a container from the node's files.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(pod_security=("baseline",)),
    remediation="Remove user and role from seLinuxOptions; use container_t, or remove type.",
    area=PODS,
    judge=judge,
    options=KUBERNETES_VERSION,
)
