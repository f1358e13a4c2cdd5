"""The platform layer: what all teams share in a cluster, and the teams."""

import pulumi

from components.config.platform import PlatformConfig
from components.guardrails.component import Guardrails
from components.layers.connection import Connection
from components.team.component import Team


def build_platform(config: PlatformConfig, cluster: Connection) -> dict[str, list[pulumi.Resource]]:
    """Make guardrails and teams; return what an agent of each team has to wait for."""
    opts = pulumi.ResourceOptions(provider=cluster.provider)
    guardrails = Guardrails("guardrails", opts)
    return {team.name: [guardrails, Team(team.name, team, config.registries, opts)] for team in config.teams}
