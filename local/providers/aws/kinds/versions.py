"""Versions of Kubernetes, as EKS holds clusters and node groups to them.

https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.providers.aws.failures import AwsError

if TYPE_CHECKING:
    from local.providers.aws.kind import Object
    from local.providers.aws.making import Making

_CLUSTER = "aws:eks/cluster:Cluster"
_FARTHEST_BEHIND = 3
"""Minor versions that a kubelet may be older than the API server."""


def step(making: Making, olds: Object) -> Object:
    """Refuse a step of a cluster that EKS would refuse: back, over a minor version, or too far from its nodes."""
    old, new = str(olds.get("version")), str(making.values.get("version"))
    if _minor(new) not in (_minor(old), _minor(old) + 1):
        raise AwsError("InvalidParameterException", f"Unsupported Kubernetes minor version update from {old} to {new}")
    for row in making.transaction.live("aws:eks/nodeGroup:NodeGroup"):
        behind = _minor(new) - _minor(str(row.state.get("version")))
        if row.state.get("clusterName") == making.values["name"] and behind > _FARTHEST_BEHIND:
            raise AwsError(
                "InvalidRequestException",
                f"Nodegroup {row.state['nodeGroupName']} must be updated to match cluster version before updating "
                "cluster version",
            )
    return {}


def not_newer(making: Making) -> None:
    """Refuse a node group whose nodes would be newer than their control plane."""
    group = making.values.get("version")
    cluster = making.find(making.values["clusterName"], _CLUSTER).get("version")
    if group and cluster and _minor(str(group)) > _minor(str(cluster)):
        raise AwsError(
            "InvalidParameterException",
            f"Nodegroup Kubernetes version {group} cannot be newer than cluster version {cluster}",
        )


def _minor(version: str) -> int:
    return int(version.split(".")[1])
