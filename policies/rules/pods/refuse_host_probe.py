"""pod-no-host-probe: probes and lifecycle hooks reach their own pod only. Part of the standard since 1.34."""

from collections.abc import Iterator
from itertools import product

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check
from policies.findings import Change, Finding
from policies.kubernetes_version import KUBERNETES_VERSION, at_least
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod, handlers

_FIX = "remove host, so that the kubelet asks the pod itself"
_ACTIONS = ("httpGet", "tcpSocket")


def judge(pod: Pod, options: Options) -> Iterator[Finding]:
    """Finds every probe and lifecycle hook that names a host."""
    if not at_least(options, 1, 34):
        return
    for container in pod.containers:
        for handler, action in product(handlers(container), _ACTIONS):
            yield from check(handler.at(action, "host"), TEXT, lambda it: it == "", fix=_FIX, mend=Change.REMOVE)


RULE = Rule(
    name="pod-no-host-probe",
    description="Probes and lifecycle hooks must not name a host.",
    why="The kubelet sends them from the node's network: with a host, a pod makes the node call any address.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(pod_security=("baseline",)),
    remediation="Remove host from httpGet and tcpSocket of every probe and lifecycle hook; use httpHeaders for a name.",
    area=PODS,
    judge=judge,
    mends=True,
    options=KUBERNETES_VERSION,
)
