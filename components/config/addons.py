"""The add-ons of an EKS cluster, which AWS keeps compatible and patched, and their versions.

What `aws eks describe-addon-versions` had as default or newest in October 2026. kube-proxy follows the cluster's minor
version and CoreDNS nearly so; the others serve every supported version.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from components.config.model import Matching


class AddOn(StrEnum):
    """The add-ons that every cluster has; external-dns only where it has a zone to write to."""

    VPC_CNI = "vpc-cni"
    KUBE_PROXY = "kube-proxy"
    POD_IDENTITY = "eks-pod-identity-agent"
    COREDNS = "coredns"
    EBS_CSI = "aws-ebs-csi-driver"
    EFS_CSI = "aws-efs-csi-driver"
    METRICS_SERVER = "metrics-server"
    CERT_MANAGER = "cert-manager"
    KUBE_STATE_METRICS = "kube-state-metrics"
    NODE_EXPORTER = "prometheus-node-exporter"
    EXTERNAL_DNS = "external-dns"


AddOnVersion = Annotated[
    str,
    Matching(
        r"v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+",
        "is not the full version of an add-on, so two runs could install two of them",
        "write one that `aws eks describe-addon-versions` lists, as v1.22.4-eksbuild.3",
    ),
]

_PINNED = {
    AddOn.VPC_CNI: "v1.22.4-eksbuild.3",
    AddOn.POD_IDENTITY: "v1.3.10-eksbuild.3",
    AddOn.EBS_CSI: "v1.66.0-eksbuild.1",
    AddOn.EFS_CSI: "v3.4.0-eksbuild.1",
    AddOn.METRICS_SERVER: "v0.9.0-eksbuild.6",
    AddOn.CERT_MANAGER: "v1.21.0-eksbuild.2",
    AddOn.KUBE_STATE_METRICS: "v2.19.1-eksbuild.2",
    AddOn.NODE_EXPORTER: "v1.11.1-eksbuild.7",
    AddOn.EXTERNAL_DNS: "v0.21.0-eksbuild.6",
}
_PINNED_BY_MINOR = {
    "1.34": {AddOn.KUBE_PROXY: "v1.34.6-eksbuild.18", AddOn.COREDNS: "v1.13.2-eksbuild.11"},
    "1.35": {AddOn.KUBE_PROXY: "v1.35.3-eksbuild.29", AddOn.COREDNS: "v1.13.2-eksbuild.31"},
    "1.36": {AddOn.KUBE_PROXY: "v1.36.0-eksbuild.25", AddOn.COREDNS: "v1.14.3-eksbuild.23"},
}


_IN_AUTO_MODE = (AddOn.VPC_CNI, AddOn.KUBE_PROXY, AddOn.POD_IDENTITY, AddOn.COREDNS, AddOn.EBS_CSI)
"""https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html ("compatible compute types")"""


def in_auto_mode(name: str) -> bool:
    """Return whether EKS Auto Mode has in itself what an add-on does."""
    return name in _IN_AUTO_MODE


def pinned(version: str) -> Mapping[AddOn, str]:
    """Return the versions of all add-ons for a version of Kubernetes."""
    return {**_PINNED, **_PINNED_BY_MINOR[version]}
