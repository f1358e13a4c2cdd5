"""What is refused of a change of a group's bounds, before EKS is asked for it.

Where an autoscaler follows the load, the number of nodes stays what was last read of the group, and is sent with the
bounds. EKS takes no bounds that it lies outside of, and would say so when half of a change is made.
"""

from collections.abc import Mapping
from typing import Any


class SizeError(Exception):
    """Bounds that EKS would refuse."""


def check_bounds(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, cluster: str, region: str) -> None:
    """Refuse bounds that the number of nodes, which is kept, does not lie within.

    Args:
        old: what the group was made with and was read of it since, as the engine has it.
        new: what it is to have.
        cluster: the cluster's name.
        region: the cluster's region.

    Raises:
        SizeError: EKS would refuse them.
    """
    kept, least, most = _size(old, "desiredSize"), _size(new, "minSize"), _size(new, "maxSize")
    if kept is None or least is None or most is None or least <= kept <= most:
        return
    wrong, wanted = (f"fewer than min: {least}", least) if kept < least else (f"more than max: {most}", most)
    name = (old or {}).get("nodeGroupName")
    raise SizeError(
        f"node group {name} has {kept} nodes as far as is known here, {wrong}; EKS would refuse that, and the "
        f"number is the autoscaler's. Fix: bring the group within its new bounds, then `pulumi refresh`, then `up`: "
        f"`aws eks update-nodegroup-config --cluster-name {cluster} --region {region} --nodegroup-name {name} "
        f"--scaling-config minSize={least},maxSize={most},desiredSize={wanted}`"
    )


def _size(group: Mapping[str, Any] | None, key: str) -> int | None:
    """Return a number of nodes; None where it can't be known yet."""
    value = ((group or {}).get("scalingConfig") or {}).get(key)
    return int(value) if isinstance(value, int | float) else None
