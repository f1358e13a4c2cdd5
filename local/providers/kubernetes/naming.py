"""Names and labels the provider adds: autonaming, and `app.kubernetes.io/managed-by` of client-side apply."""

from __future__ import annotations

import hashlib
import os
import secrets as randomness

from local.providers.kubernetes import objects
from local.providers.kubernetes.failures import Refusal
from local.providers.values import UNKNOWN, Object

MANAGED_BY = "app.kubernetes.io/managed-by"


def is_named(obj: Object) -> bool:
    """Whether the object has a name, known or not yet."""
    value = objects.at(obj, "metadata", "name")
    return value is UNKNOWN or bool(value)


def is_generated(obj: Object) -> bool:
    """Whether the API server is to make up the name."""
    value = objects.at(obj, "metadata", "generateName")
    return not is_named(obj) and (value is UNKNOWN or bool(value))


def is_autonamed(obj: Object) -> bool:
    """Whether this provider made up the name."""
    return objects.is_annotated(obj, objects.AUTONAMED)


def autoname(obj: Object, logical_name: str, seed: bytes, proposed: str = "", *, disabled: bool = False) -> None:
    """Name an unnamed object `<logical name>-<8 hex>`, or as the engine's autonaming configuration proposes."""
    if is_named(obj) or is_generated(obj):
        return
    if disabled:
        raise Refusal("autonaming is disabled in this project, and the object has no name: set `metadata.name`")
    _name(
        obj, proposed or f"{logical_name}-{hashlib.sha256(seed).hexdigest()[:8] if seed else randomness.token_hex(4)}"
    )


def adopt_name(obj: Object, old: Object) -> None:
    """Keep the generated name an object had before."""
    if not is_named(obj) and is_autonamed(old):
        _name(obj, objects.name(old))


def _name(obj: Object, name: str) -> None:
    if obj.setdefault("metadata", {}) is not UNKNOWN:
        obj["metadata"]["name"] = name
    objects.annotate(obj, objects.AUTONAMED, "true")


def managed_by() -> str:
    """The label's value; PULUMI_KUBERNETES_MANAGED_BY_LABEL overrides it."""
    return os.environ.get("PULUMI_KUBERNETES_MANAGED_BY_LABEL", "pulumi")


def is_labelled(obj: Object) -> bool:
    """Whether the object carries the managed-by label, or may."""
    value = objects.at(obj, "metadata", "labels", MANAGED_BY)
    return value is UNKNOWN or value == managed_by()


def label(obj: Object) -> None:
    """Set the managed-by label, unless the labels are not known yet."""
    metadata = obj.setdefault("metadata", {})
    if metadata is UNKNOWN or metadata.get("labels") is UNKNOWN:
        return
    metadata["labels"] = {**(metadata.get("labels") or {}), MANAGED_BY: managed_by()}
