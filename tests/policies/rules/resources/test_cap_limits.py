"""pod-limit-ceiling: under the ceiling, and limits near their requests."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import (
    KINDS,
    LISTS,
    owned,
    refused,
    resourced,
    spec,
    unjudged,
    with_container,
)

RULE = "pod-limit-ceiling"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
@pytest.mark.parametrize("side", ["requests", "limits"])
def test_more_than_the_ceiling_is_refused_in_every_list_of_every_kind(side: str, where: str, kind: str) -> None:
    demand: dict[str, Any] = {side: {"cpu": "16001m", "memory": "65Gi"}}
    changed = resourced(**demand)
    found = refused(RULE, owned(with_container(where, changed), kind))
    assert len(found) == 2
    assert f'resources.{side}.cpu is "16001m". Fix: ask for 16 cores at most' in found[0]
    assert f'resources.{side}.memory is "65Gi". Fix: ask for 64Gi at most' in found[1]
    assert 'container "odd"' in found[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_the_ceiling_itself_and_no_sizes_pass_in_every_kind(where: str, kind: str) -> None:
    most = {"cpu": "16", "memory": "64Gi"}
    assert refused(RULE, owned(with_container(where, resourced(most, most)), kind)) == []
    assert refused(RULE, owned(with_container(where, resourced()), kind)) == []


def test_what_the_pod_gets_as_a_whole_is_under_the_ceiling_too() -> None:
    (message,) = refused(RULE, owned(spec(resources={"limits": {"cpu": 17}})))
    assert ": pod " in message
    assert "resources.limits.cpu is 17" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "request_", "limit"), [("cpu", "250m", "1001m"), ("memory", "1Gi", "2049Mi")])
def test_a_limit_far_above_its_request_is_refused_in_every_kind(
    name: str, request_: str, limit: str, kind: str
) -> None:
    (message,) = refused(RULE, owned(spec(containers=[resourced({name: request_}, {name: limit})]), kind))
    assert f'resources.limits.{name} is "{limit}" for a request of "{request_}"' in message
    times = {"cpu": 4, "memory": 2}[name]
    assert f"Fix: raise the request or lower the limit, until the limit is {times} times the request" in message


def test_a_limit_at_the_ratio_or_without_a_request_passes() -> None:
    at_ratio = resourced({"cpu": "250m", "memory": "1Gi"}, {"cpu": "1", "memory": "2Gi"})
    alone = resourced(None, {"cpu": "1", "memory": "2Gi"})
    assert refused(RULE, owned(spec(containers=[at_ratio, alone]))) == []


def test_any_limit_is_far_above_a_request_of_zero() -> None:
    assert len(refused(RULE, owned(spec(containers=[resourced({"cpu": "0"}, {"cpu": "1m"})])))) == 1


@pytest.mark.parametrize(
    ("option", "value", "passing"),
    [
        ("cpu", "500m", resourced(None, {"cpu": "0.5"})),
        ("memory", "1Gi", resourced(None, {"memory": "1024Mi"})),
        ("cpuRatio", 2, resourced({"cpu": "1"}, {"cpu": "2"})),
        ("memoryRatio", 1.5, resourced({"memory": "2Gi"}, {"memory": "3Gi"})),
        ("memoryRatio", 1.1, resourced({"memory": "10"}, {"memory": "11"})),
    ],
)
def test_ceilings_and_ratios_are_settings(option: str, value: Any, passing: dict[str, Any]) -> None:
    assert refused(RULE, owned(spec(containers=[passing])), **{option: value}) == []


@pytest.mark.parametrize(("option", "limit"), [("cpu", "501m"), ("memory", "1025Mi")])
def test_a_lower_ceiling_refuses_what_is_above_it(option: str, limit: str) -> None:
    ceiling = {"cpu": "500m", "memory": "1Gi"}[option]
    (message,) = refused(RULE, owned(spec(containers=[resourced(None, {option: limit})])), **{option: ceiling})
    assert {"cpu": "0.5 cores", "memory": "1Gi at most"}[option] in message


@pytest.mark.parametrize(("option", "name"), [("cpuRatio", "cpu"), ("memoryRatio", "memory")])
def test_a_lower_ratio_refuses_what_is_above_it(option: str, name: str) -> None:
    changed = resourced({name: "10"}, {name: "16"})
    assert len(refused(RULE, owned(spec(containers=[changed])), **{option: 1.5})) == 1
    assert refused(RULE, owned(spec(containers=[changed])), **{option: 1.6}) == []


def test_unknown_sizes_are_not_judged() -> None:
    judged = owned(spec(containers=[resourced({"cpu": UNKNOWN}, {"cpu": "1", "memory": UNKNOWN})]))
    assert "could not judge 2 values" in unjudged(RULE, judged)[0]
    assert refused(RULE, judged) == []


@pytest.mark.parametrize("value", ["lots", True, [], "1 Gi"])
def test_what_is_no_quantity_is_refused(value: object) -> None:
    assert len(refused(RULE, owned(spec(containers=[resourced({"memory": value}, {"memory": "1Gi"})])))) == 1


def test_huge_numbers_are_refused_without_a_failure() -> None:
    (message,) = refused(RULE, owned(spec(containers=[resourced({"cpu": 1}, {"cpu": 10**308})])))[:1]
    assert "Fix: ask for 16 cores at most" in message


def test_secret_sizes_are_not_printed() -> None:
    found = refused(RULE, owned(spec(containers=[resourced({"cpu": Secret("17")}, {"cpu": Secret("170")})])))
    assert len(found) == 3
    assert not any("17" in message for message in found)
