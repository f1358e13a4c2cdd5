"""What goes in and out of a fleet, as plain security group rules by name.

Names follow from what a rule is for, so that another order or one more range changes no other rule. Answers need no
rule, nor do AWS's DNS, time and metadata service, which security groups don't see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.config.vm_fleet import MACHINE_METRICS_PORT, VmFleetSettings

_HTTP, _HTTPS = 80, 443

Rules = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Door:
    """What machines are reached by, and leave by.

    Attributes:
        group_id: their security group.
        rules: what opens it; machines that start before it can't become healthy.
    """

    group_id: Any
    rules: Sequence[Any]


def into_balancer(settings: VmFleetSettings) -> Rules:
    """Return what may call the load balancer."""
    rules = {f"https-{_slug(cidr)}": _tcp(_HTTPS, "Clients call the agent", cidr) for cidr in settings.clients}
    if settings.redirect_http:
        why = "Clients are sent on to HTTPS"
        rules |= {f"http-{_slug(cidr)}": _tcp(_HTTP, why, cidr) for cidr in settings.clients}
    return rules


def out_of_balancer(settings: VmFleetSettings, machines_group: Any) -> Rules:
    """Return what the load balancer may call: the agent, on the machines."""
    why = "The load balancer asks the agent, and for its health"
    return {"to-machines": {**_tcp(settings.port, why), "referenced_security_group_id": machines_group}}


def into_machines(settings: VmFleetSettings, network: str, balancer_group: Any) -> Rules:
    """Return what may call the machines: the load balancer and Prometheus, nobody else; people come by SSM.

    Args:
        settings: the fleet.
        network: the environment's addresses.
        balancer_group: the load balancer's security group.
    """
    why = "The load balancer asks the agent, and for its health"
    rules = {"from-balancer": {**_tcp(settings.port, why), "referenced_security_group_id": balancer_group}}
    if settings.prometheus:
        cidr = settings.prometheus.cidr or network
        rules["agent-metrics"] = _tcp(settings.port, "Prometheus reads the agent's metrics", cidr)
        rules["machine-metrics"] = _tcp(MACHINE_METRICS_PORT, "Prometheus reads the machine's metrics", cidr)
    return rules


def out_of_machines(settings: VmFleetSettings, network: str) -> Rules:
    """Return what the machines may call.

    Args:
        settings: the fleet.
        network: the environment's addresses.
    """
    why, logstash = "Images, packages, secrets, sessions and what the agent calls", settings.logstash
    rules = {f"https-{_slug(cidr)}": _tcp(_HTTPS, why, cidr) for cidr in settings.https_to}
    if logstash:
        rules["logs"] = _tcp(logstash.port, "Logs go to Logstash by TLS", logstash.cidr or network)
    return rules


def _tcp(port: int, description: str, cidr: str | None = None) -> dict[str, Any]:
    addresses = {"cidr_ipv4": cidr} if cidr else {}
    return {"ip_protocol": "tcp", "from_port": port, "to_port": port, "description": description, **addresses}


def _slug(cidr: str) -> str:
    return cidr.replace("/", "-")
