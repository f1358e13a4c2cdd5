"""A database as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from components.config.services import Database
from components.services import logs
from components.services.database import parameters
from components.services.door.component import Door
from components.services.made import Made
from components.services.site import Site

_LONGEST_NAME = 60
"""Of 63 characters, those before the number of an instance of Aurora."""


class TeamDatabase(pulumi.ComponentResource):
    """PostgreSQL on an instance of RDS or a cluster of Aurora, reached by TLS; agents log in by their roles.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html

    Args:
        database: the database's settings.
        site: where it is made.

    Attributes:
        made: the database as agents need it.
    """

    made: Made

    def __init__(self, name: str, database: Database, site: Site, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("agent-platform:index:TeamDatabase", name, None, opts)
        self._name, self._database, self._site = name, database, site
        self._called, self._is_aurora = site.called(_LONGEST_NAME), database.engine == "aurora"
        self._child = pulumi.ResourceOptions(parent=self)
        door = Door(f"{name}-door", site, "database", {parameters.PORT: f"the database {site.name}"}, self._child)
        shared = self._make_surroundings(door)
        self.made = self._make_aurora(shared) if self._is_aurora else self._make_instance(shared)
        self.register_outputs({"arn": self.made.arn, "host": self.made.host})

    def _kept(self) -> pulumi.ResourceOptions:
        """Return the options of what holds data, after the log group, which RDS would make without a key and an end."""
        return pulumi.ResourceOptions(
            parent=self, protect=self._site.ground.protect, depends_on=[self._make_log_group()]
        )

    def _make_log_group(self) -> aws.cloudwatch.LogGroup:
        called = logs.of_database(self._called, aurora=self._is_aurora)
        return aws.cloudwatch.LogGroup(
            f"{self._name}-logs",
            name=called,
            retention_in_days=logs.RETENTION_DAYS,
            kms_key_id=self._site.ground.key_arn,
            tags=self._site.tags(called),
            opts=self._child,
        )

    def _make_surroundings(self, door: Door) -> dict[str, Any]:
        """Make where it stands; return the arguments of an instance or a cluster that follow."""
        ground = self._site.ground
        subnets = aws.rds.SubnetGroup(
            f"{self._name}-subnets",
            name=self._called,
            description=f"Where the database {self._site.name} of team {self._site.team} stands",
            subnet_ids=ground.private_subnet_ids,
            tags=self._site.tags(self._called),
            opts=self._child,
        )
        return {
            **parameters.shared(self._database, self._called, ground.key_arn, protect=ground.protect),
            "db_subnet_group_name": subnets.name,
            "vpc_security_group_ids": [door.group_id],
            "tags": self._site.tags(self._called),
        }

    def _group_arguments(self) -> dict[str, Any]:
        """Return the arguments of its group of parameters; one of another version is another group."""
        family = parameters.family(self._database)
        called = f"{self._called}-{family}"
        return {
            "name": called,
            "family": family,
            "description": f"How the database {self._site.name} of team {self._site.team} behaves",
            "parameters": parameters.parameters(),
            "tags": self._site.tags(called),
        }

    def _make_instance(self, shared: dict[str, Any]) -> Made:
        arguments: Any = self._group_arguments()
        group = aws.rds.ParameterGroup(f"{self._name}-parameters", **arguments, opts=self._child)
        instance = aws.rds.Instance(
            f"{self._name}-instance",
            identifier=self._called,
            db_name=parameters.NAME,
            username=parameters.ADMINISTRATOR,
            instance_class=self._database.instance_type,
            multi_az=self._database.multi_az,
            publicly_accessible=False,
            auto_minor_version_upgrade=True,
            backup_window=parameters.BACKUPS,
            maintenance_window=parameters.MAINTENANCE,
            parameter_group_name=group.name,
            **parameters.disk(self._database),
            **parameters.insights(self._site.ground.key_arn),
            **shared,
            opts=self._kept(),
        )
        secret = instance.master_user_secrets[0].secret_arn
        return self._told(instance.arn, instance.address, instance.resource_id, secret)

    def _make_aurora(self, shared: dict[str, Any]) -> Made:
        arguments: Any = self._group_arguments()
        group = aws.rds.ClusterParameterGroup(f"{self._name}-parameters", **arguments, opts=self._child)
        cluster = aws.rds.Cluster(
            f"{self._name}-cluster",
            cluster_identifier=self._called,
            database_name=parameters.NAME,
            master_username=parameters.ADMINISTRATOR,
            preferred_backup_window=parameters.BACKUPS,
            preferred_maintenance_window=parameters.MAINTENANCE,
            db_cluster_parameter_group_name=group.name,
            **shared,
            opts=self._kept(),
        )
        for number in range(1, 3 if self._database.multi_az else 2):
            self._make_member(cluster, number)
        secret = cluster.master_user_secrets[0].secret_arn
        return self._told(cluster.arn, cluster.endpoint, cluster.cluster_resource_id, secret)

    def _make_member(self, cluster: aws.rds.Cluster, number: int) -> None:
        """Make an instance; Aurora puts each into another zone, and any of them can take over."""
        engine: Any = parameters.engine(self._database)
        aws.rds.ClusterInstance(
            f"{self._name}-instance-{number}",
            identifier=f"{self._called}-{number}",
            cluster_identifier=cluster.id,
            engine=engine,
            instance_class=self._database.instance_type,
            publicly_accessible=False,
            auto_minor_version_upgrade=True,
            preferred_maintenance_window=parameters.MAINTENANCE,
            copy_tags_to_snapshot=True,
            tags=self._site.tags(f"{self._called}-{number}"),
            **parameters.insights(self._site.ground.key_arn),
            opts=self._child,
        )

    def _told(self, arn: Any, host: Any, resource_id: Any, secret_arn: Any) -> Made:
        login = pulumi.Output.concat(self._site.arn("rds-db", "dbuser:"), resource_id, f"/{parameters.LOGIN}")
        return Made(
            kind="database",
            team=self._site.team,
            name=self._site.name,
            arn=arn,
            parts={"login": login},
            host=host,
            port=parameters.PORT,
            key_arn=self._site.ground.key_arn,
            login=parameters.LOGIN,
            database=parameters.NAME,
            secret_arn=secret_arn,
        )
