"""Inputs that mean the same have one form."""

from typing import Any

import pytest

from local.providers.kubernetes import quantity
from local.providers.kubernetes.normal_form import normal
from local.providers.values import UNKNOWN


def deployment(**pod: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": {"spec": pod}}}


def pod_of(obj: dict[str, Any]) -> Any:
    return obj["spec"]["template"]["spec"]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("1000m", "1"),
        ("0.5", "500m"),
        ("100m", "100m"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("512Ki", "512Ki"),
        ("1000", "1k"),
        ("1e3", "1e3"),
        ("0", "0"),
        ("0.1Mi", "104858"),
        ("-1", "-1"),
        ("4", "4"),
    ],
)
def test_a_quantity_has_a_canonical_form(written: str, canonical: str) -> None:
    assert quantity.canonical(written) == canonical


@pytest.mark.parametrize("written", ["", "m", "1 Gi", "1KB", "."])
def test_what_is_no_quantity_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="no quantity"):
        quantity.canonical(written)


def test_quantities_inside_an_object_become_canonical() -> None:
    obj = deployment(containers=[{"name": "c", "resources": {"requests": {"cpu": 1, "memory": "1024Mi"}}}])
    assert pod_of(normal(obj))["containers"][0]["resources"]["requests"] == {"cpu": "1", "memory": "1Gi"}


def test_a_field_that_the_kind_does_not_have_goes() -> None:
    assert pod_of(normal(deployment(hostNetwrok=True, containers=[{"name": "c"}]))) == {"containers": [{"name": "c"}]}


def test_an_empty_optional_field_goes_and_an_empty_pointer_stays() -> None:
    obj = deployment(hostNetwork=False, containers=[{"name": "c"}], securityContext={}, nodeSelector={})
    assert pod_of(normal(obj)) == {"containers": [{"name": "c"}], "securityContext": {}}


def test_a_false_behind_a_pointer_stays() -> None:
    obj = deployment(automountServiceAccountToken=False, containers=[{"name": "c"}])
    assert pod_of(normal(obj))["automountServiceAccountToken"] is False


def test_zero_replicas_stay() -> None:
    obj = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 0}}
    assert normal(obj)["spec"] == {"replicas": 0}


def test_an_object_that_does_not_fit_its_type_is_left_to_the_server() -> None:
    obj = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": "many", "unknown": 1}}
    assert normal(obj)["spec"] == {"replicas": "many", "unknown": 1}


def test_a_secrets_string_data_becomes_base64_data() -> None:
    obj = {"apiVersion": "v1", "kind": "Secret", "data": {"a": "MQ=="}, "stringData": {"b": "2"}}
    assert normal(obj) == {"apiVersion": "v1", "kind": "Secret", "data": {"a": "MQ==", "b": "Mg=="}}


def test_a_custom_resource_keeps_every_field() -> None:
    obj = {"apiVersion": "example.com/v1", "kind": "Thing", "spec": {"size": "1000m", "empty": {}}}
    assert normal(dict(obj)) == obj


def test_nothing_is_touched_while_something_is_unknown() -> None:
    obj = deployment(hostNetwork=False, nodeName=UNKNOWN)
    assert pod_of(normal(obj)) == {"hostNetwork": False, "nodeName": UNKNOWN}


def test_metadata_of_the_server_goes() -> None:
    obj = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "uid": "u", "resourceVersion": "1"}}
    assert normal(obj)["metadata"] == {"name": "a"}
