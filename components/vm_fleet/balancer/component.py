"""A fleet's load balancer as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.bucket import PrivateBucket
from components.config.vm_fleet import VmFleetSettings
from components.ground import Ground
from components.vm_fleet.balancer import listening


class FleetBalancer(pulumi.ComponentResource):
    """An application load balancer that ends TLS before a fleet's machines.

    Args:
        settings: the fleet.
        ground: where it is.
        group_id: the load balancer's security group.
        logs: where its access log goes.

    Attributes:
        dns_name: the name that AWS gave it.
        target_group_arn: what machines join.
        balancer_metrics: its name in CloudWatch, the dimension `LoadBalancer`.
        target_metrics: the target group's, `TargetGroup`.
        ready: what machines wait for: without a listener nobody asks for their health.
    """

    dns_name: pulumi.Output[str]
    target_group_arn: pulumi.Output[str]
    balancer_metrics: pulumi.Output[str]
    target_metrics: pulumi.Output[str]
    ready: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        settings: VmFleetSettings,
        ground: Ground,
        group_id: pulumi.Input[str],
        logs: PrivateBucket,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:FleetBalancer", name, None, opts)
        self._name, self._settings, self._child = name, settings, pulumi.ResourceOptions(parent=self)
        balancer = self._make_balancer(ground, group_id, logs)
        self._make_target_group(ground)
        self._listen(balancer)
        self._redirect(balancer)
        self._name_it(balancer)
        self.register_outputs({"dnsName": self.dns_name})

    def _make_balancer(self, ground: Ground, group_id: pulumi.Input[str], logs: PrivateBucket) -> aws.lb.LoadBalancer:
        subnets = ground.private_subnet_ids if self._settings.internal else ground.public_subnet_ids
        balancer = aws.lb.LoadBalancer(
            f"{self._name}-balancer",
            **listening.load_balancer(self._settings, subnets, group_id, logs.bucket, protect=ground.protect),
            opts=pulumi.ResourceOptions(parent=self, protect=ground.protect, depends_on=logs.ready),
        )
        self.dns_name, self.balancer_metrics = balancer.dns_name, balancer.arn_suffix
        return balancer

    def _make_target_group(self, ground: Ground) -> None:
        group = aws.lb.TargetGroup(
            f"{self._name}-targets", **listening.target_group(self._settings, ground.vpc_id), opts=self._child
        )
        self.target_group_arn, self.target_metrics = group.arn, group.arn_suffix

    def _listen(self, balancer: aws.lb.LoadBalancer) -> None:
        listener = aws.lb.Listener(
            f"{self._name}-https",
            **listening.https(self._settings, balancer.arn, self.target_group_arn),
            opts=self._child,
        )
        aws.lb.ListenerRule(f"{self._name}-no-metrics", **listening.no_metrics(listener.arn), opts=self._child)
        self.ready = [listener]

    def _redirect(self, balancer: aws.lb.LoadBalancer) -> None:
        if self._settings.redirect_http:
            aws.lb.Listener(f"{self._name}-http", **listening.redirect(balancer.arn), opts=self._child)

    def _name_it(self, balancer: aws.lb.LoadBalancer) -> None:
        if self._settings.hosted_zone:
            aws.route53.Record(
                f"{self._name}-name",
                zone_id=self._settings.hosted_zone,
                name=self._settings.domain,
                type="A",
                aliases=[{"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": True}],
                opts=self._child,
            )
