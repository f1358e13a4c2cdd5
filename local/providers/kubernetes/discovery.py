"""Where a kind lives on the API server: asked per apiVersion, remembered, and asked again when a kind is missing."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from urllib.parse import quote

from local.providers.kubernetes import objects
from local.providers.kubernetes.failures import ApiError, NoSuchKind
from local.providers.kubernetes.transport import Transport
from local.providers.values import Object


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind as the API server serves it."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool

    def path(self, namespace: str = "", name: str = "") -> str:
        """The URL path of the collection, or of one object."""
        root = group_path(self.api_version)
        place = f"/namespaces/{quote(namespace, safe='')}" if self.namespaced and namespace else ""
        return f"{root}{place}/{self.plural}" + (f"/{quote(name, safe='')}" if name else "")


def group_path(api_version: str) -> str:
    """The URL path of an apiVersion."""
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


class Discovery:
    """The kinds of one cluster."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._known: dict[str, dict[str, Resource]] = {}
        self._planned: dict[tuple[str, str], bool] = {}
        self._lock = threading.Lock()

    def find(self, api_version: str, kind: str) -> Resource:
        """The resource of a kind; NoSuchKind when the cluster does not serve it now."""
        found = self._known.get(api_version, {}).get(kind)
        if found is None:
            with self._lock:
                found = self._known.get(api_version, {}).get(kind) or self._ask(api_version).get(kind)
        if found is None:
            raise NoSuchKind(api_version, kind)
        return found

    def exists(self, api_version: str, kind: str) -> bool:
        """Whether the cluster serves the kind now."""
        try:
            self.find(api_version, kind)
        except NoSuchKind:
            return False
        return True

    def is_namespaced(self, api_version: str, kind: str) -> bool:
        """Whether objects of the kind live in namespaces; a kind that nothing is known of is taken to."""
        try:
            return self.find(api_version, kind).namespaced
        except NoSuchKind:
            return self._planned.get((api_version.partition("/")[0], kind), True)

    def plan(self, definition: Object) -> None:
        """Remember the scope of a custom kind that the program is about to define."""
        group = objects.text(definition, "spec", "group")
        kind = objects.text(definition, "spec", "names", "kind")
        self._planned[group, kind] = objects.text(definition, "spec", "scope") != "Cluster"

    def forget(self, group: str) -> None:
        """Ask anew for the kinds of a group."""
        for api_version in [known for known in self._known if known.startswith(f"{group}/")]:
            self._known.pop(api_version, None)

    def _ask(self, api_version: str) -> dict[str, Resource]:
        try:
            answer = self._transport.request("GET", group_path(api_version))
        except ApiError as error:
            if error.code != 404:
                raise
            answer = {}
        kinds = {
            entry["kind"]: Resource(api_version, entry["kind"], entry["name"], bool(entry["namespaced"]))
            for entry in answer.get("resources", [])
            if "/" not in entry["name"]
        }
        self._known[api_version] = kinds
        return kinds
