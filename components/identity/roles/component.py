"""The roles of a team's agents as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.config.uses import Use
from components.identity import documents
from components.identity.grants import Grant
from components.identity.where import Where


@dataclass(frozen=True)
class Using:
    """What one agent uses, and what that gives."""

    uses: Sequence[Use]
    grants: Sequence[Grant]


class Roles(pulumi.ComponentResource):
    """One role for each set of things that agents of a team use, and who has which.

    A role for each agent would meet the account's quota of 1000; agents that use the same things may do the same.

    Args:
        team: the team, whose namespace has its name.
        agents: what its agents use, by their names, which are those of their service accounts; those that use nothing
            in AWS are not among them.
        where: the cluster's place.
        cluster: what tells that the cluster is there.

    Attributes:
        identified: by the name of an agent, what gives its pods their role.
    """

    identified: Mapping[str, pulumi.Resource]

    def __init__(
        self,
        name: str,
        team: str,
        agents: Mapping[str, Using],
        where: Where,
        cluster: pulumi.Resource,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:Roles", name, None, opts)
        self._name, self._team, self._where = name, team, where
        profiles = {documents.profile(using.uses): using for using in agents.values()}
        roles = {profile: self._make_role(profile, using.grants) for profile, using in profiles.items()}
        self.identified = {
            agent: self._hand_out(agent, *roles[documents.profile(using.uses)], cluster)
            for agent, using in sorted(agents.items())
        }
        self.register_outputs({})

    def _make_role(self, profile: tuple[str, ...], grants: Sequence[Grant]) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        role = aws.iam.Role(
            f"{self._name}-{documents.short(profile)}",
            name=documents.role_name(self._where, self._team, profile),
            description=f"What agents of team {self._team} in {self._where.cluster} may do",
            assume_role_policy=json.dumps(documents.trust(self._where, self._team)),
            permissions_boundary=self._where.boundary_arn,
            tags={"team": self._team},
            opts=pulumi.ResourceOptions(parent=self),
        )
        statements = [statement for grant in grants for statement in grant.statements]
        permissions = aws.iam.RolePolicy(
            f"{self._name}-{documents.short(profile)}-permissions",
            name="uses",
            role=role.name,
            policy=pulumi.Output.json_dumps(documents.policy(statements)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return role, permissions

    def _hand_out(
        self, agent: str, role: aws.iam.Role, permissions: aws.iam.RolePolicy, cluster: pulumi.Resource
    ) -> aws.eks.PodIdentityAssociation:
        return aws.eks.PodIdentityAssociation(
            f"{self._name}-{agent}",
            cluster_name=self._where.cluster,
            namespace=self._team,
            service_account=agent,
            role_arn=role.arn,
            tags={"team": self._team},
            # The cluster's name is known before the cluster exists, and a pod may use its role from the first moment.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[cluster, permissions]),
        )
