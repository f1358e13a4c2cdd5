"""Simulated nodes: what each looks like, and how the cluster's nodes are brought to that.

kwok manages the nodes that carry its annotation and leaves any other node alone, so a real kubelet may join.
A node whose pool changed is replaced, as a cloud replaces a machine: its pods go with it and are scheduled again.
"""

import hashlib
import ipaddress
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local.control_plane.client import Cluster, Object, connect
from local.control_plane.topology import Topology
from local.failures import LocalError
from local.toolchain.modules import host_architecture

if TYPE_CHECKING:
    from components.config.cluster import NodePool

SIMULATED = "kwok.x-k8s.io/node"
METRICS_PATH = "metrics.k8s.io/resource-metrics-path"
POOL = "agent-platform.dev/node-pool"
FINGERPRINT = "agent-platform.dev/node-fingerprint"
REGION = "local"
PODS_PER_NODE = 110
EPHEMERAL_STORAGE = "100Gi"
POD_NETWORK = ipaddress.ip_network("10.128.0.0/9")
READY_WITHIN_SECONDS = 60


@dataclass(frozen=True)
class NodeChanges:
    """Names of the nodes that a start added, replaced and removed."""

    added: Sequence[str]
    replaced: Sequence[str]
    removed: Sequence[str]


def node_manifests(topology: Topology) -> list[Object]:
    """Node objects of all pools, each pool round robin over the zones, each node with a pod range of its own."""
    ranges = POD_NETWORK.subnets(new_prefix=24)
    manifests = []
    for pool in topology.pools:
        for index in range(pool.nodes):
            zone = topology.zones[index % len(topology.zones)]
            manifests.append(_node(pool, f"{pool.name}-{index}", zone, str(next(ranges))))
    return manifests


def _node(pool: "NodePool", name: str, zone: str, pod_range: str) -> Object:
    resources = {
        "cpu": pool.cpu,
        "memory": pool.memory,
        "pods": str(PODS_PER_NODE),
        "ephemeral-storage": EPHEMERAL_STORAGE,
    }
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": host_architecture(),
        "topology.kubernetes.io/zone": zone,
        "topology.kubernetes.io/region": REGION,
        "node.kubernetes.io/instance-type": pool.instance_type,
        POOL: pool.name,
    }
    spec: Object = {"podCIDR": pod_range, "podCIDRs": [pod_range]}
    if pool.gpus:
        resources["nvidia.com/gpu"] = str(pool.gpus)
        labels |= {"nvidia.com/gpu.present": "true", "nvidia.com/gpu.count": str(pool.gpus)}
        if pool.gpu_product:
            labels["nvidia.com/gpu.product"] = pool.gpu_product
        spec["taints"] = [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}]
    node: Object = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": labels,
            "annotations": {SIMULATED: "fake", METRICS_PATH: f"/metrics/nodes/{name}/metrics/resource"},
        },
        "spec": spec,
        "status": {"capacity": resources, "allocatable": resources},
    }
    digest = hashlib.sha256(json.dumps(node, sort_keys=True).encode()).hexdigest()[:16]
    node["metadata"]["annotations"][FINGERPRINT] = digest
    return node


def reconcile(kubeconfig: Path, topology: Topology) -> NodeChanges:
    """Create, replace and remove simulated nodes until they are those of `topology`, all Ready."""
    wanted = {node["metadata"]["name"]: node for node in node_manifests(topology)}
    with connect(kubeconfig) as cluster:
        found = {
            node["metadata"]["name"]: _annotations(node).get(FINGERPRINT)
            for node in cluster.nodes(POOL)
            if SIMULATED in _annotations(node)
        }
        added = [name for name in wanted if name not in found]
        removed = [name for name in found if name not in wanted]
        replaced = [name for name in found if name in wanted and found[name] != _annotations(wanted[name])[FINGERPRINT]]
        for name in [*removed, *replaced]:
            cluster.remove_node(name)
        for name in [*added, *replaced]:
            cluster.create_node(wanted[name])
        _await_ready(cluster, set(wanted))
    return NodeChanges(added, replaced, removed)


def _annotations(node: Object) -> dict[str, str]:
    annotations: dict[str, str] = node["metadata"].get("annotations") or {}
    return annotations


def _await_ready(cluster: Cluster, names: set[str]) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while waiting := names - ready_nodes(cluster.nodes()):
        if time.monotonic() > deadline:
            raise LocalError(
                f"{len(waiting)} of {len(names)} simulated nodes were not Ready after {READY_WITHIN_SECONDS} s: "
                f"{', '.join(sorted(waiting)[:5])}.",
                "See .local/logs/kwok-controller.log; `make reset` starts from nothing.",
            )
        time.sleep(0.1)


def ready_nodes(nodes: Sequence[Object]) -> set[str]:
    """Names of those that report Ready."""
    return {
        node["metadata"]["name"]
        for node in nodes
        for condition in node.get("status", {}).get("conditions") or []
        if condition["type"] == "Ready" and condition["status"] == "True"
    }
