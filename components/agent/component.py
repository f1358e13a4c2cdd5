"""An agent as one component."""

from collections.abc import Sequence

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.autoscaling.v2 import HorizontalPodAutoscaler
from pulumi_kubernetes.core.v1 import ConfigMap, Service, ServiceAccount
from pulumi_kubernetes.networking.v1 import NetworkPolicy
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from components.agent import network, scaling, workload
from components.config.agent import Agent as AgentConfig
from components.identity.reach import NOTHING, Reach
from components.manifest import arguments


class Agent(pulumi.ComponentResource):
    """One AI agent: its workload, its address, its scaling and its network."""

    def __init__(
        self,
        name: str,
        agent: AgentConfig,
        callers: Sequence[AgentConfig],
        callees: Sequence[AgentConfig],
        residency: str | None = None,
        reach: Reach = NOTHING,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:Agent", name, None, opts)
        self._name, self._agent, self._residency, self._reach = name, agent, residency, reach
        self._child = pulumi.ResourceOptions(parent=self)
        self._restrict_network(callers, callees)
        self._expose()
        self._run()
        self._scale()
        self.register_outputs({})

    def _restrict_network(self, callers: Sequence[AgentConfig], callees: Sequence[AgentConfig]) -> None:
        policy = network.network_policy(self._agent, callers, callees, self._reach.ways)
        NetworkPolicy(f"{self._name}-network", **arguments(policy), opts=self._child)

    def _expose(self) -> None:
        Service(f"{self._name}-service", **arguments(workload.service(self._agent)), opts=self._child)

    def _run(self) -> None:
        identity = ServiceAccount(
            f"{self._name}-identity", **arguments(workload.service_account(self._agent)), opts=self._child
        )
        config = ConfigMap(f"{self._name}-config", **arguments(workload.config_map(self._agent)), opts=self._child)
        Deployment(
            f"{self._name}-deployment",
            **arguments(workload.deployment(self._agent, self._residency, self._reach.variables)),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[identity, config, *self._reach.after]),
        )

    def _scale(self) -> None:
        budget = scaling.disruption_budget(self._agent)
        PodDisruptionBudget(f"{self._name}-disruption-budget", **arguments(budget), opts=self._child)
        if self._agent.spec.scaling:
            autoscaler = scaling.autoscaler(self._agent, self._agent.spec.scaling)
            HorizontalPodAutoscaler(f"{self._name}-autoscaler", **arguments(autoscaler), opts=self._child)
