"""stack-agent-namespace-bundle: what the namespace of a team comes with."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN
from tests.policies.manifests import stack_messages
from tests.policies.rules.stack.builders import listed, made, policy

RULE = "stack-agent-namespace-bundle"
LEVELS = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
TEAM = {"agent-platform.dev/team": "storefront"}


def namespace(labels: Any = None, kind: str = "core/v1:Namespace") -> Resource:
    chosen = {**TEAM, **LEVELS} if labels is None else labels
    return made(kind, "storefront", None, metadata={"labels": chosen})


def quota(space: Any = "storefront", hard: Any = None) -> Resource:
    return made("core/v1:ResourceQuota", "quota", space, spec={"hard": {"pods": "9"} if hard is None else hard})


def ceiling(space: Any = "storefront", limits: Any = None) -> Resource:
    given = [{"type": "Container", "max": {"cpu": "1"}}] if limits is None else limits
    return made("core/v1:LimitRange", "ceiling", space, spec={"limits": given})


BUNDLE = [namespace(), quota(), ceiling(), policy()]


def test_a_whole_bundle_passes() -> None:
    assert stack_messages(RULE, *BUNDLE) == []


@pytest.mark.parametrize(
    ("left_out", "lacking"),
    [
        (1, ["a ResourceQuota that bounds something"]),
        (2, ["a LimitRange that bounds something"]),
        (3, ["denies all ingress by default", "denies all egress by default"]),
    ],
)
def test_each_part_that_is_missing_is_named(left_out: int, lacking: list[str]) -> None:
    found = stack_messages(RULE, *(each for index, each in enumerate(BUNDLE) if index != left_out))
    assert len(found) == len(lacking)
    for text, part in zip(found, lacking, strict=True):
        assert '"storefront"' in text
        assert part in text


@pytest.mark.parametrize("mode", ["enforce", "audit", "warn"])
def test_each_label_that_is_missing_is_named(mode: str) -> None:
    rest = {key: value for key, value in LEVELS.items() if not key.endswith(mode)}
    (message,) = stack_messages(RULE, namespace({**TEAM, **rest}), *BUNDLE[1:])
    assert f"pod-security.kubernetes.io/{mode}" in message
    assert (
        stack_messages(RULE, namespace({**TEAM, **LEVELS, f"pod-security.kubernetes.io/{mode}": UNKNOWN}), *BUNDLE[1:])
        == []
    )
    wrong = {**TEAM, **LEVELS, f"pod-security.kubernetes.io/{mode}": 1}
    assert len(stack_messages(RULE, namespace(wrong), *BUNDLE[1:])) == 1


def test_a_namespace_of_no_team_needs_no_bundle() -> None:
    assert stack_messages(RULE, namespace({})) == []
    assert stack_messages(RULE, namespace(kind="core/v1:NamespacePatch")) == []


def test_a_team_that_is_not_known_yet_needs_its_bundle_too() -> None:
    assert len(stack_messages(RULE, namespace({"agent-platform.dev/team": UNKNOWN, **LEVELS}))) == 4


@pytest.mark.parametrize(
    "other",
    [
        quota("media"),
        quota(hard={}),
        quota(hard=["pods"]),
    ],
)
def test_a_quota_elsewhere_or_without_bounds_does_not_count(other: Resource) -> None:
    (message,) = stack_messages(RULE, namespace(), other, ceiling(), policy())
    assert "ResourceQuota" in message


@pytest.mark.parametrize("other", [ceiling("media"), ceiling(limits=[]), ceiling(limits={"type": "Container"})])
def test_a_range_elsewhere_or_without_bounds_does_not_count(other: Resource) -> None:
    (message,) = stack_messages(RULE, namespace(), quota(), other, policy())
    assert "LimitRange" in message


@pytest.mark.parametrize(
    ("fields", "lacking"),
    [
        ({"policyTypes": ["Ingress"]}, ["egress"]),
        ({"policyTypes": ["Egress"]}, ["ingress"]),
        ({"ingress": [{}]}, ["ingress"]),
        ({"egress": [{"to": []}]}, ["egress"]),
        ({"ingress": [], "egress": []}, []),
        ({"podSelector": {"matchLabels": {}}}, []),
        ({"podSelector": {"matchLabels": {"app": "web"}}}, ["ingress", "egress"]),
        ({"podSelector": "all"}, ["ingress", "egress"]),
        ({"namespace": "media"}, ["ingress", "egress"]),
    ],
)
def test_a_default_denial_selects_all_and_allows_nothing(fields: Any, lacking: list[str]) -> None:
    found = stack_messages(RULE, *BUNDLE[:3], policy(**fields))
    assert len(found) == len(lacking)
    assert all(f"denies all {part} by default" in text for part, text in zip(lacking, found, strict=True))


@pytest.mark.parametrize(
    ("changed", "count"),
    [
        ([quota(hard=UNKNOWN), ceiling(), policy()], 1),
        ([quota(UNKNOWN), ceiling(), policy()], 1),
        ([quota(), ceiling(limits=UNKNOWN), policy()], 1),
        ([quota(), ceiling(), policy(podSelector=UNKNOWN)], 2),
        ([quota(), ceiling(), policy(podSelector={"matchLabels": UNKNOWN})], 2),
        ([quota(), ceiling(), policy(policyTypes=UNKNOWN)], 2),
        ([quota(), ceiling(), policy(egress=UNKNOWN)], 1),
    ],
)
def test_an_unknown_that_decides_is_not_judged(changed: list[Resource], count: int) -> None:
    found = stack_messages(RULE, namespace(), *changed)
    assert len(found) == 1
    assert found[0].startswith(f"could not judge {count} value")


def test_a_namespace_is_named_once_and_one_of_a_list_after_the_list() -> None:
    lacking = "is a team's namespace and lacks a LimitRange that bounds something. Fix: add it to this stack."
    (message,) = stack_messages(RULE, *BUNDLE[:2], *BUNDLE[3:])
    assert message == f'kubernetes:core/v1:Namespace "storefront": {lacking}'
    (message,) = stack_messages(RULE, listed(BUNDLE[0]), BUNDLE[1], *BUNDLE[3:])
    assert message == f'kubernetes:core/v1:List "all": core/Namespace "storefront": {lacking}'
