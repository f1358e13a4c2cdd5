"""How Prometheus finds the machines of a fleet: a ScrapeConfig of the Prometheus operator, as plain data.

Machines come and go, so that they are asked for by their tag. Prometheus needs a role that allows
`ec2:DescribeInstances`, and to ask from where the fleet's setting `prometheus.cidr` says.
https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1alpha1.ScrapeConfig
"""

from typing import Any

from components.config.vm_fleet import MACHINE_METRICS_PORT, VmFleetSettings
from components.labels import DOMAIN

FLEET_TAG = f"{DOMAIN}/fleet"
"""The tag of a fleet's machines."""
_LABELS = {"instance": "instance_id", "zone": "availability_zone", "instance_type": "instance_type"}


def scrape_config(settings: VmFleetSettings, region: str) -> dict[str, Any]:
    """Return the `spec`: the agent's metrics and the machine's, of every running machine, labelled by machine.

    Args:
        settings: the fleet.
        region: where its machines are.
    """
    return {
        "jobName": f"vm-fleet/{settings.name}",
        "metricsPath": "/metrics",
        "ec2SDConfigs": [_machines(settings, region, port) for port in (settings.port, MACHINE_METRICS_PORT)],
        "relabelings": [
            {"targetLabel": "fleet", "replacement": settings.name},
            _job(settings.port, "agent"),
            _job(MACHINE_METRICS_PORT, "node-exporter"),
            *({"sourceLabels": [f"__meta_ec2_{source}"], "targetLabel": label} for label, source in _LABELS.items()),
        ],
    }


def _job(port: int, name: str) -> dict[str, Any]:
    return {"sourceLabels": ["__address__"], "regex": f".*:{port}", "targetLabel": "job", "replacement": name}


def _machines(settings: VmFleetSettings, region: str, port: int) -> dict[str, Any]:
    return {
        "region": region,
        "port": port,
        "filters": [
            {"name": f"tag:{FLEET_TAG}", "values": [settings.name]},
            {"name": "instance-state-name", "values": ["running"]},
        ],
    }
