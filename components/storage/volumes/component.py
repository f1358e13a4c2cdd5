"""The classes of volumes as one component.

Annotations stay text: pulumi_aws loads a service's classes when they are first touched.
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
from pulumi_kubernetes.storage.v1 import StorageClass

from components.config.eks import Eks
from components.eks.control_plane import role_name
from components.manifest import arguments
from components.storage.files.component import SharedFiles
from components.storage.volumes import manifests


class Volumes(pulumi.ComponentResource):
    """The kinds of volumes that pods of a cluster can ask for: encrypted disks, and shared files where there are some.

    Args:
        settings: the cluster's settings.
        key_arn: the key of disks.
        files: the file system that pods share, None where there is none.
        provider: makes objects in the cluster.
        after: the drivers: without them a claim that comes early would wait for nobody.
    """

    def __init__(
        self,
        name: str,
        settings: Eks,
        key_arn: pulumi.Input[str],
        files: SharedFiles | None,
        provider: kubernetes.Provider,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__("agent-platform:index:Volumes", name, None, opts)
        self._name, self._settings = name, settings
        permissions = self._permit(key_arn, after)
        self._in_cluster = pulumi.ResourceOptions(parent=self, provider=provider, depends_on=[permissions])
        self._offer_disks(key_arn)
        self._offer_files(files)
        self.register_outputs({})

    def _permit(self, key_arn: pulumi.Input[str], after: Sequence[pulumi.Resource]) -> pulumi.Resource:
        purpose = manifests.disk_role(self._settings)
        return aws.iam.RolePolicy(
            f"{self._name}-encryption",
            name="encrypt-disks",
            role=role_name(self._settings, purpose),
            policy=pulumi.Output.json_dumps(manifests.disk_permissions(key_arn)),
            # The role is named, not taken from its resource, so that nothing else tells that it has to be there.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*after]),
        )

    def _offer_disks(self, key_arn: pulumi.Input[str]) -> None:
        manifest = manifests.disks(self._settings, key_arn)
        StorageClass(f"{self._name}-disks", **arguments(manifest), opts=self._in_cluster)

    def _offer_files(self, files: SharedFiles | None) -> None:
        if files:
            manifest = manifests.files(files.id, files.user_id)
            StorageClass(f"{self._name}-files", **arguments(manifest), opts=self._in_cluster)
