"""service-not-exposed: a Service is reached inside of the cluster or of the private network."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import messages, refused, resource, unjudged

RULE = "service-not-exposed"
KIND = "kubernetes:core/v1:Service"
SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
LEGACY = "service.beta.kubernetes.io/aws-load-balancer-internal"


def service(annotations: object = None, /, kind: str = KIND, name: object = "web", **spec: object) -> Resource:
    metadata = {"name": name, "namespace": "storefront", "annotations": annotations}
    return resource({"metadata": metadata, "spec": spec}, kind)


@pytest.mark.parametrize("kind", ["ClusterIP", "ExternalName", None])
def test_a_service_of_the_cluster_passes(kind: object) -> None:
    assert messages(RULE, service(type=kind)) == []
    assert messages(RULE, service(type=kind, externalIPs=[])) == []
    assert messages(RULE, resource({}, KIND)) == []


@pytest.mark.parametrize("kind", [KIND, f"{KIND}Patch"])
def test_a_node_port_is_refused(kind: str) -> None:
    (message,) = refused(RULE, service(kind=kind, type="NodePort"), public=["storefront/web"])
    assert 'spec.type is "NodePort"' in message
    assert "Fix: set type to ClusterIP" in message


@pytest.mark.parametrize("kind", [KIND, f"{KIND}Patch"])
def test_external_addresses_are_refused(kind: str) -> None:
    (message,) = refused(RULE, service(kind=kind, externalIPs=["203.0.113.7"]), public=["storefront/web"])
    assert "spec.externalIPs is set" in message
    assert "203.0.113.7" not in message


@pytest.mark.parametrize("annotations", [{SCHEME: "internal"}, {LEGACY: "true"}, {SCHEME: "internal", LEGACY: "false"}])
def test_an_internal_load_balancer_passes(annotations: object) -> None:
    assert messages(RULE, service(annotations, type="LoadBalancer")) == []


@pytest.mark.parametrize(
    "annotations",
    [
        None,
        {},
        {SCHEME: "internet-facing"},
        {SCHEME: "internet-facing", LEGACY: "true"},
        {LEGACY: "false"},
        {LEGACY: ""},
    ],
)
def test_a_public_load_balancer_is_refused_unless_it_is_listed(annotations: object) -> None:
    judged = service(annotations, type="LoadBalancer")
    (message,) = refused(RULE, judged)
    assert "metadata.annotations" in message
    assert "or list the Service in the option `public`" in message
    assert messages(RULE, judged, public=["other/web", "storefront/web"]) == []
    assert len(refused(RULE, judged, public=["storefront/other", "other/web", "web"])) == 1


@pytest.mark.parametrize("name", ["service.k8s.aws/nlb", "eks.amazonaws.com/nlb"])
def test_a_class_of_aws_obeys_the_annotation(name: str) -> None:
    assert messages(RULE, service({SCHEME: "internal"}, type="LoadBalancer", loadBalancerClass=name)) == []
    assert len(refused(RULE, service(type="LoadBalancer", loadBalancerClass=name))) == 1


def test_another_class_need_not_obey_so_that_it_is_refused_unless_listed() -> None:
    judged = service({SCHEME: "internal"}, type="LoadBalancer", loadBalancerClass="metallb.io/metallb")
    (message,) = refused(RULE, judged)
    assert 'spec.loadBalancerClass is "metallb.io/metallb". Fix: use service.k8s.aws/nlb' in message
    assert messages(RULE, judged, public=["storefront/web"]) == []
    assert messages(RULE, service(type="ClusterIP", loadBalancerClass="metallb.io/metallb")) == []


def ingress(scheme: object, kind: str = "kubernetes:networking.k8s.io/v1:Ingress", name: object = "web") -> Resource:
    annotations = {"alb.ingress.kubernetes.io/scheme": scheme, "kubernetes.io/ingress.class": "alb"}
    return resource({"metadata": {"name": name, "namespace": "storefront", "annotations": annotations}}, kind)


@pytest.mark.parametrize("version", ["networking.k8s.io/v1", "extensions/v1beta1"])
@pytest.mark.parametrize("form", ["Ingress", "IngressPatch"])
def test_a_public_ingress_is_refused_unless_it_is_listed(version: str, form: str) -> None:
    kind = f"kubernetes:{version}:{form}"
    for passing in ("internal", None):
        assert messages(RULE, ingress(passing, kind)) == []
    (message,) = refused(RULE, ingress("internet-facing", kind))
    assert 'scheme"] is "internet-facing". Fix: set it to internal, or list the object' in message
    assert messages(RULE, ingress("internet-facing", kind), public=["storefront/web"]) == []
    assert len(refused(RULE, ingress("internet-facing", kind), public=["web", "storefront/other"])) == 1
    assert "belongs" in refused(RULE, ingress(1, kind))[0]


def test_an_ingress_of_an_unknown_scheme_or_name_is_not_judged() -> None:
    for judged in (ingress(UNKNOWN), ingress("internet-facing", name=UNKNOWN)):
        assert len(unjudged(RULE, judged, public=["storefront/other"])) == 1
        assert refused(RULE, judged, public=["storefront/other"]) == []


@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        ("elbv2.k8s.aws/v1beta1:IngressClassParams", "web"),
        ("eks.amazonaws.com/v1:IngressClassParams", "web"),
        ("gateway.k8s.aws/v1beta1:LoadBalancerConfiguration", "storefront/web"),
    ],
)
def test_a_scheme_of_many_is_judged_where_it_is_kept(kind: str, entry: str) -> None:
    def scheme(value: object) -> Resource:
        metadata = {"name": "web", **({"namespace": "storefront"} if "/" in entry else {})}
        return resource({"metadata": metadata, "spec": {"scheme": value}}, f"kubernetes:{kind}")

    for passing in ("internal", None):
        assert messages(RULE, scheme(passing)) == []
    assert 'spec.scheme is "internet-facing"' in refused(RULE, scheme("internet-facing"))[0]
    assert messages(RULE, scheme("internet-facing"), public=[entry]) == []
    assert len(refused(RULE, scheme("internet-facing"), public=["default/web", "storefront/other"])) == 1
    assert len(unjudged(RULE, scheme(UNKNOWN))) == 1


def gateway(annotations: object, name: object = "web", kind: str = "Gateway") -> Resource:
    metadata = {"name": name, "namespace": "storefront"}
    token = f"kubernetes:gateway.networking.k8s.io/v1:{kind}"
    return resource({"metadata": metadata, "spec": {"infrastructure": {"annotations": annotations}}}, token)


@pytest.mark.parametrize("kind", ["Gateway", "GatewayPatch"])
def test_annotations_that_a_gateway_gives_to_its_service_are_judged_as_those_of_a_service(kind: str) -> None:
    for passing in (None, {}, {"app": "web"}, {SCHEME: "internal"}, {LEGACY: "true"}):
        assert messages(RULE, gateway(passing, kind=kind)) == []
    for public in ({SCHEME: "internet-facing"}, {LEGACY: "false"}, {SCHEME: "internet-facing", LEGACY: "true"}):
        (message,) = refused(RULE, gateway(public, kind=kind))
        assert "spec.infrastructure.annotations" in message
        assert f"Fix: set the annotation {SCHEME} to internal, or list the Gateway in the option `public`" in message
        assert messages(RULE, gateway(public, kind=kind), public=["storefront/web"]) == []
        assert len(refused(RULE, gateway(public, kind=kind), public=["web"])) == 1
    assert "belongs" in refused(RULE, gateway({SCHEME: 1}, kind=kind))[0]


def test_a_gateway_without_settings_of_its_service_passes() -> None:
    assert (
        messages(RULE, resource({"spec": {"listeners": []}}, "kubernetes:gateway.networking.k8s.io/v1:Gateway")) == []
    )


@pytest.mark.parametrize("annotations", [UNKNOWN, {SCHEME: UNKNOWN}, {LEGACY: UNKNOWN}])
def test_unknown_annotations_of_a_gateway_are_not_judged(annotations: object) -> None:
    assert "spec.infrastructure.annotations" in unjudged(RULE, gateway(annotations))[0]
    assert refused(RULE, gateway(annotations)) == []
    assert len(unjudged(RULE, gateway({SCHEME: "internet-facing"}, name=UNKNOWN), public=["storefront/other"])) == 1


def test_a_patch_of_the_annotation_alone_is_judged() -> None:
    (message,) = refused(RULE, service({SCHEME: "internet-facing"}, kind=f"{KIND}Patch"))
    assert SCHEME in message
    assert messages(RULE, service({SCHEME: "internal"}, kind=f"{KIND}Patch")) == []
    assert messages(RULE, service({SCHEME: "internet-facing"})) == []


def test_a_patch_need_not_repeat_the_annotation() -> None:
    assert messages(RULE, service(kind=f"{KIND}Patch", type="LoadBalancer")) == []
    assert len(refused(RULE, service({SCHEME: "internet-facing"}, kind=f"{KIND}Patch", type="LoadBalancer"))) == 1


def test_a_service_without_a_namespace_is_one_in_default() -> None:
    judged = resource({"metadata": {"name": "web"}, "spec": {"type": "LoadBalancer"}}, KIND)
    assert messages(RULE, judged, public=["default/web"]) == []


def test_every_finding_is_told_and_services_of_a_list_are_judged() -> None:
    bad = {"spec": {"type": "NodePort", "externalIPs": ["1.2.3.4"]}}
    found = refused(RULE, resource({"items": [{}, bad]}, f"{KIND}List"))
    assert ["items[1].spec.type" in found[0], "items[1].spec.externalIPs" in found[1], len(found)] == [True, True, 2]


def test_an_unknown_name_may_be_a_listed_one() -> None:
    judged = service(type="LoadBalancer", name=UNKNOWN)
    assert "metadata" in unjudged(RULE, judged, public=["storefront/web"])[0]
    assert refused(RULE, judged, public=["storefront/web"]) == []
    assert len(refused(RULE, judged)) == 1
    internal = service({SCHEME: "internal"}, type="LoadBalancer", name=UNKNOWN)
    assert messages(RULE, internal, public=["storefront/web"]) == []


@pytest.mark.parametrize(
    ("annotations", "spec", "place"),
    [
        (None, {"type": UNKNOWN}, "spec.type"),
        (None, {"externalIPs": UNKNOWN}, "spec.externalIPs"),
        (UNKNOWN, {"type": "LoadBalancer"}, "metadata.annotations"),
        ({SCHEME: UNKNOWN}, {"type": "LoadBalancer"}, SCHEME),
        ({LEGACY: UNKNOWN}, {"type": "LoadBalancer"}, LEGACY),
    ],
)
def test_unknown_values_are_not_judged(annotations: object, spec: dict[str, Any], place: str) -> None:
    judged = service(annotations, **spec)
    assert place in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize(
    ("annotations", "spec"),
    [
        (None, {"type": 1}),
        (None, {"externalIPs": "x"}),
        ("x", {"type": "LoadBalancer"}),
        ({SCHEME: 1}, {"type": "LoadBalancer"}),
    ],
)
def test_values_of_the_wrong_type_are_refused(annotations: object, spec: dict[str, Any]) -> None:
    assert "belongs" in refused(RULE, service(annotations, **spec))[0]


def test_a_secret_type_is_judged_and_not_printed() -> None:
    assert "is a secret value" in refused(RULE, service(type=Secret("NodePort")))[0]
