"""What goes in and out of a fleet, as plain security group rules by name.

Names follow from what a rule is for, so that another order or one more range changes no other rule. Answers need no
rule, nor do AWS's DNS, time and metadata service, which security groups don't see.
"""

from typing import Any

from components.config.vm_fleet import MACHINE_METRICS_PORT, VmFleetSettings
from components.vm_fleet.place import Observers

_HTTP, _HTTPS = 80, 443

Rules = dict[str, dict[str, Any]]


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


def into_machines(settings: VmFleetSettings, observers: Observers, balancer_group: Any) -> Rules:
    """Return what may call the machines: the load balancer and Prometheus, nobody else; people come by SSM."""
    why, cidr = "The load balancer asks the agent, and for its health", observers.prometheus_cidr
    return {
        "from-balancer": {**_tcp(settings.port, why), "referenced_security_group_id": balancer_group},
        "agent-metrics": _tcp(settings.port, "Prometheus reads the agent's metrics", cidr),
        "machine-metrics": _tcp(MACHINE_METRICS_PORT, "Prometheus reads the machine's metrics", cidr),
    }


def out_of_machines(settings: VmFleetSettings, observers: Observers) -> Rules:
    """Return what the machines may call."""
    why = "Images, packages, secrets, sessions and what the agent calls"
    logs = _tcp(observers.logstash_port, "Logs go to Logstash by TLS", observers.logstash_cidr)
    return {"logs": logs, **{f"https-{_slug(cidr)}": _tcp(_HTTPS, why, cidr) for cidr in settings.https_to}}


def _tcp(port: int, description: str, cidr: str | None = None) -> dict[str, Any]:
    addresses = {"cidr_ipv4": cidr} if cidr else {}
    return {"ip_protocol": "tcp", "from_port": port, "to_port": port, "description": description, **addresses}


def _slug(cidr: str) -> str:
    return cidr.replace("/", "-")
