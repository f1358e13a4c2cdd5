"""One shared watch per kind and namespace, however many resources wait for objects in it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from local.providers.kubernetes import objects
from local.providers.kubernetes.discovery import Resource
from local.providers.kubernetes.failures import ApiError, Unreachable
from local.providers.kubernetes.transport import Transport, Watch
from local.providers.values import Object

_LINGER = 2.0
"""Seconds a watch outlives its last user: the next resource of the kind is often a moment away."""
_SERVER_ENDS = "290"
_HOPELESS = frozenset({401, 403, 404, 405})
"""Answers after which a watch is not tried again: waiters then ask for their object instead."""


@dataclass(frozen=True, slots=True)
class Interest:
    """Objects that somebody waits for: all of a kind in a namespace that `wants` accepts."""

    resource: Resource
    namespace: str
    wants: Callable[[Object], bool]


@dataclass(slots=True)
class Subscription:
    """What one waiter sees: the objects of its interests, and a bell that rings when one of them changes."""

    interests: tuple[Interest, ...]
    watched: tuple[Watched, ...]
    bell: threading.Event = field(default_factory=threading.Event)

    def objects(self, index: int) -> list[Object]:
        """The objects of one interest."""
        return [obj for obj in self.watched[index].items() if self.interests[index].wants(obj)]

    @property
    def failure(self) -> Exception | None:
        """Why the first interest can't be watched, if it can't."""
        return self.watched[0].failure

    def wait(self, seconds: float) -> None:
        """Until something changes, or the time is over."""
        self.bell.wait(seconds)
        self.bell.clear()


class Watched:
    """A kind in a namespace: listed once, then followed."""

    def __init__(self, transport: Transport, resource: Resource, namespace: str) -> None:
        self._transport = transport
        self._path = resource.path(namespace)
        self._type = {"apiVersion": resource.api_version, "kind": resource.kind}
        self._items: dict[str, Object] = {}
        self._lock = threading.Lock()
        self._listed = threading.Event()
        self._stopped = False
        self._watch: Watch | None = None
        self.failure: Exception | None = None
        self.users: list[tuple[Interest, threading.Event]] = []
        self.idle_since = 0.0
        threading.Thread(target=self._run, daemon=True, name=f"watch {self._path}").start()

    def items(self) -> list[Object]:
        """Every object, as last seen."""
        self._listed.wait(30)
        with self._lock:
            return list(self._items.values())

    def stop(self) -> None:
        """End the watch."""
        self._stopped = True
        if self._watch is not None:
            self._watch.stop()

    def _run(self) -> None:
        while not self._stopped:
            try:
                self._follow(self._list())
            except ApiError as error:
                if error.code in _HOPELESS:
                    self.failure = error
                    self._listed.set()
                    self._ring(None)
                    return
                time.sleep(0 if error.code == 410 else 1)
            except (Unreachable, OSError, ValueError):
                time.sleep(1)

    def _list(self) -> str:
        answer = self._transport.request("GET", self._path)
        found = [{**self._type, **item} for item in answer.get("items") or []]
        with self._lock:
            self._items = {objects.text(item, "metadata", "uid"): item for item in found}
        self._listed.set()
        self._ring(None)
        return objects.text(answer, "metadata", "resourceVersion")

    def _follow(self, version: str) -> None:
        with self._transport.watch(self._path, resourceVersion=version, timeoutSeconds=_SERVER_ENDS) as watch:
            self._watch = watch
            for event in watch.events():
                if self._stopped:
                    return
                self._apply(event)

    def _apply(self, event: Object) -> None:
        kind, obj = event.get("type"), event.get("object") or {}
        if kind == "BOOKMARK":
            return
        if kind == "ERROR":
            raise ApiError(int(obj.get("code") or 410), obj)
        uid = objects.text(obj, "metadata", "uid")
        with self._lock:
            if kind == "DELETED":
                self._items.pop(uid, None)
            else:
                self._items[uid] = obj
        self._ring(obj)

    def _ring(self, obj: Object | None) -> None:
        for interest, bell in tuple(self.users):
            if obj is None or interest.wants(obj):
                bell.set()


class Watches:
    """All watches on one cluster."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._open: dict[tuple[Resource, str], Watched] = {}
        self._lock = threading.Lock()
        self.cancelled = threading.Event()

    def subscribe(self, *interests: Interest) -> Subscription:
        """Start to follow the interests; `unsubscribe` ends it."""
        with self._lock:
            self._sweep()
            watched = tuple(self._get(interest) for interest in interests)
            subscription = Subscription(interests, watched)
            for interest, one in zip(interests, watched, strict=True):
                one.users.append((interest, subscription.bell))
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop to follow; a watch without users ends a little later."""
        with self._lock:
            for interest, one in zip(subscription.interests, subscription.watched, strict=True):
                one.users.remove((interest, subscription.bell))
                one.idle_since = time.monotonic()
            self._sweep()

    def cancel(self) -> None:
        """Wake every waiter for good: the engine wants to stop."""
        self.cancelled.set()
        with self._lock:
            for one in self._open.values():
                for _, bell in one.users:
                    bell.set()

    def _get(self, interest: Interest) -> Watched:
        key = (interest.resource, interest.namespace if interest.resource.namespaced else "")
        found = self._open.get(key)
        if found is None or found.failure is not None:
            found = self._open[key] = Watched(self._transport, *key)
        return found

    def _sweep(self) -> None:
        now = time.monotonic()
        for key, one in tuple(self._open.items()):
            if not one.users and now - one.idle_since > _LINGER:
                del self._open[key]
                one.stop()
