"""A node group as simulated nodes: machines of its first instance type, spread over the zones of its subnets."""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from local.control_plane.client import Cluster, connect
from local.control_plane.nodes import METRICS_PATH, POD_NETWORK, SIMULATED
from local.providers.aws import control_plane, settings
from local.providers.aws.failures import AwsError, Refusal

if TYPE_CHECKING:
    from local.providers.aws.inventory import Row, Transaction
    from local.providers.aws.kind import Object

GROUP = "eks.amazonaws.com/nodegroup"
_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}
_MOST_PODS = re.compile(r"max-?pods\W+(\d+)", re.IGNORECASE)
_DISK_GI = 20
MACHINES = "machines.json"
"""Beside the inventory: what the nodes of each instance type offer."""


class Machine(BaseModel):
    """What a node of one instance type offers to pods; memory in Mi."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    architecture: str
    millicores: int
    memory_mi: int
    pods: int
    gpus: int = 0
    gpu_product: str | None = None


def follow(transaction: Transaction, before: Row | None, after: Row | None) -> None:
    """Bring the nodes of a group to what it has become; None stands for a group that is not there."""
    plane = control_plane.given()
    row = after or before
    if plane is None or row is None:
        return
    wanted = {node["metadata"]["name"]: node for node in manifests(transaction, after)} if after else {}
    with connect(plane.kubeconfig) as cluster:
        there = {node["metadata"]["name"] for node in cluster.nodes(f"{GROUP}={row.state['nodeGroupName']}")}
        for name in sorted(there - set(wanted)):
            cluster.remove_node(name)
        ranges = _free_ranges(cluster)
        for name in sorted(set(wanted) - there):
            pod_range = next(ranges)
            wanted[name]["spec"] |= {"podCIDR": pod_range, "podCIDRs": [pod_range]}
            cluster.create_node(wanted[name])


def manifests(transaction: Transaction, row: Row) -> list[Object]:
    """The nodes of a group, without their pod ranges: as many as it desires, round robin over its subnets."""
    subnets = [transaction.get("aws:ec2/subnet:Subnet", subnet) for subnet in row.state["subnetIds"]]
    places = [subnet.state for subnet in subnets if subnet]
    count = int(row.state["scalingConfig"]["desiredSize"])
    return [_node(transaction, row, places[index % len(places)], index) for index in range(count)]


def _node(transaction: Transaction, row: Row, place: Object, index: int) -> Object:
    group, machine = row.state, _machine(row.state["instanceTypes"][0])
    name = _name(row, place, index)
    resources = {
        "cpu": f"{machine.millicores}m",
        "memory": f"{machine.memory_mi}Mi",
        "pods": str(_most_pods(transaction, group, machine)),
        "ephemeral-storage": f"{_disk_gi(transaction, group)}Gi",
        **({"nvidia.com/gpu": str(machine.gpus)} if machine.gpus else {}),
    }
    taints = [
        {"key": taint["key"], "value": taint.get("value") or "", "effect": _EFFECTS[taint["effect"]]}
        for taint in group.get("taints") or []
    ]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": _labels(row, place, name, machine),
            "annotations": {SIMULATED: "fake", METRICS_PATH: f"/metrics/nodes/{name}/metrics/resource"},
        },
        "spec": {"taints": taints, "providerID": f"aws:///{place['availabilityZone']}/i-{_digits(row, index)[:17]}"},
        "status": {"capacity": resources, "allocatable": resources},
    }


def _labels(row: Row, place: Object, name: str, machine: Machine) -> dict[str, str]:
    """The labels that the cloud, EKS and NVIDIA's feature discovery give a node, and the group's own."""
    group = row.state
    of_gpus = {"nvidia.com/gpu.present": "true", "nvidia.com/gpu.count": str(machine.gpus)} if machine.gpus else {}
    if machine.gpu_product:
        of_gpus["nvidia.com/gpu.product"] = machine.gpu_product
    return {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": machine.architecture,
        "node.kubernetes.io/instance-type": group["instanceTypes"][0],
        "topology.kubernetes.io/region": row.region,
        "topology.kubernetes.io/zone": place["availabilityZone"],
        "topology.k8s.aws/zone-id": place.get("availabilityZoneId", ""),
        "eks.amazonaws.com/capacityType": group["capacityType"],
        GROUP: group["nodeGroupName"],
        **of_gpus,
        **(group.get("labels") or {}),
    }


def _machine(instance_type: str) -> Machine:
    path = settings.folder() / MACHINES
    try:
        machines = TypeAdapter(dict[str, Machine]).validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        raise Refusal(f"{path}, which says what each instance type offers to pods, can't be used: {error}") from None
    if instance_type not in machines:
        raise AwsError(
            "InvalidParameterException",
            f"The following supplied instance types do not exist: [{instance_type}]. The rehearsal knows those of "
            f"{path}",
        )
    return machines[instance_type]


def _template(transaction: Transaction, group: Object) -> Object:
    chosen = group.get("launchTemplate") or {}
    handle = chosen.get("id") or chosen.get("name")
    row = transaction.find(handle, ("aws:ec2/launchTemplate:LaunchTemplate",)) if handle else None
    return row.state if row else {}


def _most_pods(transaction: Transaction, group: Object, machine: Machine) -> int:
    """What the user data tell the kubelet, else what the instance type allows."""
    try:
        text = base64.b64decode(_template(transaction, group).get("userData") or "").decode(errors="replace")
    except binascii.Error:
        text = ""
    found = _MOST_PODS.search(text)
    return int(found[1]) if found else machine.pods


def _disk_gi(transaction: Transaction, group: Object) -> int:
    """The largest disk of the launch template, else the group's own."""
    mappings: list[Any] = _template(transaction, group).get("blockDeviceMappings") or []
    sizes = [int((mapping.get("ebs") or {}).get("volumeSize") or 0) for mapping in mappings]
    return max([*sizes, int(group.get("diskSize") or 0)]) or _DISK_GI


def _name(row: Row, place: Object, index: int) -> str:
    """As EC2 names a machine: by an address of its subnet."""
    network = ipaddress.ip_network(place["cidrBlock"])
    address = network[4 + int(_digits(row, index), 16) % max(network.num_addresses - 5, 1)]
    return f"ip-{str(address).replace('.', '-')}.{row.region}.compute.internal"


def _digits(row: Row, index: int) -> str:
    return hashlib.sha256(f"{row.urn}#{row.number}#{index}".encode()).hexdigest()


def _free_ranges(cluster: Cluster) -> Iterator[str]:
    """Pod ranges that no node has."""
    taken = {node["spec"].get("podCIDR") for node in cluster.nodes()}
    return (str(network) for network in POD_NETWORK.subnets(new_prefix=24) if str(network) not in taken)
