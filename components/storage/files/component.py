"""A file system as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.backup.tags import backed_up
from components.config.storage import Files
from components.ground import Ground
from components.storage.files import documents


class SharedFiles(pulumi.ComponentResource):
    """A file system that nodes of every zone mount, encrypted on disk and on the wire, with a door for each share.

    Args:
        files: how it is set up.
        ground: where it is made.
        is_planned: whether a plan of ours backs it up; else the one that AWS has for file systems does.

    Attributes:
        id: its id, known once every zone reaches it.
        shares: the ids of the access points, by share.
        user_id: whose files those in it are.
    """

    id: pulumi.Output[str]
    shares: Mapping[str, pulumi.Output[str]]
    user_id: int

    def __init__(
        self, name: str, files: Files, ground: Ground, *, is_planned: bool, opts: pulumi.ResourceOptions
    ) -> None:
        super().__init__("agent-platform:index:SharedFiles", name, None, opts)
        self._name, self._files, self._ground = name, files, ground
        self._child, self.user_id = pulumi.ResourceOptions(parent=self), files.user_id
        self._system = self._make_system()
        self._guard()
        self._back_up(is_planned=is_planned)
        targets = self._mount(self._make_group())
        self.shares = self._open_doors()
        self.id = pulumi.Output.all(self._system.id, *(target.id for target in targets))[0]
        self.register_outputs({"id": self.id, "shares": self.shares})

    def _make_system(self) -> aws.efs.FileSystem:
        ground, title = self._ground, f"{self._ground.cluster}-files"
        unread: Any = documents.lifecycle(self._files)
        return aws.efs.FileSystem(
            f"{self._name}-system",
            creation_token=title,
            encrypted=True,
            kms_key_id=ground.key_arn,
            throughput_mode=self._files.throughput,
            lifecycle_policies=unread,
            tags={"Name": title, **backed_up(ground.cluster)},
            opts=pulumi.ResourceOptions(parent=self, protect=ground.protect),
        )

    def _guard(self) -> None:
        aws.efs.FileSystemPolicy(
            f"{self._name}-access",
            file_system_id=self._system.id,
            policy=json.dumps(documents.access(self._ground.account_id, self._ground.region)),
            opts=self._child,
        )

    def _back_up(self, *, is_planned: bool) -> None:
        aws.efs.BackupPolicy(
            f"{self._name}-backup",
            file_system_id=self._system.id,
            backup_policy={"status": "DISABLED" if is_planned else "ENABLED"},
            opts=self._child,
        )

    def _make_group(self) -> aws.ec2.SecurityGroup:
        """Make the group of the mount targets: nodes come in, and nothing goes out, since they only answer."""
        group = aws.ec2.SecurityGroup(
            f"{self._name}-group",
            name=f"{self._ground.cluster}-files",
            description="Files that nodes mount",
            vpc_id=self._ground.vpc_id,
            tags={"Name": f"{self._ground.cluster}-files"},
            opts=self._child,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-nfs",
            security_group_id=group.id,
            description="Nodes mount the file system for their pods",
            ip_protocol="tcp",
            from_port=documents.NFS,
            to_port=documents.NFS,
            referenced_security_group_id=self._ground.node_security_group_id,
            opts=self._child,
        )
        return group

    def _mount(self, group: aws.ec2.SecurityGroup) -> list[aws.efs.MountTarget]:
        ground = self._ground
        return [
            aws.efs.MountTarget(
                f"{self._name}-{zone.removeprefix(ground.region)}",
                file_system_id=self._system.id,
                subnet_id=subnet,
                security_groups=[group.id],
                opts=self._child,
            )
            for zone, subnet in zip(ground.zones, ground.private_subnet_ids, strict=True)
        ]

    def _open_doors(self) -> dict[str, pulumi.Output[str]]:
        user: Any = {"uid": self._files.user_id, "gid": self._files.user_id}
        made: Any = {
            "owner_uid": self._files.user_id,
            "owner_gid": self._files.user_id,
            "permissions": "0770",
        }
        return {
            share: aws.efs.AccessPoint(
                f"{self._name}-share-{share}",
                file_system_id=self._system.id,
                posix_user=user,
                root_directory={"path": f"/{share}", "creation_info": made},
                tags={"Name": f"{self._ground.cluster}-{share}"},
                opts=self._child,
            ).id
            for share in self._files.shares
        }
