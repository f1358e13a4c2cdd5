"""pod-ephemeral-storage: containers and volumes take a bounded part of the node's disk."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
    EDITABLE,
    KINDS,
    PATCHES,
    SIZED,
    WHOLE,
    container,
    in_list,
    mended,
    owned,
    refused,
    resourced,
    spec,
    unjudged,
)

RULE = "pod-ephemeral-storage"
DISK = "ephemeral-storage"


def sized(request: object, limit: object) -> dict[str, Any]:
    return resourced({DISK: request}, {DISK: limit})


def scratch(source: object) -> dict[str, Any]:
    return spec(volumes=[{"name": "v", "configMap": {"name": "c"}}, {"name": "w", "emptyDir": source}])


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("where", SIZED)
@pytest.mark.parametrize("side", ["requests", "limits"])
def test_a_missing_request_or_limit_is_reported_in_both_lists_of_every_kind(side: str, where: str, kind: str) -> None:
    sizes = {"request": "1Gi", "limit": "1Gi", side.removesuffix("s"): None}
    (message,) = refused(RULE, owned(in_list(where, sized(**sizes)), kind))
    assert 'container "odd"' in message
    assert f"resources.{side}.ephemeral-storage is not set" in message
    assert f"Fix: set ephemeral-storage in resources.{side}" in message


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("source", [{}, {"medium": "Memory"}, {"sizeLimit": None}])
def test_an_empty_dir_without_a_size_limit_is_reported_in_every_kind(kind: str, source: object) -> None:
    (message,) = refused(RULE, owned(scratch(source), kind))
    assert "volumes[1].emptyDir.sizeLimit is not set" in message
    assert "Fix: set sizeLimit" in message


@pytest.mark.parametrize("volume", [{"name": "v"}, {"name": "v", "nfs": None}, {}])
def test_a_volume_of_no_type_becomes_an_empty_dir_without_a_limit(volume: dict[str, Any]) -> None:
    judged = owned(spec(volumes=[volume]))
    assert "volumes[0].emptyDir.sizeLimit is not set" in refused(RULE, judged)[0]
    assert refused(RULE, mended(RULE, judged)) == []
    assert refused(RULE, owned(spec(volumes=[volume]), PATCHES[0])) == []


@pytest.mark.parametrize("value", ["0", "-1", "lots", True])
def test_a_size_that_bounds_nothing_is_reported(value: object) -> None:
    assert len(refused(RULE, owned(scratch({"sizeLimit": value})))) == 1
    assert len(refused(RULE, owned(spec(containers=[sized("1Gi", value)])))) == 1
    assert len(refused(RULE, owned(spec(containers=[sized(value, "1Gi")])))) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_bounded_containers_and_volumes_pass_in_every_kind(kind: str) -> None:
    pod = {**scratch({"sizeLimit": "1"}), "initContainers": [sized("1", 2)], "ephemeralContainers": [container("d")]}
    assert refused(RULE, owned(pod, kind)) == []


def test_an_ephemeral_container_can_have_neither_and_passes() -> None:
    assert refused(RULE, owned(spec(ephemeralContainers=[{"name": "debug"}]))) == []


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_that_says_nothing_of_sizes_passes(kind: str) -> None:
    pod = {"containers": [{"name": "app"}], "volumes": [{"name": "w", "emptyDir": {}}]}
    assert refused(RULE, owned(pod, kind)) == []


@pytest.mark.parametrize("source", [UNKNOWN, {"sizeLimit": UNKNOWN}])
def test_an_unknown_empty_dir_is_not_judged(source: object) -> None:
    judged = owned(scratch(source))
    assert "volumes[1].emptyDir.sizeLimit" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("volume", [{"name": "v", "secret": UNKNOWN}, {"name": "v", "nfs": {}}])
def test_a_volume_of_another_type_has_no_size_limit(volume: dict[str, Any]) -> None:
    judged = owned(spec(volumes=[volume]))
    assert refused(RULE, judged) + unjudged(RULE, judged) == []


def test_unknown_sizes_are_not_judged() -> None:
    judged = owned(spec(containers=[sized(UNKNOWN, UNKNOWN)], volumes=UNKNOWN))
    assert "could not judge 3 values" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("source", ["x", []])
def test_an_empty_dir_of_the_wrong_type_is_reported(source: object) -> None:
    assert "where an object belongs" in refused(RULE, owned(scratch(source)))[0]


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("where", SIZED)
@pytest.mark.parametrize(
    ("given", "expected"),
    [(("0", "2Gi"), "2Gi"), (("3Gi", False), "3Gi"), (("lots", "0"), "512Mi")],
)
def test_a_mended_size_is_its_counterpart(given: tuple[Any, Any], expected: str, where: str, kind: str) -> None:
    judged = mended(RULE, owned(in_list(where, sized(*given)), kind))
    assert judged == owned(in_list(where, sized(expected, expected)), kind)
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


@pytest.mark.parametrize("kind", EDITABLE)
def test_a_mended_empty_dir_is_small(kind: str) -> None:
    judged = mended(RULE, owned(scratch({"medium": "Memory", "sizeLimit": "0"}), kind))
    assert judged == owned(scratch({"medium": "Memory", "sizeLimit": "256Mi"}), kind)
    assert mended(RULE, judged) == judged


def test_what_is_missing_is_mended() -> None:
    judged = mended(RULE, owned({**scratch({}), "containers": [{"name": "app"}]}))
    both = {"requests": {DISK: "512Mi"}, "limits": {DISK: "512Mi"}}
    expected = [{"name": "app", "resources": both}]
    assert judged == owned({**scratch({"sizeLimit": "256Mi"}), "containers": expected})
