"""ingress-tls-no-snippet: what comes in comes by TLS to a named host, past no raw configuration."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import messages, refused, resource, unjudged

RULE = "ingress-tls-no-snippet"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
INGRESSES = [INGRESS, "kubernetes:extensions/v1beta1:Ingress"]
GATEWAY = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
ROUTES = [f"kubernetes:gateway.networking.k8s.io/v1:{kind}" for kind in ("HTTPRoute", "GRPCRoute", "TLSRoute")]
HOST = "web.example.com"


def ingress(kind: str = INGRESS, annotations: object = None, **spec: Any) -> Resource:
    base = {"rules": [{"host": HOST}], "tls": [{"hosts": [HOST], "secretName": "web"}]}
    return resource({"metadata": {"name": "i", "annotations": annotations}, "spec": {**base, **spec}}, kind)


def gateway(*listeners: object) -> Resource:
    return resource({"spec": {"listeners": list(listeners)}}, GATEWAY)


def route(hostnames: object, *parents: object, kind: str = ROUTES[0]) -> Resource:
    return resource({"spec": {"hostnames": hostnames, "parentRefs": list(parents)}}, kind)


@pytest.mark.parametrize("kind", INGRESSES)
@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"rules": [{"host": "WEB.example.com"}]},
        {"tls": [{"hosts": ["other.example.com"]}, {"hosts": ["Web.Example.com"]}]},
        {"tls": [{"hosts": ["*.example.com"]}]},
        {"tls": [{"hosts": [UNKNOWN, HOST]}]},
    ],
)
def test_an_ingress_with_tls_for_its_host_passes(kind: str, spec: dict[str, Any]) -> None:
    assert messages(RULE, ingress(kind, {"nginx.ingress.kubernetes.io/ssl-redirect": "true"}, **spec)) == []


@pytest.mark.parametrize("kind", INGRESSES)
@pytest.mark.parametrize(
    "tls", [None, [], [{}], [{"secretName": "web"}], [{"hosts": ["other.example.com"]}], [{"hosts": ["*.com"]}]]
)
def test_a_host_without_tls_is_refused(kind: str, tls: object) -> None:
    (message,) = refused(RULE, ingress(kind, tls=tls))
    assert f'spec.rules[0].host is "{HOST}", for which there is no TLS' in message
    assert "Fix: add the host to spec.tls" in message


def test_a_wildcard_certificate_covers_one_label_only() -> None:
    assert len(refused(RULE, ingress(rules=[{"host": "a.b.example.com"}], tls=[{"hosts": ["*.example.com"]}]))) == 1


def test_every_host_without_tls_is_told() -> None:
    rules = [{"host": "a.example.com"}, {"host": HOST}, {"host": "b.example.com"}]
    found = refused(RULE, ingress(rules=rules))
    assert ["rules[0]" in found[0], "rules[2]" in found[1], len(found)] == [True, True, 2]


@pytest.mark.parametrize("kind", INGRESSES)
@pytest.mark.parametrize("host", [None, "", "*.example.com", "*"])
def test_an_empty_host_and_a_wildcard_are_refused(kind: str, host: object) -> None:
    (message,) = refused(RULE, ingress(kind, rules=[{"host": host}], tls=[{"hosts": ["*.example.com", "*"]}]))
    assert "spec.rules[0].host" in message
    assert "Fix: name one host" in message


@pytest.mark.parametrize("rules", [None, []])
def test_an_ingress_without_rules_is_refused(rules: object) -> None:
    assert "no host is named" in refused(RULE, ingress(rules=rules))[0]


@pytest.mark.parametrize("key", ["defaultBackend", "backend"])
def test_a_default_backend_is_refused_as_it_answers_to_every_host(key: str) -> None:
    backend: dict[str, Any] = {key: {"service": {"name": "web"}}}
    assert "answers to every host" in refused(RULE, ingress(**backend))[0]
    assert len(refused(RULE, ingress(rules=None, **backend))) == 1


@pytest.mark.parametrize("kind", INGRESSES)
@pytest.mark.parametrize(
    "name",
    [
        *(f"nginx.ingress.kubernetes.io/{kind}-snippet" for kind in ("configuration", "server", "auth", "modsecurity")),
        *("nginx.org/server-snippets", "nginx.org/location-snippets", "haproxy.org/backend-config-snippet"),
    ],
)
@pytest.mark.parametrize("value", ["return 200;", UNKNOWN, Secret("return 200;")])
def test_a_snippet_is_refused_and_not_printed(kind: str, name: str, value: object) -> None:
    (message,) = refused(RULE, ingress(kind, {name: value}))
    assert name in message
    assert "return 200" not in message


def test_an_absent_snippet_passes() -> None:
    assert messages(RULE, ingress(annotations={"nginx.org/server-snippets": None, "app": "x"})) == []


def test_a_patch_is_judged_by_what_it_sets() -> None:
    kind = f"{INGRESS}Patch"
    assert messages(RULE, resource({"metadata": {"name": "i"}}, kind)) == []
    assert messages(RULE, resource({"spec": {"rules": [{}]}}, kind)) == []
    assert len(refused(RULE, resource({"spec": {"rules": [{"host": "*"}], "tls": [{"hosts": ["*"]}]}}, kind))) == 1


def test_ingresses_of_a_list_are_judged() -> None:
    assert "items[0].spec.rules" in refused(RULE, resource({"items": [{}]}, f"{INGRESS}List"))[0]


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        ({"rules": UNKNOWN}, "spec.rules"),
        ({"rules": [{"host": UNKNOWN}]}, "rules[0].host"),
        ({"tls": UNKNOWN}, "spec.tls"),
        ({"tls": [{"hosts": ["other", UNKNOWN]}]}, "tls[0].hosts[1]"),
    ],
)
def test_unknown_values_of_an_ingress_are_not_judged(spec: dict[str, Any], place: str) -> None:
    (message,) = unjudged(RULE, ingress(**spec))
    assert place in message
    assert refused(RULE, ingress(**spec)) == []


def test_unknown_annotations_are_not_judged() -> None:
    assert "metadata.annotations" in unjudged(RULE, ingress(annotations=UNKNOWN))[0]


@pytest.mark.parametrize("spec", [{"rules": "x"}, {"rules": ["x"]}, {"rules": [{"host": 1}]}])
def test_values_of_the_wrong_type_in_an_ingress_are_refused(spec: dict[str, Any]) -> None:
    assert "belongs" in refused(RULE, ingress(**spec))[0]


def test_annotations_of_the_wrong_type_are_refused() -> None:
    assert "an object belongs" in refused(RULE, ingress(annotations="x"))[0]


def test_an_unreadable_list_of_tls_covers_nothing() -> None:
    assert len(refused(RULE, ingress(tls="x"))) == 1


def test_a_secret_host_is_judged_and_not_printed() -> None:
    assert "hidden.example.com" not in "".join(refused(RULE, ingress(rules=[{"host": Secret("hidden.example.com")}])))


@pytest.mark.parametrize("protocol", ["HTTPS", "TLS"])
def test_a_listener_with_tls_passes(protocol: str) -> None:
    listener = {"protocol": protocol, "hostname": "*.example.com", "tls": {"certificateRefs": [{"name": "web"}]}}
    assert messages(RULE, gateway(listener)) == []
    assert messages(RULE, gateway()) == []


@pytest.mark.parametrize("protocol", ["HTTP", "TCP", "UDP", "https"])
def test_a_listener_without_tls_is_refused(protocol: str) -> None:
    (message,) = refused(RULE, gateway({"protocol": "HTTPS", "tls": {"mode": "Terminate"}}, {"protocol": protocol}))
    assert f'spec.listeners[1].protocol is "{protocol}"' in message
    assert "Fix: set protocol to HTTPS" in message


def test_a_listener_without_a_protocol_or_a_certificate_is_refused() -> None:
    assert "protocol is not set" in refused(RULE, gateway({}))[0]
    empty: list[Any] = [None, {}]
    for tls in empty:
        for protocol in ("HTTPS", "TLS"):
            assert "tls is not set" in refused(RULE, gateway({"protocol": protocol, "tls": tls}))[0]
    assert "belongs" in refused(RULE, gateway({"protocol": "HTTPS", "tls": "x"}))[0]


@pytest.mark.parametrize("listener", [UNKNOWN, {"protocol": UNKNOWN}, {"protocol": "HTTPS", "tls": UNKNOWN}])
def test_unknown_values_of_a_gateway_are_not_judged(listener: object) -> None:
    assert len(unjudged(RULE, gateway(listener))) == 1
    assert refused(RULE, gateway(listener)) == []


@pytest.mark.parametrize("kind", ROUTES)
def test_a_route_with_hostnames_passes(kind: str) -> None:
    assert messages(RULE, route([HOST], {"name": "public"}, kind=kind)) == []


@pytest.mark.parametrize("kind", ROUTES)
@pytest.mark.parametrize("hostnames", [None, []])
def test_a_route_of_a_gateway_without_hostnames_is_refused(kind: str, hostnames: object) -> None:
    for parents in ([], [{"name": "public"}], [{"kind": "Gateway"}], [{"kind": "Service"}, {"kind": "Gateway"}]):
        assert "answers to every host" in refused(RULE, route(hostnames, *parents, kind=kind))[0]


@pytest.mark.parametrize("kind", ROUTES)
@pytest.mark.parametrize("section", ["web", UNKNOWN])
def test_a_listener_that_a_route_names_is_no_hostname_since_it_may_be_one_of_every_host(
    kind: str, section: object
) -> None:
    (message,) = refused(RULE, route(None, {"name": "public", "sectionName": section}, kind=kind))
    assert "answers to every host of its gateway. Fix: name one host" in message


@pytest.mark.parametrize("hostname", ["*", ""])
def test_a_listener_of_every_host_is_refused(hostname: str) -> None:
    listener = {"protocol": "HTTPS", "tls": {"mode": "Terminate"}, "hostname": hostname}
    (message,) = refused(RULE, gateway(listener))
    assert f'spec.listeners[0].hostname is "{hostname}"' in message
    assert "Fix: name a host" in message
    assert messages(RULE, gateway({**listener, "hostname": "*.example.com"}, {**listener, "hostname": None})) == []
    assert len(unjudged(RULE, gateway({**listener, "hostname": UNKNOWN}))) == 1
    assert "belongs" in refused(RULE, gateway({**listener, "hostname": 1}))[0]


@pytest.mark.parametrize("hostname", ["a.*.example.com", "*.*.example.com", "**", "*.", "*example.com"])
def test_a_listener_with_a_wildcard_elsewhere_than_before_a_zone_is_refused(hostname: str) -> None:
    listener = {"protocol": "HTTPS", "tls": {"mode": "Terminate"}, "hostname": hostname}
    assert "hostname" in refused(RULE, gateway(listener))[0]


@pytest.mark.parametrize("kind", ROUTES)
@pytest.mark.parametrize("hostname", ["", "*.example.com"])
def test_a_route_with_a_wildcard_is_refused(kind: str, hostname: str) -> None:
    assert "hostnames[1]" in refused(RULE, route([HOST, hostname], kind=kind))[0]


def test_a_route_of_a_mesh_needs_no_hostname() -> None:
    assert messages(RULE, route(None, {"kind": "Service"}, {"kind": "Service"})) == []


def test_a_patch_of_a_route_needs_no_hostname() -> None:
    assert messages(RULE, resource({"spec": {}}, f"{ROUTES[0]}Patch")) == []


def test_unknown_values_of_a_route_are_not_judged() -> None:
    assert "hostnames" in unjudged(RULE, route(UNKNOWN))[0]
    assert "hostnames[0]" in unjudged(RULE, route([UNKNOWN]))[0]
    assert "parentRefs[1].kind" in unjudged(RULE, route(None, {"kind": "Service"}, {"kind": UNKNOWN}))[0]
    assert refused(RULE, route(None, {"kind": UNKNOWN})) == []
    assert len(refused(RULE, route(None, {"kind": UNKNOWN}, {"kind": "Gateway"}))) == 1


@pytest.mark.parametrize("hostnames", ["x", [1]])
def test_values_of_the_wrong_type_in_a_route_are_refused(hostnames: object) -> None:
    assert "belongs" in refused(RULE, route(hostnames))[0]


@pytest.mark.parametrize(
    "kind", ["gateway.networking.x-k8s.io/v1alpha1:XListenerSet", "gateway.networking.k8s.io/v1:ListenerSet"]
)
def test_listeners_of_a_set_are_judged_as_those_of_a_gateway(kind: str) -> None:
    secure = {"protocol": "HTTPS", "tls": {"certificateRefs": [{"name": "web"}]}}
    assert messages(RULE, resource({"spec": {"listeners": [secure]}}, f"kubernetes:{kind}")) == []
    (message,) = refused(RULE, resource({"spec": {"listeners": [secure, {"protocol": "HTTP"}]}}, f"kubernetes:{kind}"))
    assert 'spec.listeners[1].protocol is "HTTP"' in message
