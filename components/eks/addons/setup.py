"""How each add-on is set up: its settings, the namespace it goes to, and its identity in AWS."""

from dataclasses import dataclass
from typing import Any

from components.config.addons import AddOn
from components.config.eks import Eks
from components.eks.system_network import NAMESPACE

BEFORE_NODES = (AddOn.VPC_CNI, AddOn.KUBE_PROXY, AddOn.POD_IDENTITY)
"""What a node needs to become Ready, and its pods to have an identity."""
_ELSEWHERE = (AddOn.CERT_MANAGER, AddOn.KUBE_STATE_METRICS, AddOn.NODE_EXPORTER, AddOn.EXTERNAL_DNS)
"""Add-ons that would make a namespace of their own, where no policy would let them talk in the CNI's strict mode."""
_POLICY = "arn:aws:iam::aws:policy/{}"


@dataclass(frozen=True)
class Identity:
    """What an add-on may do in AWS.

    Attributes:
        purpose: how its role is named.
        service_account: whose pods take the role.
        managed: the ARN of AWS's own policy for it.
        document: a policy of ours, where AWS has none that is small enough.
    """

    purpose: str
    service_account: str
    managed: str | None = None
    document: dict[str, Any] | None = None


def identity(add_on: AddOn, settings: Eks) -> Identity | None:
    """Return an add-on's identity, None for those that never talk to AWS."""
    if add_on is AddOn.VPC_CNI:
        return Identity("vpc-cni", "aws-node", _POLICY.format("AmazonEKS_CNI_Policy"))
    if add_on is AddOn.EBS_CSI:
        managed = _POLICY.format("service-role/AmazonEBSCSIDriverPolicy")
        return Identity("ebs-csi", "ebs-csi-controller-sa", managed)
    if add_on is AddOn.EFS_CSI:
        managed = _POLICY.format("service-role/AmazonEFSCSIDriverPolicy")
        return Identity("efs-csi", "efs-csi-controller-sa", managed)
    if add_on is AddOn.EXTERNAL_DNS:
        return Identity("dns", "external-dns", document=_dns(settings.dns_zones))
    return None


def configuration(add_on: AddOn, settings: Eks) -> dict[str, Any]:
    """Return an add-on's settings as its schema has them; empty where its own are right."""
    if add_on is AddOn.VPC_CNI:
        strict = {"NETWORK_POLICY_ENFORCING_MODE": "strict"}
        prefixes = {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}
        return {"enableNetworkPolicy": "true", "env": {**strict, **prefixes}}
    if add_on is AddOn.EXTERNAL_DNS:
        return {"policy": "sync", "registry": "txt", "txtOwnerId": settings.name}
    return {}


def namespace(add_on: AddOn) -> str | None:
    """Return the namespace that an add-on is told to go to, None where it goes there anyway."""
    return NAMESPACE if add_on in _ELSEWHERE else None


def trust(settings: Eks, service_account: str) -> dict[str, Any]:
    """Return the trust of an add-on's role: one service account of this cluster, by Pod Identity.

    https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": {
                    "StringEquals": {
                        "aws:SourceAccount": settings.account_id,
                        "aws:RequestTag/kubernetes-namespace": NAMESPACE,
                        "aws:RequestTag/kubernetes-service-account": service_account,
                    },
                    "ArnEquals": {"aws:SourceArn": settings.arn},
                },
            }
        ],
    }


def _dns(zones: tuple[str, ...]) -> dict[str, Any]:
    """Return what external-dns may do: write to the listed zones. Which zones there are can't be asked of one alone.

    https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/aws/
    """
    arns = [f"arn:aws:route53:::hostedzone/{zone}" for zone in zones]
    write = ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets", "route53:ListTagsForResources"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": write, "Resource": arns},
            {"Effect": "Allow", "Action": "route53:ListHostedZones", "Resource": "*"},
        ],
    }
