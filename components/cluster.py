"""The connection to a cluster that exists. The cluster itself is somebody else's."""

from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from components.config.cluster import Kubeconfig


class Cluster(pulumi.ComponentResource):
    """A cluster reached by a kubeconfig file.

    The file is named, not read: its credentials never enter the state, and a new server address changes nothing.
    Fields that somebody edited by hand are taken back by an update: what the files say is what holds.
    """

    def __init__(self, name: str, cluster: Kubeconfig, root: Path, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("agent-platform:index:Cluster", name, None, opts)
        self.provider = self._connect(name, cluster, root)
        self.register_outputs({})

    def _connect(self, name: str, cluster: Kubeconfig, root: Path) -> kubernetes.Provider:
        return kubernetes.Provider(
            f"{name}-provider",
            kubeconfig=str(root / Path(cluster.kubeconfig).expanduser()),
            context=cluster.context,
            cluster_identifier=cluster.identifier,
            upsert_existing_objects=cluster.adopt_existing,
            enable_patch_force=True,
            kube_client_settings=kubernetes.KubeClientSettingsArgs(qps=1000, burst=2000),
            opts=pulumi.ResourceOptions(parent=self),
        )
