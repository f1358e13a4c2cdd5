"""How pods share one GPU: in turns (time-slicing), or each in a part of its own (MIG).

In turns, nobody is kept from another's memory and errors: that is for agents that trust each other. Parts are kept
apart by the GPU itself. What a node offers then is told by NVIDIA's feature discovery in the product's label, so that
an agent which names the whole product never gets a share of one.
https://docs.nvidia.com/datacenter/cloud-native/gpu-operator/latest/gpu-sharing.html
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from components.config.model import Model, RefusedError
from components.config.quantities import Count

PARTS = {
    "NVIDIA-A100-SXM4-40GB": {"1g.5gb": 7, "1g.10gb": 4, "2g.10gb": 3, "3g.20gb": 2, "4g.20gb": 1, "7g.40gb": 1},
    "NVIDIA-H100-80GB-HBM3": {"1g.10gb": 7, "1g.20gb": 4, "2g.20gb": 3, "3g.40gb": 2, "4g.40gb": 1, "7g.80gb": 1},
}
"""Products that can be divided; for each profile how many parts of it one GPU gives.
https://docs.nvidia.com/datacenter/tesla/mig-user-guide/supported-mig-profiles.html"""
DEVICE_PLUGIN_CONFIG = "nvidia.com/device-plugin.config"
MIG_CONFIG = "nvidia.com/mig.config"


class TimeSlicing(Model):
    """Pods take turns on a GPU, in its whole memory."""

    kind: Literal["timeSlicing"]
    replicas: Count = Field(ge=2, le=48, description="How many pods share one GPU.", examples=[4])


class Mig(Model):
    """Each GPU is divided into parts of one profile, with memory of their own."""

    kind: Literal["mig"]
    profile: str = Field(description="The profile of all parts.", examples=["1g.10gb"])


GpuSharing = Annotated[TimeSlicing | Mig, Field(discriminator="kind")]


@dataclass(frozen=True)
class Offer:
    """What a node offers of its GPUs.

    Attributes:
        gpus: how many `nvidia.com/gpu` pods can ask it for.
        product: what its product label says; None without GPUs.
        labels: what tells the driver's operator how to set it up.
    """

    gpus: int
    product: str | None
    labels: dict[str, str] = field(default_factory=dict)


def offer(sharing: TimeSlicing | Mig | None, gpus: int, product: str | None) -> Offer:
    """Return what a node offers.

    Args:
        sharing: how its GPUs are shared; None: each is one pod's.
        gpus: how many it has.
        product: their product label; None without GPUs.
    """
    if product is None or sharing is None:
        return Offer(gpus, product)
    if isinstance(sharing, TimeSlicing):
        labels = {DEVICE_PLUGIN_CONFIG: f"time-slicing-{sharing.replicas}"}
        return Offer(gpus * sharing.replicas, f"{product}-SHARED", labels)
    labels = {MIG_CONFIG: f"all-{sharing.profile}"}
    return Offer(gpus * PARTS[product][sharing.profile], f"{product}-MIG-{sharing.profile}", labels)


def check_sharing(sharing: TimeSlicing | Mig, product: str | None) -> None:
    """Refuse a way of sharing that a product can't do.

    Raises:
        RefusedError: there is no GPU, or it can't be divided so.
    """
    if product is None:
        raise RefusedError("gpuSharing is set, but the machines have no GPU", "remove gpuSharing, or name GPU machines")
    if isinstance(sharing, TimeSlicing):
        return
    profiles = PARTS.get(product, {})
    if not profiles:
        reason = f"{product} can't be divided by MIG; the group's nodes would wait for the driver for ever"
        raise RefusedError(reason, f"use kind: timeSlicing, or machines with one of {', '.join(PARTS)}")
    if sharing.profile not in profiles:
        reason = f"{product} has no MIG profile {sharing.profile}"
        raise RefusedError(reason, f"take one of {', '.join(profiles)}")
