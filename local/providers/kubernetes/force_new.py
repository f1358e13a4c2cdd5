"""Which fields can't be changed in place: a change of one replaces the object. The same tables the official plugin has.

A path is a tuple of keys; `*` stands for every element of a list.
"""

from __future__ import annotations

from typing import Any

from local.providers.kubernetes import objects
from local.providers.values import Object

Path = tuple[str, ...]

IDENTITY: tuple[Path, ...] = (("metadata", "name"), ("metadata", "namespace"))


def _spec(*fields: str) -> tuple[Path, ...]:
    return tuple(("spec", field) for field in fields)


_POD = _spec(
    *[
        "affinity",
        "automountServiceAccountToken",
        "dnsConfig",
        "dnsPolicy",
        "enableServiceLinks",
        "hostAliases",
        "hostIPC",
        "hostNetwork",
        "hostPID",
        "hostname",
        "imagePullSecrets",
        "nodeName",
        "nodeSelector",
        "overhead",
        "preemptionPolicy",
        "priority",
        "priorityClassName",
        "readinessGates",
        "restartPolicy",
        "runtimeClassName",
        "schedulerName",
        "securityContext",
        "serviceAccount",
        "serviceAccountName",
        "shareProcessNamespace",
        "subdomain",
        "terminationGracePeriodSeconds",
        "volumes",
    ]
) + tuple(
    ("spec", containers, "*", field)
    for containers in ("containers", "initContainers")
    for field in [
        "args",
        "command",
        "env",
        "image",
        "imagePullPolicy",
        "lifecycle",
        "livenessProbe",
        "ports",
        "readinessProbe",
        "resources",
        "securityContext",
        "stdin",
        "stdinOnce",
        "terminationMessagePath",
        "terminationMessagePolicy",
        "tty",
        "volumeDevices",
        "volumeMounts",
        "workingDir",
    ]
)
_VOLUME = _spec(
    *[
        "awsElasticBlockStore",
        "azureDisk",
        "azureFile",
        "cephfs",
        "cinder",
        "csi",
        "fc",
        "flexVolume",
        "flocker",
        "gcePersistentDisk",
        "glusterfs",
        "hostPath",
        "iscsi",
        "local",
        "nfs",
        "photonPersistentDisk",
        "portworxVolume",
        "quobyte",
        "rbd",
        "scaleIO",
        "storageos",
        "vsphereVolume",
    ]
)
_STATEFUL_SET = _spec("podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates")
_JOB = _spec("completions", "parallelism", "selector", "template")

_TABLE: dict[str, tuple[Path, ...]] = {
    "apps/v1beta1/StatefulSet": _STATEFUL_SET,
    "batch/v1/Job": _JOB,
    "batch/v1beta1/Job": _JOB,
    "batch/v2alpha1/Job": _JOB,
    "policy/v1beta1/PodDisruptionBudget": (("spec",),),
    "storage.k8s.io/v1/StorageClass": (("parameters",), ("provisioner",)),
    "v1/PersistentVolume": _VOLUME,
    "v1/PersistentVolumeClaim": _spec("accessModes", "selector", "storageClassName", "volumeName"),
    "v1/Pod": _POD,
    "v1/ResourceQuota": _spec("scopes"),
    "v1/Secret": (("type",),),
    "v1/Service": _spec("clusterIP"),
}
for _version in ("v1", "v1beta2"):
    _TABLE[f"apps/{_version}/DaemonSet"] = _TABLE[f"apps/{_version}/Deployment"] = _spec("selector")
    _TABLE[f"apps/{_version}/StatefulSet"] = _STATEFUL_SET
for _version in ("v1", "v1alpha1", "v1beta1"):
    for _kind in ("RoleBinding", "ClusterRoleBinding"):
        _TABLE[f"rbac.authorization.k8s.io/{_version}/{_kind}"] = (("roleRef",),)


def fields(obj: Object, *, mutable_config_maps: bool, mutable_secrets: bool) -> tuple[Path, ...]:
    """The paths whose change replaces this object."""
    immutable = obj.get("immutable") is True
    version = objects.text(obj, "apiVersion").removeprefix("core/")
    if version == "v1" and obj.get("kind") == "Secret" and (not mutable_secrets or immutable):
        return (*IDENTITY, ("type",), ("stringData",), ("data",))
    if version == "v1" and obj.get("kind") == "ConfigMap":
        return IDENTITY if mutable_config_maps and not immutable else (*IDENTITY, ("binaryData",), ("data",))
    return IDENTITY + _TABLE.get(f"{version}/{obj.get('kind')}", ())


def touches(path: list[str | int], value: Any, field: Path) -> bool:
    """Whether setting `value` at `path` sets the field, or lies inside it.

    A list on the way to the field that goes away or is empty counts: the official plugin replaces a Pod without its
    init containers.
    """
    for step in reversed(path):
        value = [value] if isinstance(step, int) else {step: value}
    found = [value]
    for key in field:
        if key == "*":
            found = [item for one in found if isinstance(one, list) for item in one]
        elif found:
            found = [one[key] for one in found if isinstance(one, dict) and key in one]
            if not found:
                return False
    return True
