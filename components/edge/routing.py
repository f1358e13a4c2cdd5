"""What an edge writes into DNS, as plain records by role."""

from typing import Any

from components.config.edge import EdgeSettings
from components.config.entry import Failover, Standby

_TTL_SECONDS = 300
_AUTHORITIES = ("amazon.com", "amazonaws.com", "amazontrust.com", "awstrust.com")
"""https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html"""
_HEALTH_INTERVAL_SECONDS = 30
_FAILURES = 3
Records = dict[str, dict[str, Any]]


def names(domain: str) -> dict[str, str]:
    """Return the names that an edge answers to, by role: the domain and all right below it."""
    return {"apex": domain, "wildcard": f"*.{domain}"}


def regional_name(region: str, domain: str) -> str:
    """Return the name under which one region is reached, whatever state it is in."""
    return f"{region}.{domain}"


def authorities(domain: str) -> dict[str, Any]:
    """Return the record by which only Amazon's authorities may sign certificates for the domain and what is below."""
    records = [f'0 {tag} "{name}"' for tag in ("issue", "issuewild") for name in _AUTHORITIES]
    return {"name": domain, "type": "CAA", "ttl": _TTL_SECONDS, "records": records}


def delegation(domain: str, name_servers: Any) -> dict[str, Any]:
    """Return the record by which the zone above delegates the domain."""
    return {"name": domain, "type": "NS", "ttl": _TTL_SECONDS, "records": name_servers}


def alias(name: str, target: Any, zone_id: Any, kind: str = "A", *, follow_health: bool = True) -> dict[str, Any]:
    """Return a record that answers with what a load balancer or a distribution has as its addresses.

    Args:
        name: the record's name.
        target: the DNS name that AWS gave it.
        zone_id: the hosted zone of that name, which AWS keeps.
        kind: A, or AAAA for addresses of IPv6.
        follow_health: give it out only while it has healthy targets; distributions know no such thing.
    """
    target = {"name": target, "zone_id": zone_id, "evaluate_target_health": follow_health}
    return {"name": name, "type": kind, "aliases": [target]}


def shared(record: dict[str, Any], failover: Failover, region: str, health_check_id: Any) -> dict[str, Any]:
    """Return a record as one of several regions': it is given out while the region is healthy.

    Route 53 takes records of one name only with one kind of policy, and for a role only one of them.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html
    """
    policy: dict[str, Any] = (
        {"failover_routing_policies": [{"type": failover.role.upper()}]}
        if isinstance(failover, Standby)
        else {"latency_routing_policies": [{"region": region}]}
    )
    return {**record, **policy, "set_identifier": region, "health_check_id": health_check_id}


def health_check(settings: EdgeSettings, failover: Failover, region: str) -> dict[str, Any]:
    """Return the check by which Route 53 learns from several continents whether a region answers.

    It trusts any certificate, and takes 2xx and 3xx for well:
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
    """
    name = regional_name(region, settings.domain)
    return {
        "type": "HTTPS",
        "fqdn": name,
        "port": 443,
        "resource_path": failover.health_path,
        "enable_sni": True,
        "request_interval": _HEALTH_INTERVAL_SECONDS,
        "failure_threshold": _FAILURES,
        "tags": {"Name": name},
    }
