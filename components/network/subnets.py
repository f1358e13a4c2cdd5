"""What a subnet is called, and the tags by which controllers find it."""

from components.network.cidr import Kind, Subnet

_ROLES = {
    Kind.PUBLIC: {"kubernetes.io/role/elb": "1"},
    Kind.PRIVATE: {"kubernetes.io/role/internal-elb": "1"},
    Kind.INTRA: {},
}
"""https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html"""
_KARPENTER = "karpenter.sh/discovery"


def tags(subnet: Subnet, cluster: str) -> dict[str, str]:
    """Return a subnet's tags: the load balancer controller looks for its role, Karpenter for subnets of the cluster."""
    discovery = {_KARPENTER: cluster} if subnet.kind is Kind.PRIVATE else {}
    return {"Name": f"{cluster}-{subnet.kind}-{subnet.zone}", **_ROLES[subnet.kind], **discovery}
