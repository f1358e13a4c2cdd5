"""Plain data from the API server: the official client for the wire, dictionaries instead of its model classes."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

Object = dict[str, Any]


class Cluster:
    """The few calls that the local cloud makes itself."""

    def __init__(self, api_client: "ApiClient") -> None:
        from kubernetes import client

        self._core = client.CoreV1Api(api_client)
        self._apps = client.AppsV1Api(api_client)
        self._custom = client.CustomObjectsApi(api_client)
        self._version = client.VersionApi(api_client)

    def version(self) -> str:
        """The server's version, as in `v1.35.4`."""
        return str(_data(self._version.get_code(_preload_content=False))["gitVersion"])

    def nodes(self, selector: str = "") -> list[Object]:
        """Nodes with these labels."""
        return _items(self._core.list_node(label_selector=selector, _preload_content=False))

    def create_node(self, manifest: Mapping[str, Any]) -> None:
        """Create a node, its status included."""
        body: Any = manifest
        self._core.create_node(body, _preload_content=False)

    def remove_node(self, name: str) -> None:
        """Delete a node and, as when a machine goes, the pods on it."""
        self._core.delete_node(name, _preload_content=False)
        for pod in self.pods(field_selector=f"spec.nodeName={name}"):
            metadata = pod["metadata"]
            self._core.delete_namespaced_pod(
                metadata["name"], metadata["namespace"], grace_period_seconds=0, _preload_content=False
            )

    def pods(self, *, field_selector: str = "", label_selector: str = "", namespace: str = "") -> list[Object]:
        """Pods of a namespace, or of all."""
        query: dict[str, Any] = {"field_selector": field_selector, "label_selector": label_selector}
        if namespace:
            return _items(self._core.list_namespaced_pod(namespace, _preload_content=False, **query))
        return _items(self._core.list_pod_for_all_namespaces(_preload_content=False, **query))

    def deployments(self, namespace: str) -> list[Object]:
        """Deployments of a namespace."""
        return _items(self._apps.list_namespaced_deployment(namespace, _preload_content=False))

    def events(self, namespace: str) -> list[Object]:
        """Events of a namespace, in the API's order."""
        return _items(self._core.list_namespaced_event(namespace, _preload_content=False))

    def serve_metrics_at(self, port: int) -> None:
        """Point the metrics API at metrics-server's port."""
        patch = {"spec": {"service": {"port": port}}}
        self._custom.patch_cluster_custom_object(
            "apiregistration.k8s.io", "v1", "apiservices", "v1beta1.metrics.k8s.io", patch
        )


@contextmanager
def connect(kubeconfig: Path) -> Iterator[Cluster]:
    """A client for a kubeconfig, closed at the end. No proxy leads to a server on loopback, so none is asked."""
    from kubernetes import client, config

    settings = client.Configuration()
    config.load_kube_config(str(kubeconfig), client_configuration=settings)  # type: ignore[no-untyped-call]
    settings.proxy = None
    with client.ApiClient(settings) as api_client:
        yield Cluster(api_client)


def _data(response: Any) -> Object:
    content: Object = json.loads(response.data)
    return content


def _items(response: Any) -> list[Object]:
    items: list[Object] = _data(response).get("items") or []
    return items
