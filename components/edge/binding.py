"""How the gateway's pods come to be targets of a load balancer that outlives none of them."""

from typing import Any

from components.labels import metadata
from components.manifest import Manifest

CONTROLLER, AUTO_MODE = "elbv2.k8s.aws/v1beta1", "eks.amazonaws.com/v1"
"""Whose resource it is: the AWS Load Balancer Controller's, or EKS Auto Mode's, which has a controller of its own and
takes target groups with the tag `eks:eks-cluster-name` only."""


def target_group_binding(
    name: str,
    namespace: str,
    labels: dict[str, str],
    *,
    service: str,
    port: int | str,
    target_group_arn: Any,
    api_version: str = CONTROLLER,
) -> Manifest:
    """Return the custom resource by which a controller in the cluster keeps a target group's members.

    The controller makes no load balancer here, which would outlive the cluster and hold its network; and it opens no
    port, since the security groups' own rules let the load balancer in. Pods are members by their own addresses.
    https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/spec/

    Args:
        name: its name.
        namespace: its namespace, which is the Service's too.
        labels: its labels.
        service: the Service whose pods they are.
        port: the number or the name of the Service's port; the pods' own port behind it is the target group's.
        target_group_arn: the target group; may be an output.
        api_version: `CONTROLLER` or `AUTO_MODE`.
    """
    return {
        "apiVersion": api_version,
        "kind": "TargetGroupBinding",
        "metadata": metadata(name, labels, namespace),
        "spec": {
            "serviceRef": {"name": service, "port": port},
            "targetGroupARN": target_group_arn,
            "targetType": "ip",
        },
    }
