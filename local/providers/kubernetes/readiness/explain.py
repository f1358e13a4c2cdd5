"""Why an object is not ready: what its pods complain of, and what the recent events say."""

from __future__ import annotations

from local.providers.kubernetes import objects
from local.providers.kubernetes.cluster import Cluster
from local.providers.kubernetes.readiness.workloads import pod_problems
from local.providers.values import Object

_EVENTS = 5
_OWNERS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Job"})
_COMPLAINING = frozenset({"Deployment", "StatefulSet", "Job"})


def pods(cluster: Cluster, live: Object) -> list[Object]:
    """The pods of a workload; of a Deployment, those of its newest revision."""
    labels = objects.at(live, "spec", "selector", "matchLabels")
    if live.get("kind") not in _OWNERS or not isinstance(labels, dict):
        return []
    selector = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    namespace, owner = objects.namespace(live), objects.text(live, "metadata", "uid")
    if live.get("kind") == "Deployment":
        revision = objects.annotation(live, objects.REVISION)
        sets = cluster.list("apps/v1", "ReplicaSet", namespace, labelSelector=selector)
        newest = [one for one in sets if objects.annotation(one, objects.REVISION) == revision]
        owner = objects.text(newest[0], "metadata", "uid") if newest else ""
    found = cluster.list("v1", "Pod", namespace, labelSelector=selector)
    return [
        pod for pod in found if any(o.get("uid") == owner for o in objects.items(pod, "metadata", "ownerReferences"))
    ]


def complaints(cluster: Cluster, live: Object) -> list[str]:
    """What the object's pods complain of, a line each."""
    if live.get("kind") not in _COMPLAINING:
        return []
    return [problem for pod in pods(cluster, live) for problem in pod_problems(pod)]


def details(cluster: Cluster, live: Object) -> str:
    """Conditions that do not hold and recent warnings, of the object and its pods, as lines of one text."""
    lines = []
    for obj in (live, *pods(cluster, live)[:3]):
        shown = f"{obj.get('kind', 'Pod')} {objects.full_name(obj)}"
        states = [state for state in objects.items(obj, "status", "conditions") if state.get("status") == "False"]
        lines += [f"{shown}: {one.get('type')} is False: {one['message']}" for one in states if one.get("message")]
        lines += [f"{shown}: event {event}" for event in _warnings(cluster, obj)]
    return "\n".join(dict.fromkeys(lines))


def _warnings(cluster: Cluster, obj: Object) -> list[str]:
    uid = objects.text(obj, "metadata", "uid")
    namespace = objects.namespace(obj) or "default"
    found = cluster.list("v1", "Event", namespace, fieldSelector=f"involvedObject.uid={uid},type=Warning")
    found.sort(key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime") or ""))
    return [f"{event.get('reason')}: {event.get('message')}" for event in found[-_EVENTS:]]
