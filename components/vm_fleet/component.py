"""Agents on plain virtual machines as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws

from components.bucket import PrivateBucket
from components.bucket.documents import keeping
from components.bucket.logs import load_balancers
from components.config.vm_fleet import VmFleetSettings
from components.ground import Ground
from components.vm_fleet import doors, names, scraping
from components.vm_fleet.balancer.component import FleetBalancer
from components.vm_fleet.machines.component import FleetMachines

_REPLACED_DAYS = 30
"""How long a log is kept that was written over, which load balancers never do."""


class VmFleet(pulumi.ComponentResource):
    """One agent on equal virtual machines behind a load balancer, watched like the agents in a cluster.

    Requests come by TLS to the load balancer and from there, by HTTP, to the agent on a machine. Where settings name
    them, Logstash gets its log, and Prometheus reads its metrics and the machine's as `scrape_config` says.

    The pack has to be told of it: `docs/vm-fleet.md` has an example.

    Args:
        settings: the fleet.
        ground: where it is.

    Attributes:
        url: where the agent is reached.
        dns_name: the load balancer's own name, which the domain points to.
        scrape_config: the `spec` of the ScrapeConfig by which Prometheus finds the machines; None: it does not read
            them.
    """

    url: str
    dns_name: pulumi.Output[str]
    scrape_config: dict[str, Any] | None

    def __init__(
        self, name: str, settings: VmFleetSettings, ground: Ground, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("agent-platform:index:VmFleet", name, None, opts)
        self._name, self._settings, self._ground = name, settings, ground
        self._child = pulumi.ResourceOptions(parent=self)
        balancer_group, door = self._make_doors()
        balancer = self._make_balancer(balancer_group, self._keep_logs())
        self._make_machines(door, balancer)
        self.url, self.dns_name = f"https://{settings.domain}", balancer.dns_name
        self.scrape_config = scraping.scrape_config(settings, ground.region) if settings.prometheus else None
        self.register_outputs({"url": self.url, "dnsName": self.dns_name})

    def _make_doors(self) -> tuple[aws.ec2.SecurityGroup, doors.Door]:
        """Make both security groups; return the load balancer's, and the machines' with what opens it."""
        settings, network = self._settings, self._ground.cidr
        balancer = self._make_security_group("balancer", f"Who calls fleet {settings.name}")
        machines = self._make_security_group("machines", f"The machines of fleet {settings.name}")
        entry, leave = aws.vpc.SecurityGroupIngressRule, aws.vpc.SecurityGroupEgressRule
        self._add("balancer-in", entry, balancer, doors.into_balancer(settings))
        rules = [
            *self._add("balancer-out", leave, balancer, doors.out_of_balancer(settings, machines.id)),
            *self._add("machines-in", entry, machines, doors.into_machines(settings, network, balancer.id)),
            *self._add("machines-out", leave, machines, doors.out_of_machines(settings, network)),
        ]
        return balancer, doors.Door(machines.id, rules)

    def _make_security_group(self, role: str, description: str) -> aws.ec2.SecurityGroup:
        name = f"{self._settings.name}-{role}"
        return aws.ec2.SecurityGroup(
            f"{self._name}-{role}-security-group",
            name=name,
            description=description,
            vpc_id=self._ground.vpc_id,
            tags=names.tags(self._settings, name),
            opts=self._child,
        )

    def _add(
        self,
        prefix: str,
        rule: Callable[..., pulumi.Resource],
        group: aws.ec2.SecurityGroup,
        rules: doors.Rules,
    ) -> list[pulumi.Resource]:
        return [
            rule(f"{self._name}-{prefix}-{role}", security_group_id=group.id, **each, opts=self._child)
            for role, each in rules.items()
        ]

    def _keep_logs(self) -> PrivateBucket:
        settings, ground = self._settings, self._ground
        bucket = names.bucket_name(settings, ground)
        return PrivateBucket(
            f"{self._name}-access-logs",
            bucket,
            guard=None,
            rules=[keeping("old-logs", expire_days=settings.access_log_days, replaced_days=_REPLACED_DAYS)],
            statements=[load_balancers(bucket, ground.account_id)],
            protect=ground.protect,
            opts=self._child,
        )

    def _make_balancer(self, group: aws.ec2.SecurityGroup, logs: PrivateBucket) -> FleetBalancer:
        return FleetBalancer(f"{self._name}-balancer", self._settings, self._ground, group.id, logs, opts=self._child)

    def _make_machines(self, door: doors.Door, balancer: FleetBalancer) -> None:
        FleetMachines(f"{self._name}-machines", self._settings, self._ground, door, balancer, opts=self._child)
