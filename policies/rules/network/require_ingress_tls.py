"""ingress-tls-no-snippet: what comes in from outside comes by TLS, to a host with a name, past no raw configuration.

Concerns Ingress, and of the Gateway API the listeners of a Gateway or a ListenerSet and the hostnames of their routes.
A listener of TLS needs no hostname, since its routes name theirs; a route names them itself, also where it is bound to
one listener, which may be one of every host. Routes of a mesh, whose parents are Services, need no hostname.
"""

from collections.abc import Iterator
from typing import Final

from pulumi_policy import EnforcementLevel, Severity

from policies.checks import TEXT, check, place, unreadable
from policies.findings import Finding, Unjudged, Violation
from policies.rule import Options, References, Rule
from policies.subjects.objects import Object, objects
from policies.unknowns import ABSENT, UNKNOWN, Field, is_object, shown

_INGRESS: Final = ("networking.k8s.io/Ingress", "extensions/Ingress")
_LISTENING: Final = (
    *("gateway.networking.k8s.io/Gateway", "gateway.networking.k8s.io/ListenerSet"),
    "gateway.networking.x-k8s.io/XListenerSet",
)
_ROUTES: Final = tuple(f"gateway.networking.k8s.io/{kind}" for kind in ("HTTPRoute", "GRPCRoute", "TLSRoute"))
_FIX_HOST: Final = "name one host, without a wildcard"
_FIX_TLS: Final = "add the host to spec.tls[].hosts, with a certificate"
_FIX_ZONE: Final = "name a host, or the hosts of one zone as *.example.com"
_FIX_LISTENER: Final = "set protocol to HTTPS and tls to a certificate"
_FIX_SNIPPET: Final = "remove the annotation and use what the controller offers for it"


def judge(judged: Object, _options: Options) -> Iterator[Finding]:
    """Finds hosts without TLS or without a name, snippets, and listeners without TLS."""
    if judged.kind in _INGRESS:
        yield from _snippets(judged)
        yield from _hosts(judged)
    elif judged.kind in _LISTENING:
        for listener in judged.at("spec", "listeners").items():
            yield from _listener(listener)
    else:
        yield from _route(judged)


def _snippets(ingress: Object) -> Iterator[Finding]:
    annotations = ingress.at("metadata", "annotations")
    if annotations.value is not ABSENT and not is_object(annotations.value):
        yield unreadable(annotations, "an object", _FIX_SNIPPET)
        return
    for name, annotation in annotations.entries():
        if "snippet" in name and annotation.value is not ABSENT:
            yield Violation(f"{place(annotations)} has {shown(name)}. Fix: {_FIX_SNIPPET}.")


def _hosts(ingress: Object) -> Iterator[Finding]:
    spec = ingress.at("spec")
    rules, covered = list(spec.at("rules").items()), list(_covered(spec))
    for rule in rules:
        host = rule.at("host")
        yield from check(host, TEXT, _is_host, fix=_FIX_HOST, required=ingress.complete)
        if isinstance(host.value, str) and host.value:
            yield from _tls(host, host.value.lower(), covered)
    if spec.at("defaultBackend").value is not ABSENT or spec.at("backend").value is not ABSENT:
        where = place(spec.at("defaultBackend"))
        yield Violation(f"{where} answers to every host. Fix: move it into a rule with a host.")
    elif not rules and ingress.complete:
        yield Violation(f"{place(spec.at('rules'))} is empty, so that no host is named. Fix: {_FIX_HOST}.")


def _covered(spec: Field) -> Iterator[Field]:
    for entry in spec.at("tls").items():
        yield from entry.at("hosts").items()


def _tls(host: Field, name: str, covered: list[Field]) -> Iterator[Finding]:
    known = [field.value.lower() for field in covered if isinstance(field.value, str)]
    if name in known or f"*.{name.partition('.')[2]}" in known:
        return
    unknown = next((field for field in covered if field.value is UNKNOWN), None)
    if unknown is not None:
        yield Unjudged(place(unknown))
    else:
        yield Violation(f"{place(host)} is {host.text}, for which there is no TLS. Fix: {_FIX_TLS}.")


def _is_host(host: str) -> bool:
    return host != "" and "*" not in host


def _is_zone(host: str) -> bool:
    """Whether it is a host, or all hosts of one zone."""
    return _is_host(host.removeprefix("*."))


def _listener(listener: Field) -> Iterator[Finding]:
    yield from check(listener.at("hostname"), TEXT, _is_zone, fix=_FIX_ZONE)
    protocol = listener.at("protocol")
    yield from check(protocol, TEXT, lambda it: it in ("HTTPS", "TLS"), fix=_FIX_LISTENER, required=True)
    if protocol.value in ("HTTPS", "TLS"):
        tls = listener.at("tls")
        if tls.value in (ABSENT, {}):
            yield Violation(f"{place(tls)} is not set. Fix: {_FIX_LISTENER}.")
        elif not is_object(tls.value):
            yield unreadable(tls, "an object", _FIX_LISTENER)


def _route(route: Object) -> Iterator[Finding]:
    parents, names = route.at("spec", "parentRefs"), route.at("spec", "hostnames")
    kinds = [parent.at("kind").value for parent in parents.items()]
    if kinds and all(kind == "Service" for kind in kinds):
        return
    for name in names.items():
        yield from check(name, TEXT, _is_host, fix=_FIX_HOST)
    if names.value in (ABSENT, []) and route.complete:
        unclear = next((parent for parent in parents.items() if parent.at("kind").value is UNKNOWN), None)
        if unclear is not None and all(kind in ("Service", UNKNOWN) for kind in kinds):
            yield Unjudged(place(unclear.at("kind")))
        else:
            text = f"{place(names)} is empty, so that the route answers to every host of its gateway"
            yield Violation(f"{text}. Fix: {_FIX_HOST}.")


RULE = Rule(
    name="ingress-tls-no-snippet",
    description="Ingresses and gateways must use TLS for named hosts and no configuration snippets.",
    why="Without TLS prompts and answers are read on the way; a snippet reads every secret of the ingress controller.",
    level=EnforcementLevel.MANDATORY,
    severity=Severity.HIGH,
    references=References(
        checkov=("CKV_K8S_152", "CKV_K8S_153", "CKV_K8S_154"),
        cis_eks=("5.4.5",),
        kubescape=("C-0059", "C-0263"),
    ),
    remediation="List every host under spec.tls, name each host, and remove the annotations with snippets.",
    area=objects(*_INGRESS, *_LISTENING, *_ROUTES),
    judge=judge,
)
