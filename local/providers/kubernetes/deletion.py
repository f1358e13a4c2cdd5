"""Deletion: asked for once, then waited for until the object is gone, finalizers and all."""

from __future__ import annotations

import time

from local.providers.kubernetes import objects
from local.providers.kubernetes.cluster import gone_is_fine
from local.providers.kubernetes.failures import NotReady
from local.providers.kubernetes.operation import Operation
from local.providers.kubernetes.readiness.registry import kind_of
from local.providers.kubernetes.watching import Interest, Subscription
from local.providers.values import Object

_TIMEOUT = 600.0
_SKIPPABLE = frozenset(
    {
        "v1/Namespace",
        "v1/Pod",
        "v1/ReplicationController",
        "apps/v1/DaemonSet",
        "apps/v1/Deployment",
        "apps/v1/StatefulSet",
        "batch/v1/Job",
    }
)
"""Kinds whose `pulumi.com/skipAwait` skips this wait too: the official provider's habit, kept."""
_LEAVES = frozenset(
    {
        "v1/ConfigMap",
        "v1/Secret",
        "v1/ServiceAccount",
        "v1/LimitRange",
        "v1/ResourceQuota",
        "autoscaling/v2/HorizontalPodAutoscaler",
        "networking.k8s.io/v1/NetworkPolicy",
        "policy/v1/PodDisruptionBudget",
        "rbac.authorization.k8s.io/v1/Role",
        "rbac.authorization.k8s.io/v1/RoleBinding",
        "scheduling.k8s.io/v1/PriorityClass",
    }
)
"""Kinds that own nothing by nature: to wait for the garbage collector over them would only cost time."""


def delete(operation: Operation, inputs: Object, live: Object, name: str) -> None:
    """Delete the object and wait; nothing to do is fine, and NotReady when it stays."""
    answer = gone_is_fine(lambda: operation.cluster.delete(live, name, _propagation(inputs, live)))
    if answer is None or answer.get("kind") == "Status":
        return
    if objects.is_annotated(inputs, objects.SKIP_AWAIT) and kind_of(inputs) in _SKIPPABLE:
        return
    answer = {"apiVersion": live.get("apiVersion"), "kind": live.get("kind"), **answer}
    uid = objects.text(answer, "metadata", "uid")
    resource = operation.cluster.resource(answer)
    interest = Interest(resource, objects.namespace(answer), lambda obj: objects.text(obj, "metadata", "uid") == uid)
    subscription = operation.cluster.watches.subscribe(interest)
    try:
        _until_gone(operation, subscription, answer, operation.seconds(inputs, _TIMEOUT))
    finally:
        operation.cluster.watches.unsubscribe(subscription)
        operation.voice.clear()


def _propagation(inputs: Object, live: Object) -> str:
    asked = objects.annotation(inputs, objects.DELETION_PROPAGATION).lower()
    if asked in ("orphan", "background", "foreground"):
        return asked.capitalize()
    return "Background" if kind_of(live) in _LEAVES else "Foreground"


def _until_gone(operation: Operation, subscription: Subscription, live: Object, seconds: float) -> None:
    end = time.monotonic() + seconds
    while True:
        found = subscription.objects(0)
        if (subscription.failure is not None or not found) and _is_gone(operation, live):
            return
        live = found[0] if found else live
        operation.voice.status(_progress(live))
        if operation.cluster.watches.cancelled.is_set():
            raise NotReady(f'Resource operation was cancelled for "{objects.name(live)}"', live, [])
        rest = end - time.monotonic()
        if rest <= 0:
            raise _stuck(operation, live, seconds)
        subscription.wait(min(rest, 1.0 if subscription.failure or not found else 10.0))


def _is_gone(operation: Operation, live: Object) -> bool:
    current = gone_is_fine(lambda: operation.cluster.get(live))
    return current is None or objects.text(current, "metadata", "uid") != objects.text(live, "metadata", "uid")


def _progress(live: Object) -> str:
    finalizers = objects.items(live, "metadata", "finalizers")
    return f"Waiting for deletion (finalizers: {', '.join(finalizers)})" if finalizers else "Waiting for deletion"


def _stuck(operation: Operation, live: Object, seconds: float) -> NotReady:
    finalizers = ", ".join(objects.items(live, "metadata", "finalizers"))
    left = [
        str(state.get("message"))
        for state in objects.items(live, "status", "conditions")
        if state.get("status") == "True" and state.get("message")
    ]
    if finalizers:
        operation.voice.warn(f"finalizers might be preventing deletion ({finalizers})")
    held = f"; its finalizers ({finalizers}) hold it until their controllers let go" if finalizers else ""
    return NotReady(
        f"{live.get('kind')} {objects.full_name(live)} is marked for deletion and still there after {seconds:g} s"
        f"{held}. Run the operation again to go on waiting, or raise `customTimeouts.delete`",
        live,
        left,
    )
