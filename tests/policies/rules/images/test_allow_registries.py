"""image-registry-allowed: where an image may come from."""

import datetime
from typing import Any

import pytest

from policies.config import ConfigError, parse
from policies.rules import RULES
from policies.unknowns import UNKNOWN, Secret
from tests.policies.manifests import (
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

RULE = "image-registry-allowed"


def of(image: object, name: str = "odd") -> dict[str, Any]:
    return {**container(name), "image": image}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", LISTS)
def test_an_image_from_elsewhere_is_refused_in_every_list_of_every_kind(kind: str, where: str) -> None:
    (message,) = refused(RULE, owned(with_container(where, of("ghcr.io/someone/web:v1")), kind))
    assert 'container "odd"' in message
    assert 'image is "ghcr.io/someone/web:v1"' in message
    assert "Fix: use an image from registry.example.com." in message


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_of_an_allowed_registry_passes_in_every_kind(kind: str) -> None:
    assert refused(RULE, owned(spec(), kind)) == []
    assert unjudged(RULE, owned(spec(), kind)) == []


@pytest.mark.parametrize(
    ("image", "registries", "passes"),
    [
        ("registry.example.com/web", ["registry.example.com"], True),
        ("registry.example.com.evil.com/web", ["registry.example.com"], False),
        ("registry.example.com:5000/web", ["registry.example.com"], False),
        ("registry.example.com/web", ["registry.example.com:5000"], False),
        ("registry.example.com:5000/web", ["registry.example.com:5000"], True),
        ("registry.example.com/agents/web", ["registry.example.com/agents"], True),
        ("registry.example.com/agents-evil/web", ["registry.example.com/agents"], False),
        ("registry.example.com/agents", ["registry.example.com/agents"], False),
        ("REGISTRY.example.com/web", ["registry.EXAMPLE.com"], True),
        ("nginx", ["docker.io"], True),
        ("nginx", ["docker.io/library"], True),
        ("nginx", ["index.docker.io/library"], True),
        ("someone/nginx", ["docker.io/library"], False),
        ("localhost/web", ["localhost"], True),
        ("b.example.com/web", ["a.example.com", "b.example.com"], True),
        ("registry.example.com/web", [], False),
    ],
)
def test_a_listed_registry_counts_up_to_the_next_slash(image: str, registries: list[str], passes: bool) -> None:
    found = refused(RULE, owned(spec(containers=[of(image)])), registries=registries)
    assert (found == []) is passes


@pytest.mark.parametrize(
    "registries",
    [
        *("registry.example.com", [""], [7], ["https://registry.example.com"], ["registry.example.com/"], ["*"]),
        *(["*.example.com"], ["agents"], ["agents/web"], ["registry.example.com/Agents"], [" a.b"]),
    ],
)
def test_a_list_that_names_no_registries_is_refused_with_a_fix(registries: object) -> None:
    chosen = [rule for rule in RULES if rule.name == RULE]
    with pytest.raises(ConfigError, match="Fix: "):
        parse({RULE: {"registries": registries}}, chosen, today=datetime.date.min)


@pytest.mark.parametrize("reference", ["", "Nginx", "{{image}}", "a/" * 600 + "b"])
def test_what_is_no_reference_is_refused(reference: str) -> None:
    (message,) = refused(RULE, owned(spec(containers=[of(reference)])))
    assert "Fix: " in message


@pytest.mark.parametrize("kind", WHOLE)
def test_a_container_without_an_image_is_refused(kind: str) -> None:
    (message,) = refused(RULE, owned(spec(containers=[of(None)]), kind))
    assert "image is not set" in message


@pytest.mark.parametrize("kind", PATCHES)
def test_a_patch_may_lack_the_image(kind: str) -> None:
    assert refused(RULE, owned(spec(containers=[of(None)]), kind)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_that_is_a_volume_is_judged_like_a_containers(kind: str) -> None:
    volumes = [{"name": "a", "emptyDir": {}}, {"name": "b", "image": {"reference": "quay.io/x/model"}}]
    (message,) = refused(RULE, owned(spec(volumes=volumes), kind))
    assert 'volumes[1].image.reference is "quay.io/x/model"' in message
    assert refused(RULE, owned(spec(volumes=[{"name": "b", "image": {"reference": IMAGE}}]), kind)) == []


def test_an_unknown_image_is_not_judged_and_one_of_the_wrong_type_refused() -> None:
    assert "image" in unjudged(RULE, owned(spec(containers=[of(UNKNOWN)])))[0]
    assert "belongs" in refused(RULE, owned(spec(containers=[of(["nginx"])])))[0]


def test_a_secret_image_is_judged_and_not_shown() -> None:
    (message,) = refused(RULE, owned(spec(containers=[of(Secret("hidden/name"))])))
    assert "hidden" not in message
