"""The cases that the policy pack and the API server must judge alike: what violates a rule, and what nearly does.

Each is valid to the API server's own validation, which comes first.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.policies import verdicts_of_gpus, verdicts_of_objects
from tests.policies.manifests import NAMESPACE, Json, spec, template
from tests.policies.verdicts_of_pods import ADMITTED, REFUSED, Edit


class Case(NamedTuple):
    """An object, and the rule that it violates or, as a near miss, passes."""

    rule: str
    what: str
    refused: bool
    manifest: Json

    def __str__(self) -> str:
        return f"{self.rule}: {self.manifest['kind']}: {self.what}"


def _object(version: str, kind: str, **content: Any) -> Json:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "web", "namespace": NAMESPACE}, **content}


def _workload(version: str, kind: str, **fields: Any) -> Callable[[Json], Json]:
    return lambda inner: _object(version, kind, spec={**fields, "template": inner})


def _pod(inner: Json) -> Json:
    made = _object("v1", "Pod", spec=inner["spec"])
    return {**made, "metadata": {**inner["metadata"], **made["metadata"]}}


def _ending(inner: Json) -> Json:
    return {**inner, "spec": {**inner["spec"], "restartPolicy": "Never"}}


def _cron_job(inner: Json) -> Json:
    job = {"spec": {"template": _ending(inner)}}
    return _object("batch/v1", "CronJob", spec={"schedule": "0 3 * * *", "jobTemplate": job})


_SELECTOR = {"matchLabels": {"app.kubernetes.io/name": "web"}}
KINDS: dict[str, Callable[[Json], Json]] = {
    "Deployment": _workload("apps/v1", "Deployment", selector=_SELECTOR, replicas=2),
    "Pod": _pod,
    "CronJob": _cron_job,
    "StatefulSet": _workload("apps/v1", "StatefulSet", selector=_SELECTOR, serviceName="web"),
    "DaemonSet": _workload("apps/v1", "DaemonSet", selector=_SELECTOR),
    "ReplicaSet": _workload("apps/v1", "ReplicaSet", selector=_SELECTOR),
    "Job": lambda inner: _object("batch/v1", "Job", spec={"template": _ending(inner)}),
    "PodTemplate": lambda inner: _object("v1", "PodTemplate", template=inner),
    "ReplicationController": _workload("v1", "ReplicationController"),
}
MAIN = ("Deployment", "Pod", "CronJob")
RUNNING = ("Deployment", "Pod")
_RUNNING_ONLY = frozenset({"workload-probes"})


def _cases(table: dict[str, dict[str, Edit]], *, refused: bool) -> Iterator[Case]:
    for rule, edits in table.items():
        for what, edit in edits.items():
            for kind in RUNNING if refused and rule in _RUNNING_ONLY else MAIN:
                yield Case(rule, what, refused, made(kind, edit))


def made(kind: str, *edits: Edit) -> Json:
    """An object of a kind whose pod passes every rule, but for these edits."""
    inner = copy.deepcopy(template(spec()))
    for edit in edits:
        edit(inner)
    return KINDS[kind](inner)


def cases() -> list[Case]:
    """All cases."""
    privileged = REFUSED["pod-no-privileged"]["a container"]
    others = [kind for kind in KINDS if kind not in MAIN]
    return [
        *(Case("every rule", "as it should be", refused=False, manifest=made(kind)) for kind in KINDS),
        *(Case("pod-no-privileged", "privileged", refused=True, manifest=made(kind, privileged)) for kind in others),
        *_cases(REFUSED, refused=True),
        *_cases(ADMITTED, refused=False),
        *(Case(*each) for each in verdicts_of_objects.cases()),
        *(Case(*each) for each in verdicts_of_gpus.claims()),
    ]
