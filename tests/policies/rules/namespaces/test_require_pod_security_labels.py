"""ns-psa-labels: Pod Security is enforced in every namespace."""

from typing import Any

import pytest

from policies.rule import Resource
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import mended, messages, refused, resource, unjudged

RULE = "ns-psa-labels"
KIND = "kubernetes:core/v1:Namespace"
TEAM = {"agent-platform.dev/team": "storefront"}
PREFIX = "pod-security.kubernetes.io/"


def namespace(labels: object, kind: str = KIND, name: object = "web") -> Resource:
    return resource({"metadata": {"name": name, "labels": labels}}, kind)


def labels_of(judged: Resource) -> Any:
    properties: Any = judged.properties
    return properties["metadata"]["labels"]


def enforce(level: object, **labels: object) -> dict[str, object]:
    return {f"{PREFIX}enforce": level, **labels}


@pytest.mark.parametrize("level", ["baseline", "privileged", "Restricted", ""])
def test_a_namespace_of_agents_below_restricted_is_refused_and_mended(level: str) -> None:
    judged = namespace({**TEAM, **enforce(level)})
    (message,) = refused(RULE, judged)
    assert f'is "{level}"' in message
    assert "enforce to restricted." in message
    fixed = mended(RULE, judged)
    assert labels_of(fixed) == {**TEAM, **enforce("restricted")}
    assert messages(RULE, fixed) == []
    assert mended(RULE, fixed) == fixed


def test_a_namespace_of_agents_without_the_label_is_refused_and_mended() -> None:
    (message,) = refused(RULE, namespace(TEAM))
    assert "is not set" in message
    assert labels_of(mended(RULE, namespace(TEAM))) == {**TEAM, **enforce("restricted")}


@pytest.mark.parametrize("labels", [None, {}, {"app": "x"}, enforce("privileged"), enforce("none")])
def test_another_namespace_below_baseline_is_refused_and_mended_to_baseline(labels: object) -> None:
    judged = namespace(labels)
    (message,) = refused(RULE, judged)
    assert "enforce to baseline or restricted" in message
    fixed = mended(RULE, judged)
    assert labels_of(fixed)[f"{PREFIX}enforce"] == "baseline"
    assert messages(RULE, fixed) == []


def test_a_namespace_without_metadata_is_mended_too() -> None:
    assert messages(RULE, mended(RULE, resource({}, KIND))) == []


@pytest.mark.parametrize(
    "labels",
    [{**TEAM, **enforce("restricted")}, enforce("baseline"), enforce("restricted"), enforce(Secret("baseline"))],
)
def test_a_namespace_with_its_level_passes(labels: object) -> None:
    assert messages(RULE, namespace(labels)) == []


def test_namespaces_of_a_list_are_judged() -> None:
    items = [{"metadata": {"name": "a", "labels": enforce("baseline")}}, {"metadata": {"name": "b"}}]
    (message,) = refused(RULE, resource({"items": items}, f"{KIND}List"))
    assert "items[1]" in message


def test_a_patch_need_not_set_the_label_but_must_not_lower_it() -> None:
    assert messages(RULE, namespace({"app": "x"}, f"{KIND}Patch")) == []
    assert len(refused(RULE, namespace(enforce("privileged"), f"{KIND}Patch"))) == 1
    assert len(refused(RULE, namespace({**TEAM, **enforce("baseline")}, f"{KIND}Patch"))) == 1


@pytest.mark.parametrize("mode", ["enforce", "audit", "warn"])
@pytest.mark.parametrize("version", ["latest", "v1.25", "v1.26", "v1.35", "v1.100"])
def test_a_version_passes(mode: str, version: str) -> None:
    assert messages(RULE, namespace(enforce("baseline", **{f"{PREFIX}{mode}-version": version}))) == []


@pytest.mark.parametrize("mode", ["enforce", "audit", "warn"])
@pytest.mark.parametrize(
    "version", ["1.35", "v1.35.1", "newest", "v2.0", "v1.035", "", "xlatest", "latest ", "v1.0", "v1.9", "v1.24"]
)
def test_a_version_that_is_none_is_refused_and_mended(mode: str, version: str) -> None:
    judged = namespace(enforce("baseline", **{f"{PREFIX}{mode}-version": version}))
    (message,) = refused(RULE, judged)
    assert f"{PREFIX}{mode}-version" in message
    fixed = mended(RULE, judged)
    assert labels_of(fixed)[f"{PREFIX}{mode}-version"] == "latest"
    assert messages(RULE, fixed) == []


@pytest.mark.parametrize("mode", ["audit", "warn"])
def test_a_level_of_another_mode_must_be_one(mode: str) -> None:
    for level in ("privileged", "baseline", "restricted"):
        assert messages(RULE, namespace(enforce("baseline", **{f"{PREFIX}{mode}": level}))) == []
    judged = namespace(enforce("baseline", **{f"{PREFIX}{mode}": "strict"}))
    assert f"{PREFIX}{mode}" in refused(RULE, judged)[0]
    assert messages(RULE, mended(RULE, judged)) == []


def test_a_privileged_namespace_is_one_that_is_listed_and_no_team_s() -> None:
    assert messages(RULE, namespace(enforce("privileged")), privileged=["web"]) == []
    assert messages(RULE, namespace({}), privileged=["web"]) == []
    assert len(refused(RULE, namespace(enforce("none")), privileged=["web"])) == 1
    assert len(refused(RULE, namespace(enforce("privileged")), privileged=["other"])) == 1
    assert len(refused(RULE, namespace({**TEAM, **enforce("privileged")}), privileged=["web"])) == 1


def test_unknown_levels_are_not_judged() -> None:
    assert len(unjudged(RULE, namespace(enforce(UNKNOWN)))) == 1
    assert refused(RULE, namespace(UNKNOWN)) == []
    assert "metadata.labels" in unjudged(RULE, namespace(UNKNOWN))[0]


def test_a_team_whose_name_is_unknown_is_a_team() -> None:
    assert len(refused(RULE, namespace({"agent-platform.dev/team": UNKNOWN, **enforce("baseline")}))) == 1


@pytest.mark.parametrize("labels", ["x", [], enforce(True), enforce(1)])
def test_labels_of_the_wrong_type_are_refused(labels: object) -> None:
    assert "belongs" in refused(RULE, namespace(labels))[0]


def test_an_unknown_name_is_not_taken_for_a_privileged_one() -> None:
    assert len(refused(RULE, namespace(enforce("privileged"), name=UNKNOWN), privileged=["web"])) == 1
