"""image-digest-pinned."""

from typing import Any

import pytest

from policies.unknowns import UNKNOWN
from tests.policies.manifests import (
    DIGEST,
    IMAGE,
    KINDS,
    LISTS,
    PATCHES,
    WHOLE,
    container,
    owned,
    refused,
    spec,
    unjudged,
    with_container,
)

RULE = "image-digest-pinned"


def of(image: object) -> dict[str, Any]:
    return {**container("odd"), "image": image}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_a_tag_is_refused_in_every_list_of_every_kind(kind: str, where: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, of("registry.example.com/web:v1")), kind))
    assert 'container "odd"' in message
    assert 'image is "registry.example.com/web:v1"' in message
    assert message.endswith("Fix: add the image's digest: name@sha256:<64 hexadecimal digits>.")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("image", [IMAGE, f"web:latest@{DIGEST}", "web@sha512:" + "0a" * 64])
def test_a_digest_passes_in_every_kind(kind: str, image: str) -> None:
    assert refused(RULE, owned(spec(containers=[of(image)]), kind)) == []


@pytest.mark.parametrize("image", ["web@sha256:5e5e", "web@", "web", "", "Web:v1", "{{image}}"])
@pytest.mark.parametrize("allowed", [True, False])
def test_a_broken_reference_is_refused_always(image: str, allowed: bool) -> None:
    assert len(refused(RULE, owned(spec(containers=[of(image)])), allowTags=allowed)) == 1


@pytest.mark.parametrize("tag", ["latest", "main", "master", "develop", "dev", "edge", "nightly", "stable"])
def test_a_tag_that_moves_is_refused_where_tags_are_allowed(tag: str) -> None:
    (message,) = refused(RULE, owned(spec(containers=[of(f"web:{tag}")])), allowTags=True)
    assert "or a tag other than latest, main" in message


def test_other_tags_pass_where_tags_are_allowed() -> None:
    judged = owned(spec(containers=[of("web:1.2.3")]))
    assert refused(RULE, judged, allowTags=True) == []
    assert len(refused(RULE, judged, allowTags=True, forbiddenTags=["1.2.3"])) == 1
    assert refused(RULE, owned(spec(containers=[of("web:latest")])), allowTags=True, forbiddenTags=["x"]) == []
    assert refused(RULE, owned(spec(containers=[of(f"web@{DIGEST}")])), allowTags=True) == []


@pytest.mark.parametrize("kind", WHOLE)
def test_a_container_without_an_image_is_refused(kind: str) -> None:
    assert "image is not set" in refused(RULE, owned(spec(containers=[of(None)]), kind))[0]


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_may_lack_the_image(kind: str) -> None:
    assert refused(RULE, owned(spec(containers=[of(None)]), kind)) == []


def test_an_image_volume_needs_a_digest_too() -> None:
    assert len(refused(RULE, owned(spec(volumes=[{"name": "m", "image": {"reference": "models/x:v1"}}])))) == 1
    assert refused(RULE, owned(spec(volumes=[{"name": "m", "image": {"reference": IMAGE}}]))) == []
    assert len(refused(RULE, owned(spec(volumes=[{"name": "m", "image": {}}])))) == 1


def test_unknown_images_are_not_judged_and_wrong_types_refused() -> None:
    assert len(unjudged(RULE, owned(spec(containers=[of(UNKNOWN)])))) == 1
    assert refused(RULE, owned(spec(containers=[of(UNKNOWN)]))) == []
    assert "belongs" in refused(RULE, owned(spec(containers=[of(7)])))[0]
