"""The team layer: agents."""

from collections.abc import Mapping

import pulumi

from components.agent.component import Agent
from components.agent.workload import service_url
from components.config.platform import PlatformConfig
from components.layers.connection import Connection


def build_team(
    config: PlatformConfig, cluster: Connection, after: Mapping[str, list[pulumi.Resource]]
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
            opts=pulumi.ResourceOptions(
                provider=cluster.provider, depends_on=[*cluster.after, *after.get(agent.team, [])]
            ),
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
