"""A team as one component."""

import pulumi
from pulumi_kubernetes.core.v1 import LimitRange, Namespace, ResourceQuota
from pulumi_kubernetes.networking.v1 import NetworkPolicy
from pulumi_kubernetes.rbac.v1 import Role, RoleBinding
from pulumi_kubernetes.scheduling.v1 import PriorityClass

from components.config.team import Team as TeamConfig
from components.manifest import arguments
from components.team import bundle


class Team(pulumi.ComponentResource):
    """A namespace with its bundle: what its guardrails allow, quota, ceiling, network, access and priority."""

    def __init__(
        self, name: str, team: TeamConfig, registries: tuple[str, ...], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("agent-platform:index:Team", name, None, opts)
        self._name, self._team = name, team
        namespace = Namespace(
            f"{name}-namespace",
            **arguments(bundle.namespace(team, registries)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._inside = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        self._bound_resources()
        self._close_network()
        self._give_access()
        self.register_outputs({})

    def _bound_resources(self) -> None:
        ResourceQuota(f"{self._name}-quota", **arguments(bundle.quota(self._team)), opts=self._inside)
        LimitRange(f"{self._name}-ceiling", **arguments(bundle.limit_range(self._team)), opts=self._inside)
        PriorityClass(
            f"{self._name}-priority",
            **arguments(bundle.priority_class(self._team)),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _close_network(self) -> None:
        NetworkPolicy(f"{self._name}-default-deny", **arguments(bundle.default_deny(self._team)), opts=self._inside)
        NetworkPolicy(
            f"{self._name}-platform-traffic", **arguments(bundle.platform_traffic(self._team)), opts=self._inside
        )

    def _give_access(self) -> None:
        role = Role(f"{self._name}-reader", **arguments(bundle.reader_role(self._team)), opts=self._inside)
        RoleBinding(
            f"{self._name}-reader-binding",
            **arguments(bundle.reader_binding(self._team)),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )
