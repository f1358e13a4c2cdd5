"""Which check an object gets, and how long it may take by default."""

from __future__ import annotations

import os
from collections.abc import Callable

from local.providers.kubernetes import objects
from local.providers.kubernetes.readiness import custom, deployment, network, resources, workloads
from local.providers.kubernetes.readiness.verdict import Check, Simple, Verdict
from local.providers.values import Object

_TEN_MINUTES = 600.0

_SIMPLE: dict[str, Callable[[Object], Verdict]] = {
    "apps/v1/StatefulSet": workloads.stateful_set,
    "apps/v1/DaemonSet": workloads.daemon_set,
    "batch/v1/Job": workloads.job,
    "v1/Pod": workloads.pod,
    "v1/ReplicationController": workloads.replication_controller,
    "v1/PersistentVolume": resources.volume,
    "v1/ResourceQuota": resources.quota,
    "v1/Secret": resources.secret,
    "apiextensions.k8s.io/v1/CustomResourceDefinition": resources.definition,
}
_SECONDS = {
    "v1/PersistentVolume": 300.0,
    "v1/PersistentVolumeClaim": 300.0,
    "v1/ResourceQuota": 60.0,
    "v1/Secret": 5.0,
}
_READ = frozenset(
    {
        "apps/v1/StatefulSet",
        "apps/v1/DaemonSet",
        "apps/v1/Deployment",
        "batch/v1/Job",
        "v1/Pod",
        "v1/Service",
        "networking.k8s.io/v1/Ingress",
    }
)
"""Kinds whose readiness a refresh looks at too."""


def kind_of(obj: Object) -> str:
    """`apiVersion/kind`, the registry's key."""
    return f"{obj.get('apiVersion')}/{obj.get('kind')}"


def seconds(obj: Object) -> float:
    """How long the kind may take unless somebody says otherwise."""
    return _SECONDS.get(kind_of(obj), _TEN_MINUTES)


def for_write(inputs: Object, live: Object) -> Check | None:
    """The check after a create or an update; None when there is nothing to wait for."""
    if objects.is_annotated(inputs, objects.SKIP_AWAIT):
        return None
    asked = objects.annotation(live, objects.WAIT_FOR)
    if asked:
        return custom.check(asked)
    found = _built_in(live, patient=True)
    if found is None and os.environ.get("PULUMI_K8S_AWAIT_ALL") == "true":
        return custom.generic()
    return found


def for_read(inputs: Object, live: Object) -> Check | None:
    """The check of a refresh: one look, no waiting."""
    if kind_of(live) not in _READ or objects.is_annotated(inputs, objects.SKIP_AWAIT):
        return None
    return _built_in(live, patient=False)


def _built_in(live: Object, *, patient: bool) -> Check | None:
    kind = kind_of(live)
    if kind in _SIMPLE:
        return Simple(_SIMPLE[kind])
    if kind == "apps/v1/Deployment":
        return deployment.check(live)
    if kind == "v1/Service":
        return network.service(live, patient=patient)
    if kind == "networking.k8s.io/v1/Ingress":
        return network.ingress(live, patient=patient)
    if kind == "v1/PersistentVolumeClaim":
        return resources.claim(live)
    return None
