"""One cluster: its objects, read and written one at a time, and whether it can be reached at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from local.providers.kubernetes import kubeconfig, objects, transport
from local.providers.kubernetes.configuration import Settings
from local.providers.kubernetes.discovery import Discovery, Resource
from local.providers.kubernetes.failures import ApiError, NoSuchKind, Unreachable
from local.providers.kubernetes.transport import Limiter, Transport
from local.providers.kubernetes.watching import Watches
from local.providers.values import Object

_DRY_RUN = {True: "All", False: None}


class Cluster:
    """The cluster a provider is configured for."""

    def __init__(self, settings: Settings) -> None:
        configuration, namespace = kubeconfig.load(settings.kubeconfig, settings.context, settings.cluster)
        self.namespace = settings.namespace or namespace
        self.http = Transport(configuration, Limiter(settings.qps, settings.burst), settings.timeout)
        self.kinds = Discovery(self.http)
        self.watches = Watches(self.http)
        self._probe = threading.Lock()
        self._reachable: str | None = None

    def unreachable(self) -> str:
        """Why the cluster can't be reached, or ''; asked once."""
        with self._probe:
            if self._reachable is None:
                try:
                    self.http.request("GET", "/version")
                    self._reachable = ""
                except (Unreachable, ApiError) as error:
                    self._reachable = str(error)
        return self._reachable

    def resource(self, obj: Object) -> Resource:
        """Where objects of this one's kind live."""
        return self.kinds.find(objects.text(obj, "apiVersion").removeprefix("core/"), objects.text(obj, "kind"))

    def get(self, obj: Object, name: str = "") -> Object:
        """The live object."""
        return self.http.request("GET", self._path(obj, name or objects.name(obj)))

    def create(self, obj: Object, manager: str, *, dry_run: bool) -> Object:
        """Make an object that must not exist."""
        return self.http.request("POST", self._path(obj), obj, dryRun=_DRY_RUN[dry_run], fieldManager=manager)

    def replace(self, obj: Object, manager: str, *, dry_run: bool) -> Object:
        """Put an object in the place of the one that has its name."""
        path = self._path(obj, objects.name(obj))
        return self.http.request("PUT", path, obj, dryRun=_DRY_RUN[dry_run], fieldManager=manager)

    def apply(self, obj: Object, manager: str, *, force: bool, dry_run: bool) -> Object:
        """Server-side apply."""
        return self.http.request(
            "PATCH",
            self._path(obj, objects.name(obj)),
            obj,
            transport.APPLY,
            dryRun=_DRY_RUN[dry_run],
            fieldManager=manager,
            force="true" if force else "false",
        )

    def patch(self, obj: Object, patch: Any, content_type: str, manager: str, *, dry_run: bool = False) -> Object:
        """Patch the object that has this one's name."""
        path = self._path(obj, objects.name(obj))
        return self.http.request("PATCH", path, patch, content_type, dryRun=_DRY_RUN[dry_run], fieldManager=manager)

    def delete(self, obj: Object, name: str, propagation: str) -> Object:
        """Ask for the object's deletion."""
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        return self.http.request("DELETE", self._path(obj, name), options)

    def list(self, api_version: str, kind: str, namespace: str, **query: str) -> list[Object]:
        """The objects of a kind in a namespace; none when the kind is not served or may not be read."""
        try:
            found = self.http.request("GET", self.kinds.find(api_version, kind).path(namespace), **query)
        except (ApiError, NoSuchKind):
            return []
        return list(found.get("items") or [])

    def stop(self) -> None:
        """End every wait."""
        self.watches.cancel()

    def _path(self, obj: Object, name: str = "") -> str:
        resource = self.resource(obj)
        namespace = objects.namespace(obj) or ("default" if resource.namespaced else "")
        return resource.path(namespace, name)


def gone_is_fine(action: Callable[[], Object]) -> Object | None:
    """The action's result, or None when its object is not there."""
    try:
        return action()
    except ApiError as error:
        if error.code != 404:
            raise
        return None
