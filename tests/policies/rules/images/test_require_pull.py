"""image-pull-always."""

from typing import Any

import pytest
from pulumi_policy import EnforcementLevel

from policies.rules import RULES
from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
    IMAGE,
    KINDS,
    LISTS,
    PATCHES,
    WHOLE,
    container,
    mended,
    owned,
    refused,
    spec,
    unjudged,
    with_container,
)

RULE = "image-pull-always"


def pulled(policy: object, **fields: object) -> dict[str, Any]:
    return {**container("odd"), "imagePullPolicy": policy, **fields}


def test_the_rule_is_advice() -> None:
    assert next(rule for rule in RULES if rule.name == RULE).level is EnforcementLevel.ADVISORY


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_another_policy_is_told_in_every_list_of_every_kind(kind: str, where: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, pulled("IfNotPresent")), kind))
    assert 'container "odd"' in message
    assert 'imagePullPolicy is "IfNotPresent"' in message
    assert message.endswith("Fix: set imagePullPolicy to Always.")


@pytest.mark.parametrize("kind", KINDS)
def test_always_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, owned(spec(), kind)) == []


@pytest.mark.parametrize("kind", WHOLE)
def test_no_policy_is_told(kind: str) -> None:
    assert "is not set" in refused(RULE, owned(spec(containers=[pulled(None)]), kind))[0]


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_may_say_nothing(kind: str) -> None:
    assert refused(RULE, owned(spec(containers=[pulled(None)]), kind)) == []


@pytest.mark.parametrize("policy", [7, ["Always"], True])
def test_a_policy_of_the_wrong_type_is_told(policy: object) -> None:
    assert "belongs" in refused(RULE, owned(spec(containers=[pulled(policy)])))[0]


def test_an_unknown_policy_is_not_judged() -> None:
    assert len(unjudged(RULE, owned(spec(containers=[pulled(UNKNOWN)])))) == 1


def test_a_pinned_image_may_be_exempted_by_the_option() -> None:
    pinned, tagged = owned(spec(containers=[pulled("Never")])), owned(spec(containers=[pulled("Never", image="a:1")]))
    assert len(refused(RULE, pinned)) == 1
    assert refused(RULE, pinned, unlessPinned=True) == []
    assert len(refused(RULE, tagged, unlessPinned=True)) == 1
    for image in (None, 7, "A B"):
        assert len(refused(RULE, owned(spec(containers=[pulled("Never", image=image)])), unlessPinned=True)) == 1


def test_whether_an_unknown_image_is_pinned_is_not_judged() -> None:
    judged = owned(spec(containers=[pulled("Never", image=UNKNOWN)]))
    assert "image" in unjudged(RULE, judged, unlessPinned=True)[0]
    assert refused(RULE, judged, unlessPinned=True) == []
    assert unjudged(RULE, owned(spec(containers=[pulled("Always", image=UNKNOWN)])), unlessPinned=True) == []


def test_an_image_volume_is_pulled_always_too() -> None:
    (message,) = refused(RULE, owned(spec(volumes=[{"name": "m", "image": {"reference": IMAGE}}])))
    assert "volumes[0].image.pullPolicy is not set. Fix: set pullPolicy to Always." in message
    volume = {"name": "m", "image": {"reference": IMAGE, "pullPolicy": "Always"}}
    assert refused(RULE, owned(spec(volumes=[volume]))) == []
    assert refused(RULE, owned(spec(volumes=[{**volume, "image": {"reference": IMAGE}}])), unlessPinned=True) == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "Workflow" not in kind])
@pytest.mark.parametrize("where", LISTS)
@pytest.mark.parametrize("policy", ["Never", 7])
def test_a_mended_container_passes(kind: str, where: str, policy: object) -> None:
    judged = mended(RULE, owned(with_container(where, pulled(policy)), kind))
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


def test_a_missing_policy_is_mended_in_containers_and_volumes() -> None:
    pod = spec(containers=[pulled(None)], volumes=[{"name": "m", "image": {"reference": IMAGE}}])
    assert refused(RULE, mended(RULE, owned(pod))) == []
