"""pod-no-host-namespaces: Pod Security Standards, baseline, Host Namespaces."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
    EDITABLE,
    KINDS,
    mended,
    owned,
    refused,
    spec,
    unjudged,
)

RULE = "pod-no-host-namespaces"
FIELDS = ("hostNetwork", "hostPID", "hostIPC")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", FIELDS)
def test_each_host_namespace_is_refused_in_every_kind(kind: str, field: str) -> None:
    (message,) = refused(RULE, owned(spec(**{field: True}), kind))
    assert f"{field} is true" in message
    assert f"Fix: set {field} to false" in message


def test_all_three_host_namespaces_are_named() -> None:
    assert len(refused(RULE, owned(spec(hostNetwork=True, hostPID=True, hostIPC=True)))) == 3


@pytest.mark.parametrize("value", [False, None])
@pytest.mark.parametrize("kind", KINDS)
def test_false_and_null_pass(kind: str, value: object) -> None:
    assert refused(RULE, owned(spec(hostNetwork=value, hostPID=value, hostIPC=value), kind)) == []


def test_unknown_host_namespaces_are_counted() -> None:
    (message,) = unjudged(RULE, owned(spec(hostNetwork=UNKNOWN, hostIPC=UNKNOWN)))
    assert "could not judge 2 values" in message


def test_a_string_in_place_of_a_boolean_is_refused() -> None:
    assert "hostPID is a string where a boolean belongs" in refused(RULE, owned(spec(hostPID="true")))[0]


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [True, "true"])
def test_a_mended_pod_has_a_namespace_of_its_own_and_passes(value: object, field: str, kind: str) -> None:
    judged = mended(RULE, owned(spec(**{field: value}), kind))
    assert judged == owned(spec(**{field: False}), kind)
    assert mended(RULE, judged) == judged
