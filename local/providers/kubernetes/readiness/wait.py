"""Waiting for readiness on shared watches, with progress, until the check passes or the time is over."""

from __future__ import annotations

import time

from local.providers.kubernetes import objects
from local.providers.kubernetes.cluster import gone_is_fine
from local.providers.kubernetes.failures import NotReady
from local.providers.kubernetes.operation import Operation
from local.providers.kubernetes.readiness import explain, registry
from local.providers.kubernetes.readiness.verdict import Check, Others, Verdict
from local.providers.kubernetes.watching import Interest, Subscription
from local.providers.values import Object

_TICK = 10.0
"""Seconds between two looks at the pods of something that takes long."""


def _nothing(_: int) -> list[Object]:
    return []


def until_ready(operation: Operation, inputs: Object, live: Object) -> Object:
    """The object once it is ready; NotReady when it fails, or when time or patience is over."""
    check = registry.for_write(inputs, live)
    if check is None or check.look(live, _nothing).ready:
        return live
    subscription = operation.cluster.watches.subscribe(*_interests(operation, live, check))
    try:
        return _Wait(operation, check, live, subscription).run(operation.seconds(inputs, registry.seconds(live)))
    finally:
        operation.cluster.watches.unsubscribe(subscription)
        operation.voice.clear()


def look_once(operation: Operation, inputs: Object, live: Object) -> None:
    """What a refresh does: NotReady when the object is not ready now."""
    check = registry.for_read(inputs, live)
    if check is None:
        return
    cluster, namespace = operation.cluster, objects.namespace(live)

    def others(index: int) -> list[Object]:
        related = check.related[index]
        return [one for one in cluster.list(related.api_version, related.kind, namespace) if related.wants(one)]

    verdict = check.look(live, others)
    if not verdict.ready:
        reasons = [*verdict.problems, *explain.complaints(cluster, live)]
        raise NotReady(f"Resource '{objects.name(live)}' was created but failed to initialize", live, reasons)


def _interests(operation: Operation, live: Object, check: Check) -> list[Interest]:
    uid, namespace = objects.text(live, "metadata", "uid"), objects.namespace(live)
    kinds = operation.cluster.kinds
    found = [
        Interest(operation.cluster.resource(live), namespace, lambda obj: objects.text(obj, "metadata", "uid") == uid)
    ]
    found += [Interest(kinds.find(one.api_version, one.kind), namespace, one.wants) for one in check.related]
    return found


class _Wait:
    """One wait for one object."""

    def __init__(self, operation: Operation, check: Check, live: Object, subscription: Subscription) -> None:
        self._operation = operation
        self._check = check
        self._live = live
        self._subscription = subscription
        self._seen = False

    def run(self, seconds: float) -> Object:
        """Wait this long at most."""
        end, tick = time.monotonic() + seconds, time.monotonic() + _TICK
        while True:
            self._refresh()
            verdict = self._check.look(self._live, self._others)
            if verdict.ready:
                return self._live
            if verdict.failed:
                raise self._give_up(f"'{objects.name(self._live)}' failed", verdict)
            self._operation.voice.status(verdict.message)
            if self._operation.cluster.watches.cancelled.is_set():
                raise self._give_up(f'Resource operation was cancelled for "{objects.name(self._live)}"', verdict)
            now = time.monotonic()
            if now >= end:
                raise self._give_up(
                    f"'{objects.name(self._live)}' timed out waiting to be Ready, after {seconds:g} s", verdict
                )
            if now >= tick:
                tick = now + _TICK
                self._tell()
            pause = min(end - now, verdict.again or _TICK, 1.0 if self._subscription.failure else _TICK)
            self._subscription.wait(pause)

    @property
    def _others(self) -> Others:
        return lambda index: self._subscription.objects(index + 1)

    def _refresh(self) -> None:
        if self._subscription.failure is not None:
            current = gone_is_fine(lambda: self._operation.cluster.get(self._live))
        else:
            current = next(iter(self._subscription.objects(0)), None)
        if current is None:
            if self._seen:
                raise NotReady(f"'{objects.name(self._live)}' was deleted while it was waited for", self._live, [])
            return
        self._seen = True
        if objects.number(current, "metadata", "generation") >= objects.number(self._live, "metadata", "generation"):
            self._live = current

    def _tell(self) -> None:
        """Say what the pods complain of while there is time to act on it."""
        for complaint in explain.complaints(self._operation.cluster, self._live):
            self._operation.voice.status(complaint)

    def _give_up(self, message: str, verdict: Verdict) -> NotReady:
        reasons = [*verdict.problems, *explain.complaints(self._operation.cluster, self._live)]
        if not reasons and verdict.message:
            message = f"{message}: {verdict.message}"
        details = explain.details(self._operation.cluster, self._live)
        return NotReady(f"{message}\n{details}" if details else message, self._live, reasons)
