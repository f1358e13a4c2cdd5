"""The whole configuration of one stack, checked: what `load.py` returns and everything else is built from."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from components.config.above import FromContract
from components.config.agent import Agent
from components.config.cluster import Kubeconfig
from components.config.eks import FEWEST_ZONES, Eks
from components.config.layering import Environment, Layer, held, misfits
from components.config.model import Model, RefusedError
from components.config.names import Name
from components.config.reached import ReachedEks
from components.config.secrets import Secret, TeamSecret
from components.config.service_checks import unfit
from components.config.services import AnyService, TeamService
from components.config.team import Team
from components.config.vm_fleet import VmFleetSettings

Registry = Annotated[str, Field(pattern=r"^[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)*$", examples=["registry.example.com"])]


ClusterSettings = Annotated[Kubeconfig | Eks | FromContract, Field(discriminator="kind")]
AnyCluster = Kubeconfig | Eks | ReachedEks
"""A cluster whose facts are known: it exists, is made here, or another stack told of it."""
ZONES_IN_PRODUCTION = 3


class StackSettings(Model):
    """The settings of one stack, as `Pulumi.<stack>.yaml` has them under `agent-platform:`."""

    environment: Environment = Field(description="The environment that the stack belongs to.")
    layers: tuple[Layer, ...] = Field(min_length=1, description="The layers that this stack holds.")
    cluster: ClusterSettings = Field(description="Where it runs.")
    registries: tuple[Registry, ...] = Field((), description="Registries that images may come from.")
    teams: tuple[Team, ...] = Field((), description="The teams of the environment; a lower layer has them by contract.")
    team: Name | None = Field(None, description="The one team whose agents this stack holds; default: all.")
    services: tuple[AnyService, ...] = Field(
        (), description="What the agents of its teams use in AWS beside the cluster; see `services.md`."
    )
    secrets: tuple[Secret, ...] = Field(
        (), description="Entries in Secrets Manager that the agents of its teams read; see `uses.md`."
    )
    fleets: tuple[VmFleetSettings, ...] = Field(
        (), description="Agents of its teams on plain virtual machines; see `vm-fleet.md`."
    )

    @classmethod
    def conflicts(cls, data: Mapping[str, Any]) -> Iterator[RefusedError]:
        """Yield settings that don't go with the layers, and a cluster that its environment can't live with."""
        yield from misfits(data)
        yield from unfit(data)
        cluster = data.get("cluster")
        if (
            data.get("environment") == Environment.PROD
            and isinstance(cluster, Mapping)
            and cluster.get("kind") == "eks"
        ):
            yield from _unfit_for_production(cluster)


def _unfit_for_production(cluster: Mapping[str, Any]) -> Iterator[RefusedError]:
    zones = cluster.get("zones")
    if isinstance(zones, list) and FEWEST_ZONES <= len(zones) < ZONES_IN_PRODUCTION:
        reason = f"cluster.zones names {len(zones)}; when one fails, production would run on what is left of two"
        yield RefusedError(reason, f"name {ZONES_IN_PRODUCTION} zones of the region")


class PlatformConfig(Model):
    """One stack's configuration with its agents; the cluster is the real one, whoever told of it.

    A stack of the cloud layer alone knows no registries and no teams. `below` names the stacks that go on from here.
    """

    stack: str
    environment: Environment
    layers: tuple[Layer, ...]
    cluster: AnyCluster
    registries: tuple[Registry, ...]
    teams: tuple[Team, ...]
    agents: tuple[Agent, ...]
    built_teams: tuple[Name, ...]
    services: tuple[TeamService, ...] = ()
    secrets: tuple[TeamSecret, ...] = ()
    fleets: tuple[VmFleetSettings, ...] = ()
    below: tuple[str, ...]

    def contract(self, cluster: Mapping[str, Any]) -> dict[str, Any]:
        """Return what this stack tells the layer below, a `Contract` as plain data.

        Args:
            cluster: what it tells of the cluster; values may be outputs, which only a run knows.
        """
        return {
            "version": 1,
            "environment": self.environment.value,
            "layer": held(self.layers)[-1].value,
            "cluster": dict(cluster),
            "registries": list(self.registries),
            "teams": [team.plain() for team in self.teams],
        }

    def callers(self, agent: Agent) -> tuple[Agent, ...]:
        """Return the agents of the environment that declare a call to this one."""
        return tuple(other for other in self.agents if agent.reference in other.callees)

    def agents_of(self, team: str) -> tuple[Agent, ...]:
        """Return the agents of one team."""
        return tuple(agent for agent in self.agents if agent.team == team)
