"""The control plane as plain data: what the cluster is made with, and its role."""

from collections.abc import Sequence
from typing import Any

from components.config.compute import AutoNodes
from components.config.eks import Eks
from components.eks.auto import mode
from components.eks.packing import scheduler

LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
ROLE_POLICY = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"


def log_group_name(cluster: str) -> str:
    """Return the name of the log group that EKS writes to, and would make by itself: for ever and without a key."""
    return f"/aws/eks/{cluster}/cluster"


def role_name(settings: Eks, purpose: str) -> str:
    """Return the name of a role; roles are the whole account's, so that the region is in it."""
    return f"{settings.name}-{settings.region}-{purpose}"


def trust(settings: Eks) -> dict[str, Any]:
    """Return the trust of the cluster's role: EKS, on behalf of this cluster only; in Auto Mode it tags sessions."""
    source = {"StringEquals": {"aws:SourceAccount": settings.account_id}, "ArnEquals": {"aws:SourceArn": settings.arn}}
    auto = isinstance(settings.compute, AutoNodes)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"] if auto else "sts:AssumeRole",
                "Condition": source,
            }
        ],
    }


def arguments(
    settings: Eks, role_arn: Any, subnet_ids: Sequence[Any], key_arn: Any, node_role_arn: Any = None
) -> dict[str, Any]:
    """Return what the cluster is made with.

    Args:
        settings: the cluster's settings.
        role_arn: the role that EKS takes.
        subnet_ids: where the control plane's network interfaces are.
        key_arn: the key that encrypts Secrets.
        node_role_arn: the role of nodes that EKS makes by itself; None, where it makes none.
    """
    public = list(settings.endpoint.public_cidrs)
    compute, packing = settings.compute, scheduler(settings)
    return {
        "name": settings.name,
        "version": settings.version,
        "role_arn": role_arn,
        "vpc_config": {
            "subnet_ids": list(subnet_ids),
            "endpoint_private_access": True,
            "endpoint_public_access": bool(public),
            **({"public_access_cidrs": public} if public else {}),
        },
        "kubernetes_network_config": {
            "ip_family": "ipv4",
            "service_ipv4_cidr": settings.service_cidr,
            **({"elastic_load_balancing": {"enabled": True}} if isinstance(compute, AutoNodes) else {}),
        },
        "access_config": {"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
        "encryption_config": {"provider": {"key_arn": key_arn}, "resources": ["secrets"]},
        "enabled_cluster_log_types": list(LOGS),
        "upgrade_policy": {"support_type": "STANDARD"},
        "zonal_shift_config": {"enabled": True},
        "deletion_protection": settings.deletion_protection,
        "bootstrap_self_managed_addons": False,
        **(mode.arguments(compute, node_role_arn) if isinstance(compute, AutoNodes) else {}),
        **({"kube_scheduler_config": packing} if packing else {}),
    }
