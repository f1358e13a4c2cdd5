"""What a group's nodes start from, and how EKS keeps the group, as plain data."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from components.config.node_groups import NodeGroup, OperatingSystem
from components.config.nodes import Capacity
from components.naming import addressed

ROLE_POLICIES = {
    "worker": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
    "images": "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
}
"""What every pod could do that got at its node's credentials; the CNI has a role of its own instead."""
_EFFECTS = {"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"}
_TAGGED = ("instance", "network-interface", "volume")
_BOTTLEROCKET_SYSTEM_GI = 4
_BOUNDARY = "node-config"
_WHY = "As many pods as prefixes of addresses allow; by itself the kubelet counts single addresses."


def node_trust() -> dict[str, Any]:
    """Return the trust of the nodes' role."""
    service = {"Service": "ec2.amazonaws.com"}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}],
    }


def disks_of_starters(arns: Sequence[str], *, keeps_grants: bool = False) -> list[dict[str, Any]]:
    """Return what lets roles that start machines themselves encrypt their disks.

    https://docs.aws.amazon.com/eks/latest/userguide/auto-kms.html

    Args:
        arns: the roles: Karpenter's and that of spot, or the cluster's own. KMS refuses one that does not exist.
        keeps_grants: whether they look after grants themselves, as Auto Mode does.
    """
    principal = {"AWS": list(arns)}
    kept = ["kms:ListGrants", "kms:RevokeGrant"] if keeps_grants else []
    return [
        {
            "Sid": "StartersUse",
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            "Resource": "*",
        },
        {
            "Sid": "StartersAttachDisks",
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["kms:CreateGrant", *kept],
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]


def launch_template(group: NodeGroup, cluster: str, key_arn: Any, tags: Mapping[str, str]) -> dict[str, Any]:
    """Return the launch template of a group.

    Args:
        group: the group.
        cluster: the cluster's name.
        key_arn: the key of the nodes' disks.
        tags: what machines, disks and interfaces are tagged with; the provider's default tags do not reach them.
    """
    name = f"{cluster}-{group.name}"
    reservation = group.capacity_reservation_id
    return {
        "name": name,
        "block_device_mappings": [_disk(device, size, key_arn) for device, size in _disks(group)],
        "metadata_options": {"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
        "monitoring": {"enabled": True},
        "user_data": base64.b64encode(user_data(group).encode()).decode(),
        "tag_specifications": [{"resource_type": kind, "tags": {**tags, "Name": name}} for kind in _TAGGED],
        **(
            {
                "capacity_reservation_specification": {
                    "capacity_reservation_target": {"capacity_reservation_id": reservation}
                }
            }
            if reservation
            else {}
        ),
    }


def node_group(group: NodeGroup, version: str, subnet_ids: Sequence[Any]) -> dict[str, Any]:
    """Return a group, apart from its cluster, role and launch template.

    Its name carries a hash of what AWS can't change in a group: another group takes its place, beside it for a while.

    Args:
        group: the group.
        version: the cluster's version of Kubernetes.
        subnet_ids: the private subnets of its zones.
    """
    fixed = {
        "ami_type": ami_type(group),
        "capacity_type": "SPOT" if group.capacity is Capacity.SPOT else "ON_DEMAND",
        "instance_types": list(group.instance_types),
    }
    return {
        "node_group_name": addressed(group.name, {**fixed, "zones": list(group.zones)}),
        "version": version,
        **fixed,
        "subnet_ids": list(subnet_ids),
        "scaling_config": {"min_size": group.min, "desired_size": group.initial, "max_size": group.max},
        "labels": group.node_labels,
        "taints": [
            {"key": key, **({"value": value} if value else {}), "effect": _EFFECTS[effect]}
            for key, value, effect in group.node_taints
        ],
        "update_config": {
            "max_unavailable_percentage": group.update.max_unavailable_percent,
            "update_strategy": group.update.strategy.upper(),
        },
        "node_repair_config": {"enabled": group.repair},
    }


def ami_type(group: NodeGroup) -> str:
    """Return the kind of image: operating system, architecture, and NVIDIA's driver where there are GPUs.

    https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html
    """
    machine = {"amd64": "x86_64", "arm64": "ARM_64"}[group.architecture]
    if group.operating_system is OperatingSystem.BOTTLEROCKET:
        return f"BOTTLEROCKET_{machine}_NVIDIA" if group.gpus else f"BOTTLEROCKET_{machine}"
    return f"AL2023_{machine}_{'NVIDIA' if group.gpus else 'STANDARD'}"


def user_data(group: NodeGroup) -> str:
    """Return what nodes are told at their first start: how many pods each may have. EKS adds the rest.

    Without it the kubelet stays far below what prefixes of addresses allow. https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/
    """
    if group.operating_system is OperatingSystem.BOTTLEROCKET:
        return f"# {_WHY}\n[settings.kubernetes]\nmax-pods = {group.most_pods}\n"
    config = {
        "apiVersion": "node.eks.aws/v1alpha1",
        "kind": "NodeConfig",
        "spec": {"kubelet": {"config": {"maxPods": group.most_pods}}},
    }
    lines = (
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"',
        "",
        f"--{_BOUNDARY}",
        "Content-Type: application/node.eks.aws",
        "",
        json.dumps(config),
        f"--{_BOUNDARY}--",
        "",
    )
    return "\n".join(lines)


def _disks(group: NodeGroup) -> list[tuple[str, int]]:
    """Return devices and sizes in GiB; Bottlerocket keeps its system on one and everything else on another."""
    if group.operating_system is OperatingSystem.BOTTLEROCKET:
        return [("/dev/xvda", _BOTTLEROCKET_SYSTEM_GI), ("/dev/xvdb", group.disk_gi)]
    return [("/dev/xvda", group.disk_gi)]


def _disk(device: str, size: int, key_arn: Any) -> dict[str, Any]:
    ebs = {
        "volume_type": "gp3",
        "volume_size": size,
        "encrypted": "true",
        "kms_key_id": key_arn,
        "delete_on_termination": "true",
    }
    return {"device_name": device, "ebs": ebs}
