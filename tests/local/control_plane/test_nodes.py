"""Pools become node objects."""

import ipaddress
from collections import Counter
from typing import Any

import pytest

from components.config.cluster import NodePool
from local.control_plane import Topology
from local.control_plane.nodes import FINGERPRINT, node_manifests

GENERAL = NodePool.model_validate(
    {"name": "general", "instanceType": "m7i.2xlarge", "nodes": 6, "cpu": "8", "memory": "32Gi"}
)
GPU = NodePool.model_validate(
    {"name": "gpu", "instanceType": "g6.4xlarge", "nodes": 3, "cpu": "16", "memory": "64Gi", "gpus": 1,
     "gpuProduct": "NVIDIA-L4"}
)  # fmt: skip
TOPOLOGY = Topology(("a", "b", "c"), (GENERAL, GPU))


def by_name(topology: Topology) -> dict[str, dict[str, Any]]:
    return {node["metadata"]["name"]: node for node in node_manifests(topology)}


def test_nodes_are_numbered_per_pool() -> None:
    assert list(by_name(TOPOLOGY)) == [*(f"general-{n}" for n in range(6)), *(f"gpu-{n}" for n in range(3))]


def test_each_pool_is_spread_evenly_over_the_zones() -> None:
    zones = Counter(
        (
            node["metadata"]["labels"]["agent-platform.dev/node-pool"],
            node["metadata"]["labels"]["topology.kubernetes.io/zone"],
        )
        for node in node_manifests(TOPOLOGY)
    )
    assert zones == {("general", zone): 2 for zone in "abc"} | {("gpu", zone): 1 for zone in "abc"}


def test_a_gpu_node_has_the_taint_the_labels_and_the_resource() -> None:
    node = by_name(TOPOLOGY)["gpu-1"]
    assert node["spec"]["taints"] == [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}]
    labels = node["metadata"]["labels"]
    assert labels["nvidia.com/gpu.product"] == "NVIDIA-L4"
    assert labels["nvidia.com/gpu.present"] == "true"
    assert labels["nvidia.com/gpu.count"] == "1"
    assert labels["node.kubernetes.io/instance-type"] == "g6.4xlarge"
    assert node["status"]["allocatable"]["nvidia.com/gpu"] == "1"


def test_a_general_node_has_no_trace_of_gpus() -> None:
    assert "nvidia" not in str(by_name(TOPOLOGY)["general-0"])


def test_pod_ranges_do_not_overlap() -> None:
    ranges = [ipaddress.ip_network(node["spec"]["podCIDR"]) for node in node_manifests(TOPOLOGY)]
    assert len(set(ranges)) == len(ranges)
    assert not any(one.overlaps(other) for one in ranges for other in ranges if one != other)


@pytest.mark.parametrize(
    "change", [{"cpu": "9"}, {"memory": "1Gi"}, {"instance_type": "x"}, {"gpus": 1}, {"gpus": 2, "gpu_product": "H100"}]
)
def test_any_change_of_a_pool_changes_its_nodes_fingerprint(change: dict[str, Any]) -> None:
    before = by_name(TOPOLOGY)["general-0"]["metadata"]["annotations"][FINGERPRINT]
    changed = Topology(TOPOLOGY.zones, (GENERAL.model_copy(update=change), GPU))
    assert by_name(changed)["general-0"]["metadata"]["annotations"][FINGERPRINT] != before
