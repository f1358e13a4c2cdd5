"""The team layer: agents."""

from collections.abc import Mapping

import pulumi

from components.agent.component import Agent
from components.agent.workload import service_url
from components.config.platform import PlatformConfig
from components.identity.reach import NOTHING, Reach
from components.layers.connection import Connection
from components.services.made import Made


def build_team(
    config: PlatformConfig,
    cluster: Connection,
    after: Mapping[str, list[pulumi.Resource]],
    services: Mapping[str, Made],
) -> dict[str, dict[str, str | int]]:
    """Make the agents of this stack's teams; return where each one is and how many pods it has without load.

    Args:
        config: the configuration of the stack.
        cluster: where they run.
        after: what agents of a team have to wait for.
        services: what they use in AWS, by `team/name`.
    """
    by_reference = {agent.reference: agent for agent in config.agents}
    agents = [agent for team in config.built_teams for agent in config.agents_of(team)]
    residency = {team.name: team.residency for team in config.teams}
    given = {team: _reaches(config, team, cluster, services) for team in config.built_teams}
    for agent in agents:
        Agent(
            f"{agent.team}-{agent.name}",
            agent,
            callers=config.callers(agent),
            callees=[by_reference[reference] for reference in agent.callees],
            residency=residency[agent.team],
            reach=given[agent.team].get(agent.name, NOTHING),
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


def _reaches(config: PlatformConfig, team: str, cluster: Connection, services: Mapping[str, Made]) -> dict[str, Reach]:
    """Return what each agent of a team is given in AWS, by its name; none where the cluster is not there."""
    if cluster.ground is None:
        return {}
    from components.layers.reaches import reaches  # a stack without AWS starts without its SDK

    return reaches(config, team, services, cluster.ground, cluster.provider)
