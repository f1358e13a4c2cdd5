"""Warnings about apiVersions that Kubernetes has removed or is about to."""

from __future__ import annotations

from local.providers.kubernetes.normal_form import built_in

_REMOVED: dict[str, tuple[str, str]] = {
    "extensions/v1beta1/Deployment": ("1.16", "apps/v1"),
    "extensions/v1beta1/DaemonSet": ("1.16", "apps/v1"),
    "extensions/v1beta1/ReplicaSet": ("1.16", "apps/v1"),
    "apps/v1beta1/Deployment": ("1.16", "apps/v1"),
    "apps/v1beta1/StatefulSet": ("1.16", "apps/v1"),
    "apps/v1beta2/Deployment": ("1.16", "apps/v1"),
    "apps/v1beta2/DaemonSet": ("1.16", "apps/v1"),
    "apps/v1beta2/StatefulSet": ("1.16", "apps/v1"),
    "extensions/v1beta1/Ingress": ("1.22", "networking.k8s.io/v1"),
    "networking.k8s.io/v1beta1/Ingress": ("1.22", "networking.k8s.io/v1"),
    "apiextensions.k8s.io/v1beta1/CustomResourceDefinition": ("1.22", "apiextensions.k8s.io/v1"),
    "batch/v1beta1/CronJob": ("1.25", "batch/v1"),
    "policy/v1beta1/PodDisruptionBudget": ("1.25", "policy/v1"),
    "autoscaling/v2beta1/HorizontalPodAutoscaler": ("1.25", "autoscaling/v2"),
    "autoscaling/v2beta2/HorizontalPodAutoscaler": ("1.26", "autoscaling/v2"),
}
"""Kinds that once were: the version without them, and where they went."""


def warning(api_version: str, kind: str) -> str:
    """What to know about a kind of this apiVersion, or ''."""
    key = f"{api_version}/{kind.removesuffix('Patch')}"
    if key in _REMOVED:
        gone, instead = _REMOVED[key]
        return f"{key} was removed from Kubernetes in {gone}: use {instead}"
    removed = built_in()["removed"].get(key)
    if removed and "beta" not in api_version:
        return f"{key} is deprecated, and gone from Kubernetes {removed[0]}.{removed[1]} on"
    return ""
