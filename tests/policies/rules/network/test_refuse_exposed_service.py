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
