"""workload-probes: every container of a long-running pod has a readiness and a liveness probe, and they differ.

Jobs end by themselves and init containers before the pod is ready, sidecars among them excepted; ephemeral containers
can't have probes. A custom kind counts as long-running unless it is named a job, holds a job's template, or its pods
are not restarted.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.rule import Area, Options, References, Resource, Rule
from policies.subjects.objects import objects_of
from policies.subjects.pods import PODS, Pod
from policies.subjects.workflows import WORKFLOW_SPECS
from policies.unknowns import ABSENT, UNKNOWN, Field, is_object

_PROBES: Final = {
    "readinessProbe": "set it to what tells whether the container can take requests",
    "livenessProbe": "set it to what tells whether only a restart can help",
}
_FIX_SAME: Final = "let readiness ask for more than liveness, as by another path; else a busy pod is restarted"
_JOB_TEMPLATES: Final = frozenset({"jobTemplate", "jobTargetRef", "replicatedJobs"})
_ASKED: Final[dict[str, dict[str, str]]] = {
    "httpGet": {"port": "", "path": "/", "scheme": "HTTP", "host": ""},
    "tcpSocket": {"port": "", "host": ""},
    "grpc": {"port": "", "service": ""},
    "exec": {},
}
_Keys = tuple[str | int, ...]


def judge(pod: Pod, _options: Options) -> Iterator[Finding]:
    """Finds every container without one of the probes, and every two probes that ask the same."""
    restart = pod.at("restartPolicy")
    yield from _where(restart, restart.value not in ("Never", "OnFailure"), _findings(pod))


def _findings(pod: Pod) -> Iterator[Finding]:
    for container in pod.containers:
        found = _probes(container, required=pod.complete)
        listed = next((key for key in reversed(container.base or ()) if isinstance(key, str)), "")
        if listed == "initContainers":
            restart = container.at("restartPolicy")
            yield from _where(restart, restart.value == "Always", found)
        elif listed != "ephemeralContainers":
            yield from found


def _where(gate: Field, applies: bool, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings if the rule applies; where the gate is unknown, they can't be judged."""
    if gate.value is UNKNOWN:
        if any(True for _ in findings):
            yield Unjudged(place(gate))
    elif applies:
        yield from findings


def _probes(container: Field, *, required: bool) -> Iterator[Finding]:
    actions = []
    for name, fix in _PROBES.items():
        probe = container.at(name)
        if probe.value is not ABSENT and not is_object(probe.value):
            yield unreadable(probe, "an object", fix)
            continue
        actions.append(_actions(probe))
        if required and not actions[-1]:
            found = "not set" if probe.value is ABSENT else "without an action"
            yield Violation(f"{place(probe)} is {found}. Fix: {fix}.")
    if len(actions) == len(_PROBES) and actions[0] and actions[0] == actions[1]:
        ready, live = (container.at(name) for name in _PROBES)
        yield from _difference(ready, live, actions[0])


def _actions(probe: Field) -> list[str]:
    written = probe.value if is_object(probe.value) else {}
    return [action for action in _ASKED if action in written and probe.at(action).value is not ABSENT]


def _difference(ready: Field, live: Field, actions: list[str]) -> Iterator[Finding]:
    asked = [[part for action in actions for part in _parts(probe, action)] for probe in (ready, live)]
    pairs = list(zip(*asked, strict=False))
    if len(asked[0]) != len(asked[1]) or any(UNKNOWN not in pair and pair[0] != pair[1] for pair in pairs):
        return
    if any(UNKNOWN in pair for pair in pairs):
        yield Unjudged(place(ready))
    else:
        yield Violation(f"{place(ready)} and {live.path} ask the same. Fix: {_FIX_SAME}.")


def _parts(probe: Field, action: str) -> Iterator[object]:
    if action == "exec":
        yield from (item.value for item in probe.at("exec", "command").items())
    for key, default in _ASKED[action].items():
        value = probe.at(action, key).value
        yield default if value in (ABSENT, "") else value


def _long_running(resource: Resource) -> tuple[Pod, ...]:
    ending = [each.root.keys for each in objects_of(resource) if _ends(each.kind)]
    pods = () if ending == [()] else PODS.subjects(resource)
    return tuple(pod for pod in pods if not _within(pod.spec.base, ending))


def _ends(kind: str) -> bool:
    group, _, name = kind.partition("/")
    return name.endswith("Job") or (group == "argoproj.io" and name in WORKFLOW_SPECS)


def _within(base: _Keys | None, ending: Iterable[_Keys]) -> bool:
    if base is None or not _JOB_TEMPLATES.isdisjoint(base):
        return True
    return any(base[: len(root)] == root for root in ending)


RULE = Rule(
    name="workload-probes",
    description="Containers of long-running pods must have a readiness and a liveness probe that differ.",
    why="Without readiness a pod gets requests that it can't answer yet, without liveness a hung one stays for ever.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.MEDIUM,
    references=References(
        checkov=("CKV_K8S_8", "CKV_K8S_9"), kubescape=("C-0018", "C-0056"), others=("kube-score pod-probes",)
    ),
    remediation="Set readinessProbe and livenessProbe on every container of the pod, with different actions.",
    area=Area(concerns=PODS.concerns, subjects=_long_running),
    judge=judge,
)
