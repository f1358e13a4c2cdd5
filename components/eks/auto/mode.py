"""What a cluster is made with in Auto Mode, as plain data.

Computing, disks and load balancers are on together or not at all.
https://docs.aws.amazon.com/eks/latest/userguide/automode-get-started-cli.html
"""

from ipaddress import IPv4Network
from typing import Any

from components.config.compute import AutoNodes
from components.config.eks import Eks
from components.eks.system_network import NAMESPACE
from components.labels import Component, labels, metadata
from components.manifest import Manifest

_VERSION = "1.0.0"
CLUSTER_POLICIES = {
    "compute": "arn:aws:iam::aws:policy/AmazonEKSComputePolicy",
    "storage": "arn:aws:iam::aws:policy/AmazonEKSBlockStoragePolicy",
    "balancing": "arn:aws:iam::aws:policy/AmazonEKSLoadBalancingPolicy",
    "networking": "arn:aws:iam::aws:policy/AmazonEKSNetworkingPolicy",
}
"""What the cluster's role needs beside its usual policy.
https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html"""
NODE_POLICIES = {
    "worker": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodeMinimalPolicy",
    "images": "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
}

_TAGGED = ("fleet", "instance", "launch-template", "network-interface", "spot-instances-request", "volume")


def tagging(settings: Eks) -> dict[str, Any]:
    """Return what lets the cluster's role give what it makes tags of ours; AWS's own policies know AWS's tags only.

    https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html#tag-prop
    """
    own = f"arn:aws:ec2:{settings.region}:{settings.account_id}"
    ours = {"StringEquals": {"aws:RequestTag/eks:eks-cluster-name": settings.name}}
    pool = {f"aws:RequestTag/eks:kubernetes-node-{what}-name": "*" for what in ("class", "pool")}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "StartsMachines",
                "Effect": "Allow",
                "Action": ["ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"],
                "Resource": [f"{own}:{kind}/*" for kind in _TAGGED],
                "Condition": {**ours, "StringLike": pool},
            },
            {
                "Sid": "AddsInterfaces",
                "Effect": "Allow",
                "Action": ["ec2:CreateNetworkInterface"],
                "Resource": [f"{own}:network-interface/*"],
                "Condition": {**ours, "StringLike": {"aws:RequestTag/eks:kubernetes-cni-node-name": "*"}},
            },
        ],
    }


def arguments(compute: AutoNodes, node_role_arn: Any) -> dict[str, Any]:
    """Return what turns it on.

    Args:
        compute: its pools.
        node_role_arn: the role of the nodes of AWS's own pools, if it has any.
    """
    built_in = list(compute.built_in_pools)
    own = {"node_pools": built_in, "node_role_arn": node_role_arn} if built_in else {}
    return {
        "compute_config": {"enabled": True, **own},
        "storage_config": {"block_storage": {"enabled": True}},
    }


def network_policies_on() -> Manifest:
    """Return the ConfigMap without which network policies are not enforced. Its name is AWS's: it carries no hash.

    https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html
    """
    marks = labels("network-policies", "network-policies", Component.GUARDRAIL, "agent-platform", _VERSION)
    return {
        "metadata": metadata("amazon-vpc-cni", marks, NAMESPACE),
        "data": {"enable-network-policy-controller": "true"},
    }


def names(service_cidr: str) -> Manifest:
    """Return the cluster's policy by which every pod may ask for names.

    In Auto Mode DNS runs on the nodes themselves: no pod that a team's policy could select answers, but the address
    of the Service does. https://github.com/aws/containers-roadmap/issues/2552

    Args:
        service_cidr: the range of Services; its tenth address is that of DNS.
    """
    marks = labels("names", "names", Component.GUARDRAIL, "agent-platform", _VERSION)
    ports = [{"portNumber": {"protocol": protocol, "port": 53}} for protocol in ("UDP", "TCP")]
    to = [{"networks": [f"{IPv4Network(service_cidr)[10]}/32"]}]
    return {
        "apiVersion": "networking.k8s.aws/v1alpha1",
        "kind": "ClusterNetworkPolicy",
        "metadata": metadata("agent-platform-names", marks),
        "spec": {
            "tier": "Admin",
            "priority": 100,
            "subject": {"namespaces": {}},
            "egress": [{"name": "names", "action": "Accept", "to": to, "ports": ports}],
        },
    }
