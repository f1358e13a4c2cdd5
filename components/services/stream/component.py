"""A stream as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.config.services import Stream
from components.services import logs
from components.services.door.component import Door
from components.services.made import Made
from components.services.site import Site
from components.services.stream import parameters

_LONGEST_NAME = 64


class TeamStream(pulumi.ComponentResource):
    """Kafka, its brokers over the zones, reached by TLS from inside the network; agents log in by their roles.

    Args:
        stream: the stream's settings.
        site: where it is made.

    Attributes:
        made: the stream as agents need it.
    """

    made: Made

    def __init__(self, name: str, stream: Stream, site: Site, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("agent-platform:index:TeamStream", name, None, opts)
        self._name, self._stream, self._site = name, stream, site
        self._called, self._subnet_ids = site.called(_LONGEST_NAME), site.ground.private_subnet_ids
        self._child = pulumi.ResourceOptions(parent=self)
        ports = {parameters.PORT: f"the stream {site.name}", **parameters.METRICS}
        door = Door(f"{name}-door", site, "stream", ports, self._child)
        cluster = self._make_cluster(door, self._make_configuration(), self._make_log_group())
        self.made = self._told(cluster)
        self.register_outputs({"arn": self.made.arn, "host": self.made.host})

    @property
    def _zones(self) -> int:
        return min(len(self._site.ground.zones), parameters.MOST_ZONES)

    def _make_log_group(self) -> aws.cloudwatch.LogGroup:
        called = logs.of_stream(self._site.ground.cluster, self._called)
        return aws.cloudwatch.LogGroup(
            f"{self._name}-logs",
            name=called,
            retention_in_days=logs.RETENTION_DAYS,
            kms_key_id=self._site.ground.key_arn,
            tags=self._site.tags(called),
            opts=self._child,
        )

    def _make_configuration(self) -> aws.msk.Configuration:
        return aws.msk.Configuration(
            f"{self._name}-configuration",
            name=self._called,
            description=f"How the stream {self._site.name} of team {self._site.team} behaves",
            server_properties=parameters.properties(self._stream, self._zones),
            opts=self._child,
        )

    def _make_cluster(
        self, door: Door, configuration: aws.msk.Configuration, log_group: aws.cloudwatch.LogGroup
    ) -> aws.msk.Cluster:
        stream, ground = self._stream, self._site.ground
        return aws.msk.Cluster(
            f"{self._name}-brokers",
            cluster_name=self._called,
            kafka_version=stream.version,
            number_of_broker_nodes=stream.brokers_per_zone * self._zones,
            broker_node_group_info={
                "instance_type": stream.broker_type,
                "client_subnets": [*self._subnet_ids][: self._zones],
                "security_groups": [door.group_id],
                "storage_info": {"ebs_storage_info": {"volume_size": stream.disk_gi}},
                "connectivity_info": {"public_access": {"type": "DISABLED"}},
            },
            client_authentication={"sasl": {"iam": True, "scram": False}, "unauthenticated": False},
            configuration_info={"arn": configuration.arn, "revision": configuration.latest_revision},
            encryption_info={
                "encryption_at_rest_kms_key_arn": ground.key_arn,
                "encryption_in_transit": {"client_broker": "TLS", "in_cluster": True},
            },
            enhanced_monitoring="PER_BROKER",
            open_monitoring={
                "prometheus": {
                    "jmx_exporter": {"enabled_in_broker": True},
                    "node_exporter": {"enabled_in_broker": True},
                }
            },
            logging_info={"broker_logs": {"cloudwatch_logs": {"enabled": True, "log_group": log_group.name}}},
            tags=self._site.tags(self._called),
            opts=pulumi.ResourceOptions(parent=self, protect=ground.protect),
        )

    def _told(self, cluster: aws.msk.Cluster) -> Made:
        """Tell of it. Topics and groups have ARNs like the cluster's, with the number that it got when it was made."""
        topics, groups = (
            pulumi.Output.concat(self._site.arn("kafka", f"{kind}/{self._called}/"), cluster.cluster_uuid, "/*")
            for kind in ("topic", "group")
        )
        return Made(
            kind="stream",
            team=self._site.team,
            name=self._site.name,
            arn=cluster.arn,
            parts={"topics": topics, "groups": groups},
            host=cluster.bootstrap_brokers_sasl_iam,
            port=parameters.PORT,
            key_arn=self._site.ground.key_arn,
        )
