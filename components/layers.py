"""The layers of an environment, in order: cloud, platform, team. A stack builds those that its settings name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

from components.agent.component import Agent
from components.agent.workload import service_url
from components.cluster import Cluster
from components.config.platform import Layer, PlatformConfig
from components.guardrails.component import Guardrails
from components.team.component import Team


def build(config: PlatformConfig, root: Path) -> Mapping[str, Any]:
    """Make the resources of a stack and return its outputs.

    Args:
        config: the checked configuration.
        root: the folder that relative paths in it start from.
    """
    cluster = Cluster("cluster", config.cluster, root)
    teams = _platform(config, cluster) if Layer.PLATFORM in config.layers else {}
    agents = _team(config, cluster, teams) if Layer.TEAM in config.layers else {}
    return {"contract": config.contract.plain(), "agents": agents}


def _platform(config: PlatformConfig, cluster: Cluster) -> dict[str, list[pulumi.Resource]]:
    """Make guardrails and teams; return what an agent of each team has to wait for."""
    guardrails = Guardrails("guardrails", pulumi.ResourceOptions(provider=cluster.provider))
    opts = pulumi.ResourceOptions(provider=cluster.provider)
    return {team.name: [guardrails, Team(team.name, team, config.registries, opts)] for team in config.teams}


def _team(
    config: PlatformConfig, cluster: Cluster, after: Mapping[str, list[pulumi.Resource]]
) -> dict[str, dict[str, str | int]]:
    """Make the agents of this stack's teams; return where each one is and how many pods it has without load."""
    by_reference = {agent.reference: agent for agent in config.agents}
    agents = [agent for team in config.built_teams for agent in config.agents_of(team)]
    residency = {team.name: team.residency for team in config.teams}
    for agent in agents:
        Agent(
            f"{agent.team}-{agent.name}",
            agent,
            callers=config.callers(agent),
            callees=[by_reference[reference] for reference in agent.callees],
            residency=residency[agent.team],
            opts=pulumi.ResourceOptions(provider=cluster.provider, depends_on=after.get(agent.team, [])),
        )
    return {
        agent.reference: {
            "namespace": agent.team,
            "deployment": agent.name,
            "service": agent.name,
            "url": service_url(agent),
            "fewest_pods": agent.fewest_pods,
        }
        for agent in agents
    }
