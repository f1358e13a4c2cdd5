"""Node pools and the classes of their nodes, as manifests.

https://karpenter.sh/docs/concepts/nodepools/, https://karpenter.sh/docs/concepts/nodeclasses/,
https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.config.nodes import Capacity
from components.config.pools import Pool
from components.labels import GPU, ZONE, Component, labels, metadata
from components.manifest import Manifest

_VERSION = "1.0.0"
_CAPACITY = {Capacity.ON_DEMAND: "on-demand", Capacity.SPOT: "spot"}
_GRACE = "24h"
"""How long a pod that must not be disturbed can hold up a node that has expired."""
_AT_ONCE = "10%"


@dataclass(frozen=True)
class Ground:
    """Where nodes stand. Ids and ARNs may be outputs.

    Attributes:
        subnet_ids: private subnets, one a zone.
        security_group_id: the group of nodes and pods.
        key_arn: the key of their disks.
        tags: what machines, disks and interfaces are tagged with.
    """

    subnet_ids: Sequence[Any]
    security_group_id: Any
    key_arn: Any
    tags: Mapping[str, str]


def node_pool(pool: Pool, of: Manifest) -> Manifest:
    """Return a pool.

    Args:
        pool: the pool.
        of: the class of its nodes.
    """
    group = str(of["apiVersion"]).partition("/")[0]
    name = of["metadata"]["name"]
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": _metadata(pool),
        "spec": {
            "template": {
                "metadata": {"labels": pool.node_labels},
                "spec": {
                    "nodeClassRef": {"group": group, "kind": of["kind"], "name": name},
                    "requirements": _requirements(pool),
                    "taints": _taints(pool),
                    "expireAfter": f"{pool.expire_after_days * 24}h",
                    "terminationGracePeriod": _GRACE,
                },
            },
            "limits": {
                "cpu": pool.limits.cpu,
                "memory": pool.limits.memory,
                **({GPU: str(pool.most_gpus)} if pool.most_gpus else {}),
            },
            "disruption": {
                "consolidationPolicy": pool.consolidation[0].upper() + pool.consolidation[1:],
                "consolidateAfter": f"{pool.consolidate_after_minutes}m",
                "budgets": [{"nodes": _AT_ONCE}],
            },
        },
    }


def karpenter_class(pool: Pool, ground: Ground, image: str, profile_name: Any) -> Manifest:
    """Return the class of a pool's nodes for Karpenter.

    Args:
        pool: the pool.
        ground: where its nodes stand.
        image: the release of their image, as `al2023@v20260818`.
        profile_name: their instance profile.
    """
    spec = {
        "amiSelectorTerms": [{"alias": image}],
        "instanceProfile": profile_name,
        **_place(ground),
        "blockDeviceMappings": _disks(pool, image, ground.key_arn),
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpProtocolIPv6": "disabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
        },
        "kubelet": {"maxPods": pool.most_pods},
        "detailedMonitoring": True,
        "tags": {**ground.tags, "Name": pool.name},
    }
    return {
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": _metadata(pool),
        "spec": spec,
    }


def auto_class(pool: Pool, ground: Ground, role_name: Any) -> Manifest:
    """Return the class of a pool's nodes in Auto Mode, where a pod that no policy selects reaches nobody.

    Args:
        pool: the pool.
        ground: where its nodes stand.
        role_name: their role.
    """
    spec = {
        "role": role_name,
        **_place(ground),
        "networkPolicy": "DefaultDeny",
        "ephemeralStorage": {"size": f"{pool.disk_gi}Gi", "kmsKeyID": ground.key_arn},
        "tags": dict(ground.tags),
    }
    return {"apiVersion": "eks.amazonaws.com/v1", "kind": "NodeClass", "metadata": _metadata(pool), "spec": spec}


def _metadata(pool: Pool) -> Manifest:
    return metadata(pool.name, labels("node-pool", pool.name, Component.NODES, "agent-platform", _VERSION))


def _place(ground: Ground) -> Manifest:
    return {
        "subnetSelectorTerms": [{"id": each} for each in ground.subnet_ids],
        "securityGroupSelectorTerms": [{"id": ground.security_group_id}],
    }


def _requirements(pool: Pool) -> list[Manifest]:
    wanted = {
        "node.kubernetes.io/instance-type": list(pool.type_names),
        "karpenter.sh/capacity-type": [_CAPACITY[each] for each in pool.capacity],
        "kubernetes.io/arch": [pool.architecture],
        **({ZONE: list(pool.zones)} if pool.zones else {}),
    }
    return [{"key": key, "operator": "In", "values": values} for key, values in wanted.items()]


def _taints(pool: Pool) -> list[Manifest]:
    return [
        {"key": key, **({"value": value} if value else {}), "effect": effect} for key, value, effect in pool.node_taints
    ]


def _disks(pool: Pool, image: str, key_arn: Any) -> list[Manifest]:
    """Return the disks; Bottlerocket keeps its system on one and everything else on another."""
    sizes = (
        {"/dev/xvda": 4, "/dev/xvdb": pool.disk_gi} if image.startswith("bottlerocket") else {"/dev/xvda": pool.disk_gi}
    )
    return [
        {
            "deviceName": device,
            "ebs": {
                "volumeSize": f"{size}Gi",
                "volumeType": "gp3",
                "encrypted": True,
                "kmsKeyID": key_arn,
                "deleteOnTermination": True,
            },
        }
        for device, size in sizes.items()
    ]
