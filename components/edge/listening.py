"""The load balancer of an edge, its listener and its target group, as plain data.

Without CloudFront it is a network load balancer, behind CloudFront an application load balancer: CloudFront's way into
a VPC takes no network load balancer that ends TLS.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
"""

from collections.abc import Sequence
from typing import Any

from components.config.edge import EdgeSettings
from components.config.entry import Cdn, Public
from components.edge.names import fixed_name

HTTPS = 443
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
"""TLS 1.3 and 1.2 with forward secrecy, and keys that no quantum computer opens later:
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html"""
_INTERVAL_SECONDS = 10
_TIMEOUT_SECONDS = 5
_DRAIN_SECONDS = 120
"""How long a pod that goes may finish its answers."""


def is_public(settings: EdgeSettings) -> bool:
    """Return whether the load balancer has addresses of the internet."""
    return isinstance(settings.entry, Public)


def load_balancer(
    cluster: str, settings: EdgeSettings, subnet_ids: Sequence[Any], group_id: Any, logs: Any, *, protect: bool
) -> dict[str, Any]:
    """Return the load balancer.

    Args:
        cluster: the cluster's name.
        settings: the edge.
        subnet_ids: its subnets, one a zone.
        group_id: its security group.
        logs: the bucket of its access log.
        protect: refuse to delete it.
    """
    return {
        "name": fixed_name(cluster, _lasting(settings)),
        **_lasting(settings),
        "subnets": list(subnet_ids),
        "security_groups": [group_id],
        "access_logs": {"bucket": logs, "enabled": True},
        "enable_cross_zone_load_balancing": True,
        "enable_zonal_shift": True,
        "enable_deletion_protection": protect,
        **_strictness(settings),
        "tags": {"Name": f"{cluster}-edge"},
    }


def target_group(cluster: str, settings: EdgeSettings, vpc_id: Any) -> dict[str, Any]:
    """Return the target group of the gateway's pods, to which the load balancer speaks TLS too.

    Behind a network load balancer the gateway sees the client's own address; behind the other one it is the last of
    `X-Forwarded-For`. The tag with the cluster's name is what EKS Auto Mode knows its target groups by. It belongs to
    one load balancer for good: where that is replaced, so is it, under another name.
    """
    network = _kind(settings) == "network"
    fixed = {"port": settings.gateway.port, "protocol": "TLS" if network else "HTTPS", "target_type": "ip"}
    own = {"preserve_client_ip": "true"} if network else {"load_balancing_algorithm_type": "least_outstanding_requests"}
    return {
        "name": fixed_name(cluster, {**fixed, **_lasting(settings)}),
        **fixed,
        "vpc_id": vpc_id,
        "deregistration_delay": _DRAIN_SECONDS,
        "health_check": {
            "protocol": "HTTP",
            "port": str(settings.gateway.health_port),
            "path": settings.gateway.health_path,
            "matcher": "200",
            "interval": _INTERVAL_SECONDS,
            "timeout": _TIMEOUT_SECONDS,
            "healthy_threshold": 2,
            "unhealthy_threshold": 2,
        },
        **own,
        "tags": {"Name": f"{cluster}-gateway", "eks:eks-cluster-name": cluster},
    }


def listener(settings: EdgeSettings, balancer_arn: Any, certificate_arn: Any, target_group_arn: Any) -> dict[str, Any]:
    """Return the listener that ends TLS and hands on to the gateway; there is none of plain HTTP."""
    network = _kind(settings) == "network"
    return {
        "load_balancer_arn": balancer_arn,
        "port": HTTPS,
        "protocol": "TLS" if network else "HTTPS",
        "ssl_policy": TLS_POLICY,
        "certificate_arn": certificate_arn,
        "default_actions": [{"type": "forward", "target_group_arn": target_group_arn}],
        **({"alpn_policy": "HTTP2Preferred"} if network else {}),
    }


def _lasting(settings: EdgeSettings) -> dict[str, Any]:
    """Return what AWS can't change in a load balancer."""
    return {"internal": not is_public(settings), "load_balancer_type": _kind(settings)}


def _kind(settings: EdgeSettings) -> str:
    return "application" if isinstance(settings.entry, Cdn) else "network"


def _strictness(settings: EdgeSettings) -> dict[str, Any]:
    """Return what an application load balancer refuses and how long it waits; the other kind sees no requests."""
    if not isinstance(settings.entry, Cdn):
        return {}
    return {
        "drop_invalid_header_fields": True,
        "desync_mitigation_mode": "defensive",
        "idle_timeout": settings.entry.longest_silence_seconds,
    }
