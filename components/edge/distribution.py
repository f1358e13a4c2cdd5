"""A CloudFront distribution before a private load balancer, as plain data."""

from collections.abc import Sequence
from typing import Any

from components.config.entry import Cdn, Countries
from components.edge.listening import HTTPS

_HTTP = 80
_NEVER_CACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""AWS's policy CachingDisabled:
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html"""
_ALL_OF_THE_REQUEST = "216adef6-5c7f-47e4-b989-5492eafa07d3"
"""AWS's policy AllViewer, Host among the headers; the load balancer's certificate is held against that name.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html"""
_A_YEAR = 31_536_000
_ORIGIN = "gateway"


def vpc_origin(name: str, balancer_arn: Any) -> dict[str, Any]:
    """Return CloudFront's way into the network, by TLS only."""
    endpoint = {
        "name": name,
        "arn": balancer_arn,
        "http_port": _HTTP,
        "https_port": HTTPS,
        "origin_protocol_policy": "https-only",
        "origin_ssl_protocols": {"items": ["TLSv1.2"], "quantity": 1},
    }
    return {"vpc_origin_endpoint_config": endpoint, "tags": {"Name": name}}


def origin(dns_name: Any, vpc_origin_id: Any, longest_silence_seconds: int) -> dict[str, Any]:
    """Return where requests go.

    Args:
        dns_name: the load balancer's own name.
        vpc_origin_id: the way into the network.
        longest_silence_seconds: how long the next piece of an answer may take.
    """
    way_in = {"vpc_origin_id": vpc_origin_id, "origin_read_timeout": longest_silence_seconds}
    return {"origin_id": _ORIGIN, "domain_name": dns_name, "vpc_origin_config": way_in}


def response_headers(name: str) -> dict[str, Any]:
    """Return what every answer tells browsers: come back by TLS only, guess nothing, show it in no other's page."""
    return {
        "name": name,
        "comment": "What every answer tells browsers",
        "security_headers_config": {
            "strict_transport_security": {
                "access_control_max_age_sec": _A_YEAR,
                "include_subdomains": True,
                "override": True,
            },
            "content_type_options": {"override": True},
            "frame_options": {"frame_option": "DENY", "override": True},
            "referrer_policy": {"referrer_policy": "no-referrer", "override": False},
        },
        "remove_headers_config": {"items": [{"header": "Server"}]},
    }


def distribution(
    name: str,
    names: Sequence[str],
    entry: Cdn,
    *,
    origin: dict[str, Any],
    certificate_arn: Any,
    headers_policy_id: Any,
    web_acl_arn: Any,
) -> dict[str, Any]:
    """Return the distribution: nothing is cached, since answers are made for one client each.

    Args:
        name: what it is called in lists.
        names: the names that clients call.
        entry: its settings.
        origin: where requests go.
        certificate_arn: the certificate for the names, in us-east-1.
        headers_policy_id: what every answer tells browsers.
        web_acl_arn: what keeps bad requests out.
    """
    return {
        "comment": name,
        "enabled": True,
        "aliases": list(names),
        "http_version": "http2and3",
        "is_ipv6_enabled": True,
        "price_class": entry.price_class,
        "origins": [origin],
        "default_cache_behavior": {
            "target_origin_id": origin["origin_id"],
            "viewer_protocol_policy": "https-only",
            "allowed_methods": ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
            "cached_methods": ["GET", "HEAD"],
            "cache_policy_id": _NEVER_CACHED,
            "origin_request_policy_id": _ALL_OF_THE_REQUEST,
            "response_headers_policy_id": headers_policy_id,
            "compress": True,
        },
        "viewer_certificate": {
            "acm_certificate_arn": certificate_arn,
            "minimum_protocol_version": "TLSv1.2_2021",
            "ssl_support_method": "sni-only",
        },
        "restrictions": {"geo_restriction": _countries(entry.countries)},
        "web_acl_id": web_acl_arn,
        "tags": {"Name": name},
    }


def _countries(countries: Countries | None) -> dict[str, Any]:
    if countries is None:
        return {"restriction_type": "none", "locations": []}
    kind = {"only": "whitelist", "never": "blacklist"}[countries.kind]
    return {"restriction_type": kind, "locations": list(countries.codes)}
