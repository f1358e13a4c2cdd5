"""Readiness of Services and Ingresses: the pods behind them, and the address in front where one is due."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from local.providers.kubernetes.objects import at, items, name, text
from local.providers.kubernetes.readiness.verdict import Others, Related, Verdict
from local.providers.values import Object

_SETTLE = 10.0
"""Seconds without a change after which endpoints count as settled though not all are ready."""
_INGRESS_GRACE = 60.0
_SERVICE_OF = "kubernetes.io/service-name"


def _service_of(endpoint_slice: Object) -> str:
    return text(endpoint_slice, "metadata", "labels", _SERVICE_OF)


def _is_ready(endpoint: Object) -> bool:
    return at(endpoint, "conditions", "ready") is not False


@dataclass(slots=True)
class ServiceCheck:
    """One Service's endpoints; done at once when every pod behind it is ready, else when they have settled."""

    service: str
    patience: float = _SETTLE
    seen: list[str] = field(default_factory=list)
    changed: float = 0

    @property
    def related(self) -> tuple[Related, ...]:
        """The Service's endpoint slices."""
        return (Related("discovery.k8s.io/v1", "EndpointSlice", lambda obj: _service_of(obj) == self.service),)

    def look(self, live: Object, others: Others) -> Verdict:
        """Judge the endpoints as they are now."""
        addressed = at(live, "spec", "type") != "LoadBalancer" or bool(items(live, "status", "loadBalancer", "ingress"))
        if _stands_alone(live):
            problems = [] if _has_no_pods(live) else _service_problems(some=False, addressed=addressed)
            return Verdict(ready=addressed, message="Waiting for an address", problems=problems)
        slices = others(0)
        endpoints = [endpoint for one in slices for endpoint in items(one, "endpoints")]
        some, all_ready = any(map(_is_ready, endpoints)), all(map(_is_ready, endpoints))
        rest = self._rest(slices)
        settled = (some and all_ready) or rest <= 0
        if addressed and settled and all_ready:
            return Verdict(ready=True, message="Service initialization complete")
        message = "[1/3] Finding Pods to direct traffic to"
        if settled and some:
            message = "[2/3] Attempting to allocate IP address to Service"
        return Verdict(ready=False, message=message, problems=_service_problems(some, addressed), again=max(rest, 0.1))

    def _rest(self, slices: list[Object]) -> float:
        versions = sorted(text(one, "metadata", "resourceVersion") for one in slices)
        if versions != self.seen:
            self.seen, self.changed = versions, time.monotonic()
        return self.changed + self.patience - time.monotonic() if slices else self.patience


def _stands_alone(service: Object) -> bool:
    """Whether no pods are to be waited for."""
    return _has_no_pods(service) or not at(service, "spec", "selector")


def _has_no_pods(service: Object) -> bool:
    return text(service, "spec", "type") == "ExternalName" or text(service, "spec", "clusterIP") == "None"


def _service_problems(some: bool, addressed: bool) -> list[str]:
    found = []
    if not some:
        found.append(
            "Service does not target any Pods. Selected Pods may not be ready, or "
            "field '.spec.selector' may not match labels on any Pods"
        )
    if not addressed:
        found.append("Service was not allocated an IP address; does your cloud provider support this?")
    return found


@dataclass(slots=True)
class IngressCheck:
    """One Ingress: a Service with endpoints behind every path, and an address."""

    backends: frozenset[str]
    patience: float = _INGRESS_GRACE
    started: float = field(default_factory=time.monotonic)

    @property
    def related(self) -> tuple[Related, ...]:
        """The endpoint slices and the Services behind the paths."""
        return (
            Related("discovery.k8s.io/v1", "EndpointSlice", lambda obj: _service_of(obj) in self.backends),
            Related("v1", "Service", lambda obj: name(obj) in self.backends),
        )

    def look(self, live: Object, others: Others) -> Verdict:
        """Judge the Ingress as it is now."""
        outside = {name(service) for service in others(1) if at(service, "spec", "type") == "ExternalName"}
        missing = self.backends - outside - {_service_of(one) for one in others(0)}
        rest = self.started + self.patience - time.monotonic()
        matched = not missing or rest <= 0
        addressed = bool(items(live, "status", "loadBalancer", "ingress"))
        if matched and addressed:
            return Verdict(ready=True, message="Ingress initialization complete")
        problems = []
        if not matched:
            problems.append("Ingress has at least one rule with an unavailable target endpoint.")
        if not addressed:
            problems.append("Ingress .status.loadBalancer field was not updated with a hostname/IP address.")
        message = "[1/3] Finding a matching service for each Ingress path"
        if matched:
            message = "[2/3] Waiting for update of .status.loadBalancer with hostname/IP"
        return Verdict(ready=False, message=message, problems=problems, again=max(rest, 0.1) if missing else 0)


def service(live: Object, *, patient: bool) -> ServiceCheck:
    """The check for a Service; an impatient one takes endpoints as settled."""
    return ServiceCheck(name(live), _SETTLE if patient else 0)


def ingress(live: Object, *, patient: bool) -> IngressCheck:
    """The check for an Ingress; an impatient one does not wait for Services to appear."""
    found = set()
    for rule in items(live, "spec", "rules"):
        for path in items(rule, "http", "paths"):
            found.add(text(path, "backend", "service", "name") or text(path, "backend", "serviceName"))
    return IngressCheck(frozenset(found - {""}), _INGRESS_GRACE if patient else 0)
