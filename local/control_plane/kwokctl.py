"""What kwokctl is told: a pure function from ports and programs to its configuration.

kwokctl's own defaults are changed where they don't fit: it binds to all interfaces, hands out a /24 of Service
addresses, keeps etcd's data in a folder it deletes when a creation fails, and lets kwok manage every node.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from local.control_plane.nodes import SIMULATED
from local.control_plane.ports import LOOPBACK

CLUSTER = "agent-platform-local"
SERVICE_RANGE = "10.96.0.0/12"
# Without leases: those of a killed kwok would keep its successor from the nodes until they run out. As a flag,
# because in the configuration file a zero counts as unset.
FLAGS = ("--node-lease-duration-seconds=0",)
USAGE_FILE = Path(__file__).with_name("usage.yaml")


def configuration(binaries: Mapping[str, Path], ports: Mapping[str, int], etcd_data: Path, kube_version: str) -> str:
    """Documents for `kwokctl create cluster --config`: the cluster, and what simulated pods use."""
    options = {
        "runtime": "binary",
        "bindAddress": LOOPBACK,
        "kubeVersion": kube_version,
        "kubeApiserverPort": ports["kube-apiserver"],
        "etcdPort": ports["etcd"],
        "etcdPeerPort": ports["etcd-peer"],
        "kubeControllerManagerPort": ports["kube-controller-manager"],
        "kubeSchedulerPort": ports["kube-scheduler"],
        "kwokControllerPort": ports["kwok-controller"],
        "metricsServerPort": ports["metrics-server"],
        "kubeApiserverBinary": str(binaries["kube-apiserver"]),
        "kubeControllerManagerBinary": str(binaries["kube-controller-manager"]),
        "kubeSchedulerBinary": str(binaries["kube-scheduler"]),
        "kubectlBinary": str(binaries["kubectl"]),
        "etcdBinary": str(binaries["etcd"]),
        "kwokControllerBinary": str(binaries["kwok"]),
        "metricsServerBinary": str(binaries["metrics-server"]),
        "enable": ["metrics-server"],
        "disableQPSLimits": True,
    }
    document = {
        "apiVersion": "config.kwok.x-k8s.io/v1alpha1",
        "kind": "KwokctlConfiguration",
        "options": options,
        "componentsPatches": _patches(etcd_data),
    }
    return yaml.safe_dump(document, sort_keys=False) + "---\n" + USAGE_FILE.read_text(encoding="utf-8")


def _patches(etcd_data: Path) -> list[dict[str, Any]]:
    return [
        _patch("etcd", override={"data-dir": str(etcd_data)}),
        _patch("kube-apiserver", add={"service-cluster-ip-range": SERVICE_RANGE, "advertise-address": LOOPBACK}),
        # One instance each: waiting for the lease of a killed predecessor to run out would stall a restart.
        _patch(
            "kube-controller-manager",
            add={"leader-elect": "false", "horizontal-pod-autoscaler-sync-period": "5s"},
        ),
        _patch("kube-scheduler", add={"leader-elect": "false"}),
        _patch("metrics-server", override={"metric-resolution": "10s"}, add={"kubelet-request-timeout": "5s"}),
        _patch(
            "kwok-controller",
            override={"manage-all-nodes": "false", "node-ip": LOOPBACK},
            add={"manage-nodes-with-annotation-selector": f"{SIMULATED}=fake"},
        ),
    ]


def _patch(
    component: str, *, override: Mapping[str, str] | None = None, add: Mapping[str, str] | None = None
) -> dict[str, Any]:
    arguments = [{"key": key, "value": value, "override": True} for key, value in (override or {}).items()]
    arguments += [{"key": key, "value": value} for key, value in (add or {}).items()]
    return {"name": component, "extraArgs": arguments}
