"""Readiness of Deployments: the newest revision's pods are all available, and the claims it mounts are bound."""

from __future__ import annotations

from dataclasses import dataclass

from local.providers.kubernetes.objects import REVISION, annotation, at, condition, items, name, number
from local.providers.kubernetes.readiness.verdict import Others, Related, Verdict, is_observed
from local.providers.values import Object


@dataclass(frozen=True, slots=True)
class DeploymentCheck:
    """The rollout of one Deployment."""

    claims: frozenset[str]

    @property
    def related(self) -> tuple[Related, ...]:
        """The claims that the pods mount."""
        if not self.claims:
            return ()
        return (Related("v1", "PersistentVolumeClaim", lambda claim: name(claim) in self.claims),)

    def look(self, live: Object, others: Others) -> Verdict:
        """Judge the rollout as it is now."""
        if not is_observed(live):
            return Verdict(ready=False, message="Waiting for the Deployment controller", problems=_problems(live, []))
        unbound = [name(claim) for claim in others(0) if at(claim, "status", "phase") != "Bound"] if self.claims else []
        available, progressed = _is_available(live), _is_rolled_forward(live)
        first = annotation(live, REVISION) == "1"
        if available and _is_updated(live) and (first or progressed) and not unbound:
            return Verdict(ready=True, message="Deployment initialization complete")
        desired, done = (
            _desired(live),
            number(live, "status", "updatedReplicas") - number(live, "status", "unavailableReplicas"),
        )
        return Verdict(
            ready=False,
            message=f"[1/2] Waiting for app ReplicaSet to be available ({max(done, 0)}/{desired} Pods available)",
            problems=_problems(live, unbound),
        )


def check(live: Object) -> DeploymentCheck:
    """The check for a Deployment."""
    volumes = items(live, "spec", "template", "spec", "volumes")
    claims = (at(volume, "persistentVolumeClaim", "claimName") for volume in volumes)
    return DeploymentCheck(frozenset(claim for claim in claims if isinstance(claim, str)))


def _desired(live: Object) -> int:
    replicas = at(live, "spec", "replicas")
    return replicas if isinstance(replicas, int) else 1


def _is_available(live: Object) -> bool:
    return condition(live, "Available").get("status") == "True"


def _is_rolled_forward(live: Object) -> bool:
    progress = condition(live, "Progressing")
    return progress.get("status") == "True" and progress.get("reason") == "NewReplicaSetAvailable"


def _is_updated(live: Object) -> bool:
    updated, unavailable = number(live, "status", "updatedReplicas"), number(live, "status", "unavailableReplicas")
    return updated >= _desired(live) and not unavailable


def _problems(live: Object, unbound: list[str]) -> list[str]:
    found = []
    rolled_out = bool(annotation(live, REVISION))
    for kind in ("Progressing", "Available") if rolled_out else ():
        state = condition(live, kind)
        if state and state.get("status") != "True":
            found.append(f"[{state.get('reason')}] {state.get('message')}")
    if unbound:
        found.append(f"Failed to bind PersistentVolumeClaim(s): {', '.join(unbound)}")
    if not rolled_out or not _is_available(live):
        found.append("Minimum number of live Pods was not attained")
    elif annotation(live, REVISION) != "1" and not _is_rolled_forward(live):
        found.append("Minimum number of Pods to consider the application live was not attained")
    elif not _is_updated(live):
        found.append("Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live")
    return found
