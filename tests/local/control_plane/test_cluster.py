"""A control plane that is started, killed, changed and stopped for real."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.config.cluster import NodePool
from local.control_plane import Topology, processes, start
from local.toolchain import Tools

pytestmark = pytest.mark.cluster

GENERAL = {"name": "general", "instanceType": "m7i.large", "nodes": 2, "cpu": "4", "memory": "16Gi"}
GPU = {"name": "gpu", "instanceType": "g6.large", "nodes": 1, "cpu": "8", "memory": "32Gi", "gpus": 1}
TOPOLOGY = Topology(("a", "b"), (NodePool.model_validate(GENERAL), NodePool.model_validate(GPU)))


class Plane:
    """A control plane with kubectl."""

    def __init__(self, state: Path, tools: Tools) -> None:
        self.tools = tools
        self.plane = start(state, tools, TOPOLOGY)

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        command = [str(self.tools.path("kubectl")), f"--kubeconfig={self.plane.kubeconfig}", *arguments]
        return subprocess.run(command, input=stdin, text=True, capture_output=True, check=True).stdout

    def get(self, *arguments: str) -> Any:
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    def apply(self, *objects: dict[str, Any]) -> None:
        self.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))

    def pids(self) -> dict[str, int]:
        return {component.name: component.pid or 0 for component in self.plane.status().components}


@pytest.fixture(scope="module")
def plane(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    made = Plane(tmp_path_factory.mktemp("plane"), tools)
    yield made
    made.plane.stop()


def listening(pids: set[int]) -> dict[int, set[str]]:
    """Return the local addresses on which the processes listen, read from the kernel."""
    inodes = {}
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            if match := re.match(r"socket:\[(\d+)\]", str(descriptor.readlink())):
                inodes[match[1]] = pid
    found: dict[int, set[str]] = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                found.setdefault(inodes[fields[9]], set()).add(fields[1].split(":")[0])
    return found


def test_every_component_listens_on_loopback_only(plane: Plane) -> None:
    pids = set(plane.pids().values())
    found = listening(pids)
    assert set(found) == pids
    assert set.union(*found.values()) == {"0100007F"}


def test_nodes_have_the_pools_labels_taints_and_gpus(plane: Plane) -> None:
    nodes = {node["metadata"]["name"]: node for node in plane.get("nodes")["items"]}
    assert set(nodes) == {"general-0", "general-1", "gpu-0"}
    assert nodes["gpu-0"]["status"]["allocatable"]["nvidia.com/gpu"] == "1"
    assert {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"} in nodes["gpu-0"]["spec"]["taints"]
    assert nodes["general-1"]["metadata"]["labels"]["topology.kubernetes.io/zone"] == "b"
    assert nodes["general-1"]["status"]["capacity"]["memory"] == "16Gi"


def test_status_has_the_documented_shape(plane: Plane) -> None:
    status = plane.plane.status().as_json()
    assert status["state"] == "running"
    assert status["kubernetesVersion"] == plane.tools.kubernetes_version
    assert status["nodes"] == {"ready": 3, "total": 3}
    assert status["kubeconfig"] == str(plane.plane.kubeconfig)
    assert status["server"].startswith("https://127.0.0.1:")
    assert [component["name"] for component in status["components"]] == list(processes.COMPONENTS)
    assert all(component["pid"] and component["port"] for component in status["components"])


def test_the_kubeconfig_is_for_its_owner_only(plane: Plane) -> None:
    assert plane.plane.kubeconfig.stat().st_mode & 0o777 == 0o600
    assert plane.kubectl("config", "current-context").strip() == "agent-platform-local"


def test_services_are_not_limited_to_a_small_range(plane: Plane) -> None:
    address = plane.get("service", "kubernetes")["spec"]["clusterIP"]
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "far", "namespace": "default"},
        "spec": {"ports": [{"port": 80}], "clusterIP": "10.111.255.1"},
    }
    plane.apply(service)
    assert address == "10.96.0.1"
    assert plane.get("service", "far")["spec"]["clusterIP"] == "10.111.255.1"


def test_an_autoscaler_scales_by_the_usage_annotation(plane: Plane) -> None:
    labels = {"app": "busy"}
    container = {"name": "main", "image": "example:1", "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}
    pod = {
        "metadata": {"labels": labels, "annotations": {"kwok.x-k8s.io/usage-cpu": "90m"}},
        "spec": {"containers": [container]},
    }
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "busy"}
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    metadata = {"name": "busy", "namespace": "default"}
    plane.apply(
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}
        | {"spec": {"selector": {"matchLabels": labels}, "template": pod}},
        {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata}
        | {"spec": {"scaleTargetRef": target, "maxReplicas": 3, "metrics": [{"type": "Resource", "resource": cpu}]}},
    )
    plane.kubectl("wait", "--for=jsonpath={.spec.replicas}=2", "deployment/busy", "--timeout=180s")


def test_a_healthy_control_plane_is_left_alone(plane: Plane) -> None:
    before = plane.pids()
    plane.plane.start(plane.tools, TOPOLOGY)
    assert plane.pids() == before


@pytest.mark.parametrize("component", ["kube-apiserver", "etcd"])
def test_a_killed_component_heals_at_the_next_start_and_objects_stay(plane: Plane, component: str) -> None:
    plane.kubectl("create", "configmap", f"kept-{component}")
    os.kill(plane.pids()[component], signal.SIGKILL)
    while component in processes.find(plane.plane.state / "control-plane"):
        time.sleep(0.02)
    assert plane.plane.status().state == "degraded"
    plane.plane.start(plane.tools, TOPOLOGY)
    assert plane.plane.status().state == "running"
    assert plane.get("configmap", f"kept-{component}")["metadata"]["name"] == f"kept-{component}"


def test_new_pods_run_at_once_after_a_restart(plane: Plane) -> None:
    plane.plane.stop()
    plane.plane.start(plane.tools, TOPOLOGY)
    plane.kubectl("create", "deployment", "after-restart", "--image=example:1")
    plane.kubectl("wait", "--for=condition=Available", "deployment/after-restart", "--timeout=30s")


def test_changed_pools_add_replace_and_remove_nodes(plane: Plane) -> None:
    general, gpu = TOPOLOGY.pools
    changed = Topology(
        TOPOLOGY.zones,
        (
            general.model_copy(update={"nodes": 3}),
            gpu.model_copy(update={"cpu": "9"}),
            gpu.model_copy(update={"name": "big"}),
        ),
    )
    changes = plane.plane.start(plane.tools, changed)
    assert (list(changes.added), list(changes.replaced), list(changes.removed)) == (
        ["general-2", "big-0"],
        ["gpu-0"],
        [],
    )
    assert plane.get("node", "gpu-0")["status"]["allocatable"]["cpu"] == "9"
    changes = plane.plane.start(plane.tools, TOPOLOGY)
    assert sorted(changes.removed) == ["big-0", "general-2"]


def test_two_control_planes_run_side_by_side_and_a_taken_port_is_given_up(
    plane: Plane, tools: Tools, tmp_path: Path
) -> None:
    other = Plane(tmp_path, tools)
    try:
        other.kubectl("create", "configmap", "mine")
        kept = other.plane.status()
        assert other.plane.stop()
        assert processes.find(tmp_path / "control-plane") == {}
        assert plane.plane.status().state == "running"
        etcd = next(component.port for component in kept.components if component.name == "etcd")
        with socket.create_server(("127.0.0.1", etcd or 0)):
            other.plane.start(tools, TOPOLOGY)
            ports = {component.name: component.port for component in other.plane.status().components}
        assert ports["etcd"] != etcd
        assert other.get("configmap", "mine")["metadata"]["name"] == "mine"
    finally:
        other.plane.remove()
    assert processes.find(tmp_path / "control-plane") == {}
    assert list(tmp_path.iterdir()) == []
