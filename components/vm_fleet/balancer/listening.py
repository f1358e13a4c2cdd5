"""A fleet's load balancer, its listeners and its target group, as plain data."""

from collections.abc import Sequence
from typing import Any

from components.config.vm_fleet import VmFleetSettings
from components.naming import addressed
from components.vm_fleet import names

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
"""TLS 1.3 and 1.2 with forward secrecy, and keys that no quantum computer opens later; AWS's own recommendation:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"""
_INTERVAL_SECONDS = 15
_TIMEOUT_SECONDS = 5


def load_balancer(
    settings: VmFleetSettings, subnet_ids: Sequence[Any], group_id: Any, logs: Any, *, protect: bool
) -> dict[str, Any]:
    """Return the load balancer. Its name carries a hash of what AWS can't change in it, as the target group's does.

    Args:
        settings: the fleet.
        subnet_ids: its subnets, of two zones or more.
        group_id: its security group.
        logs: the bucket of its access log.
        protect: refuse to delete it.
    """
    return {
        "name": addressed(settings.name, {"internal": settings.internal}),
        "load_balancer_type": "application",
        "internal": settings.internal,
        "subnets": list(subnet_ids),
        "security_groups": [group_id],
        "access_logs": {"bucket": logs, "enabled": True},
        "drop_invalid_header_fields": True,
        "desync_mitigation_mode": "defensive",
        "enable_deletion_protection": protect,
        "idle_timeout": settings.longest_request_seconds,
        "tags": names.tags(settings),
    }


def target_group(settings: VmFleetSettings, vpc_id: Any) -> dict[str, Any]:
    """Return the target group; whoever has the fewest open requests gets the next one.

    Another one takes its place before it goes, under another name; it can't belong to two load balancers either.
    """
    fixed = {"port": settings.port, "protocol": "HTTP", "target_type": "instance"}
    return {
        "name": addressed(settings.name, {**fixed, "internal": settings.internal}),
        **fixed,
        "vpc_id": vpc_id,
        "load_balancing_algorithm_type": "least_outstanding_requests",
        "deregistration_delay": settings.longest_request_seconds,
        "health_check": {
            "path": settings.health.path,
            "matcher": "200",
            "interval": _INTERVAL_SECONDS,
            "timeout": _TIMEOUT_SECONDS,
            "healthy_threshold": 2,
            "unhealthy_threshold": 3,
        },
        "tags": names.tags(settings),
    }


def https(settings: VmFleetSettings, balancer_arn: Any, target_group_arn: Any) -> dict[str, Any]:
    """Return the listener that ends TLS and hands requests to the agent."""
    return {
        "load_balancer_arn": balancer_arn,
        "port": 443,
        "protocol": "HTTPS",
        "ssl_policy": TLS_POLICY,
        "certificate_arn": settings.certificate_arn,
        "default_actions": [{"type": "forward", "target_group_arn": target_group_arn}],
    }


def no_metrics(listener_arn: Any) -> dict[str, Any]:
    """Return the rule by which clients never see the agent's metrics; Prometheus asks the machines themselves."""
    answer = {"content_type": "text/plain", "message_body": "Not found", "status_code": "404"}
    return {
        "listener_arn": listener_arn,
        "priority": 1,
        "conditions": [{"path_pattern": {"values": ["/metrics", "/metrics/*"]}}],
        "actions": [{"type": "fixed-response", "fixed_response": answer}],
    }


def redirect(balancer_arn: Any) -> dict[str, Any]:
    """Return the listener that sends plain HTTP on to HTTPS."""
    target = {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}
    return {
        "load_balancer_arn": balancer_arn,
        "port": 80,
        "protocol": "HTTP",
        "default_actions": [{"type": "redirect", "redirect": target}],
    }
