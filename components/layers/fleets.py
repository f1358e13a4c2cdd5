"""The fleets of a stack: agents on plain virtual machines, beside the cluster and without it."""

from collections.abc import Sequence
from typing import Any

from components.config.vm_fleet import VmFleetSettings
from components.ground import Ground


def build_fleets(fleets: Sequence[VmFleetSettings], ground: Ground) -> dict[str, dict[str, Any]]:
    """Make fleets; return where each one is, and for Prometheus the `spec` of the ScrapeConfig that finds it."""
    from components.vm_fleet.component import VmFleet  # a stack without AWS starts without its SDK

    made = {fleet.name: VmFleet(fleet.name, fleet, ground, ground.opts) for fleet in fleets}
    return {
        name: {
            "url": fleet.url,
            "dns_name": fleet.dns_name,
            **({"scrape_config": fleet.scrape_config} if fleet.scrape_config else {}),
        }
        for name, fleet in made.items()
    }
