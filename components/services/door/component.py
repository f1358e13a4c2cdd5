"""A security group of a service as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.services.site import Site


class Door(pulumi.ComponentResource):
    """A security group that nodes and pods reach on some ports, and nothing else; nothing goes out by it.

    Args:
        site: where it is made.
        kind: what it is the door of, for people.
        ports: the ports, and what is behind each.

    Attributes:
        group_id: the group's id.
    """

    group_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        site: Site,
        kind: str,
        ports: Mapping[int, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:Door", name, None, opts)
        self._name, self._child = name, pulumi.ResourceOptions(parent=self)
        self.group_id = self._make_group(site, kind)
        self._let_in(site, ports)
        self.register_outputs({"groupId": self.group_id})

    def _make_group(self, site: Site, kind: str) -> pulumi.Output[str]:
        called = f"{site.called(200)}-{kind}"
        return aws.ec2.SecurityGroup(
            f"{self._name}-group",
            name=called,
            description=f"The {kind} {site.name} of team {site.team}",
            vpc_id=site.ground.vpc_id,
            tags=site.tags(called),
            opts=self._child,
        ).id

    def _let_in(self, site: Site, ports: Mapping[int, str]) -> None:
        for port, what in ports.items():
            aws.vpc.SecurityGroupIngressRule(
                f"{self._name}-from-nodes-{port}",
                security_group_id=self.group_id,
                referenced_security_group_id=site.ground.node_security_group_id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description=f"Agents reach {what}",
                tags=site.tags(f"{site.called(200)}-{port}"),
                opts=self._child,
            )
