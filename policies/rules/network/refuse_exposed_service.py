"""service-not-exposed: what a cluster offers is reached inside of it, or by a load balancer of the private network.

Concerns Services, Ingresses, and the objects in which AWS's controllers keep the scheme of many Ingresses or of a
Gateway. A Service's load balancer is told to be internal by an annotation, which AWS's controllers obey and those of
another class need not. Controllers of Gateways copy annotations to the Service that they make; a Gateway need not have
them, since its class may say the same elsewhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.options import text_list
from policies.rule import Options, References, Rule
from policies.subjects.objects import Object, objects
from policies.unknowns import ABSENT, UNKNOWN, Field

_SCHEME: Final = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_LEGACY: Final = "service.beta.kubernetes.io/aws-load-balancer-internal"
_INGRESS_SCHEME: Final = "alb.ingress.kubernetes.io/scheme"
_GATEWAY: Final = "gateway.networking.k8s.io/Gateway"
_CLASSES: Final = ("service.k8s.aws/nlb", "eks.amazonaws.com/nlb")
_INGRESSES: Final = ("networking.k8s.io/Ingress", "extensions/Ingress")
_SCHEMES: Final = (
    *("elbv2.k8s.aws/IngressClassParams", "eks.amazonaws.com/IngressClassParams"),
    "gateway.k8s.aws/LoadBalancerConfiguration",
)
"""Objects whose spec.scheme is that of the load balancers that are made by them."""
_CLUSTER_WIDE: Final = "/IngressClassParams"
_FIX_TYPE: Final = "set type to ClusterIP and come in by an Ingress or a Gateway"
_FIX_ADDRESSES: Final = "remove externalIPs; whoever sets them takes other traffic for these addresses"
_FIX_LISTED: Final = "in the option `public`"
_FIX_INTERNAL: Final = f"set the annotation {_SCHEME} to internal, or list the"
_FIX_CLASS: Final = f"use {' or '.join(_CLASSES)}, which obey {_SCHEME}, or list the Service {_FIX_LISTED}"
_FIX_SCHEME: Final = f"set it to internal, or list the object {_FIX_LISTED}"


def judge(judged: Object, options: Options) -> Iterator[Finding]:
    """Finds node ports, external addresses and public load balancers."""
    if judged.kind in _INGRESSES:
        found = _internal(judged.at("metadata", "annotations", _INGRESS_SCHEME))
        yield from _unless_listed(judged, found, options["public"])
    elif judged.kind in _SCHEMES:
        yield from _unless_listed(judged, _internal(judged.at("spec", "scheme")), options["public"])
    elif judged.kind == _GATEWAY:
        found = _annotated(judged.at("spec", "infrastructure", "annotations"), "Gateway", required=False)
        yield from _unless_listed(judged, found, options["public"])
    else:
        yield from _service(judged, options)


def _internal(scheme: Field) -> Iterator[Finding]:
    """Finds a scheme that isn't the private one; both of AWS's controllers make that where nothing is said."""
    yield from check(scheme, TEXT, lambda it: it == "internal", fix=_FIX_SCHEME)


def _service(service: Object, options: Options) -> Iterator[Finding]:
    kind = service.at("spec", "type")
    yield from check(kind, TEXT, lambda it: it != "NodePort", fix=_FIX_TYPE)
    addresses = service.at("spec", "externalIPs")
    if addresses.value not in (ABSENT, []):
        if isinstance(addresses.value, list):
            yield Violation(f"{place(addresses)} is set. Fix: {_FIX_ADDRESSES}.")
        else:
            yield unreadable(addresses, "a list", _FIX_ADDRESSES)
    if kind.value == "LoadBalancer" or (kind.value is ABSENT and service.partial):
        yield from _unless_listed(service, _balancer(service), options["public"])


def _unless_listed(judged: Object, found: Iterable[Finding], public: Sequence[str]) -> Iterator[Finding]:
    entry = judged.name if judged.kind.endswith(_CLUSTER_WIDE) else f"{judged.namespace}/{judged.name}"
    if entry in public:
        return
    if public and UNKNOWN in (judged.namespace, judged.name):
        if any(True for _ in found):
            yield Unjudged(place(judged.at("metadata")))
        return
    yield from found


def _balancer(service: Object) -> Iterator[Finding]:
    yield from check(service.at("spec", "loadBalancerClass"), TEXT, lambda it: it in _CLASSES, fix=_FIX_CLASS)
    yield from _annotated(service.at("metadata", "annotations"), "Service", required=service.complete)


def _annotated(annotations: Field, kind: str, *, required: bool) -> Iterator[Finding]:
    """Finds a Service's load balancer that isn't told to be internal."""
    fix = f"{_FIX_INTERNAL} {kind} {_FIX_LISTED}"
    scheme, legacy = annotations.at(_SCHEME), annotations.at(_LEGACY)
    if scheme.value is ABSENT and legacy.value is not ABSENT:
        yield from check(legacy, TEXT, lambda it: it == "true", fix=fix)
    else:
        yield from check(scheme, TEXT, lambda it: it == "internal", fix=fix, required=required)


RULE = Rule(
    name="service-not-exposed",
    description="Services and Ingresses must not use node ports, external addresses or public load balancers.",
    why="What is public is reached by everyone, and such a Service past the ingress with its TLS and authentication.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(kyverno=("restrict-node-port",), others=("kube-linter exposed-services",)),
    remediation="Use type ClusterIP behind an Ingress or Gateway; make a load balancer internal, or list it as public.",
    area=objects("core/Service", _GATEWAY, *_INGRESSES, *_SCHEMES),
    judge=judge,
    options={
        "public": text_list(
            "What may have a public load balancer: Services, Ingresses, Gateways and LoadBalancerConfigurations as "
            "namespace/name, IngressClassParams, which have no namespace, by name.",
            [],
        )
    },
)
