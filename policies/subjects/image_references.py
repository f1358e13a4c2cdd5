"""Container images: how a reference is read, and where a pod has one.

The grammar is that of https://github.com/distribution/reference: a first part without dot and port, `localhost` apart,
is no registry but a folder of Docker Hub.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from policies.subjects.pods import Pod
from policies.unknowns import ABSENT, Field

_HOST: Final = (
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\]"
)
_PART: Final = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_REFERENCE: Final = re.compile(
    rf"(?P<name>(?:(?:{_HOST})(?::[0-9]+)?/)?{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}))?"
)
_HUB: Final = "docker.io"
_HUB_NAMES: Final = frozenset({_HUB, "index.docker.io", "registry-1.docker.io"})
_LONGEST: Final = 1024


class Image(NamedTuple):
    """An image's reference: its whole name, registry included, its tag and its digest, empty where it has none."""

    name: str
    tag: str
    digest: str


@lru_cache(maxsize=1024)
def parsed(reference: str) -> Image | None:
    """What a reference says; None if no runtime could read it."""
    match = _REFERENCE.fullmatch(reference) if len(reference) <= _LONGEST else None
    if match is None:
        return None
    return Image(whole_name(match["name"]), match["tag"] or "", match["digest"] or "")


def whole_name(name: str) -> str:
    """An image's name with its registry in front."""
    first, slash, rest = name.partition("/")
    if not slash:
        return f"{_HUB}/library/{name}"
    if not any(sign in first for sign in ".:") and first == first.lower() != "localhost":
        return f"{_HUB}/{name}"
    host = first.lower()
    return f"{_HUB if host in _HUB_NAMES else host}/{rest}"


def images(pod: Pod) -> Iterator[Field]:
    """The reference of every image of a pod: its containers' and those that are mounted as volumes."""
    for container in pod.containers:
        yield container.at("image")
    for source in image_volumes(pod):
        yield source.at("reference")


def image_volumes(pod: Pod) -> Iterator[Field]:
    """The images that are mounted as volumes."""
    for volume in pod.at("volumes").items():
        source = volume.at("image")
        if source.value is not ABSENT:
            yield source
