"""Readiness of volumes, quotas, token Secrets and custom resource definitions."""

from __future__ import annotations

from dataclasses import dataclass

from local.providers.kubernetes.objects import at, condition, name, text
from local.providers.kubernetes.readiness.verdict import Others, Related, Verdict
from local.providers.values import Object


def volume(live: Object) -> Verdict:
    """Available or bound."""
    phase = text(live, "status", "phase")
    return Verdict(ready=phase in ("Available", "Bound"), message=f"Waiting for the volume (phase {phase or 'unset'})")


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """Bound; or pending, where the storage class binds with the first pod."""

    storage_class: str

    @property
    def related(self) -> tuple[Related, ...]:
        """The claim's storage class."""
        if not self.storage_class:
            return ()
        return (Related("storage.k8s.io/v1", "StorageClass", lambda obj: name(obj) == self.storage_class),)

    def look(self, live: Object, others: Others) -> Verdict:
        """Judge the claim as it is now."""
        phase = text(live, "status", "phase")
        classes = others(0) if self.storage_class else []
        late = any(one.get("volumeBindingMode") == "WaitForFirstConsumer" for one in classes)
        ready = phase == "Bound" or (late and phase == "Pending")
        return Verdict(ready=ready, message=f"Waiting for the claim to be bound (phase {phase or 'unset'})")


def claim(live: Object) -> ClaimCheck:
    """The check for a PersistentVolumeClaim."""
    return ClaimCheck(text(live, "spec", "storageClassName"))


def quota(live: Object) -> Verdict:
    """The controller has taken over the limits."""
    return Verdict(
        ready=at(live, "status", "hard") == at(live, "spec", "hard"), message="Waiting for the quota controller"
    )


def secret(live: Object) -> Verdict:
    """A service account's token Secret is ready when the token is in it; every other Secret is."""
    is_token = live.get("type") == "kubernetes.io/service-account-token"
    return Verdict(ready=not is_token or bool(live.get("data")), message="Waiting for the token")


def definition(live: Object) -> Verdict:
    """The new kinds are served; names that are taken are final."""
    taken = condition(live, "NamesAccepted")
    if taken.get("status") == "False":
        reason = f"[{taken.get('reason')}] {taken.get('message')}"
        return Verdict(ready=False, message=reason, problems=[reason], failed=True)
    return Verdict(ready=condition(live, "Established").get("status") == "True", message="Waiting for establishment")
