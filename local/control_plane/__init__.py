"""A real Kubernetes control plane on this machine, with simulated nodes.

etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok and metrics-server run as plain processes,
written down and started by `kwokctl --runtime binary`. Everything binds to 127.0.0.1.

    plane = start(state, tools, topology)      # also heals what was killed; keeps all objects
    plane.status().as_json()
    plane.stop()                               # data stay in state/control-plane/etcd
"""

from local.control_plane.cluster import ControlPlane, start
from local.control_plane.status import ComponentStatus, Status
from local.control_plane.topology import Topology

__all__ = ["ComponentStatus", "ControlPlane", "Status", "Topology", "start"]
