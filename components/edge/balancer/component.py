"""The load balancer of an edge as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

from collections.abc import Callable

import pulumi
import pulumi_aws as aws

from components.bucket import PrivateBucket
from components.bucket.documents import keeping
from components.bucket.logs import load_balancers
from components.config.edge import CDN_REGION, EdgeSettings
from components.config.entry import Cdn
from components.edge import doors, listening, logs
from components.edge.names import bucket_name, global_name
from components.ground import Ground


class EdgeBalancer(pulumi.ComponentResource):
    """A load balancer that ends TLS before the gateway of a cluster, with its doors and its log.

    The gateway's pods join its target group by a TargetGroupBinding, and no controller makes a load balancer: such a
    one would outlive the cluster and hold its network.

    Args:
        settings: the edge.
        ground: where it is.
        certificate_arn: the certificate for the domain, in the same region.

    Attributes:
        arn: its ARN, known once it listens.
        dns_name: the name that AWS gave it.
        zone_id: the hosted zone of that name.
        group_id: its security group.
        target_group_arn: what the gateway's pods join.
        log_bucket: the bucket of its log.
        global_name: how what stands before it is called, unique in the whole account.
    """

    arn: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    group_id: pulumi.Output[str]
    target_group_arn: pulumi.Output[str]
    log_bucket: PrivateBucket
    global_name: str

    def __init__(
        self,
        name: str,
        settings: EdgeSettings,
        ground: Ground,
        certificate_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:EdgeBalancer", name, None, opts)
        self._name, self._settings, self._ground = name, settings, ground
        self._child = pulumi.ResourceOptions(parent=self)
        self.global_name = global_name(ground.cluster, ground.region)
        self.group_id = self._make_doors()
        self.log_bucket = self._keep_logs()
        balancer = self._make_balancer()
        self.dns_name, self.zone_id = balancer.dns_name, balancer.zone_id
        self.target_group_arn = self._make_target_group()
        self.arn = self._listen(balancer, certificate_arn)
        self.register_outputs({"dnsName": self.dns_name, "targetGroupArn": self.target_group_arn})

    def _make_doors(self) -> pulumi.Output[str]:
        ground, settings, name = self._ground, self._settings, f"{self._ground.cluster}-edge"
        group = aws.ec2.SecurityGroup(
            f"{self._name}-group",
            name=name,
            description=f"Who calls agents of {ground.cluster}",
            vpc_id=ground.vpc_id,
            tags={"Name": name},
            opts=self._child,
        )
        entry, leave = aws.vpc.SecurityGroupIngressRule, aws.vpc.SecurityGroupEgressRule
        self._open("in", entry, group.id, doors.into_balancer(settings, ground.cidr))
        self._open("out", leave, group.id, doors.out_of_balancer(settings, ground.node_security_group_id))
        self._open("nodes", entry, ground.node_security_group_id, doors.into_nodes(settings, group.id))
        return group.id

    def _open(
        self, way: str, rule: Callable[..., pulumi.Resource], group_id: pulumi.Input[str], rules: doors.Rules
    ) -> None:
        for role, each in rules.items():
            rule(f"{self._name}-{way}-{role}", security_group_id=group_id, **each, opts=self._child)

    def _keep_logs(self) -> PrivateBucket:
        ground = self._ground
        bucket = bucket_name(ground.cluster, ground.account_id, ground.region)
        cdn = isinstance(self._settings.entry, Cdn)
        delivered = logs.deliveries(bucket, ground.account_id, CDN_REGION if cdn else ground.region)
        return PrivateBucket(
            f"{self._name}-logs",
            bucket,
            guard=None,
            rules=[keeping("old-logs", expire_days=self._settings.access_log_days, replaced_days=1)],
            statements=[*delivered, *([load_balancers(bucket, ground.account_id)] if cdn else [])],
            protect=ground.protect,
            opts=self._child,
        )

    def _make_balancer(self) -> aws.lb.LoadBalancer:
        ground, settings = self._ground, self._settings
        subnets = ground.public_subnet_ids if listening.is_public(settings) else ground.private_subnet_ids
        return aws.lb.LoadBalancer(
            f"{self._name}-balancer",
            **listening.load_balancer(
                ground.cluster, settings, subnets, self.group_id, self.log_bucket.bucket, protect=ground.protect
            ),
            # It tries to write its log when it is made.
            opts=pulumi.ResourceOptions(parent=self, protect=ground.protect, depends_on=self.log_bucket.ready),
        )

    def _make_target_group(self) -> pulumi.Output[str]:
        return aws.lb.TargetGroup(
            f"{self._name}-gateway",
            **listening.target_group(self._ground.cluster, self._settings, self._ground.vpc_id),
            opts=self._child,
        ).arn

    def _listen(self, balancer: aws.lb.LoadBalancer, certificate_arn: pulumi.Input[str]) -> pulumi.Output[str]:
        """Listen, and return the load balancer's ARN as what listens."""
        return aws.lb.Listener(
            f"{self._name}-tls",
            **listening.listener(self._settings, balancer.arn, certificate_arn, self.target_group_arn),
            opts=self._child,
        ).load_balancer_arn
