"""A cache as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from components.config.services import Cache
from components.services.cache import parameters
from components.services.door.component import Door
from components.services.made import Made
from components.services.site import Site

_LONGEST_NAME = 40


class TeamCache(pulumi.ComponentResource):
    """Valkey or Redis with a primary and replicas in other zones, reached by TLS, without a password.

    Agents log in with tokens of their roles, as the one user that it has; so no credential is in the state.
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html

    Args:
        cache: the cache's settings.
        site: where it is made.

    Attributes:
        made: the cache as agents need it.
    """

    made: Made

    def __init__(self, name: str, cache: Cache, site: Site, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("agent-platform:index:TeamCache", name, None, opts)
        self._name, self._cache, self._site = name, cache, site
        self._called = site.called(_LONGEST_NAME)
        self._child = pulumi.ResourceOptions(parent=self)
        agents = self._make_user("agents", self._called, parameters.AGENTS, {"type": "iam"})
        users = self._make_users(agents)
        door = Door(f"{name}-door", site, "cache", {parameters.PORT: f"the cache {site.name}"}, self._child)
        self.made = self._told(self._make_cache(users, door), agents)
        self.register_outputs({"arn": self.made.arn, "host": self.made.host})

    def _make_user(self, role: str, user_id: str, access: str, mode: Any, user_name: str = "") -> aws.elasticache.User:
        """Make a user. One that logs in by IAM has its id for a name."""
        return aws.elasticache.User(
            f"{self._name}-{role}",
            user_id=user_id,
            user_name=user_name or user_id,
            access_string=access,
            engine=self._cache.engine,
            authentication_mode=mode,
            tags=self._site.tags(user_id),
            opts=self._child,
        )

    def _make_users(self, agents: aws.elasticache.User) -> pulumi.Output[str]:
        """Make the group of users. With Redis it has to have a default user, which is switched off here."""
        members = [agents]
        if self._cache.engine == "redis":
            nobody = self._site.called(_LONGEST_NAME - len("-nobody")) + "-nobody"
            mode = {"type": "no-password-required"}
            members.append(self._make_user("nobody", nobody, parameters.NOBODY, mode, "default"))
        return aws.elasticache.UserGroup(
            f"{self._name}-users",
            user_group_id=self._called,
            engine=self._cache.engine,
            user_ids=[each.user_id for each in members],
            tags=self._site.tags(self._called),
            opts=self._child,
        ).user_group_id

    def _make_cache(self, users: pulumi.Output[str], door: Door) -> aws.elasticache.ReplicationGroup:
        cache, ground, tags = self._cache, self._site.ground, self._site.tags(self._called)
        subnets = aws.elasticache.SubnetGroup(
            f"{self._name}-subnets",
            name=self._called,
            description=f"Where the cache {self._site.name} of team {self._site.team} stands",
            subnet_ids=ground.private_subnet_ids,
            tags=tags,
            opts=self._child,
        )
        family = parameters.family(cache)
        tuned: Any = parameters.parameters(cache)
        tuning = aws.elasticache.ParameterGroup(
            f"{self._name}-parameters",
            name=f"{self._called}-{family}",
            description=f"How the cache {self._site.name} of team {self._site.team} behaves",
            family=family,
            parameters=tuned,
            tags=tags,
            opts=self._child,
        )
        return aws.elasticache.ReplicationGroup(
            f"{self._name}-cache",
            replication_group_id=self._called,
            description=f"The cache {self._site.name} of team {self._site.team}",
            engine=cache.engine,
            engine_version=parameters.version(cache),
            node_type=cache.node_type,
            num_cache_clusters=1 + cache.replicas,
            automatic_failover_enabled=cache.replicas > 0,
            multi_az_enabled=cache.replicas > 0,
            parameter_group_name=tuning.name,
            port=parameters.PORT,
            subnet_group_name=subnets.name,
            security_group_ids=[door.group_id],
            user_group_ids=[users],
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            at_rest_encryption_enabled=True,
            kms_key_id=ground.key_arn,
            snapshot_retention_limit=cache.snapshot_days,
            snapshot_window=parameters.SNAPSHOTS,
            final_snapshot_identifier=f"{self._called}-final" if cache.final_snapshot else None,
            maintenance_window=parameters.MAINTENANCE,
            auto_minor_version_upgrade=True,
            apply_immediately=False,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, protect=ground.protect),
        )

    def _told(self, cache: aws.elasticache.ReplicationGroup, agents: aws.elasticache.User) -> Made:
        return Made(
            kind="cache",
            team=self._site.team,
            name=self._site.name,
            arn=cache.arn,
            parts={"user": agents.arn},
            host=cache.primary_endpoint_address,
            port=parameters.PORT,
            key_arn=self._site.ground.key_arn,
            login=self._called,
        )
