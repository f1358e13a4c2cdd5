"""service-not-exposed: a Service is reached inside of the cluster, or by a load balancer of the private network."""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.objects import Object, objects
from policies.unknowns import ABSENT, UNKNOWN

_SCHEME: Final = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_LEGACY: Final = "service.beta.kubernetes.io/aws-load-balancer-internal"
_FIX_TYPE: Final = "set type to ClusterIP and come in by an Ingress or a Gateway"
_FIX_ADDRESSES: Final = "remove externalIPs; whoever sets them takes other traffic for these addresses"
_FIX_INTERNAL: Final = f"set the annotation {_SCHEME} to internal, or list the Service in the option `public`"


def judge(service: Object, options: Options) -> Iterator[Finding]:
    """Finds node ports, external addresses and public load balancers."""
    kind = service.at("spec", "type")
    yield from check(kind, TEXT, lambda it: it != "NodePort", fix=_FIX_TYPE)
    addresses = service.at("spec", "externalIPs")
    if addresses.value not in (ABSENT, []):
        if isinstance(addresses.value, list):
            yield Violation(f"{place(addresses)} is set. Fix: {_FIX_ADDRESSES}.")
        else:
            yield unreadable(addresses, "a list", _FIX_ADDRESSES)
    if kind.value == "LoadBalancer":
        yield from _unless_listed(service, options["public"])


def _unless_listed(service: Object, public: object) -> Iterator[Finding]:
    entries = public if isinstance(public, tuple) else ()
    if f"{service.namespace}/{service.name}" in entries:
        return
    found = _balancer(service)
    if entries and UNKNOWN in (service.namespace, service.name):
        if any(True for _ in found):
            yield Unjudged(place(service.at("metadata")))
        return
    yield from found


def _balancer(service: Object) -> Iterator[Finding]:
    annotations = service.at("metadata", "annotations")
    scheme, legacy = annotations.at(_SCHEME), annotations.at(_LEGACY)
    if scheme.value is ABSENT and legacy.value is not ABSENT:
        yield from check(legacy, TEXT, lambda it: it == "true", fix=_FIX_INTERNAL)
    else:
        yield from check(scheme, TEXT, lambda it: it == "internal", fix=_FIX_INTERNAL, required=service.complete)


RULE = Rule(
    name="service-not-exposed",
    description="Services must not use node ports, external addresses or public load balancers.",
    why="Such a Service is reached past the ingress with its TLS, authentication and limits.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(kyverno=("restrict-node-port",), others=("kube-linter exposed-services",)),
    remediation="Use type ClusterIP behind an Ingress or Gateway; make a load balancer internal, or list it as public.",
    area=objects("core/Service"),
    judge=judge,
    options={"public": text_list("Services that may have a public load balancer, as namespace/name.", [])},
)
