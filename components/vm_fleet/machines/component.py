"""A fleet's machines as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.config.vm_fleet import VmFleetSettings
from components.ground import Ground
from components.kms import Key
from components.kms.policy import disks_of_groups
from components.vm_fleet import names
from components.vm_fleet.balancer.component import FleetBalancer
from components.vm_fleet.doors import Door
from components.vm_fleet.machines import access, group
from components.vm_fleet.machines.user_data import user_data


class FleetMachines(pulumi.ComponentResource):
    """Equal machines in two zones or more, replaced when they fail, and as many as the load asks for.

    An update of what they start from replaces them one after another, and brings the old ones back if new ones fail.
    AWS does so on its own: an `up` is over when the replacement has begun. How many there are is set once and then
    left to the load.

    Args:
        settings: the fleet.
        ground: where it is.
        door: what they are reached by.
        balancer: what they join.
    """

    def __init__(
        self,
        name: str,
        settings: VmFleetSettings,
        ground: Ground,
        door: Door,
        balancer: FleetBalancer,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("agent-platform:index:FleetMachines", name, None, opts)
        self._name, self._settings, self._ground = name, settings, ground
        self._balancer, self._child = balancer, pulumi.ResourceOptions(parent=self)
        profile, permissions = self._make_role()
        template = self._make_template(door, profile, self._make_disk_key())
        machines = self._make_group(template, [*permissions, *door.rules, *balancer.ready, *ground.after])
        self._follow_load(machines)
        self.register_outputs({})

    def _make_role(self) -> tuple[aws.iam.InstanceProfile, list[pulumi.Resource]]:
        role_name = names.role_name(self._settings, self._ground)
        role = aws.iam.Role(
            f"{self._name}-role",
            name=role_name,
            description=f"What the machines of fleet {self._settings.name} may do",
            assume_role_policy=json.dumps(access.trust()),
            permissions_boundary=self._ground.boundary_arn,
            tags=names.tags(self._settings, role_name),
            opts=self._child,
        )
        profile = aws.iam.InstanceProfile(
            f"{self._name}-profile",
            name=role_name,
            role=role.name,
            tags=names.tags(self._settings, role_name),
            opts=self._child,
        )
        return profile, self._permit(role)

    def _permit(self, role: aws.iam.Role) -> list[pulumi.Resource]:
        name = names.role_name(self._settings, self._ground)
        policy = aws.iam.Policy(
            f"{self._name}-policy",
            name=name,
            description=f"Images and secrets of fleet {self._settings.name}",
            policy=pulumi.Output.json_dumps(access.permissions(self._settings, self._ground)),
            tags=names.tags(self._settings, name),
            opts=self._child,
        )
        attached: dict[str, pulumi.Input[str]] = {"images-and-secrets": policy.arn, "sessions": access.SESSIONS}
        return [
            aws.iam.RolePolicyAttachment(f"{self._name}-{what}", role=role.name, policy_arn=arn, opts=self._child)
            for what, arn in attached.items()
        ]

    def _make_disk_key(self) -> Key:
        settings, ground = self._settings, self._ground
        return Key(
            f"{self._name}-disks",
            description=f"Disks of the machines of fleet {settings.name}",
            alias=names.key_alias(settings, ground),
            statements=disks_of_groups(ground.account_id),
            account_id=ground.account_id,
            protect=ground.protect,
            # KMS refuses a policy that names a role which does not exist: what comes before machines makes it.
            opts=pulumi.ResourceOptions(parent=self, depends_on=ground.after),
        )

    def _make_template(self, door: Door, profile: aws.iam.InstanceProfile, key: Key) -> aws.ec2.LaunchTemplate:
        settings, ground = self._settings, self._ground
        script = user_data(settings, ground.region)
        return aws.ec2.LaunchTemplate(
            f"{self._name}-template",
            **group.launch_template(settings, ground, door.group_id, profile.arn, key.arn, script),
            opts=self._child,
        )

    def _make_group(self, template: aws.ec2.LaunchTemplate, after: Sequence[pulumi.Resource]) -> aws.autoscaling.Group:
        arn = self._balancer.target_group_arn
        return aws.autoscaling.Group(
            f"{self._name}-group",
            **group.scaling_group(self._settings, self._ground, arn, self._make_alarms()),
            # A number, not "$Latest", which AWS could not go back from.
            launch_template={"id": template.id, "version": pulumi.Output.format("{}", template.latest_version)},
            opts=pulumi.ResourceOptions(parent=self, depends_on=after, ignore_changes=["desiredCapacity"]),
        )

    def _make_alarms(self) -> list[pulumi.Output[str]]:
        above, balancer = self._settings.refresh.rollback_above_percent, self._balancer
        if above is None:
            return []
        name = names.alarm_name(self._settings, self._ground)
        alarm = group.failures(self._settings, name, above, balancer.balancer_metrics, balancer.target_metrics)
        return [aws.cloudwatch.MetricAlarm(f"{self._name}-failures", **alarm, opts=self._child).name]

    def _follow_load(self, machines: aws.autoscaling.Group) -> None:
        label = pulumi.Output.concat(self._balancer.balancer_metrics, "/", self._balancer.target_metrics)
        aws.autoscaling.Policy(
            f"{self._name}-scaling", **group.scaling(self._settings, machines.name, label), opts=self._child
        )
