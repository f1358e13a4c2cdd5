"""What is refused of a change of version, before the control plane is touched.

EKS goes one minor version up at a time and never back: https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
"""

from collections.abc import Mapping
from typing import Any


class UpgradeError(Exception):
    """A version that the cluster can't be brought to from the one that it has."""


def check_step(old: str, new: str) -> None:
    """Refuse a step back, and one that leaves a minor version out.

    Args:
        old: the version that the cluster has, as `1.34`.
        new: the version that it is to have.

    Raises:
        UpgradeError: EKS would refuse it, or has no way back from it.
    """
    before, after = _minor(old), _minor(new)
    if after < before:
        raise UpgradeError(
            f"the cluster runs Kubernetes {old}, and EKS never goes back to {new}. "
            f'Fix: set version to "{old}", or make another cluster and move there.'
        )
    if after > before + 1:
        between = f"{new.partition('.')[0]}.{before + 1}"
        raise UpgradeError(
            f"from Kubernetes {old} to {new} leaves {between} out, which EKS refuses. "
            f'Fix: set version to "{between}", run `up` until nodes and add-ons have it, then go on.'
        )


def check_change(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> None:
    """Refuse what is wrong with a change of a cluster's properties.

    Args:
        old: what it was made with, as the engine has it.
        new: what it is to have.

    Raises:
        UpgradeError: see `check_step`.
    """
    before, after = ((properties or {}).get("version") for properties in (old, new))
    if isinstance(before, str) and isinstance(after, str):
        check_step(before, after)


def _minor(version: str) -> int:
    return int(version.split(".")[1])
