"""Readiness of StatefulSets, DaemonSets, ReplicationControllers, Jobs and Pods, from their own status alone."""

from __future__ import annotations

from local.providers.kubernetes.objects import at, condition, full_name, items, name, namespace, number, text
from local.providers.kubernetes.readiness.verdict import Verdict, is_observed
from local.providers.values import Object


def stateful_set(live: Object) -> Verdict:
    """All replicas ready, and the newest revision is the current one."""
    wanted, ready = number(live, "spec", "replicas"), number(live, "status", "readyReplicas")
    observed = is_observed(live)
    current, newest = text(live, "status", "currentRevision"), text(live, "status", "updateRevision")
    on_delete = number(live, "metadata", "generation") > 1 and at(live, "spec", "updateStrategy", "type") == "OnDelete"
    counts = [number(live, "status", "replicas"), ready]
    if not on_delete:
        counts.append(number(live, "status", "currentReplicas"))
    replicas_ready = observed and all(count == wanted for count in counts)
    revision_ready = observed and (on_delete or (bool(current) and current == newest))
    if replicas_ready and revision_ready:
        return Verdict(ready=True, message="StatefulSet initialization complete")
    problems = []
    if not replicas_ready:
        problems.append(f"{ready} out of {wanted} replicas succeeded readiness checks")
    if not revision_ready:
        problems.append(f'StatefulSet controller failed to advance from revision "{current}" to revision "{newest}"')
    return Verdict(ready=False, message=_stateful_progress(live, ready, wanted, replicas_ready), problems=problems)


def _stateful_progress(live: Object, ready: int, wanted: int, replicas_ready: bool) -> str:
    if number(live, "metadata", "generation") <= 1:
        return f"[1/2] Waiting for StatefulSet to create Pods ({ready}/{wanted} Pods ready)"
    if replicas_ready:
        return "[2/3] Waiting for StatefulSet to update .status.currentRevision"
    return f"[1/3] Waiting for StatefulSet update to roll out ({ready}/{wanted} Pods ready)"


def daemon_set(live: Object) -> Verdict:
    """A pod of the newest revision is available on every node that should have one."""
    if not is_observed(live) or at(live, "status", "desiredNumberScheduled") is None:
        return Verdict(ready=False, message="Waiting for the DaemonSet controller")
    wanted = number(live, "status", "desiredNumberScheduled")
    for field, what in (
        ("currentNumberScheduled", "Current"),
        ("updatedNumberScheduled", "Updated"),
        ("numberAvailable", "Available"),
        ("numberReady", "Ready"),
    ):
        have = number(live, "status", field)
        if have < wanted:
            return Verdict(ready=False, message=f"{what}: {have}/{wanted}")
    return Verdict(ready=True, message=f"All replicas scheduled as expected. Replicas: {wanted}")


def replication_controller(live: Object) -> Verdict:
    """As many replicas available as asked for."""
    have, wanted = number(live, "status", "availableReplicas"), number(live, "spec", "replicas")
    return Verdict(ready=have == wanted, message=f"Waiting for replicas ({have}/{wanted} available)")


def job(live: Object) -> Verdict:
    """Complete; a failed one is final."""
    failed = condition(live, "Failed")
    if failed.get("status") == "True":
        reason = f"[{failed.get('reason')}] {failed.get('message')}"
        return Verdict(ready=False, message=reason, problems=[reason], failed=True)
    if condition(live, "Complete").get("status") == "True":
        return Verdict(ready=True, message="Job complete")
    if at(live, "status", "startTime") is None:
        return Verdict(ready=False, message=f'Waiting for Job "{_shown(live)}" to start')
    counts = " | ".join(
        f"{word.capitalize()}: {number(live, 'status', word)}" for word in ("active", "succeeded", "failed")
    )
    return Verdict(ready=False, message=f'Waiting for Job "{_shown(live)}" to succeed ({counts})')


def pod(live: Object) -> Verdict:
    """Scheduled, initialized, and ready or succeeded."""
    for kind, verb in (("PodScheduled", "scheduled"), ("Initialized", "initialized"), ("Ready", "ready")):
        state = condition(live, kind)
        done = state.get("status") == "True" or (kind == "Ready" and at(live, "status", "phase") == "Succeeded")
        if not done:
            return Verdict(
                ready=False,
                message=f'Waiting for Pod "{_shown(live)}" to be {verb}',
                problems=pod_problems(live) if kind != "PodScheduled" else [],
            )
    return Verdict(ready=True)


def pod_problems(live: Object) -> list[str]:
    """What a scheduled pod that is not ready complains of."""
    if condition(live, "PodScheduled").get("status") != "True":
        return []
    for kind in ("Initialized", "Ready"):
        state = condition(live, kind)
        if not state or state.get("status") == "True":
            continue
        if kind == "Ready" and at(live, "status", "phase") == "Succeeded":
            continue
        complaints = [complaint for status in items(live, "status", "containerStatuses") for complaint in _of(status)]
        message = str(state.get("message") or "")
        if complaints or message:
            told = message if state.get("reason") and message else ""
            return [f"[Pod {_shown(live)}]: {told}" + "\n".join(complaints)]
        return []
    return []


def _of(status: Object) -> list[str]:
    if status.get("ready"):
        return []
    found = []
    waiting = at(status, "state", "waiting") or {}
    if waiting and waiting.get("reason") != "ContainerCreating":
        found.append(f"[{waiting.get('reason')}] {waiting.get('message', '')}".rstrip())
    ended = at(status, "state", "terminated") or {}
    if ended.get("reason"):
        exited = f'container "{status.get("name")}" completed with exit code {ended.get("exitCode")}'
        found.append(f"[{ended['reason']}] {ended['message']}" if ended.get("message") else exited)
    last = at(status, "lastState", "terminated") or {}
    if last:
        found.append(
            f'container "{status.get("name")}" terminated at {last.get("finishedAt")} '
            f"({last.get('reason')}: exit code {last.get('exitCode')})"
        )
    return found


def _shown(live: Object) -> str:
    return name(live) if namespace(live) == "default" else full_name(live)
