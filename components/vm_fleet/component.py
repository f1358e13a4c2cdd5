"""Agents on plain virtual machines as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws

from components.config.vm_fleet import VmFleetSettings
from components.vm_fleet import doors, scraping
from components.vm_fleet.access_logs.bucket import bucket_name
from components.vm_fleet.access_logs.component import AccessLogs
from components.vm_fleet.balancer.component import FleetBalancer
from components.vm_fleet.machines.component import FleetMachines
from components.vm_fleet.place import Observers, Place


class VmFleet(pulumi.ComponentResource):
    """One agent on equal virtual machines behind a load balancer, watched like the agents in a cluster.

    Requests come by TLS to the load balancer and from there, by HTTP, to the agent on a machine; its log goes to
    Logstash, its metrics and the machine's are read by Prometheus as `scrape_config` says. For example two to ten
    machines, each with five minutes to start:

        name: recommender
        instanceType: t3.medium
        machines: {least: 2, most: 10}
        ami: ami-0123456789abcdef0
        image: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/agents/recommender@sha256:<64 hex digits>
        health: {path: /health, graceSeconds: 300}
        load: {kind: cpu, percent: 60}
        domain: recommender.example.com
        certificateArn: arn:aws:acm:eu-central-1:123456789012:certificate/<id>
        clients: [10.0.0.0/8]
        nodeExporterImage: quay.io/prometheus/node-exporter@sha256:<64 hex digits>
        filebeatImage: docker.elastic.co/beats/filebeat@sha256:<64 hex digits>

    Args:
        settings: the fleet.
        place: where it is.
        observers: who watches it.

    Attributes:
        url: where the agent is reached.
        dns_name: the load balancer's own name, which the domain points to.
        scrape_config: the `spec` of the ScrapeConfig by which Prometheus finds the machines.
    """

    url: str
    dns_name: pulumi.Output[str]
    scrape_config: dict[str, Any]

    def __init__(
        self,
        name: str,
        settings: VmFleetSettings,
        place: Place,
        observers: Observers,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:VmFleet", name, None, opts)
        self._name, self._settings, self._place = name, settings, place
        self._child = pulumi.ResourceOptions(parent=self)
        balancer_group, machines_group, rules = self._make_doors(observers)
        balancer = self._make_balancer(balancer_group, self._keep_logs())
        self._make_machines(observers, machines_group, balancer, rules)
        self.url, self.dns_name = f"https://{settings.domain}", balancer.dns_name
        self.scrape_config = scraping.scrape_config(settings, place.region)
        self.register_outputs({"url": self.url, "dnsName": self.dns_name})

    def _make_doors(
        self, observers: Observers
    ) -> tuple[aws.ec2.SecurityGroup, aws.ec2.SecurityGroup, list[pulumi.Resource]]:
        """Make both security groups; return them, and the rules that machines need to start and be found healthy."""
        balancer = self._make_security_group("balancer", f"Who calls fleet {self._settings.name}")
        machines = self._make_security_group("machines", f"The machines of fleet {self._settings.name}")
        entry, leave = aws.vpc.SecurityGroupIngressRule, aws.vpc.SecurityGroupEgressRule
        self._add("balancer-in", entry, balancer, doors.into_balancer(self._settings))
        rules = [
            *self._add("balancer-out", leave, balancer, doors.out_of_balancer(self._settings, machines.id)),
            *self._add("machines-in", entry, machines, doors.into_machines(self._settings, observers, balancer.id)),
            *self._add("machines-out", leave, machines, doors.out_of_machines(self._settings, observers)),
        ]
        return balancer, machines, rules

    def _make_security_group(self, role: str, description: str) -> aws.ec2.SecurityGroup:
        name = f"{self._settings.name}-{role}"
        return aws.ec2.SecurityGroup(
            f"{self._name}-{role}-group",
            name=name,
            description=description,
            vpc_id=self._place.vpc_id,
            tags={"Name": name},
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

    def _keep_logs(self) -> AccessLogs:
        place = self._place
        return AccessLogs(
            f"{self._name}-access-logs",
            bucket_name(self._settings.name, place.account_id, place.region),
            place.account_id,
            self._settings.access_log_days,
            protect=place.protect,
            opts=self._child,
        )

    def _make_balancer(self, group: aws.ec2.SecurityGroup, logs: AccessLogs) -> FleetBalancer:
        return FleetBalancer(f"{self._name}-balancer", self._settings, self._place, group.id, logs, opts=self._child)

    def _make_machines(
        self,
        observers: Observers,
        group: aws.ec2.SecurityGroup,
        balancer: FleetBalancer,
        rules: Sequence[pulumi.Resource],
    ) -> None:
        place = replace(self._place, after=[*self._place.after, *rules])
        FleetMachines(f"{self._name}-machines", self._settings, place, observers, group.id, balancer, opts=self._child)
