"""What a layer that is not made yet will tell of its cluster, as far as its own settings say it."""

from typing import Any

from components.config.eks import Eks
from components.config.network import ExistingNetwork
from components.config.platform import AnyCluster, PlatformConfig
from components.config.storage import BucketRole

UNMADE = "known-when-made"


def promised(config: PlatformConfig) -> dict[str, Any]:
    """Return the contract of a stack that nobody has brought up; what only creation tells has stand-ins."""
    return config.contract(_cluster(config.cluster))


def _cluster(cluster: AnyCluster) -> dict[str, Any]:
    if not isinstance(cluster, Eks):
        return cluster.plain()
    ground = {
        "vpcId": UNMADE,
        "privateSubnetIds": [f"{UNMADE}-{zone}" for zone in cluster.zones],
        "publicSubnetIds": _public(cluster),
        "nodeSecurityGroupId": UNMADE,
        "keyArn": UNMADE,
    }
    told = cluster.told(f"https://{UNMADE}.invalid", UNMADE, ground)
    kept = {"storage": {"buckets": {role.value: UNMADE for role in BucketRole}}} if cluster.storage else {}
    return {**told, **kept}


def _public(cluster: Eks) -> list[str]:
    if isinstance(cluster.network, ExistingNetwork):
        return [subnet.id for subnet in cluster.network.public_subnets]
    return [f"{UNMADE}-{zone}" for zone in cluster.zones]
