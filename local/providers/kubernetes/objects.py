"""Reading and pruning Kubernetes objects: names, annotations, paths, and what the provider's annotations ask for."""

from __future__ import annotations

from typing import Any

from local.providers.values import UNKNOWN, Object

AUTONAMED = "pulumi.com/autonamed"
SKIP_AWAIT = "pulumi.com/skipAwait"
WAIT_FOR = "pulumi.com/waitFor"
TIMEOUT = "pulumi.com/timeoutSeconds"
REPLACE_UNREADY = "pulumi.com/replaceUnready"
PATCH_FORCE = "pulumi.com/patchForce"
FIELD_MANAGER = "pulumi.com/patchFieldManager"
DELETION_PROPAGATION = "pulumi.com/deletionPropagationPolicy"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
REVISION = "deployment.kubernetes.io/revision"

SERVER_SET = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
)
"""Fields of metadata that only the server sets."""


def at(obj: Any, *path: str) -> Any:
    """The value at a path, or None."""
    for key in path:
        if not isinstance(obj, dict):
            return None
        obj = obj.get(key)
    return obj


def text(obj: Any, *path: str) -> str:
    """The string at a path, or ''."""
    value = at(obj, *path)
    return value if isinstance(value, str) else ""


def number(obj: Any, *path: str) -> int:
    """The whole number at a path, or 0."""
    value = at(obj, *path)
    return value if isinstance(value, int) else 0


def items(obj: Any, *path: str) -> list[Any]:
    """The list at a path, or an empty one."""
    value = at(obj, *path)
    return value if isinstance(value, list) else []


def name(obj: Object) -> str:
    """The object's name, or ''."""
    return text(obj, "metadata", "name")


def namespace(obj: Object) -> str:
    """The object's namespace, or ''."""
    return text(obj, "metadata", "namespace")


def full_name(obj: Object) -> str:
    """`namespace/name`, or `name`: also the resource's id."""
    return f"{namespace(obj)}/{name(obj)}" if namespace(obj) else name(obj)


def split_id(identifier: str) -> tuple[str, str]:
    """The namespace and name of a resource id."""
    parts = identifier.split("/")
    return ("", parts[0]) if len(parts) == 1 else (parts[0], parts[1])


def annotation(obj: Object, key: str) -> str:
    """An annotation's value, or ''."""
    return text(obj, "metadata", "annotations", key)


def is_annotated(obj: Object, key: str) -> bool:
    """Whether an annotation says "true"."""
    return annotation(obj, key) == "true"


def annotate(obj: Object, key: str, value: str) -> None:
    """Set an annotation, unless the annotations are not known yet."""
    metadata = obj.setdefault("metadata", {})
    if metadata is UNKNOWN or metadata.get("annotations") is UNKNOWN:
        return
    metadata["annotations"] = {**(metadata.get("annotations") or {}), key: value}


def is_secret(obj: Object) -> bool:
    """Whether the object is a core Secret."""
    return obj.get("kind") == "Secret" and obj.get("apiVersion") in ("v1", "core/v1")


def is_crd(obj: Object) -> bool:
    """Whether the object defines custom resources."""
    return obj.get("kind") == "CustomResourceDefinition" and text(obj, "apiVersion").startswith("apiextensions.k8s.io/")


def condition(obj: Object, kind: str) -> Object:
    """The status condition of a type, or an empty one."""
    return next((c for c in items(obj, "status", "conditions") if isinstance(c, dict) and c.get("type") == kind), {})


def remove(obj: Any, *path: str) -> None:
    """Drop the field at a path, if it is there."""
    parent = at(obj, *path[:-1])
    if isinstance(parent, dict):
        parent.pop(path[-1], None)


def put(obj: Object, value: Any, *path: str) -> None:
    """Set the field at a path, making the maps above it."""
    for key in path[:-1]:
        obj = obj.setdefault(key, {})
    obj[path[-1]] = value


def prune(source: Any, shape: Any) -> Any:
    """The part of `source` that has a counterpart in `shape`: live state, cut to what a program wrote."""
    if isinstance(source, dict) and isinstance(shape, dict):
        return {key: prune(value, shape[key]) for key, value in source.items() if key in shape}
    if not (isinstance(source, list) and isinstance(shape, list)):
        return source
    if not source or not shape:
        return []
    if type(source[0]) is not type(shape[0]):
        return source
    return [prune(item, counterpart) for item, counterpart in zip(source, shape, strict=False)]
