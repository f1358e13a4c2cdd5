"""What Karpenter needs in AWS, as one component."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components.config.compute import KarpenterNodes
from components.eks.control_plane import role_name
from components.eks.identity.component import ControllerIdentity
from components.eks.karpenter import interruptions
from components.eks.karpenter.permissions import SERVICE_ACCOUNT, permissions
from components.eks.nodes import machines
from components.eks.nodes.component import Site, Starters

_CONTROLLER = "starter"
_NODES = "machines"
_SPOT_ROLE = "aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"


class Karpenter(pulumi.ComponentResource):
    """Karpenter's own role, the role and profile of the nodes that it starts, and the queue that warns it.

    Karpenter itself is installed by the platform. It is to be told the queue's name, and `isolatedVPC: true`: it needs
    neither IAM nor the price list.

    Args:
        site: the cluster.
        compute: its nodes.

    Attributes:
        starters: who starts its machines.
        node_role_arn: the role of its nodes.
        profile_name: the instance profile of its nodes.
        ready: what has to be there before a node can join.
    """

    starters: Starters
    node_role_arn: pulumi.Output[str]
    profile_name: pulumi.Output[str]
    ready: list[pulumi.Resource]

    def __init__(
        self,
        name: str,
        site: Site,
        compute: KarpenterNodes,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:Karpenter", name, None, opts)
        self._name, self._site, self._settings, self._compute = name, site, site.settings, compute
        self._child = pulumi.ResourceOptions(parent=self)
        self._make_queue()
        identity = self._make_identity()
        role, permitted = self._make_node_role()
        admitted = self._admit(role)
        self.starters = self._name_starters(identity.role)
        self.node_role_arn = role.arn
        self.profile_name = self._make_profile(role).name
        self.ready = [identity.association, *permitted, admitted]
        self.register_outputs({"profileName": self.profile_name})

    def _make_queue(self) -> None:
        settings = self._settings
        queue = aws.sqs.Queue(
            f"{self._name}-interruptions",
            name=interruptions.queue_name(settings),
            message_retention_seconds=interruptions.RETENTION_SECONDS,
            sqs_managed_sse_enabled=True,
            opts=self._child,
        )
        aws.sqs.QueuePolicy(
            f"{self._name}-interruptions-policy",
            queue_url=queue.url,
            policy=json.dumps(interruptions.queue_policy(settings)),
            opts=self._child,
        )
        for event in interruptions.EVENTS:
            rule = aws.cloudwatch.EventRule(
                f"{self._name}-{event}",
                name=interruptions.rule_name(settings, event),
                description=f"Tells Karpenter of {settings.name}: {interruptions.EVENTS[event][1]}",
                event_pattern=json.dumps(interruptions.pattern(event)),
                opts=self._child,
            )
            aws.cloudwatch.EventTarget(f"{self._name}-{event}-target", rule=rule.name, arn=queue.arn, opts=self._child)

    def _make_identity(self) -> ControllerIdentity:
        settings, site = self._settings, self._site
        ec2 = f"arn:aws:ec2:{settings.region}:{settings.account_id}"
        subnets = [pulumi.Output.concat(ec2, ":subnet/", each) for each in site.subnet_ids.values()]
        places = [*subnets, pulumi.Output.concat(ec2, ":security-group/", site.security_group_id)]
        node_role = self._role_arn(role_name(settings, _NODES))
        return ControllerIdentity(
            f"{self._name}-controller",
            settings,
            site.cluster_name,
            _CONTROLLER,
            SERVICE_ACCOUNT,
            permissions(settings, places, node_role, interruptions.queue_arn(settings)),
            opts=self._child,
        )

    def _name_starters(self, controller: aws.iam.Role) -> Starters:
        """Return Karpenter and, where it buys spot, EC2's own role for that, made unless it is there."""
        arns, made = [self._role_arn(role_name(self._settings, _CONTROLLER))], [controller]
        if not self._compute.buys_spot:
            return Starters(tuple(arns), tuple(made))
        spot = (
            [
                aws.iam.ServiceLinkedRole(
                    f"{self._name}-spot-role", aws_service_name="spot.amazonaws.com", opts=self._child
                )
            ]
            if self._compute.make_spot_role
            else []
        )
        return Starters((*arns, self._role_arn(_SPOT_ROLE)), (*made, *spot))

    def _role_arn(self, name: str) -> str:
        return f"arn:aws:iam::{self._settings.account_id}:role/{name}"

    def _make_node_role(self) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        settings = self._settings
        role = aws.iam.Role(
            f"{self._name}-nodes",
            name=role_name(settings, _NODES),
            description=f"What the nodes that Karpenter starts in {settings.name} may do",
            assume_role_policy=json.dumps(machines.node_trust()),
            permissions_boundary=settings.boundary_arn,
            opts=self._child,
        )
        return role, [
            aws.iam.RolePolicyAttachment(
                f"{self._name}-nodes-{purpose}", role=role.name, policy_arn=arn, opts=self._child
            )
            for purpose, arn in machines.ROLE_POLICIES.items()
        ]

    def _make_profile(self, role: aws.iam.Role) -> aws.iam.InstanceProfile:
        return aws.iam.InstanceProfile(
            f"{self._name}-profile", name=role_name(self._settings, _NODES), role=role.name, opts=self._child
        )

    def _admit(self, role: aws.iam.Role) -> aws.eks.AccessEntry:
        """Let its nodes join; EKS does so by itself for the roles of node groups only."""
        return aws.eks.AccessEntry(
            f"{self._name}-access",
            cluster_name=self._site.cluster_name,
            principal_arn=role.arn,
            type="EC2_LINUX",
            opts=self._child,
        )
