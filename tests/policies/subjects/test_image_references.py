"""References of images: read as the runtime reads them."""

import pytest

from policies.subjects.image_references import Image, parsed, whole_name
from tests.policies.manifests import DIGEST


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


def test_the_longest_reference_is_1024_letters() -> None:
    assert parsed("a" * 1024) is not None
    assert parsed("a" * 1025) is None


def test_a_name_without_a_registry_is_of_docker_hub() -> None:
    assert whole_name("a/b") == "docker.io/a/b"
