"""The connection to a cluster that this stack does not make."""

import json
from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

from components.config.cluster import Kubeconfig
from components.config.reached import ReachedEks
from components.eks.kubeconfig import kubeconfig


class Cluster(pulumi.ComponentResource):
    """A cluster reached by a kubeconfig file, or one in EKS that another stack tells of.

    A file is named, not read: its credentials never enter the state, and a new server address changes nothing. For
    EKS there is no credential at all, but the command that asks AWS for one.
    """

    def __init__(
        self, name: str, cluster: Kubeconfig | ReachedEks, root: Path, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("agent-platform:index:Cluster", name, None, opts)
        self.provider = self._connect(name, cluster, root)
        self.register_outputs({})

    def _connect(self, name: str, cluster: Kubeconfig | ReachedEks, root: Path) -> kubernetes.Provider:
        child = pulumi.ResourceOptions(parent=self)
        if isinstance(cluster, ReachedEks):
            config = kubeconfig(cluster.name, cluster.region, cluster.endpoint, cluster.certificate_authority)
            return kubernetes_provider(
                f"{name}-provider", json.dumps(config), cluster.name, cluster.identifier, opts=child
            )
        return kubernetes_provider(
            f"{name}-provider",
            str(root / Path(cluster.kubeconfig).expanduser()),
            cluster.context,
            cluster.identifier,
            adopt_existing=cluster.adopt_existing,
            opts=child,
        )


def kubernetes_provider(
    name: str,
    kubeconfig: pulumi.Input[str],
    context: str,
    identifier: str,
    *,
    adopt_existing: bool = False,
    opts: pulumi.ResourceOptions,
) -> kubernetes.Provider:
    """Return a provider. Fields that somebody edited by hand are taken back by an update: what the files say holds.

    Args:
        name: the resource's name.
        kubeconfig: a kubeconfig's path, or its text.
        context: the context in it.
        identifier: the cluster's lasting name: the resources follow it, not the server's address.
        adopt_existing: take over objects that exist already.
        opts: the resource's options.
    """
    return kubernetes.Provider(
        name,
        kubeconfig=kubeconfig,
        context=context,
        cluster_identifier=identifier,
        upsert_existing_objects=adopt_existing,
        enable_patch_force=True,
        kube_client_settings=kubernetes.KubeClientSettingsArgs(qps=1000, burst=2000),
        opts=opts,
    )
