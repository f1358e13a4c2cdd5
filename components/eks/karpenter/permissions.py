"""What Karpenter may do in AWS, as a plain document.

It starts machines from AWS's images, in the cluster's subnets, with the tags of the cluster and of a pool, and stops or
changes no others. It makes no instance profile, since ours is given to it, so that it needs nothing of IAM but to hand
over the nodes' role. https://karpenter.sh/docs/reference/cloudformation/
"""

from collections.abc import Sequence
from typing import Any

from components.config.eks import Eks

SERVICE_ACCOUNT = "karpenter"
_MADE = ("fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request")
_STARTS = ["ec2:RunInstances", "ec2:CreateFleet"]
_SEEN = (
    *("ec2:DescribeCapacityReservations", "ec2:DescribeImages", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus"),
    *("ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplates"),
    *("ec2:DescribePlacementGroups", "ec2:DescribeSecurityGroups", "ec2:DescribeSpotPriceHistory"),
    "ec2:DescribeSubnets",
)
_POOL = "karpenter.sh/nodepool"


def permissions(settings: Eks, places: Sequence[Any], node_role_arn: str, queue_arn: str) -> dict[str, Any]:
    """Return what Karpenter may do.

    Args:
        settings: the cluster's settings.
        places: the ARNs of the subnets and the security group of its machines; may be outputs.
        node_role_arn: the role of its machines.
        queue_arn: the queue of interruptions.
    """
    machines, others = _machines(settings, places), _others(settings, node_role_arn, queue_arn)
    return {"Version": "2012-10-17", "Statement": [*machines, *others]}


def _machines(settings: Eks, places: Sequence[Any]) -> list[dict[str, Any]]:
    ours, place = f"kubernetes.io/cluster/{settings.name}", f"arn:aws:ec2:{settings.region}"
    own = f"{place}:{settings.account_id}"
    asked = {
        "StringEquals": {
            f"aws:RequestTag/{ours}": "owned",
            "aws:RequestTag/eks:eks-cluster-name": settings.name,
        },
        "StringLike": {f"aws:RequestTag/{_POOL}": "*"},
    }
    had = {"StringEquals": {f"aws:ResourceTag/{ours}": "owned"}, "StringLike": {f"aws:ResourceTag/{_POOL}": "*"}}
    made = [f"{own}:{kind}/*" for kind in _MADE]
    by_making = {
        **asked,
        "StringEquals": {
            **asked["StringEquals"],
            "ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"],
        },
    }
    later = {
        **had,
        "StringEqualsIfExists": {"aws:RequestTag/eks:eks-cluster-name": settings.name},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"]},
    }
    of_aws = {"StringEquals": {"ec2:Owner": "amazon"}}
    return [
        _allow("StartsFromImagesOfAws", _STARTS, [f"{place}::image/ami-*"], of_aws),
        _allow("StartsFromWhatIsInThem", _STARTS, [f"{place}::snapshot/snap-*"]),
        _allow("StartsWhereTheClusterIs", _STARTS, list(places)),
        _allow("StartsFromItsTemplates", _STARTS, [f"{own}:launch-template/*"], had),
        _allow("MakesMachinesOfThisCluster", [*_STARTS, "ec2:CreateLaunchTemplate"], made, asked),
        _allow("TagsWhatItMakes", ["ec2:CreateTags"], made, by_making),
        _allow("NamesItsMachines", ["ec2:CreateTags"], [f"{own}:instance/*"], later),
        _allow(
            "EndsItsOwn",
            ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"],
            [f"{own}:instance/*", f"{own}:launch-template/*"],
            had,
        ),
    ]


def _others(settings: Eks, node_role_arn: str, queue_arn: str) -> list[dict[str, Any]]:
    here = {"StringEquals": {"aws:RequestedRegion": settings.region}}
    to_machines = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    images = f"arn:aws:ssm:{settings.region}::parameter/aws/service/*"
    queue = ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
    return [
        _allow("SeesWhatThereIs", list(_SEEN), ["*"], here),
        _allow("FindsImages", ["ssm:GetParameter"], [images]),
        _allow("FindsTheCluster", ["eks:DescribeCluster"], [settings.arn]),
        _allow("HandsOverTheNodesRole", ["iam:PassRole"], [node_role_arn], to_machines),
        _allow("ReadsInterruptions", queue, [queue_arn]),
    ]


def _allow(
    sid: str, actions: list[str], resources: list[Any], condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    statement = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, **({"Condition": condition} if condition else {})}
