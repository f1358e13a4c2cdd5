"""pod-resource-requests: CPU and memory are requested by every container that can."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import (
    EDITABLE,
    KINDS,
    PATCHES,
    SIZED,
    WHOLE,
    container,
    edits_of,
    in_list,
    mended,
    owned,
    refused,
    resourced,
    spec,
    unjudged,
)

RULE = "pod-resource-requests"


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("where", SIZED)
@pytest.mark.parametrize("name", ["cpu", "memory"])
def test_a_missing_request_is_refused_in_both_lists_of_every_kind(name: str, where: str, kind: str) -> None:
    requests = {"cpu": "1", "memory": "1Gi", name: None}
    (message,) = refused(RULE, owned(in_list(where, resourced(requests)), kind))
    assert 'container "odd"' in message
    assert f"resources.requests.{name} is not set" in message
    assert f"Fix: set resources.requests.{name} to what the container uses as a rule" in message


@pytest.mark.parametrize("resources", [None, {}, {"requests": None}, {"requests": {}, "limits": {"cpu": "1"}}])
def test_both_requests_are_demanded_even_where_the_limits_would_stand_in(resources: object) -> None:
    assert len(refused(RULE, owned(spec(containers=[{**container(), "resources": resources}])))) == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "requests", [{"cpu": "1m", "memory": "1"}, {"cpu": 2, "memory": 1024}, {"cpu": 0.5, "memory": "1e9"}]
)
def test_requests_above_zero_pass_in_every_kind(kind: str, requests: dict[str, object]) -> None:
    assert refused(RULE, owned(in_list("initContainers", resourced(requests)), kind)) == []


def test_an_ephemeral_container_can_have_no_requests_and_passes() -> None:
    assert refused(RULE, owned(spec(ephemeralContainers=[{"name": "debug"}]))) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_that_says_nothing_of_requests_passes(kind: str) -> None:
    assert refused(RULE, owned({"containers": [{"name": "app"}]}, kind)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["0", 0, "-1", "lots", "1 Gi", ""])
def test_a_request_that_is_no_size_above_zero_is_refused_in_every_kind(kind: str, value: object) -> None:
    assert len(refused(RULE, owned(spec(containers=[resourced({"cpu": value, "memory": "1Gi"})]), kind))) == 1


@pytest.mark.parametrize("value", [True, [], {}])
def test_a_request_of_the_wrong_type_is_refused(value: object) -> None:
    (message,) = refused(RULE, owned(spec(containers=[resourced({"cpu": "1", "memory": value})])))
    assert "where a quantity belongs" in message


@pytest.mark.parametrize(
    "changed",
    [resourced(UNKNOWN), resourced({"cpu": UNKNOWN, "memory": UNKNOWN}), {**container(), "resources": UNKNOWN}],
)
def test_unknown_requests_are_not_judged(changed: dict[str, Any]) -> None:
    judged = owned(spec(containers=[changed]))
    assert "could not judge 2 values" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("where", SIZED)
def test_mended_requests_are_those_that_the_limits_imply(where: str, kind: str) -> None:
    limits = {"cpu": "2", "memory": "3Gi"}
    judged = mended(RULE, owned(in_list(where, resourced({"cpu": "0", "memory": True}, limits)), kind))
    assert judged == owned(in_list(where, resourced(limits, limits)), kind)
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


@pytest.mark.parametrize("limits", [None, {}, {"cpu": "0", "memory": "lots"}, {"cpu": "-1", "memory": None}])
def test_without_usable_limits_mended_requests_are_small(limits: object) -> None:
    judged = mended(RULE, owned(spec(containers=[resourced(None, limits)])))
    assert judged == owned(spec(containers=[resourced({"cpu": "100m", "memory": "128Mi"}, limits)]))


def test_a_container_without_resources_is_mended() -> None:
    judged = mended(RULE, owned(spec(containers=[{"name": "app"}])))
    assert refused(RULE, judged) == []


def edited(changed: dict[str, Any]) -> list[object]:
    """The values that the rule's edits would set."""
    return [edit.value for edit in edits_of(RULE, owned(spec(containers=[changed])))]


def test_an_unknown_limit_is_not_copied() -> None:
    assert edited(resourced(None, UNKNOWN)) == ["100m", "128Mi"]


def test_a_secret_limit_is_not_copied_into_the_open() -> None:
    changed = resourced(None, {"cpu": Secret("750m"), "memory": "1Gi"})
    assert edited(changed) == ["1Gi"]
    assert not any("750m" in message for message in refused(RULE, owned(spec(containers=[changed]))))
