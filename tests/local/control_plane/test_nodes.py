"""Pools become node objects."""

import ipaddress
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.control_plane import NodePool, Topology, read_topology
from local.control_plane.nodes import FINGERPRINT, node_manifests
from local.failures import LocalError

GENERAL = NodePool("general", "m7i.2xlarge", 6, "8", "32Gi")
GPU = NodePool("gpu", "g6.4xlarge", 3, "16", "64Gi", gpus=1, gpu_product="NVIDIA-L4")
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
    changed = Topology(TOPOLOGY.zones, (replace(GENERAL, **change), GPU))
    assert by_name(changed)["general-0"]["metadata"]["annotations"][FINGERPRINT] != before


def test_the_topology_is_read_from_the_stack_file(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.local.yaml"
    file.write_text(
        "config:\n  agent-platform:cluster:\n    zones: [a, b]\n    nodePools:\n"
        "      - {name: gpu, instanceType: g6, nodes: 2, cpu: '4', memory: 8Gi, gpus: 1, gpuProduct: L4}\n"
    )
    assert read_topology(file) == Topology(("a", "b"), (NodePool("gpu", "g6", 2, "4", "8Gi", 1, "L4"),))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("config: {}\n", "lacks or misspells 'agent-platform:cluster'"),
        ("config: {agent-platform:cluster: {zones: [a], nodePools: []}}\n", "at least one zone and one node pool"),
        ("config: [\n", "not valid YAML"),
    ],
)
def test_a_stack_file_without_pools_is_refused_with_its_name(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "Pulumi.local.yaml"
    file.write_text(content)
    with pytest.raises(LocalError, match=message) as failure:
        read_topology(file)
    assert "Pulumi.local.yaml" in str(failure.value)


def test_a_missing_stack_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="is missing"):
        read_topology(tmp_path / "Pulumi.local.yaml")
