"""What goes through the load balancer of an edge, as plain security group rules by name.

Names follow from what a rule is for, so that another order or one more range changes no other rule.
"""

from typing import Any

from components.config.edge import EdgeSettings
from components.config.entry import Cdn
from components.edge.listening import HTTPS

Rules = dict[str, dict[str, Any]]


def into_balancer(settings: EdgeSettings, network_cidr: str) -> Rules:
    """Return who may call: the ranges that settings name, else the cluster's own network; or CloudFront alone."""
    if isinstance(settings.entry, Cdn):
        return {"cdn": {**_tcp(HTTPS, "CloudFront hands on requests"), "prefix_list_id": settings.entry.prefix_list_id}}
    clients = settings.entry.clients or (network_cidr,)
    return {f"https-{_slug(cidr)}": {**_tcp(HTTPS, "Clients call agents"), "cidr_ipv4": cidr} for cidr in clients}


def out_of_balancer(settings: EdgeSettings, node_group_id: Any) -> Rules:
    """Return whom the load balancer may call: the gateway's pods, which have the security group of nodes."""
    return _to_gateway(settings, node_group_id)


def into_nodes(settings: EdgeSettings, balancer_group_id: Any) -> Rules:
    """Return what nodes let in for the gateway's pods: the load balancer, on the gateway's two ports."""
    return _to_gateway(settings, balancer_group_id)


def _to_gateway(settings: EdgeSettings, peer: Any) -> Rules:
    gateway = settings.gateway
    ports = {
        "gateway": (gateway.port, "The load balancer hands requests to the gateway"),
        "health": (gateway.health_port, "The load balancer asks for the gateway's health"),
    }
    return {
        role: {**_tcp(port, why), "referenced_security_group_id": peer}
        for role, (port, why) in ports.items()
        if role == "gateway" or port != gateway.port
    }


def _tcp(port: int, description: str) -> dict[str, Any]:
    return {"description": description, "ip_protocol": "tcp", "from_port": port, "to_port": port}


def _slug(cidr: str) -> str:
    return cidr.replace(".", "-").replace("/", "-")
