"""Where ECR fetches images from on demand, and how copies are made of those that it can't fetch."""

from collections.abc import Iterable, Mapping

from components.config.registry import Mirrored, Upstream
from components.registry.names import Names

HOSTS: Mapping[Upstream, str] = {
    Upstream.ECR_PUBLIC: "public.ecr.aws",
    Upstream.KUBERNETES: "registry.k8s.io",
    Upstream.QUAY: "quay.io",
    Upstream.DOCKER_HUB: "registry-1.docker.io",
    Upstream.GITHUB: "ghcr.io",
    Upstream.GITLAB: "registry.gitlab.com",
    Upstream.CHAINGUARD: "cgr.dev",
}
"""https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html"""


def copy_commands(names: Names, images: Iterable[Mirrored]) -> list[str]:
    """Return the commands that copy images into the registry: all platforms, by digest, which stays the same.

    Whoever runs them is logged in as the role that pushes: `aws ecr get-login-password | crane auth login <host>
    --username AWS --password-stdin`. A version that is there already stays as it is, since no tag can be moved.
    """
    return [
        f"crane copy {image.source}@{image.digest} {names.url(image.repository)}:{image.tag}"
        for image in sorted(images, key=lambda image: (image.source, image.tag))
    ]
