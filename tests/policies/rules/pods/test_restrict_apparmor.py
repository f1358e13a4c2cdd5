"""pod-apparmor: Pod Security Standards, baseline, AppArmor."""

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
    EDITABLE,
    KINDS,
    LISTS,
    container,
    mended,
    owned,
    refused,
    spec,
    unjudged,
    with_container,
)

RULE = "pod-apparmor"
PREFIX = "container.apparmor.security.beta.kubernetes.io/"
OFF = {"type": "Unconfined"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_an_unconfined_container_is_refused_in_every_list_of_every_kind(kind: str, where: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, container("odd", appArmorProfile=OFF)), kind))
    assert 'container "odd"' in message
    assert 'securityContext.appArmorProfile.type is "Unconfined"' in message
    assert "Fix: set the AppArmor profile to RuntimeDefault" in message


@pytest.mark.parametrize("kind", KINDS)
def test_an_unconfined_pod_is_refused_in_every_kind(kind: str) -> None:
    assert len(refused(RULE, owned(spec(securityContext={"appArmorProfile": OFF}), kind))) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["unconfined", "runtime/other", "localhost"])
def test_an_annotation_that_turns_it_off_is_refused_in_every_kind(kind: str, value: str) -> None:
    (message,) = refused(RULE, owned(spec(), kind, {"annotations": {f"{PREFIX}app": value}}))
    assert f'["{PREFIX}app"] is "{value}"' in message
    assert "Fix: remove the annotation" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["", "runtime/default", "localhost/mine"])
def test_allowed_annotations_pass_in_every_kind(kind: str, value: str) -> None:
    annotations = {f"{PREFIX}app": value, "unrelated": "unconfined"}
    assert refused(RULE, owned(spec(), kind, {"annotations": annotations})) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("profile", [None, {"type": "RuntimeDefault"}, {"type": "Localhost", "localhostProfile": "a"}])
def test_allowed_profiles_pass_in_every_kind(kind: str, profile: object) -> None:
    pod = spec(securityContext={"appArmorProfile": profile}, containers=[container(appArmorProfile=profile)])
    assert refused(RULE, owned(pod, kind)) == []


def test_a_profile_without_a_type_is_refused() -> None:
    assert len(refused(RULE, owned(spec(containers=[container(appArmorProfile={})])))) == 1


@pytest.mark.parametrize("metadata", [{"annotations": UNKNOWN}, {"annotations": {f"{PREFIX}app": UNKNOWN}}])
def test_unknown_annotations_are_not_judged(metadata: dict[str, object]) -> None:
    assert len(unjudged(RULE, owned(spec(), metadata=metadata))) == 1


def test_an_unknown_value_of_another_annotation_does_not_matter() -> None:
    judged = owned(spec(), metadata={"annotations": {"checksum": UNKNOWN}})
    assert unjudged(RULE, judged) + refused(RULE, judged) == []


def test_annotations_of_the_wrong_type_are_refused() -> None:
    assert "annotations is a list" in refused(RULE, owned(spec(), metadata={"annotations": []}))[0]


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize("where", LISTS)
@pytest.mark.parametrize("profile", [OFF, {}, "Unconfined", {"type": 1}])
def test_a_mended_container_has_no_profile_and_passes(profile: object, where: str, kind: str) -> None:
    judged = mended(RULE, owned(with_container(where, container("odd", appArmorProfile=profile)), kind))
    expected = container("odd", appArmorProfile={}) if kind.endswith("Patch") and profile == {} else container("odd")
    assert judged == owned(with_container(where, expected), kind)
    assert refused(RULE, judged) == []
    assert mended(RULE, judged) == judged


@pytest.mark.parametrize("kind", EDITABLE)
def test_a_mended_pod_has_neither_profile_nor_annotation_and_passes(kind: str) -> None:
    annotations = {f"{PREFIX}app": "unconfined", f"{PREFIX}b": 1, f"{PREFIX}c": "runtime/default", "other": "x"}
    judged = mended(RULE, owned(spec(securityContext={"appArmorProfile": OFF}), kind, {"annotations": annotations}))
    kept = {"annotations": {f"{PREFIX}c": "runtime/default", "other": "x"}}
    assert judged == owned(spec(securityContext={}), kind, kept)
    assert mended(RULE, judged) == judged
