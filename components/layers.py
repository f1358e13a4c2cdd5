"""The layers of an environment, in order: cloud, platform, team. A stack builds those that its settings name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.agent.component import Agent
from components.agent.workload import service_url
from components.cluster import Cluster
from components.config.eks import Eks
from components.config.platform import Layer, PlatformConfig
from components.eks import control_plane
from components.eks.tags import owner_tags
from components.guardrails.component import Guardrails
from components.network import flow_logs
from components.network.place import Place
from components.team.component import Team

if TYPE_CHECKING:
    from components.eks.component import EksCluster


@dataclass(frozen=True)
class Connection:
    """A cluster as the layers inside of it need it.

    Attributes:
        provider: makes objects in it.
        after: what has to be there before the first pod that is not the cluster's own.
        told: what the contract tells of it; values may be outputs.
    """

    provider: kubernetes.Provider
    after: list[pulumi.Resource]
    told: Mapping[str, Any]


def build(config: PlatformConfig, root: Path) -> Mapping[str, Any]:
    """Make the resources of a stack and return its outputs.

    Args:
        config: the checked configuration.
        root: the folder that relative paths in it start from.
    """
    cluster = _cluster(config, root)
    teams = _platform(config, cluster) if Layer.PLATFORM in config.layers else {}
    agents = _team(config, cluster, teams) if Layer.TEAM in config.layers else {}
    return {"contract": config.contract(cluster.told), "agents": agents}


def _cluster(config: PlatformConfig, root: Path) -> Connection:
    """Make the cluster and what it lives in, or connect to the one that exists."""
    if isinstance(config.cluster, Eks):
        cluster = _cloud(config.cluster, config.environment)
        told = config.cluster.told(cluster.endpoint, cluster.certificate_authority)
        return Connection(cluster.provider, cluster.ready, told)
    return Connection(Cluster("cluster", config.cluster, root).provider, [], config.cluster.plain())


def _cloud(settings: Eks, environment: str) -> "EksCluster":
    """Make everything in AWS, by a provider that can change one account only."""
    import pulumi_aws as aws

    from components.eks.component import EksCluster
    from components.kms import Key
    from components.kms.policy import log_groups
    from components.network.component import Network
    from components.registry.component import Registry

    tags = owner_tags(settings, environment)
    provider = aws.Provider(
        "aws",
        region=settings.region,
        allowed_account_ids=[settings.account_id],
        default_tags={"tags": tags},
    )
    opts = pulumi.ResourceOptions(provider=provider)
    groups = [flow_logs.group_name(settings.name), control_plane.log_group_name(settings.name)]
    key = Key(
        "logs",
        description=f"Logs of network and control plane of {settings.name}",
        alias=f"{settings.name}/logs",
        statements=[log_groups(settings.region, settings.account_id, groups)],
        account_id=settings.account_id,
        protect=settings.deletion_protection,
        opts=opts,
    )
    place = Place(settings.name, settings.account_id, settings.region, settings.zones)
    network = Network("network", settings.network, place, key.arn, opts)
    cluster = EksCluster("cluster", settings, network, key.arn, tags, opts)
    if settings.registry:
        Registry(
            "registry",
            settings.registry,
            place,
            cache_role_arns=[cluster.node_role_arn],
            protect=settings.deletion_protection,
            opts=opts,
        )
    return cluster


def _platform(config: PlatformConfig, cluster: Connection) -> dict[str, list[pulumi.Resource]]:
    """Make guardrails and teams; return what an agent of each team has to wait for."""
    guardrails = Guardrails("guardrails", pulumi.ResourceOptions(provider=cluster.provider))
    opts = pulumi.ResourceOptions(provider=cluster.provider)
    return {team.name: [guardrails, Team(team.name, team, config.registries, opts)] for team in config.teams}


def _team(
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
