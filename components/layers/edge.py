"""The way in from outside, as the cloud layer makes it."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.config.edge import CDN_REGION, EdgeSettings
from components.config.eks import Eks
from components.config.entry import Cdn
from components.edge.component import Edge
from components.ground import Ground
from components.network.component import Network


def open_edge(settings: Eks, ground: Ground, network: Network) -> dict[str, Any]:
    """Make the edge, where settings ask for one, and return what the contract tells of it beside the cluster."""
    if settings.edge is None:
        return {}
    there = _us_east_1(settings.edge, ground)
    return {"edge": Edge("edge", settings.edge, ground, there, [network], opts=ground.opts).told}


def _us_east_1(settings: EdgeSettings, ground: Ground) -> pulumi.ResourceOptions:
    """Return the provider of what CloudFront takes from us-east-1; it is made where the cluster is elsewhere."""
    if not isinstance(settings.entry, Cdn) or ground.region == CDN_REGION:
        return ground.opts
    provider = aws.Provider(
        "aws-us-east-1",
        region=CDN_REGION,
        allowed_account_ids=[ground.account_id],
        default_tags={"tags": ground.tags},
    )
    return pulumi.ResourceOptions(provider=provider)
