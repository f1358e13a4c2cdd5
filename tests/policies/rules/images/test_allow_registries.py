"""image-registry-allowed: how a reference is read, and where an image may come from."""

import datetime
from typing import Any

import pytest

from policies.config import ConfigError, parse
from policies.rules import RULES
from policies.rules.images import Image, parsed, whole_name
from policies.unknowns import UNKNOWN, Secret
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

RULE = "image-registry-allowed"


def of(image: object, name: str = "odd") -> dict[str, Any]:
    return {**container(name), "image": image}


@pytest.mark.parametrize(
    ("reference", "name", "tag", "digest"),
    [
        ("nginx", "docker.io/library/nginx", "", ""),
        ("nginx:1.27", "docker.io/library/nginx", "1.27", ""),
        (f"nginx@{DIGEST}", "docker.io/library/nginx", "", DIGEST),
        (f"nginx:1.27@{DIGEST}", "docker.io/library/nginx", "1.27", DIGEST),
        ("library/nginx", "docker.io/library/nginx", "", ""),
        ("docker.io/nginx", "docker.io/nginx", "", ""),
        ("index.docker.io/library/nginx", "docker.io/library/nginx", "", ""),
        ("registry-1.docker.io/library/nginx", "docker.io/library/nginx", "", ""),
        ("agents/web/one:v1", "docker.io/agents/web/one", "v1", ""),
        ("registry.example.com/web", "registry.example.com/web", "", ""),
        ("registry.example.com:5000/web:v1", "registry.example.com:5000/web", "v1", ""),
        ("Registry.Example.COM/web", "registry.example.com/web", "", ""),
        ("localhost/web", "localhost/web", "", ""),
        ("localhost:5000/web", "localhost:5000/web", "", ""),
        ("registry:5000/web", "registry:5000/web", "", ""),
        ("REGISTRY/web", "registry/web", "", ""),
        ("[fd00::1]:5000/web", "[fd00::1]:5000/web", "", ""),
        ("a.b/c_d/e__f/g-h/i--j/k.l", "a.b/c_d/e__f/g-h/i--j/k.l", "", ""),
        ("web@sha512:" + "5e" * 64, "docker.io/library/web", "", "sha512:" + "5e" * 64),
        ("web:" + "a" * 128, "docker.io/library/web", "a" * 128, ""),
    ],
)
def test_a_reference_is_read_as_the_runtime_reads_it(reference: str, name: str, tag: str, digest: str) -> None:
    assert parsed(reference) == Image(name, tag, digest)


@pytest.mark.parametrize(
    "reference",
    [
        *(
            "",
            " ",
            "nginx ",
            " nginx",
            "Nginx",
            "nginx:",
            "nginx:a b",
            "nginx@",
            "nginx@sha256:abc",
            "nginx//x",
            "/nginx",
        ),
        *("nginx/", "https://registry.example.com/web", "a.b:x/web", "nginx:-a", "nginx@sha256:" + "5E" * 32, "a..b"),
        *(
            "nginx@sha256:" + "5e" * 31,
            "nginx@sha256:" + "5e" * 33,
            "web:" + "a" * 129,
            "a___b",
            "{{image}}",
            "$(IMAGE)",
        ),
        *("nginx@md5:" + "5e" * 16, "web\n", "-a/web", "web@sha512:" + "5e" * 32, "a/" * 600 + "b"),
    ],
)
def test_what_no_runtime_reads_is_no_reference(reference: str) -> None:
    assert parsed(reference) is None
    assert len(refused(RULE, owned(spec(containers=[of(reference)])))) == 1


def test_the_longest_reference_is_1024_letters() -> None:
    assert parsed("a" * 1024) is not None
    assert parsed("a" * 1025) is None


def test_a_name_without_a_registry_is_of_docker_hub() -> None:
    assert whole_name("a/b") == "docker.io/a/b"


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
