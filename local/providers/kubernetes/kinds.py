"""Which kind a resource is: from its URN, and what is known of built-in apiVersions without asking a server."""

from __future__ import annotations

from dataclasses import dataclass

from local.providers.kubernetes.failures import Refusal
from local.providers.values import Object

_VERSIONS = {
    "admissionregistration.k8s.io": "v1 v1alpha1 v1beta1",
    "apiextensions.k8s.io": "v1 v1beta1",
    "apiregistration.k8s.io": "v1 v1beta1",
    "apps": "v1 v1beta1 v1beta2",
    "auditregistration.k8s.io": "v1alpha1",
    "autoscaling": "v1 v2 v2beta1 v2beta2",
    "batch": "v1 v1beta1 v2alpha1",
    "certificates.k8s.io": "v1 v1alpha1 v1beta1",
    "coordination.k8s.io": "v1 v1alpha1 v1alpha2 v1beta1",
    "core": "v1",
    "discovery.k8s.io": "v1 v1beta1",
    "events.k8s.io": "v1 v1beta1",
    "extensions": "v1beta1",
    "flowcontrol.apiserver.k8s.io": "v1 v1alpha1 v1beta1 v1beta2 v1beta3",
    "networking.k8s.io": "v1 v1alpha1 v1beta1",
    "node.k8s.io": "v1 v1alpha1 v1beta1",
    "policy": "v1 v1beta1",
    "rbac.authorization.k8s.io": "v1 v1alpha1 v1beta1",
    "resource.k8s.io": "v1 v1alpha1 v1alpha2 v1alpha3 v1beta1 v1beta2",
    "scheduling.k8s.io": "v1 v1alpha1 v1alpha2 v1beta1",
    "settings.k8s.io": "v1alpha1",
    "storage.k8s.io": "v1 v1alpha1 v1beta1",
    "storagemigration.k8s.io": "v1alpha1 v1beta1",
}
BUILT_IN_VERSIONS = frozenset(
    {"v1"} | {f"{group}/{version}" for group, versions in _VERSIONS.items() for version in versions.split()}
)
"""The apiVersions that belong to Kubernetes itself; all others are of custom resources."""


@dataclass(frozen=True, slots=True)
class Urn:
    """A resource's URN, as far as this provider reads it."""

    text: str

    @property
    def name(self) -> str:
        """The logical name."""
        return self.text.split("::", 3)[3]

    @property
    def type(self) -> str:
        """The type token, without those of its parents."""
        return self.text.split("::")[2].rsplit("$", 1)[-1]

    @property
    def kind(self) -> str:
        """The type's last part: a Kubernetes kind, or one with `Patch` behind it."""
        return self.type.rsplit(":", 1)[-1]

    @property
    def api_version(self) -> str:
        """The apiVersion that the type names."""
        parts = self.type.split(":")
        if len(parts) != 3 or parts[1].count("/") != 1:
            raise Refusal(f"{self.type!r} is no Kubernetes type: it must read kubernetes:<group>/<version>:<kind>")
        return parts[1].removeprefix("core/")

    def is_patch_of(self, obj: Object) -> bool:
        """Whether the resource patches an object of somebody else."""
        return self.kind == f"{obj.get('kind')}Patch"

    @property
    def is_list(self) -> bool:
        """Whether the type is a List of a built-in kind, which exists for YAML only."""
        return self.kind.endswith("List") and (
            f"core/{self.api_version}" in BUILT_IN_VERSIONS or self.api_version in BUILT_IN_VERSIONS
        )

    @property
    def is_helm_release(self) -> bool:
        """Whether the type is a Helm release."""
        return self.type == "kubernetes:helm.sh/v3:Release"
