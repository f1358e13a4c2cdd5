"""The one vocabulary of labels and annotations, and the metadata that every object of ours carries."""

from enum import StrEnum

from components.manifest import Manifest

DOMAIN = "agent-platform.dev"
FIELD_MANAGER = "agent-platform"
TEAM = f"{DOMAIN}/team"
ROLE = f"{DOMAIN}/role"
ALLOWED_REGISTRIES = f"{DOMAIN}/allowed-registries"
CPU_CEILING = f"{DOMAIN}/cpu-ceiling"
MEMORY_CEILING = f"{DOMAIN}/memory-ceiling"
GPU_CEILING = f"{DOMAIN}/gpu-ceiling"
TRUST = f"{DOMAIN}/trust"
UNTRUSTED = "untrusted"
DATA_CLASS = f"{DOMAIN}/data-class"
RESIDENCY = f"{DOMAIN}/residency"
RETENTION_DAYS = f"{DOMAIN}/retention-days"
AUDIT = f"{DOMAIN}/audit"
GPU = "nvidia.com/gpu"
GPU_PRESENT = "nvidia.com/gpu.present"
GPU_PRODUCT = "nvidia.com/gpu.product"
DEVICE_CLASS = "deviceclass.resource.kubernetes.io/"
GPU_PREFIXES = (
    *("nvidia.com/", "amd.com/gpu", "aws.amazon.com/neuron", "gpu.intel.com/", "habana.ai/gaudi"),
    DEVICE_CLASS,
)
NAMESPACE = "kubernetes.io/metadata.name"
ZONE = "topology.kubernetes.io/zone"
HOST = "kubernetes.io/hostname"


class Component(StrEnum):
    """What an object is part of."""

    AGENT = "agent"
    TEAM = "team"
    GUARDRAIL = "guardrail"
    NODES = "nodes"


class NamespaceRole(StrEnum):
    """What the pods of a platform namespace do for agents; network policies let them in by it."""

    INGRESS = "ingress"
    MONITORING = "monitoring"
    AUTOSCALING = "autoscaling"


def labels(name: str, instance: str, component: Component, part_of: str, version: str) -> dict[str, str]:
    """Return the six `app.kubernetes.io/*` labels."""
    return {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/instance": instance,
        "app.kubernetes.io/version": version,
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/part-of": part_of,
        "app.kubernetes.io/managed-by": "pulumi",
    }


def selector(name: str, instance: str) -> dict[str, str]:
    """Return the labels that select pods: those that never change in a workload's life."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance}


def metadata(
    name: str, labels_: dict[str, str], namespace: str | None = None, annotations: dict[str, str] | None = None
) -> Manifest:
    """Return an object's metadata.

    The field manager is the same for all objects and runs: a run that was killed before it could note what it made
    finds its own objects again, where a random manager would meet a conflict.
    """
    return {
        "name": name,
        **({"namespace": namespace} if namespace else {}),
        "labels": labels_,
        "annotations": {"pulumi.com/patchFieldManager": FIELD_MANAGER, **(annotations or {})},
    }
