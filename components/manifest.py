"""Kubernetes objects as plain data, and how they become arguments of typed resources."""

from typing import Any

from pydantic.alias_generators import to_snake

Manifest = dict[str, Any]
"""A Kubernetes object, or a part of one, as JSON types with Kubernetes' own keys."""


def arguments(manifest: Manifest) -> dict[str, Any]:
    """Return a manifest's top level as the keyword arguments of its typed resource (`roleRef` is `role_ref` there)."""
    return {to_snake(key): value for key, value in manifest.items()}
