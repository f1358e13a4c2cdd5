"""pod-drop-all-capabilities: every container drops ALL and adds NET_BIND_SERVICE at most. Windows pods are exempt."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place, unless, unreadable
from policies.findings import Change, Finding, Violation
from policies.rule import Options, References, Rule
from policies.subjects.pods import PODS, Pod
from policies.unknowns import ABSENT, UNKNOWN, Field

_FIX_DROP = 'set securityContext.capabilities.drop to ["ALL"]'
_FIX_ADD = "remove it from securityContext.capabilities.add; NET_BIND_SERVICE alone may be added"
_MENDED = ["ALL"]


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every container that keeps capabilities, and every capability added beyond the allowed one."""
    return unless(pod.at("os", "name"), "windows", _findings(pod))


def _findings(pod: Pod) -> Iterator[Finding]:
    for container in pod.containers:
        capabilities = container.at("securityContext", "capabilities")
        yield from _kept(capabilities.at("drop"), required=pod.complete)
        for added in capabilities.at("add").items():
            yield from check(added, TEXT, lambda it: it == "NET_BIND_SERVICE", fix=_FIX_ADD, mend=Change.REMOVE)


def _kept(drop: Field, *, required: bool) -> Iterator[Finding]:
    dropped = list(drop.items())
    if any(item.value == "ALL" for item in dropped):
        return
    unclear = [item for item in dropped if not isinstance(item.value, str)]
    if unclear:
        worst = next((item for item in unclear if item.value is not UNKNOWN), unclear[0])
        found = unreadable(worst, "a string", _FIX_DROP)
        yield found._replace(edits=drop.edit(_MENDED)) if isinstance(found, Violation) else found
    elif drop.value is not ABSENT:
        yield _violation(drop, f"without ALL ({', '.join(item.text for item in dropped) or 'empty'})")
    elif required:
        yield _violation(drop, "not set")


def _violation(drop: Field, found: str) -> Violation:
    return Violation(f"{place(drop)} is {found}. Fix: {_FIX_DROP}.", drop.edit(_MENDED))


RULE = Rule(
    name="pod-drop-all-capabilities",
    description="Containers must drop all capabilities and may add NET_BIND_SERVICE only.",
    why="Capabilities are pieces of root's power, and a runtime grants a dozen of them unless they are dropped.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        pod_security=("baseline", "restricted"),
        checkov=("CKV_K8S_25", "CKV_K8S_28", "CKV_K8S_37", "CKV_K8S_39"),
        kubescape=("C-0046",),
    ),
    remediation='Set securityContext.capabilities to {drop: ["ALL"]} on every container.',
    area=PODS,
    judge=judge,
    mends=True,
)
