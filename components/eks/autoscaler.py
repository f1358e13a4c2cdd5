"""What the cluster-autoscaler may do, and what tells it of nodes that a group does not have yet, as plain data.

EKS itself tags the autoscaling groups of node groups for discovery.
https://docs.aws.amazon.com/eks/latest/best-practices/cas.html
https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md
"""

from typing import Any

from components.config.eks import Eks
from components.config.node_groups import NodeGroup
from components.labels import GPU

SERVICE_ACCOUNT = "cluster-autoscaler"
_DISCOVERY = "k8s.io/cluster-autoscaler"
_TEMPLATE = f"{_DISCOVERY}/node-template"
_SEEN = (
    *("autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances"),
    *("autoscaling:DescribeLaunchConfigurations", "autoscaling:DescribeScalingActivities"),
    *("ec2:DescribeImages", "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplateVersions"),
    "ec2:GetInstanceTypesFromInstanceRequirements",
)
"""What AWS can't hold to single resources."""


def permissions(settings: Eks) -> dict[str, Any]:
    """Return what it may do: look, and change the number of nodes in groups that are this cluster's by their tags."""
    place = f"{settings.region}:{settings.account_id}"
    own = {f"aws:ResourceTag/{_DISCOVERY}/{settings.name}": "owned", f"aws:ResourceTag/{_DISCOVERY}/enabled": "true"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": list(_SEEN), "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": "eks:DescribeNodegroup",
                "Resource": f"arn:aws:eks:{place}:nodegroup/{settings.name}/*",
            },
            {
                "Effect": "Allow",
                "Action": ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
                "Resource": f"arn:aws:autoscaling:{place}:autoScalingGroup:*:autoScalingGroupName/eks-*",
                "Condition": {"StringEquals": own},
            },
        ],
    }


def node_template(group: NodeGroup) -> dict[str, str]:
    """Return the tags that describe a node of a group which may be empty; none for a group that always has one.

    Without them a pod that selects a label, or asks for a share of a GPU, would not make an empty group grow.
    """
    if group.min:
        return {}
    offered = group.offer(group.gpus).gpus
    resources = {"ephemeral-storage": f"{group.disk_gi}Gi", **({GPU: str(offered)} if offered else {})}
    return {
        **{f"{_TEMPLATE}/label/{key}": value for key, value in group.node_labels.items()},
        **{f"{_TEMPLATE}/taint/{key}": f"{value or ''}:{effect}" for key, value, effect in group.node_taints},
        **{f"{_TEMPLATE}/resources/{name}": quantity for name, quantity in resources.items()},
    }


def tag_name(key: str) -> str:
    """Return what the resource of a tag is called: what its key describes, in letters that any name can have."""
    described = key.removeprefix(f"{_TEMPLATE}/")
    return "".join(letter if letter.isalnum() else "-" for letter in described)
